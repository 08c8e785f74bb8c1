#include <stdarg.h>
#include <string.h>

#include "statustext.h"
#include "visible.h"
#include "when.h"

/* ---- lines ------------------------------------------------------------- */

static void put(FILE *, const char *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static void
put(FILE *out, const char *label, const char *format, ...)
{
	va_list ap;

	fprintf(out, "%-15s ", label);
	va_start(ap, format);
	vfprintf(out, format, ap);
	va_end(ap);
	fprintf(out, "\n");
}

/* What others wrote, as long as it is. */
static void
put_bytes(FILE *out, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;
	char seen[VISIBLE_SIZE(1)];
	size_t i;

	for (i = 0; i < len; i++)
		fputs(visible_bytes(&b[i], 1, seen, sizeof(seen)), out);
}

static void
put_visible(FILE *out, const char *text)
{

	put_bytes(out, text, strlen(text));
}

static const char *
age_text(int64_t age, char *out, size_t size)
{

	if (age == INT64_MAX)
		snprintf(out, size, "unknown");
	else
		snprintf(out, size, "%lld s", (long long)age);
	return (out);
}

/* ---- the whole --------------------------------------------------------- */

static void
put_health(FILE *out, const struct health *health)
{
	size_t i;

	fprintf(out, "%-15s %s", "state", health_word(health->state));
	for (i = 0; i < health->n; i++) {
		fputs(i == 0 ? ": " : "; ", out);
		put_visible(out, health->reasons[i]);
	}
	fprintf(out, "\n");
}

static void
put_daemon(FILE *out, const struct standing *st)
{
	const struct counters *c = st->counters;
	char since[WHEN_TEXT_MAX];

	if (st->running == RUNNING_NOT) {
		put(out, "mayrelayd", "does not run");
		return;
	}
	put(out, "mayrelayd", "runs as process %d since %s", (int)c->pid,
	    when_format(c->started, since));
	if (st->running == RUNNING_SAME)
		put(out, "configuration", "what the file says is in force");
	else
		put(out, "configuration", "the file says something else than "
		    "what is in force: %s", standing_cure(st));
	if (c->reload_failed != RELOAD_DONE)
		put(out, "", "the last reload failed: see mayrelayd's log");
	if (c->reloaded != c->started)
		put(out, "", "reloaded at %s",
		    when_format(c->reloaded, since));
	put(out, "feed", "%s; starts so far: %llu",
	    c->feed_pid != 0 ? "runs" : "does not run",
	    (unsigned long long)c->feed_starts);
}

/* As the file has them; an entry's relayEnforceFrom comes first. */
static void
put_role(FILE *out, const struct standing *st)
{
	const int64_t from = standing_real_from(st);
	const char *role = config_role(st->config->policy.role);
	const char *by = st->running == RUNNING_OTHER ?
	    " (says the file, which is not in force)" : "";
	char date[WHEN_TEXT_MAX];

	if (from == WHEN_BEGINNING)
		put(out, "role", "%s, refusals are real%s", role, by);
	else if (from == WHEN_NEVER)
		put(out, "role", "%s, refusals are only logged "
		    "(enforce_from = \"never\")%s", role, by);
	else
		put(out, "role", "%s, refusals are %s %s%s", role,
		    from <= st->now.utc ? "real since" :
		    "only logged, and real from", when_format(from, date), by);
}

static void
put_policy(FILE *out, const struct standing *st)
{
	char age[32];

	if (!st->loaded)
		put(out, "policy", "never loaded completely: nothing can be "
		    "decided");
	else
		put(out, "policy", "generation %llu, age %s%s",
		    (unsigned long long)st->generation,
		    age_text(st->age, age, sizeof(age)),
		    st->watch == AGEWATCH_STALE ?
		    ": too old to decide (policy.max_stale)" : "");
}

static void
put_error(FILE *out, const struct standing *st)
{
	char error[COUNTERS_ERROR_MAX], date[WHEN_TEXT_MAX];
	int64_t at;

	if (st->counters == NULL)
		return;
	counters_error_get(st->counters, &at, error);
	if (error[0] == '\0') {
		put(out, "last error", "none");
		return;
	}
	fprintf(out, "%-15s %s: ", "last error", when_format(at, date));
	put_visible(out, error);
	fprintf(out, "\n");
}

/* ---- the LDAP servers -------------------------------------------------- */

static const char *
state_words(const struct server_seen *seen)
{

	switch (seen->state) {
	case SERVER_IDLE:
		return (seen->since == 0 ? "not tried yet" : "not in use");
	case SERVER_TRIED:
		return ("being connected to");
	case SERVER_FOLLOWED:
		return ("in use: followed");
	case SERVER_POLLED:
		return ("in use: polled");
	case SERVER_FAILED:
		return ("failed");
	}
	return ("");
}

static void
put_state(FILE *out, const struct server_seen *seen)
{
	const char *words = state_words(seen);
	char date[WHEN_TEXT_MAX];

	fprintf(out, "%s", words);
	if (seen->since != 0)
		fprintf(out, " since %s", when_format(seen->since, date));
	if (seen->error[0] != '\0') {
		fprintf(out, seen->state == SERVER_FAILED ? ": " :
		    "; before that: ");
		put_visible(out, seen->error);
	}
	if (seen->next != 0)
		fprintf(out, "; %s at %s", seen->state == SERVER_POLLED ?
		    "next search" : "next try", when_format(seen->next, date));
	else if (seen->state == SERVER_FAILED)
		fprintf(out, "; next try at once");
}

static void
put_server(FILE *out, const struct standing *st, size_t i)
{
	struct standing_server server;

	standing_server(st, i, &server);
	fprintf(out, "%-15s %zu: ", i == 0 ? "LDAP servers" : "", i + 1);
	if (server.uri != NULL)
		put_visible(out, server.uri);
	if (server.uri != NULL && server.known)
		fprintf(out, ", ");
	if (server.known)
		put_state(out, &server.seen);
	fprintf(out, "\n");
}

static void
put_servers(FILE *out, const struct standing *st)
{
	const size_t n = standing_servers(st);
	char text[128];
	size_t i;

	for (i = 0; i < n; i++)
		put_server(out, st, i);
	if (standing_servers_doubt(st, text, sizeof(text)) != NULL)
		put(out, n == 0 ? "LDAP servers" : "", "not all is known: %s",
		    text);
}

/* ---- the searches ------------------------------------------------------ */

static void
put_entries(FILE *out, const struct store_search *s)
{
	int kind, n = 0;

	for (kind = 0; kind < KINDS; kind++) {
		if (s->entries[kind] == 0)
			continue;
		fprintf(out, "%s%llu %s", n++ > 0 ? ", " : "",
		    (unsigned long long)s->entries[kind],
		    kind_names((enum kind)kind, s->entries[kind]));
	}
	if (n == 0)
		fprintf(out, "no entries");
}

static void
put_cookie(FILE *out, const struct cookie *cookie)
{

	fprintf(out, "%-15s cookie ", "");
	put_bytes(out, cookie->bytes, cookie->len);
	fprintf(out, "%s\n", cookie->len == 0 ? "none" : "");
}

static void
put_named(FILE *out, const char *name, const char *text)
{

	fprintf(out, "%-15s %s ", "", name);
	put_visible(out, text);
	fprintf(out, "\n");
}

static void
put_followed(FILE *out, const struct standing *st)
{
	const long long every = st->config->poll_interval_ms / 1000;

	switch (standing_followed(st)) {
	case SERVER_FOLLOWED:
		put(out, "", "followed (RFC 4533)");
		break;
	case SERVER_POLLED:
		put(out, "", "polled every %lld s", every);
		break;
	case SERVER_IDLE:
	case SERVER_TRIED:
	case SERVER_FAILED:
		put(out, "", "not followed now");
		break;
	}
}

/* Where it stands at its server. */
static void
put_place(FILE *out, const struct standing *st, enum search search)
{
	const struct config_search *c = &st->config->searches[search];

	put_named(out, "base", c->base);
	put_named(out, "filter", c->filter[0] == '\0' ? "by the map" :
	    c->filter);
	put_cookie(out, &st->searches[search].cookie);
	put_followed(out, st);
}

static void
put_loaded(FILE *out, const struct standing *st, enum search search)
{
	const struct store_search *s = &st->searches[search];
	char age[32];

	put_entries(out, s);
	fprintf(out, ", %llu unreadable value%s, age %s, from ",
	    (unsigned long long)s->unusable, s->unusable == 1 ? "" : "s",
	    age_text(standing_age(st, search), age, sizeof(age)));
}

static void
put_search(FILE *out, const struct standing *st, enum search search)
{
	const struct config_search *c = &st->config->searches[search];
	const struct store_search *s = &st->searches[search];

	if (!c->configured) {
		put(out, search_name(search), "not configured");
		return;
	}
	fprintf(out, "%-15s ", search_name(search));
	if (s->loaded)
		put_loaded(out, st, search);
	else
		fprintf(out, "not read yet, from ");
	put_visible(out, c->source);
	fprintf(out, "\n");
	if (standing_ldap(st, search))
		put_place(out, st, search);
	if (s->loaded && !standing_current(st, search))
		put(out, "", "was read by other settings than the file's");
	if (s->held_back)
		put(out, "", "held back: a refresh would remove %llu of %llu "
		    "entries, or values of entries: look at the source (its "
		    "filter, its rights); `mayrelay refresh --accept' "
		    "applies it all the same",
		    (unsigned long long)s->held_back_removes,
		    (unsigned long long)s->held_back_of);
}

/* ---- the counters ------------------------------------------------------ */

static void
put_decisions(FILE *out, const struct counters *c)
{
	unsigned long long n;
	int word, reason;

	for (word = 0; word < VERDICT_WORDS; word++)
		for (reason = 0; reason < REASONS; reason++)
			if ((n = c->decisions[word][reason]) != 0)
				put(out,
				    verdict_word((enum verdict_word)word),
				    "%-22s %llu",
				    verdict_reason((enum reason)reason), n);
}

static void
put_refreshes(FILE *out, const char *label,
    const _Atomic uint64_t n[REFRESH_RESULTS])
{

	put(out, label, "%llu done, %llu held back, %llu failed",
	    (unsigned long long)n[REFRESH_DONE],
	    (unsigned long long)n[REFRESH_HELD_BACK],
	    (unsigned long long)n[REFRESH_FAILED]);
}

static void
put_ldap(FILE *out, const struct counters *c)
{

	if (c->ldap_servers == 0)
		return;
	put_refreshes(out, "LDAP, complete", c->ldap_full);
	put_refreshes(out, "LDAP, resumed", c->ldap_resumed);
	put(out, "LDAP, changes", "%llu",
	    (unsigned long long)c->ldap_changes);
}

static void
put_counters(FILE *out, const struct standing *st)
{
	const struct counters *c = st->counters;
	char since[WHEN_TEXT_MAX];

	if (c == NULL)
		return;
	fprintf(out, "\nSince mayrelayd's start at %s:\n",
	    when_format(c->started, since));
	put(out, "connections", "%llu, of them %lld open, %llu beyond "
	    "milter.max_connections",
	    (unsigned long long)c->connections_total,
	    st->running == RUNNING_NOT ? 0 : (long long)c->connections,
	    (unsigned long long)c->overloaded);
	put(out, "log lines lost", "%llu", (unsigned long long)c->log_lost);
	put_ldap(out, c);
	put_decisions(out, c);
}

void
statustext_print(FILE *out, const struct standing *st,
    const struct health *health)
{
	int i;

	put_health(out, health);
	put(out, "mayrelay", "%s", VERSION);
	put_role(out, st);
	put_daemon(out, st);
	put_policy(out, st);
	put_error(out, st);
	put_servers(out, st);
	fprintf(out, "\n");
	for (i = 0; i < SEARCHES; i++)
		put_search(out, st, (enum search)i);
	put_counters(out, st);
}
