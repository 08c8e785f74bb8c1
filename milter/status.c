#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "argument.h"
#include "clock.h"
#include "counters.h"
#include "jsondoc.h"
#include "running.h"
#include "status.h"
#include "store.h"
#include "visible.h"
#include "when.h"

const char status_usage[] =
    "mayrelay status [--json]\n"
    "What is in force, how old it is, and what mayrelayd has done so far.\n"
    "Exit status: 0, 64 usage, 69 there is no store.\n";

/* What there is to tell. */
struct seen {
	const struct config *config;
	struct clock_reading now;
	struct counters *counters;	/* NULL: there are none */
	enum running running;
	uint64_t generation;
	bool loaded;
	int64_t age;			/* INT64_MAX: unknown */
	struct store_search searches[SEARCHES];
};

/* ---- looking ---------------------------------------------------------- */

static int
look_at_view(struct seen *seen, struct store_view *view, struct why *why)
{
	const struct policy_view *policy = store_view_policy(view);
	int i;

	if (!policy->readable)
		return (why_set(why, "%s: the store cannot be read",
		    seen->config->store));
	seen->generation = store_generation(view);
	seen->loaded = policy->loaded;
	seen->age = policy->loaded ? policy->age : INT64_MAX;
	for (i = 0; i < SEARCHES; i++)
		if (store_info(view, (enum search)i, &seen->searches[i]) != 0)
			return (why_set(why, "%s: the store cannot be read",
			    seen->config->store));
	return (0);
}

static int
look_at_store(struct seen *seen, struct why *why)
{
	struct store_view *view;
	struct store *store;
	int result;

	if (store_open(seen->config->store, STORE_READ, &store, why) != 0)
		return (-1);
	view = store_view_begin(store, seen->config->configured, &seen->now);
	if (view == NULL) {
		store_close(store);
		return (why_set(why, "out of memory"));
	}
	result = look_at_view(seen, view, why);
	store_view_end(view);
	store_close(store);
	return (result);
}

static int64_t
search_age(const struct seen *seen, enum search search)
{
	const struct store_search *s = &seen->searches[search];

	return (s->loaded ? clock_age(&s->good, &seen->now) : INT64_MAX);
}

/* Did the feed read it by the settings that we have? */
static bool
search_current(const struct seen *seen, enum search search)
{

	return (seen->searches[search].digest ==
	    seen->config->searches[search].digest);
}

static bool
stale(const struct seen *seen)
{

	return (!seen->loaded ||
	    seen->age > seen->config->policy.max_stale);
}

/* ---- as text ---------------------------------------------------------- */

static const char *
age_text(int64_t age, char *out, size_t size)
{

	if (age == INT64_MAX)
		snprintf(out, size, "unknown");
	else
		snprintf(out, size, "%lld s", (long long)age);
	return (out);
}

static void
put(const char *label, const char *text)
{

	printf("%-15s %s\n", label, text);
}

static void
put_daemon(const struct seen *seen)
{
	const struct counters *c = seen->counters;
	char since[WHEN_TEXT_MAX];

	if (seen->running == RUNNING_NOT) {
		put("mayrelayd", "does not run");
		return;
	}
	printf("%-15s runs as process %d since %s\n", "mayrelayd",
	    (int)c->pid, when_format(c->started, since));
	put("configuration", seen->running == RUNNING_SAME ?
	    "what the file says is in force" :
	    "the file says something else than what is in force: reload it");
	if (c->reload_failed)
		put("", "the last reload failed: see mayrelayd's log");
	if (c->reloaded != c->started)
		printf("%-15s reloaded at %s\n", "",
		    when_format(c->reloaded, since));
	printf("%-15s %s; starts so far: %llu\n", "feed",
	    c->feed_pid != 0 ? "runs" : "does not run",
	    (unsigned long long)c->feed_starts);
}

static void
put_policy(const struct seen *seen)
{
	char age[32];

	if (!seen->loaded)
		put("policy", "never loaded completely: nothing can be "
		    "decided");
	else
		printf("%-15s generation %llu, age %s%s\n", "policy",
		    (unsigned long long)seen->generation,
		    age_text(seen->age, age, sizeof(age)), stale(seen) ?
		    ": too old to decide (policy.max_stale)" : "");
}

static void
put_error(const struct seen *seen)
{
	char error[COUNTERS_ERROR_MAX];
	char text[VISIBLE_SIZE(COUNTERS_ERROR_MAX)], date[WHEN_TEXT_MAX];
	int64_t at;

	if (seen->counters == NULL)
		return;
	counters_error_get(seen->counters, &at, error);
	if (error[0] == '\0')
		put("last error", "none");
	else
		printf("%-15s %s: %s\n", "last error", when_format(at, date),
		    visible_text(error, text, sizeof(text)));
}

static void
put_entries(const struct store_search *s)
{
	int kind, n = 0;

	for (kind = 0; kind < KINDS; kind++) {
		if (s->entries[kind] == 0)
			continue;
		printf("%s%llu %s", n++ > 0 ? ", " : "",
		    (unsigned long long)s->entries[kind],
		    kind_names((enum kind)kind, s->entries[kind]));
	}
	if (n == 0)
		printf("no entries");
}

static void
put_search(const struct seen *seen, enum search search)
{
	const struct config_search *c = &seen->config->searches[search];
	const struct store_search *s = &seen->searches[search];
	char age[32];

	printf("%-15s ", search_name(search));
	if (!c->configured) {
		printf("not configured\n");
		return;
	}
	if (!s->loaded) {
		printf("not read yet, from %s\n", c->source);
		return;
	}
	put_entries(s);
	printf(", %llu unreadable values, age %s, from %s\n",
	    (unsigned long long)s->unusable,
	    age_text(search_age(seen, search), age, sizeof(age)), c->source);
	if (!search_current(seen, search))
		put("", "was read by other settings than the file's");
	if (s->held_back)
		printf("%-15s held back: a refresh would remove %llu of %llu "
		    "entries; `mayrelay refresh --accept' applies it\n", "",
		    (unsigned long long)s->held_back_removes,
		    (unsigned long long)s->held_back_of);
}

static void
put_decisions(const struct counters *c)
{
	unsigned long long n;
	int word, reason;

	for (word = 0; word < VERDICT_WORDS; word++)
		for (reason = 0; reason < REASONS; reason++)
			if ((n = c->decisions[word][reason]) != 0)
				printf("%-15s %-22s %llu\n",
				    verdict_word((enum verdict_word)word),
				    verdict_reason((enum reason)reason), n);
}

static void
put_counters(const struct seen *seen)
{
	const struct counters *c = seen->counters;
	char since[WHEN_TEXT_MAX];

	if (c == NULL)
		return;
	printf("\nSince mayrelayd's start at %s:\n",
	    when_format(c->started, since));
	printf("%-15s %llu, of them %lld open, %llu beyond "
	    "milter.max_connections\n", "connections",
	    (unsigned long long)c->connections_total,
	    seen->running == RUNNING_NOT ? 0 : (long long)c->connections,
	    (unsigned long long)c->overloaded);
	printf("%-15s %llu\n", "log lines lost",
	    (unsigned long long)c->log_lost);
	put_decisions(c);
}

static void
print_text(const struct seen *seen)
{
	int i;

	printf("%-15s %s\n", "mayrelay", VERSION);
	put_daemon(seen);
	put_policy(seen);
	put_error(seen);
	printf("\n");
	for (i = 0; i < SEARCHES; i++)
		put_search(seen, (enum search)i);
	put_counters(seen);
}

/* ---- as JSON ---------------------------------------------------------- */

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
json_daemon(const struct seen *seen)
{
	const struct counters *c = seen->counters;

	if (seen->running == RUNNING_NOT)
		return (json_null());
	return (json_pack("{s:i, s:o, s:o, s:b, s:i, s:I}",
	    "pid", (int)c->pid,
	    "started", json_date(c->started),
	    "reloaded", json_date(c->reloaded),
	    "reload_failed", (int)c->reload_failed,
	    "feed_pid", (int)c->feed_pid,
	    "feed_starts", (json_int_t)c->feed_starts));
}

static json_t *
json_error(const struct seen *seen)
{
	char error[COUNTERS_ERROR_MAX];
	int64_t at;

	if (seen->counters == NULL)
		return (json_null());
	counters_error_get(seen->counters, &at, error);
	if (error[0] == '\0')
		return (json_null());
	return (json_pack("{s:o, s:o}", "at", json_date(at),
	    "text", jsondoc_text(error)));
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
json_search(const struct seen *seen, enum search search)
{
	const struct config_search *c = &seen->config->searches[search];
	const struct store_search *s = &seen->searches[search];

	if (!c->configured)
		return (json_null());
	return (json_pack("{s:o, s:b, s:b, s:o, s:I, s:o, s:I, s:o}",
	    "source", jsondoc_text(c->source),
	    "loaded", (int)s->loaded,
	    "current", (int)search_current(seen, search),
	    "entries", json_entries(s),
	    "unusable", (json_int_t)s->unusable,
	    "age", json_age(search_age(seen, search)),
	    "generation", (json_int_t)s->generation,
	    "held_back", json_held_back(s)));
}

static json_t *
json_searches(const struct seen *seen)
{
	json_t *searches = json_object();
	int i;

	for (i = 0; i < SEARCHES; i++)
		json_object_set_new(searches, search_name((enum search)i),
		    json_search(seen, (enum search)i));
	return (searches);
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
json_counters(const struct seen *seen)
{
	const struct counters *c = seen->counters;

	if (c == NULL)
		return (json_null());
	return (json_pack("{s:o, s:I, s:I, s:I, s:I, s:o}",
	    "since", json_date(c->started),
	    "connections_total", (json_int_t)c->connections_total,
	    "connections", seen->running == RUNNING_NOT ? (json_int_t)0 :
	    (json_int_t)c->connections,
	    "overloaded", (json_int_t)c->overloaded,
	    "log_lost", (json_int_t)c->log_lost,
	    "decisions", json_decisions(c)));
}

static json_t *
document(const struct seen *seen)
{

	return (json_pack("{s:s, s:b, s:o, s:o, s:I, s:b, s:b, s:o, s:o, s:o, "
	    "s:o}",
	    "version", VERSION,
	    "running", seen->running != RUNNING_NOT,
	    "config_in_force", jsondoc_in_force(seen->running),
	    "daemon", json_daemon(seen),
	    "generation", (json_int_t)seen->generation,
	    "policy_loaded", (int)seen->loaded,
	    "policy_stale", (int)stale(seen),
	    "policy_age", json_age(seen->age),
	    "error", json_error(seen),
	    "searches", json_searches(seen),
	    "counters", json_counters(seen)));
}

/* ---- the command ------------------------------------------------------ */

static int
print(struct seen *seen, bool json)
{
	int code = 0;

	if (counters_open(seen->config->store, false, &seen->counters,
	    NULL) != 0)
		seen->counters = NULL;
	seen->running = running_look(seen->counters, seen->config);
	if (json)
		code = jsondoc_print(document(seen));
	else
		print_text(seen);
	counters_close(seen->counters);
	return (code);
}

int
status_run(const struct config *config, int argc, char **argv)
{
	struct seen seen = { .config = config };
	bool json = false;
	const struct argument table[] = { { "--json", NULL, &json } };
	struct why why;

	if (argument_read(table, 1, argc, argv, &why) != 0) {
		fprintf(stderr, "mayrelay status: %s\n%s", why.text,
		    status_usage);
		return (EX_USAGE);
	}
	clock_read(&seen.now);
	if (look_at_store(&seen, &why) != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		return (EX_UNAVAILABLE);
	}
	return (print(&seen, json));
}
