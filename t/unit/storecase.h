#ifndef STORECASE_H
#define STORECASE_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replica.h"
#include "store.h"
#include "when.h"

/*
 * storecase: a store in a folder of its own, and a small policy to put there.
 */

#define LIST(...) { (const char *const[]){ __VA_ARGS__ },		\
    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) }
#define NETS(...) { true, (const struct cidr[]){ __VA_ARGS__ },		\
    sizeof((const struct cidr[]){ __VA_ARGS__ }) / sizeof(struct cidr) }
#define V4(a, b, c, d, len)	{ { 4, { a, b, c, d } }, len }
#define ALWAYS	{ WHEN_BEGINNING, WHEN_NEVER }

#define ACCOUNT(name, ...) { .kind = KIND_ACCOUNT, .u.account = {	\
    .dn = name, .enabled = true, .vouches = true, .dates = ALWAYS,	\
    __VA_ARGS__ } }
#define NETWORK(name, ...) { .kind = KIND_NETWORK, .u.network = {	\
    .dn = name, .vouches = true, .dates = ALWAYS, __VA_ARGS__ } }
#define DOMAIN(name, ...) { .kind = KIND_DOMAIN, .u.domain = {		\
    .dn = name, __VA_ARGS__ } }
#define GROUP(name, ...) { .kind = KIND_GROUP, .u.group = {		\
    .dn = name, .dates = ALWAYS, __VA_ARGS__ } }
#define DENY(name, ...) { .kind = KIND_DENY, .u.deny = {		\
    .dn = name, .dates = ALWAYS, __VA_ARGS__ } }

enum {
	ALL_SEARCHES = (1 << SEARCHES) - 1,
	DIRECTORY = ALL_SEARCHES & ~(1 << SEARCH_OVERRIDES)
};

struct storecase_entry {
	enum search search;
	struct record record;
};

static char storecase_dir[64];

static inline void
storecase_remove(void)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	if ((dir = opendir(storecase_dir)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", storecase_dir,
		    entry->d_name);
		unlink(path);
	}
	closedir(dir);
	rmdir(storecase_dir);
}

/* A new folder; it goes when the test ends. */
static inline const char *
storecase_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(storecase_dir, sizeof(storecase_dir), "%.40s/store.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(storecase_dir));
	atexit(storecase_remove);
	return (storecase_dir);
}

static inline struct store *
storecase_open(enum store_mode mode)
{
	struct store *store;
	struct why why;

	ck_assert_msg(store_open(storecase_dir, mode, &store, &why) == 0,
	    "%s", why.text);
	return (store);
}

/* A writer on a new, empty store. */
static inline struct store *
storecase_new(void)
{

	storecase_folder();
	store_close(storecase_open(STORE_SERVE));
	return (storecase_open(STORE_WRITE));
}

static inline struct clock_reading
storecase_clock(int64_t utc)
{
	struct clock_reading now = { utc, utc * 1000, "this-boot" };

	return (now);
}

static inline void
storecase_put(struct store_build *build, enum search search,
    const struct record *record)
{
	const char *dn = record_dn(record);
	struct why why;

	ck_assert_msg(store_build_put(build, search, dn, strlen(dn), record,
	    &why) == 0, "%s", why.text);
}

static inline struct store_build *
storecase_begin(struct store *store, unsigned searches)
{
	struct store_build *build;
	struct why why;

	ck_assert_msg(store_build_begin(store, searches, &build, &why) == 0,
	    "%s", why.text);
	return (build);
}

/* "csn=SEARCH@UTC", another one for each search and time. */
static inline void
storecase_cookie(struct cookie *cookie, enum search search, int64_t utc)
{

	memset(cookie, 0, sizeof(*cookie));
	cookie->len = (size_t)snprintf((char *)cookie->bytes,
	    sizeof(cookie->bytes), "csn=%s@%lld", search_name(search),
	    (long long)utc);
}

/* In force, good at ${utc}. */
static inline void
storecase_switch(struct store_build *build, int64_t utc, unsigned drop)
{
	struct store_search notes[SEARCHES];
	struct why why;
	int i;

	memset(notes, 0, sizeof(notes));
	for (i = 0; i < SEARCHES; i++) {
		notes[i].good = storecase_clock(utc);
		notes[i].digest = (uint64_t)(100 + i);
		storecase_cookie(&notes[i].cookie, (enum search)i, utc);
	}
	ck_assert_msg(store_build_switch(build, notes, drop, &why) == 0,
	    "%s", why.text);
}

static inline void
storecase_load(struct store *store, unsigned searches,
    const struct storecase_entry *entries, size_t n, int64_t utc)
{
	struct store_build *build = storecase_begin(store, searches);
	size_t i;

	for (i = 0; i < n; i++)
		if ((searches >> entries[i].search & 1) != 0)
			storecase_put(build, entries[i].search,
			    &entries[i].record);
	storecase_switch(build, utc, 0);
}

static inline struct store_view *
storecase_view(struct store *store, unsigned configured, int64_t utc)
{
	struct clock_reading now = storecase_clock(utc);
	struct store_view *view = store_view_begin(store, configured, &now);

	ck_assert_ptr_nonnull(view);
	return (view);
}

static inline struct store_search
storecase_info(struct store *store, enum search search)
{
	struct store_view *view = storecase_view(store, DIRECTORY, 0);
	struct store_search info;

	ck_assert_int_eq(store_info(view, search, &info), 0);
	store_view_end(view);
	return (info);
}

/* ---- lookups as text: "dn;dn", "ABSENT" or "LATER" ---------------------- */

enum { STORECASE_TEXT = 4096 };

/* Append, after a ";" if there is something; what does not fit is cut. */
static inline void
storecase_add(char *out, const char *dn)
{
	size_t at = strlen(out), room = STORECASE_TEXT - at - 1;

	if (at > 0 && room > 0) {
		out[at++] = ';';
		room--;
	}
	room = strnlen(dn, room);
	memcpy(out + at, dn, room);
	out[at + room] = '\0';
}

static inline bool
storecase_found(enum found found, char *out)
{

	*out = '\0';
	if (found == FOUND)
		return (true);
	storecase_add(out, found == ABSENT ? "ABSENT" : "LATER");
	return (false);
}

#define STORECASE_LOOKUP(name, set_type)				\
static inline const char *						\
storecase_##name(const struct store_view *view, const char *text,	\
    char out[STORECASE_TEXT])						\
{									\
	const struct policy_view *p = store_view_policy(view);		\
	struct set_type set = { NULL, 0 };				\
	size_t i;							\
									\
	if (storecase_found(p->name(p->ctx, text, &set), out)) {	\
		ck_assert_uint_gt(set.n, 0);				\
		for (i = 0; i < set.n; i++)				\
			storecase_add(out, set.v[i]->dn);		\
	}								\
	return (out);							\
}

STORECASE_LOOKUP(domains, domain_set)
STORECASE_LOOKUP(accounts_by_login, account_set)
STORECASE_LOOKUP(accounts_by_address, account_set)
STORECASE_LOOKUP(groups_with_dn, group_set)
STORECASE_LOOKUP(groups_with_login, group_set)
STORECASE_LOOKUP(groups_by_dn, group_set)
STORECASE_LOOKUP(denies_by_dn, deny_set)
STORECASE_LOOKUP(denies_by_login, deny_set)

/* "24:dn;dn": the prefix length that was found, and the entries. */
static inline const char *
storecase_networks(const struct store_view *view, const char *text,
    unsigned below, char out[STORECASE_TEXT])
{
	const struct policy_view *p = store_view_policy(view);
	struct network_set set = { NULL, 0, 0 };
	struct cidr_ip ip;
	char dns[STORECASE_TEXT] = "";
	size_t i;

	ck_assert_int_eq(cidr_ip_parse(text, strlen(text), &ip), 0);
	if (storecase_found(p->networks(p->ctx, &ip, below, &set), out)) {
		for (i = 0; i < set.n; i++)
			storecase_add(dns, set.v[i]->dn);
		snprintf(out, STORECASE_TEXT, "%u:%.4000s", set.len, dns);
	}
	return (out);
}

/* ---- LMDB behind the store's back ---------------------------------------- */

static inline MDB_env *
storecase_env(MDB_txn **txn)
{
	MDB_env *env;

	ck_assert_int_eq(mdb_env_create(&env), 0);
	ck_assert_int_eq(mdb_env_set_maxdbs(env, 8), 0);
	ck_assert_int_eq(mdb_env_open(env, storecase_dir, MDB_NOTLS, 0600), 0);
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, txn), 0);
	return (env);
}

static inline void
storecase_poke(const char *name, const void *key, size_t key_len,
    const void *data, size_t len)
{
	MDB_val k = { key_len, (void *)(uintptr_t)key };
	MDB_val v = { len, (void *)(uintptr_t)data };
	MDB_txn *txn;
	MDB_env *env = storecase_env(&txn);
	MDB_dbi dbi;

	ck_assert_int_eq(mdb_dbi_open(txn, name, 0, &dbi), 0);
	ck_assert_int_eq(mdb_put(txn, dbi, &k, &v, 0), 0);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static inline void
storecase_poke_index(const char *name, uint64_t hash, uint64_t number)
{
	struct layout_number a, b;
	MDB_val key = layout_number(hash, &a), val = layout_number(number, &b);

	storecase_poke(name, key.mv_data, key.mv_size, val.mv_data,
	    val.mv_size);
}

#endif /* !STORECASE_H */
