#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "health.h"

const char *
health_word(enum health_state state)
{
	static const char *const words[] = {
		[HEALTH_OK] = "ok",
		[HEALTH_WARNING] = "warning",
		[HEALTH_CRITICAL] = "critical"
	};

	return (words[state]);
}

static void add(struct health *, enum health_state, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* The critical ones are found first: see health_judge(). */
static void
add(struct health *health, enum health_state state, const char *format, ...)
{
	va_list ap;

	if (state > health->state)
		health->state = state;
	if (health->n == HEALTH_REASONS)
		return;
	va_start(ap, format);
	(void)vsnprintf(health->reasons[health->n++], HEALTH_REASON_MAX,
	    format, ap);
	va_end(ap);
}

/* Without mayrelayd nobody answers the MTA. */
static void
judge_daemon(const struct standing *st, struct health *health)
{

	if (st->running != RUNNING_NOT)
		return;
	if (st->counters == NULL)
		add(health, HEALTH_CRITICAL, "mayrelayd does not run, or "
		    "cannot be seen: %s", st->no_counters.text);
	else
		add(health, HEALTH_CRITICAL, "mayrelayd does not run");
}

static void
judge_age(const struct standing *st, struct health *health)
{
	const long long age = st->age, max = st->config->policy.max_stale;

	switch (st->watch) {
	case AGEWATCH_YOUNG:
		break;
	case AGEWATCH_HALF:
		add(health, HEALTH_WARNING, "the policy is %lld s old, more "
		    "than half of policy.max_stale (%lld s)", age, max);
		break;
	case AGEWATCH_STALE:
		if (st->age == INT64_MAX)
			add(health, HEALTH_CRITICAL, "the policy's age is "
			    "unknown: nothing can be decided");
		else
			add(health, HEALTH_CRITICAL, "the policy is %lld s "
			    "old, more than policy.max_stale (%lld s): "
			    "nothing can be decided", age, max);
		break;
	case AGEWATCH_MISSING:
		add(health, HEALTH_CRITICAL, "the policy was never loaded "
		    "completely: nothing can be decided");
		break;
	}
}

static void
judge_config(const struct standing *st, struct health *health)
{

	if (st->running == RUNNING_OTHER)
		add(health, HEALTH_WARNING, "the configuration file is not "
		    "what is in force: %s", standing_cure(st));
	if (standing_restart_needed(st))
		return;
	if (st->counters->reload_failed == RELOAD_RESTART)
		add(health, HEALTH_WARNING, "the last reload failed: what "
		    "the file said needed a restart");
	else if (st->counters->reload_failed != RELOAD_DONE)
		add(health, HEALTH_WARNING, "the last reload failed");
}

static void
judge_held_back(const struct standing *st, struct health *health)
{
	int i;

	for (i = 0; i < SEARCHES; i++)
		if (st->config->searches[i].configured &&
		    st->searches[i].held_back)
			add(health, HEALTH_WARNING, "%s: a refresh is held "
			    "back", search_name((enum search)i));
}

/*
 * What was written for mayrelay itself narrows more than was meant then, and
 * for many.  The values of accounts and groups are there for other programs
 * too (a groupOfNames without members has an empty one): they are shown only.
 */
static void
judge_values(const struct standing *st, struct health *health)
{
	static const enum search own[] = { SEARCH_NETWORKS, SEARCH_DOMAINS,
	    SEARCH_OVERRIDES };
	unsigned long long n;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if ((n = standing_unusable(st, own[i])) != 0)
			add(health, HEALTH_WARNING, "%s: %llu value%s could "
			    "not be read: see the log", search_name(own[i]), n,
			    n == 1 ? "" : "s");
}

/* A filter that is wrong, or rights that are: nobody can sign in. */
static void
judge_accounts(const struct standing *st, struct health *health)
{
	const struct store_search *s = &st->searches[SEARCH_ACCOUNTS];

	if (st->config->searches[SEARCH_ACCOUNTS].configured &&
	    standing_ldap(st, SEARCH_ACCOUNTS) && s->loaded &&
	    s->entries[KIND_ACCOUNT] == 0)
		add(health, HEALTH_WARNING, "no accounts found below %s: look "
		    "at base, filter and the bind DN's rights",
		    st->config->searches[SEARCH_ACCOUNTS].base);
}

/* An error of the past may stay with a server that is well. */
static bool
server_fails(const struct standing_server *server)
{

	return (server->known && server->seen.error[0] != '\0' &&
	    (server->seen.state == SERVER_FAILED ||
	    server->seen.state == SERVER_TRIED));
}

/* When no server is left the source's error is one of theirs. */
static void
judge_servers(const struct standing *st, const char *source_error,
    struct health *health)
{
	struct standing_server server;
	char reason[HEALTH_REASON_MAX];
	size_t i;

	for (i = 0; i < standing_servers(st); i++) {
		standing_server(st, i, &server);
		if (!server_fails(&server))
			continue;
		if (server.uri != NULL)
			snprintf(reason, sizeof(reason), "%s: %s", server.uri,
			    server.seen.error);
		else
			snprintf(reason, sizeof(reason), "server %zu: %s",
			    i + 1, server.seen.error);
		if (strcmp(reason, source_error) != 0)
			add(health, HEALTH_WARNING, "%s", reason);
	}
}

static void
judge_feed(const struct standing *st, struct health *health)
{
	char error[COUNTERS_ERROR_MAX];
	int64_t at;

	if (st->counters->feed_pid == 0)
		add(health, HEALTH_WARNING, "mayrelay-feed does not run");
	counters_error_get(st->counters, &at, error);
	if (error[0] != '\0')
		add(health, HEALTH_WARNING, "a source fails: %s", error);
	judge_servers(st, error, health);
}

/* What the counters of a daemon that has gone say is of the past. */
void
health_judge(const struct standing *st, struct health *health)
{

	health->state = HEALTH_OK;
	health->n = 0;
	judge_daemon(st, health);
	judge_age(st, health);
	judge_held_back(st, health);
	judge_values(st, health);
	judge_accounts(st, health);
	if (st->running == RUNNING_NOT)
		return;
	judge_config(st, health);
	judge_feed(st, health);
}
