#include <stdio.h>
#include <string.h>

#include "standing.h"
#include "when.h"

/* ---- looking ----------------------------------------------------------- */

static int
look_at_view(struct standing *st, struct store_view *view, struct why *why)
{
	const struct policy_view *policy = store_view_policy(view);
	int i;

	if (!policy->readable)
		return (why_set(why, "%s: the store cannot be read",
		    st->config->store));
	st->generation = store_generation(view);
	st->loaded = policy->loaded;
	st->age = policy->loaded ? policy->age : INT64_MAX;
	st->watch = agewatch_judge(policy, st->config);
	for (i = 0; i < SEARCHES; i++)
		if (store_info(view, (enum search)i, &st->searches[i]) != 0)
			return (why_set(why, "%s: the store cannot be read",
			    st->config->store));
	return (0);
}

static int
look_at_store(struct standing *st, struct why *why)
{
	struct store_view *view;
	struct store *store;
	int result;

	if (store_open(st->config->store, STORE_READ, &store, why) != 0)
		return (-1);
	view = store_view_now(store, st->config->configured, &st->now);
	if (view == NULL) {
		store_close(store);
		return (why_set(why, "out of memory"));
	}
	result = look_at_view(st, view, why);
	store_view_end(view);
	store_close(store);
	return (result);
}

int
standing_look(struct standing *st, const struct config *config,
    struct why *why)
{

	memset(st, 0, sizeof(*st));
	st->config = config;
	clock_read(&st->now);
	if (look_at_store(st, why) != 0)
		return (-1);
	(void)counters_open(config->store, false, &st->counters,
	    &st->no_counters);
	st->running = running_look(st->counters, config);
	return (0);
}

void
standing_end(struct standing *st)
{

	counters_close(st->counters);
	st->counters = NULL;
}

bool
standing_restart_needed(const struct standing *st)
{

	return (st->running == RUNNING_OTHER &&
	    st->counters->reload_failed == RELOAD_RESTART);
}

const char *
standing_cure(const struct standing *st)
{

	return (standing_restart_needed(st) ? "restart mayrelayd" :
	    "reload it");
}

int64_t
standing_real_from(const struct standing *st)
{
	const struct policy_settings *policy = &st->config->policy;

	return (policy->role == ROLE_AUTHORITY ? WHEN_BEGINNING :
	    policy->enforce_from);
}

/* ---- the searches ------------------------------------------------------ */

int64_t
standing_age(const struct standing *st, enum search search)
{
	const struct store_search *s = &st->searches[search];

	return (s->loaded ? clock_age(&s->good, &st->now) : INT64_MAX);
}

bool
standing_current(const struct standing *st, enum search search)
{

	return (st->searches[search].digest ==
	    st->config->searches[search].digest);
}

uint64_t
standing_unusable(const struct standing *st, enum search search)
{

	return (st->config->searches[search].configured ?
	    st->searches[search].unusable : 0);
}

bool
standing_ldap(const struct standing *st, enum search search)
{
	const struct config_search *c = &st->config->searches[search];

	return (c->configured && config_from_ldap(c));
}

/* ---- the LDAP servers -------------------------------------------------- */

static size_t
named(const struct standing *st)
{
	int i;

	for (i = 0; i < SEARCHES; i++)
		if (standing_ldap(st, (enum search)i))
			return (st->config->uris.n);
	return (0);
}

static size_t
told(const struct standing *st)
{
	int32_t n = st->counters->ldap_servers;

	if (n < 0)
		return (0);
	return (n > COUNTERS_SERVERS ? COUNTERS_SERVERS : (size_t)n);
}

size_t
standing_servers(const struct standing *st)
{

	return (st->running == RUNNING_OTHER ? told(st) : named(st));
}

/* Is what the counters say of servers true now, and of these ones? */
static bool
states_hold(const struct standing *st)
{

	if (st->running == RUNNING_NOT || st->counters->feed_pid == 0)
		return (false);
	return (told(st) == standing_servers(st));
}

/* An error may begin with the server's name, which stands beside it here. */
static void
name_cut(char *error, const char *name)
{
	const size_t len = strlen(name);

	if (strncmp(error, name, len) == 0 && strncmp(error + len, ": ",
	    2) == 0)
		memmove(error, error + len + 2, strlen(error + len + 2) + 1);
}

void
standing_server(const struct standing *st, size_t i,
    struct standing_server *server)
{

	memset(server, 0, sizeof(*server));
	if (st->running != RUNNING_OTHER)
		server->uri = st->config->uris.v[i];
	if ((server->known = states_hold(st)))
		counters_server_get(st->counters, i, &server->seen);
	if (server->uri != NULL)
		name_cut(server->seen.error, server->uri);
}

const char *
standing_servers_doubt(const struct standing *st, char *out, size_t size)
{

	if (standing_servers(st) == 0 && named(st) == 0)
		return (NULL);
	if (st->running == RUNNING_NOT)
		snprintf(out, size, "mayrelayd does not run");
	else if (st->running == RUNNING_OTHER)
		snprintf(out, size, "%zu are named in the file, %zu in force, "
		    "which may be others", named(st), told(st));
	else if (st->counters->feed_pid == 0)
		snprintf(out, size, "mayrelay-feed does not run");
	else if (told(st) == 0)
		snprintf(out, size, "mayrelay-feed has told nothing of them "
		    "yet");
	else if (told(st) != named(st))
		snprintf(out, size, "%zu are named in the file, mayrelay-feed "
		    "has %zu", named(st), told(st));
	else
		return (NULL);
	return (out);
}

bool
standing_in_use(const struct standing_server *server)
{

	return (server->known && (server->seen.state == SERVER_FOLLOWED ||
	    server->seen.state == SERVER_POLLED));
}

enum server_state
standing_followed(const struct standing *st)
{
	struct standing_server server;
	size_t i;

	for (i = 0; i < standing_servers(st); i++) {
		standing_server(st, i, &server);
		if (standing_in_use(&server))
			return (server.seen.state);
	}
	return (SERVER_IDLE);
}
