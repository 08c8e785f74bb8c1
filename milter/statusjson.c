#include "statusjson.h"
#include "visible.h"
#include "when.h"

static json_t *
json_age(int64_t age)
{

	return (age == INT64_MAX ? json_null() : json_integer(age));
}

static json_t *
json_date(int64_t at)
{
	char text[WHEN_TEXT_MAX];

	return (at == 0 ? json_null() : json_string(when_format(at, text)));
}

static json_t *
json_real_from(const struct standing *st)
{
	const int64_t from = standing_real_from(st);
	char text[WHEN_TEXT_MAX];

	if (from == WHEN_BEGINNING)
		return (json_string("now"));
	if (from == WHEN_NEVER)
		return (json_string("never"));
	return (json_string(when_format(from, text)));
}

static json_t *
json_daemon(const struct standing *st)
{
	const struct counters *c = st->counters;

	if (st->running == RUNNING_NOT)
		return (json_null());
	return (json_pack("{s:i, s:o, s:o, s:b, s:b, s:i, s:I}",
	    "pid", (int)c->pid,
	    "started", json_date(c->started),
	    "reloaded", json_date(c->reloaded),
	    "reload_failed", c->reload_failed != RELOAD_DONE,
	    "restart_needed", standing_restart_needed(st),
	    "feed_pid", (int)c->feed_pid,
	    "feed_starts", (json_int_t)c->feed_starts));
}

static json_t *
json_error(const struct standing *st)
{
	char error[COUNTERS_ERROR_MAX];
	int64_t at;

	if (st->counters == NULL)
		return (json_null());
	counters_error_get(st->counters, &at, error);
	if (error[0] == '\0')
		return (json_null());
	return (json_pack("{s:o, s:o}", "at", json_date(at),
	    "text", jsondoc_text(error)));
}

/* Nothing there: null. */
static json_t *
json_text(const char *text)
{

	return (text[0] == '\0' ? json_null() : jsondoc_text(text));
}

static json_t *
json_cookie(const struct cookie *cookie)
{
	char text[VISIBLE_SIZE(COOKIE_MAX)];

	return (json_text(visible_bytes(cookie->bytes, cookie->len, text,
	    sizeof(text))));
}

static json_t *
json_followed(const struct standing *st, enum search search)
{

	if (!standing_ldap(st, search))
		return (json_null());
	switch (standing_followed(st)) {
	case SERVER_FOLLOWED:
		return (json_string("sync"));
	case SERVER_POLLED:
		return (json_string("poll"));
	case SERVER_IDLE:
	case SERVER_TRIED:
	case SERVER_FAILED:
		break;
	}
	return (json_null());
}

static json_t *
json_held_back(const struct store_search *s)
{

	if (!s->held_back)
		return (json_null());
	return (json_pack("{s:I, s:I}",
	    "removes", (json_int_t)s->held_back_removes,
	    "of", (json_int_t)s->held_back_of));
}

static json_t *
json_entries(const struct store_search *s)
{
	json_t *entries = json_object();
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (s->entries[kind] != 0)
			json_object_set_new(entries,
			    kind_name((enum kind)kind),
			    json_integer((json_int_t)s->entries[kind]));
	return (entries);
}

static json_t *
json_search(const struct standing *st, enum search search)
{
	const struct config_search *c = &st->config->searches[search];
	const struct store_search *s = &st->searches[search];

	if (!c->configured)
		return (json_null());
	return (json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:I, s:o, "
	    "s:I, s:o}",
	    "source", jsondoc_text(c->source),
	    "base", json_text(c->base),
	    "filter", json_text(c->filter),
	    "cookie", json_cookie(&s->cookie),
	    "followed", json_followed(st, search),
	    "loaded", (int)s->loaded,
	    "current", (int)standing_current(st, search),
	    "entries", json_entries(s),
	    "unusable", (json_int_t)s->unusable,
	    "age", json_age(standing_age(st, search)),
	    "generation", (json_int_t)s->generation,
	    "held_back", json_held_back(s)));
}

static json_t *
json_searches(const struct standing *st)
{
	json_t *searches = json_object();
	int i;

	for (i = 0; i < SEARCHES; i++)
		json_object_set_new(searches, search_name((enum search)i),
		    json_search(st, (enum search)i));
	return (searches);
}

static json_t *
json_state(enum server_state state)
{
	static const char *const words[SERVER_STATES] = {
		[SERVER_IDLE] = "idle",
		[SERVER_TRIED] = "tried",
		[SERVER_FOLLOWED] = "followed",
		[SERVER_POLLED] = "polled",
		[SERVER_FAILED] = "failed"
	};

	return (json_string(words[state]));
}

static json_t *
json_server(const struct standing *st, size_t i)
{
	struct standing_server server;
	const struct server_seen *seen = &server.seen;

	standing_server(st, i, &server);
	return (json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}",
	    "uri", server.uri == NULL ? json_null() :
	    jsondoc_text(server.uri),
	    "state", server.known ? json_state(seen->state) : json_null(),
	    "in_use", (int)standing_in_use(&server),
	    "since", json_date(seen->since),
	    "next", json_date(seen->next),
	    "error", json_text(seen->error)));
}

static json_t *
json_servers(const struct standing *st)
{
	json_t *servers = json_array();
	size_t i;

	for (i = 0; i < standing_servers(st); i++)
		json_array_append_new(servers, json_server(st, i));
	return (servers);
}

static json_t *
json_refreshes(const _Atomic uint64_t n[REFRESH_RESULTS])
{

	return (json_pack("{s:I, s:I, s:I}",
	    "done", (json_int_t)n[REFRESH_DONE],
	    "held_back", (json_int_t)n[REFRESH_HELD_BACK],
	    "failed", (json_int_t)n[REFRESH_FAILED]));
}

/* Null if there is no LDAP source. */
static json_t *
json_ldap(const struct standing *st)
{
	const struct counters *c = st->counters;
	char text[128] = "";
	const char *doubt = standing_servers_doubt(st, text, sizeof(text));

	if (doubt == NULL && standing_servers(st) == 0)
		return (json_null());
	return (json_pack("{s:o, s:o, s:o, s:o, s:o}",
	    "servers", json_servers(st),
	    "doubt", json_text(text),
	    "changes", c == NULL ? json_null() :
	    json_integer((json_int_t)c->ldap_changes),
	    "full", c == NULL ? json_null() : json_refreshes(c->ldap_full),
	    "resumed", c == NULL ? json_null() :
	    json_refreshes(c->ldap_resumed)));
}

static json_t *
json_decisions(const struct counters *c)
{
	json_t *decisions = json_array();
	json_int_t n;
	int word, reason;

	for (word = 0; word < VERDICT_WORDS; word++)
		for (reason = 0; reason < REASONS; reason++)
			if ((n = (json_int_t)c->decisions[word][reason]) != 0)
				json_array_append_new(decisions,
				    json_pack("{s:s, s:s, s:I}", "verdict",
				    verdict_word((enum verdict_word)word),
				    "reason",
				    verdict_reason((enum reason)reason),
				    "count", n));
	return (decisions);
}

static json_t *
json_counters(const struct standing *st)
{
	const struct counters *c = st->counters;

	if (c == NULL)
		return (json_null());
	return (json_pack("{s:o, s:I, s:I, s:I, s:I, s:o}",
	    "since", json_date(c->started),
	    "connections_total", (json_int_t)c->connections_total,
	    "connections", st->running == RUNNING_NOT ? (json_int_t)0 :
	    (json_int_t)c->connections,
	    "overloaded", (json_int_t)c->overloaded,
	    "log_lost", (json_int_t)c->log_lost,
	    "decisions", json_decisions(c)));
}

static json_t *
json_reasons(const struct health *health)
{
	json_t *reasons = json_array();
	size_t i;

	for (i = 0; i < health->n; i++)
		json_array_append_new(reasons,
		    jsondoc_text(health->reasons[i]));
	return (reasons);
}

json_t *
statusjson_document(const struct standing *st, const struct health *health)
{

	return (json_pack("{s:s, s:o, s:s, s:b, s:o, s:s, s:o, s:o, s:I, s:b, "
	    "s:b, s:o, s:o, s:o, s:o, s:o}",
	    "state", health_word(health->state),
	    "reasons", json_reasons(health),
	    "version", VERSION,
	    "running", st->running != RUNNING_NOT,
	    "config_in_force", jsondoc_in_force(st->running),
	    "role", config_role(st->config->policy.role),
	    "enforce_from", json_real_from(st),
	    "daemon", json_daemon(st),
	    "generation", (json_int_t)st->generation,
	    "policy_loaded", (int)st->loaded,
	    "policy_stale", st->watch == AGEWATCH_STALE ||
	    st->watch == AGEWATCH_MISSING,
	    "policy_age", json_age(st->age),
	    "error", json_error(st),
	    "searches", json_searches(st),
	    "ldap", json_ldap(st),
	    "counters", json_counters(st)));
}
