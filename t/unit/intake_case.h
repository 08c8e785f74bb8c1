#ifndef INTAKE_CASE_H
#define INTAKE_CASE_H

#include <stdio.h>
#include <string.h>

#include "intake.h"
#include "storecase.h"
#include "suite.h"
#include "told_entry.h"

/*
 * intake_case: a store that was read from a server, and changes of it that are
 * expected to succeed.
 */

#define BIT(search)	(1U << SEARCH_##search)
#define SOURCE	"ldap://ldap.example.com"

/* What the source has; the domains are another one's. */
enum { OURS = 1 << SEARCH_ACCOUNTS | 1 << SEARCH_NETWORKS | 1 << SEARCH_GROUPS,
    PEOPLE = 20, NETS = 4 };

static struct config config;
static int progress_calls, progress_end_at;

static inline int
progress(void *ctx, struct why *why)
{

	(void)ctx;
	if (++progress_calls == progress_end_at)
		return (why_set(why, "nobody waits any more"));
	return (0);
}

static inline struct intake_job
job_of(struct store *store)
{
	struct intake_job job = { .config = &config, .store = store,
	    .name = SOURCE, .path = SOURCE, .searches = OURS,
	    .progress = progress };
	static const enum kind maps[] = { KIND_ACCOUNT, KIND_NETWORK,
	    KIND_DOMAIN, KIND_GROUP };
	int i;

	config.max_shrink = 50;
	for (i = 0; i < ROWS(maps); i++) {
		config.searches[i].source = CONFIG_SOURCE_LDAP;
		config.searches[i].filter = "";
		config.searches[i].base = "dc=example,dc=com";
		if (maps[i] != KIND_NETWORK)
			ck_assert_int_eq(attrmap_preset("inetorgperson",
			    maps[i], &config.searches[i].map), 0);
	}
	return (job);
}

static inline const struct source_entry *
make(struct told *m, const char *key, unsigned searches, const char *text)
{
	static char dn[64];

	snprintf(dn, sizeof(dn), "cn=%s,dc=example,dc=com", key);
	return (told_make(m, dn, key, searches, text));
}

#define NET	"objectClass=relayNetwork|cn=x|relayAccess=deny|"	\
    "relayClient=192.0.2.0/24"

static inline void
person(struct told *m, int i)
{
	static char key[16];
	char text[64];

	snprintf(key, sizeof(key), "p%d", i);
	snprintf(text, sizeof(text), "objectClass=inetOrgPerson|uid=u%d", i);
	make(m, key, BIT(ACCOUNTS) | BIT(GROUPS), text);
}

static inline int
tell(void *ctx, const struct sink *sink, struct why *why)
{
	struct told m;
	char key[16];
	int i;

	(void)ctx;
	if (sink->begin(sink->ctx, why) == -1)
		return (-1);
	for (i = 0; i < PEOPLE; i++) {
		person(&m, i);
		if (sink->entry(sink->ctx, &m.source, why) == -1)
			return (-1);
	}
	for (i = 0; i < NETS; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		if (sink->entry(sink->ctx, make(&m, key, BIT(NETWORKS), NET),
		    why) == -1)
			return (-1);
	}
	return (sink->end(sink->ctx, why));
}

/* A store with 20 accounts, 4 networks, a domain of another source. */
static inline struct store *
loaded(void)
{
	static const struct storecase_entry domain = { SEARCH_DOMAINS,
	    DOMAIN("dn=com", .name = "example.com") };
	struct store *store = storecase_new();
	struct intake_job job = job_of(store);
	enum intake_outcome outcome;
	struct why why;

	storecase_load(store, BIT(DOMAINS), &domain, 1, 1000);
	ck_assert_msg(intake_run(&job, tell, NULL, &outcome, &why) == 0, "%s",
	    why.text);
	ck_assert_int_eq(outcome, INTAKE_IN_FORCE);
	*heard_log = '\0';
	return (store);
}

static inline struct intake_change *
begin(const struct intake_job *job)
{
	struct intake_change *change;
	struct why why;

	ck_assert_msg(intake_change_begin(job, &change, &why) == 0, "%s",
	    why.text);
	return (change);
}

static inline void
put(struct intake_change *c, const char *key, unsigned searches,
    const char *text)
{
	struct told m;
	struct why why;

	ck_assert_msg(intake_change_put(c, make(&m, key, searches, text),
	    &why) == 0, "%s", why.text);
}

static inline void
delete(struct intake_change *c, unsigned searches, const char *key)
{
	struct why why;

	ck_assert_msg(intake_change_delete(c, searches, key, strlen(key),
	    &why) == 0, "%s", why.text);
}

static inline enum intake_outcome
commit(struct intake_change *c, bool guarded, struct why *why)
{
	enum intake_outcome outcome;

	*why = (struct why){ "" };
	ck_assert_msg(intake_change_commit(c, guarded, &outcome, why) == 0,
	    "%s", why->text);
	return (outcome);
}

/* "accounts networks domains groups, unreadable values of accounts" */
static inline const char *
counts(struct store *store, char out[64])
{

	snprintf(out, 64, "%u %u %u %u, %u",
	    (unsigned)storecase_info(store,
	    SEARCH_ACCOUNTS).entries[KIND_ACCOUNT],
	    (unsigned)storecase_info(store,
	    SEARCH_NETWORKS).entries[KIND_NETWORK],
	    (unsigned)storecase_info(store,
	    SEARCH_DOMAINS).entries[KIND_DOMAIN],
	    (unsigned)storecase_info(store,
	    SEARCH_GROUPS).entries[KIND_GROUP],
	    (unsigned)storecase_info(store, SEARCH_ACCOUNTS).unusable);
	return (out);
}

#endif /* !INTAKE_CASE_H */
