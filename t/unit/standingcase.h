#ifndef STANDINGCASE_H
#define STANDINGCASE_H

#include <stdlib.h>
#include <string.h>

#include "standing.h"
#include "store.h"
#include "when.h"

/*
 * standingcase: a standing that is made by hand, in which all is well: accounts
 * and networks from two LDAP servers, of which the first is followed, domains
 * from a file.
 */

enum { CASE_NOW = 1800000000, CASE_MAX_STALE = 3600 };

static const char *const case_uris[] = { "ldap://ldap1.example.com:389",
	"ldap://ldap2.example.com:389" };

struct standing_case {
	struct config config;
	struct standing st;
};

static inline void
case_search(struct standing_case *c, enum search search, const char *source,
    enum kind kind, uint64_t entries)
{
	struct config_search *wanted = &c->config.searches[search];
	struct store_search *s = &c->st.searches[search];

	c->config.configured |= 1U << search;
	wanted->configured = true;
	wanted->source = source;
	wanted->digest = s->digest = 1000 + search;
	s->loaded = true;
	s->good = c->st.now;
	s->good.boot_ms -= 3 * 1000;
	s->generation = 5;
	s->entries[kind] = entries;
}

static inline void
case_config(struct config *config)
{
	int i;

	config->store = "/nonexistent";
	config->policy.max_stale = CASE_MAX_STALE;
	config->policy.enforce_from = WHEN_BEGINNING;
	config->poll_interval_ms = 60 * 1000;
	config->uris.v = case_uris;
	config->uris.n = 2;
	for (i = 0; i < SEARCHES; i++) {
		config->searches[i].source = "";
		config->searches[i].base = "";
		config->searches[i].filter = "";
	}
}

static inline void
case_server(struct standing_case *c, size_t i, enum server_state state,
    const char *error, int64_t next)
{
	struct server_seen seen = { .state = state, .since = CASE_NOW - 100,
	    .next = next };

	strcpy(seen.error, error);
	counters_server_set(c->st.counters, i, &seen);
}

static inline struct standing_case *
case_begin(void)
{
	struct standing_case *c = calloc(1, sizeof(*c));
	struct standing *st = &c->st;

	case_config(&c->config);
	st->config = &c->config;
	st->now.utc = CASE_NOW;
	st->now.boot_ms = 1000 * 1000;
	strcpy(st->now.boot_id, "boot");
	st->running = RUNNING_SAME;
	st->generation = 7;
	st->loaded = true;
	st->age = 3;
	case_search(c, SEARCH_ACCOUNTS, CONFIG_SOURCE_LDAP, KIND_ACCOUNT, 20);
	case_search(c, SEARCH_NETWORKS, CONFIG_SOURCE_LDAP, KIND_NETWORK, 1);
	case_search(c, SEARCH_DOMAINS, "ldif:/policy.ldif", KIND_DOMAIN, 2);
	c->config.searches[SEARCH_ACCOUNTS].base =
	    "ou=people,dc=example,dc=com";
	c->config.searches[SEARCH_ACCOUNTS].filter = "(uid=*)";
	c->config.searches[SEARCH_NETWORKS].base =
	    "ou=relay,dc=example,dc=com";
	cookie_set(&st->searches[SEARCH_ACCOUNTS].cookie, "rid=1,csn=2", 11);
	st->counters = calloc(1, sizeof(*st->counters));
	st->counters->pid = 4711;
	st->counters->feed_pid = 4712;
	st->counters->feed_starts = 1;
	st->counters->started = CASE_NOW - 500;
	st->counters->reloaded = CASE_NOW - 500;
	st->counters->ldap_servers = 2;
	case_server(c, 0, SERVER_FOLLOWED, "", 0);
	case_server(c, 1, SERVER_IDLE, "", 0);
	return (c);
}

static inline void
case_end(struct standing_case *c)
{

	free(c->st.counters);
	free(c);
}

/* ---- what may be the matter, for the tables ------------------------------ */

static inline void
nothing(struct standing_case *c)
{

	(void)c;
}

static inline void
no_daemon(struct standing_case *c)
{

	c->st.running = RUNNING_NOT;
}

static inline void
no_counters(struct standing_case *c)
{

	free(c->st.counters);
	c->st.counters = NULL;
	c->st.running = RUNNING_NOT;
	why_set(&c->st.no_counters, "/store/counters: No such file");
}

static inline void
never_loaded(struct standing_case *c)
{

	c->st.loaded = false;
	c->st.age = INT64_MAX;
	c->st.watch = AGEWATCH_MISSING;
	memset(&c->st.searches[SEARCH_ACCOUNTS], 0,
	    sizeof(c->st.searches[SEARCH_ACCOUNTS]));
}

static inline void
half_old(struct standing_case *c)
{

	c->st.age = 1900;
	c->st.watch = AGEWATCH_HALF;
}

static inline void
too_old(struct standing_case *c)
{

	c->st.age = 3601;
	c->st.watch = AGEWATCH_STALE;
}

static inline void
no_age(struct standing_case *c)
{

	c->st.age = INT64_MAX;
	c->st.watch = AGEWATCH_STALE;
}

static inline void
other_file(struct standing_case *c)
{

	c->st.running = RUNNING_OTHER;
}

static inline void
other_file_fewer(struct standing_case *c)
{

	c->st.running = RUNNING_OTHER;
	c->config.uris.n = 1;
}

static inline void
reload_failed(struct standing_case *c)
{

	c->st.counters->reload_failed = RELOAD_FAILED;
}

static inline void
restart_needed(struct standing_case *c)
{

	c->st.counters->reload_failed = RELOAD_RESTART;
}

static inline void
not_yet_real(struct standing_case *c)
{

	c->config.policy.enforce_from = CASE_NOW + 60;
}

static inline void
real_since(struct standing_case *c)
{

	c->config.policy.enforce_from = CASE_NOW;
}

static inline void
never_real(struct standing_case *c)
{

	c->config.policy.enforce_from = WHEN_NEVER;
}

static inline void
authority(struct standing_case *c)
{

	never_real(c);
	c->config.policy.role = ROLE_AUTHORITY;
}

static inline void
held_back(struct standing_case *c)
{
	struct store_search *s = &c->st.searches[SEARCH_NETWORKS];

	s->held_back = true;
	s->held_back_removes = 16;
	s->held_back_of = 21;
}

static inline void
unreadable(struct standing_case *c)
{

	c->st.searches[SEARCH_ACCOUNTS].unusable = 1;
	c->st.searches[SEARCH_NETWORKS].unusable = 3;
}

static inline void
unreadable_without_source(struct standing_case *c)
{

	c->st.searches[SEARCH_OVERRIDES].unusable = 1;
}

static inline void
no_accounts(struct standing_case *c)
{

	c->config.searches[SEARCH_ACCOUNTS].base =
	    "ou=people,dc=example,dc=com";
	c->st.searches[SEARCH_ACCOUNTS].entries[KIND_ACCOUNT] = 0;
}

static inline void
no_accounts_in_file(struct standing_case *c)
{

	no_accounts(c);
	c->config.searches[SEARCH_ACCOUNTS].source = "ldif:/people.ldif";
}

static inline void
accounts_unread(struct standing_case *c)
{

	no_accounts(c);
	c->st.searches[SEARCH_ACCOUNTS].loaded = false;
}

static inline void
no_feed(struct standing_case *c)
{

	c->st.counters->feed_pid = 0;
}

static inline void
source_error(struct standing_case *c)
{

	counters_error_set(c->st.counters, CASE_NOW - 50, "it is \e[2J away");
}

static inline void
fail_over(struct standing_case *c)
{

	case_server(c, 0, SERVER_FAILED, "ldap://ldap1.example.com:389: it is "
	    "down", CASE_NOW + 20);
	case_server(c, 1, SERVER_FOLLOWED, "", 0);
}

static inline void
no_server_left(struct standing_case *c)
{
	static const char error[] = "ldap://ldap2.example.com:389: away";

	case_server(c, 1, SERVER_FAILED, error, 0);
	counters_error_set(c->st.counters, CASE_NOW - 50, error);
}

static inline void
tried_again(struct standing_case *c)
{

	case_server(c, 0, SERVER_TRIED, "it is down", 0);
	case_server(c, 1, SERVER_FOLLOWED, "an error of the past", 0);
}

static inline void
first_try(struct standing_case *c)
{

	case_server(c, 0, SERVER_TRIED, "", 0);
}

static inline void
failed_at_once_again(struct standing_case *c)
{

	case_server(c, 0, SERVER_FAILED, "it is down", 0);
}

static inline void
polled(struct standing_case *c)
{

	case_server(c, 0, SERVER_POLLED, "", CASE_NOW + 60);
}

static inline void
untold(struct standing_case *c)
{

	c->st.counters->ldap_servers = 0;
}

static inline void
another_number(struct standing_case *c)
{

	c->st.counters->ldap_servers = 3;
}

static inline void
beyond_all_bounds(struct standing_case *c)
{

	c->st.running = RUNNING_OTHER;
	c->st.counters->ldap_servers = 1000;
}

static inline void
below_all_bounds(struct standing_case *c)
{

	c->st.running = RUNNING_OTHER;
	c->st.counters->ldap_servers = -1;
}

static inline void
no_ldap(struct standing_case *c)
{

	c->config.searches[SEARCH_ACCOUNTS].source = "ldif:/people.ldif";
	c->config.searches[SEARCH_NETWORKS].source = "ldif:/policy.ldif";
	c->st.counters->ldap_servers = 0;
}

static inline void
other_settings(struct standing_case *c)
{

	c->st.searches[SEARCH_ACCOUNTS].digest++;
}

static inline void
strange_cookie(struct standing_case *c)
{

	cookie_set(&c->st.searches[SEARCH_ACCOUNTS].cookie, "a\0\e\xff", 4);
}

static inline void
counted(struct standing_case *c)
{
	struct counters *n = c->st.counters;

	n->ldap_changes = 12;
	n->ldap_full[REFRESH_DONE] = 1;
	n->ldap_full[REFRESH_HELD_BACK] = 2;
	n->ldap_full[REFRESH_FAILED] = 3;
	n->ldap_resumed[REFRESH_DONE] = 4;
	n->ldap_resumed[REFRESH_HELD_BACK] = 5;
	n->ldap_resumed[REFRESH_FAILED] = 6;
}

#endif /* !STANDINGCASE_H */
