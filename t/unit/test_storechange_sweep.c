#include <stdio.h>
#include <string.h>

#include "change_case.h"
#include "suite.h"

/* Changes: sweeps, sums, cookies, and what goes wrong. */

#define BIT(search)	(1U << SEARCH_##search)
#define X10	"xxxxxxxxxx"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define LONG_KEY	X100 X100 X100 X100 X100 X100

static const struct storecase_entry policy[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=joe", .logins = LIST("joe")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=ann", .logins = LIST("ann")) },
	{ SEARCH_NETWORKS, NETWORK("cn=net",
	    .clients = NETS(V4(192, 0, 2, 0, 24))) },
	/* The same key as an account, in another search. */
	{ SEARCH_GROUPS, GROUP("uid=joe", .member_logins = LIST("ann")) }
};
static const struct record bob = ACCOUNT("uid=bob", .logins = LIST("bob"));

/* ---- sweeping ----------------------------------------------------------- */

enum { CROWD = 300 };

static void
crowd_put(struct store *store, int from, int to)
{
	struct store_change *c = begin(store);
	struct record record = bob;
	char dn[32], login[32];
	const char *logins[] = { login };
	int i;

	record.u.account.dn = dn;
	record.u.account.logins.v = logins;
	for (i = from; i < to; i++) {
		snprintf(dn, sizeof(dn), "uid=%03d", i);
		snprintf(login, sizeof(login), "u%d", i);
		put(c, SEARCH_ACCOUNTS, &record);
	}
	commit(c);
}

static bool
keep_all(const char *key)
{

	(void)key;
	return (true);
}

static bool
keep_none(const char *key)
{

	(void)key;
	return (false);
}

static bool
keep_even(const char *key)
{

	return ((key[6] - '0') % 2 == 0);
}

static bool
keep_first(const char *key)
{

	return (strcmp(key, "uid=000") == 0);
}

static bool
keep_last(const char *key)
{

	return (strcmp(key, "uid=299") == 0);
}

static bool
keep_middle(const char *key)
{

	return (strcmp(key, "uid=100") >= 0 && strcmp(key, "uid=200") < 0);
}

static const struct {
	const char *label;
	bool (*keep)(const char *);
	uint64_t left;
} sweeps[] = {
	{ "all stay", keep_all, CROWD },
	{ "none stays", keep_none, 0 },
	{ "every other one stays", keep_even, CROWD / 2 },
	{ "the first one stays", keep_first, 1 },
	{ "the last one stays", keep_last, 1 },
	{ "those in the middle stay", keep_middle, 100 }
};

struct sweeping {
	bool (*keep)(const char *);
	int asked;
};

static bool
sweep_keep(void *ctx, const void *key, size_t len)
{
	struct sweeping *s = ctx;
	char text[32] = "";

	ck_assert_uint_eq(len, 7);
	memcpy(text, key, len);
	s->asked++;
	return (s->keep(text));
}

START_TEST(sweep)
{
	struct sweeping s = { sweeps[_i].keep, 0 };
	struct store *store = storecase_new();
	uint64_t put_now, deleted, had, gone;
	struct store_change *c;
	struct store_view *view;
	char text[STORECASE_TEXT], login[32], dn[32];
	struct why why;
	int i;

	/* The others' keys are of another length: nobody asks for them. */
	storecase_load(store, ALL_SEARCHES, &policy[2], 2, 1000);
	crowd_put(store, 0, CROWD);
	c = begin(store);
	ck_assert_int_eq(store_change_sweep(c, SEARCH_ACCOUNTS, sweep_keep,
	    &s, &why), 0);
	ck_assert_int_eq(s.asked, CROWD);
	store_change_size(c, &put_now, &deleted);
	store_change_removes(c, SEARCH_ACCOUNTS, KIND_ACCOUNT, &had, &gone);
	ck_assert_uint_eq(put_now, 0);
	ck_assert_uint_eq(had, CROWD);
	ck_assert_uint_eq(gone, CROWD - sweeps[_i].left);
	ck_assert_uint_eq(deleted, gone);
	commit(c);
	ck_assert_msg(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT) ==
	    sweeps[_i].left, "%s", sweeps[_i].label);
	ck_assert_uint_eq(entries(store, SEARCH_NETWORKS, KIND_NETWORK), 1);
	ck_assert_uint_eq(entries(store, SEARCH_GROUPS, KIND_GROUP), 1);
	view = storecase_view(store, DIRECTORY, 1000);
	for (i = 0; i < CROWD; i++) {
		snprintf(login, sizeof(login), "u%d", i);
		snprintf(dn, sizeof(dn), "uid=%03d", i);
		ck_assert_str_eq(storecase_accounts_by_login(view, login,
		    text), sweeps[_i].keep(dn) ? dn : "ABSENT");
	}
	store_view_end(view);
	store_close(store);
}
END_TEST

/* What came in the same change goes as well, but was never there. */
START_TEST(sweep_what_is_new)
{
	struct sweeping s = { keep_none, 0 };
	struct store *store = storecase_new();
	struct record eve = bob;
	struct store_change *c;
	uint64_t had, gone;
	struct why why;

	storecase_load(store, ALL_SEARCHES, policy, 2, 1000);
	eve.u.account.dn = "uid=eve";
	c = begin(store);
	/* The number of one that was deleted is not taken again. */
	delete(c, SEARCH_ACCOUNTS, "uid=ann");
	put(c, SEARCH_ACCOUNTS, &eve);
	ck_assert_int_eq(store_change_sweep(c, SEARCH_ACCOUNTS, sweep_keep,
	    &s, &why), 0);
	ck_assert_int_eq(s.asked, 2);
	store_change_removes(c, SEARCH_ACCOUNTS, KIND_ACCOUNT, &had, &gone);
	ck_assert_uint_eq(had, 2);
	ck_assert_uint_eq(gone, 2);
	commit(c);
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT), 0);
	store_close(store);
}
END_TEST

START_TEST(sweep_damaged)
{
	struct layout_number buffer;
	MDB_val key = layout_number(1, &buffer);
	struct sweeping s = { keep_none, 0 };
	struct store *store = storecase_new();
	struct store_change *c;
	struct why why;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	store_close(store);
	storecase_poke("records.1", key.mv_data, key.mv_size, "?", 1);
	store = storecase_open(STORE_WRITE);
	c = begin(store);
	ck_assert_int_eq(store_change_sweep(c, SEARCH_ACCOUNTS, sweep_keep,
	    &s, &why), -1);
	ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
	ck_assert_int_eq(store_change_commit(c, &why), -1);
	store_close(store);
}
END_TEST

/* ---- values that could not be read -------------------------------------- */

static void
put_unusable(struct store_change *c, const struct record *record, uint32_t n)
{
	struct record copy = *record;

	copy.unusable = n;
	put(c, SEARCH_ACCOUNTS, &copy);
}

static void
unusable_same(struct store_change *c)
{

	put_unusable(c, &policy[0].record, 2);
	delete(c, SEARCH_ACCOUNTS, "uid=eve");
	delete(c, SEARCH_NETWORKS, "uid=joe");
}

static void
unusable_more(struct store_change *c)
{

	put_unusable(c, &policy[0].record, 5);
}

static void
unusable_less(struct store_change *c)
{

	put_unusable(c, &policy[0].record, 0);
}

static void
unusable_new(struct store_change *c)
{

	put_unusable(c, &bob, 7);
	put_unusable(c, &bob, 8);
}

static void
unusable_gone(struct store_change *c)
{

	put_unusable(c, &bob, 7);
	delete(c, SEARCH_ACCOUNTS, "uid=joe");
	delete(c, SEARCH_ACCOUNTS, "uid=joe");
}

static void
unusable_swept(struct store_change *c)
{
	struct sweeping s = { keep_none, 0 };
	struct why why;

	ck_assert_int_eq(store_change_sweep(c, SEARCH_ACCOUNTS, sweep_keep,
	    &s, &why), 0);
}

static const struct {
	const char *label;
	void (*change)(struct store_change *);
	uint64_t accounts;
} unusables[] = {
	{ "nothing changes", unusable_same, 3 },
	{ "an entry gets more of them", unusable_more, 6 },
	{ "an entry loses them", unusable_less, 1 },
	{ "a new entry with some, that gets more", unusable_new, 11 },
	{ "a new one with some, another one goes", unusable_gone, 8 },
	{ "all go", unusable_swept, 0 }
};

START_TEST(unusable)
{
	struct store *store = storecase_new();
	struct store_change *c;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	put_unusable(c, &policy[0].record, 2);
	put_unusable(c, &policy[1].record, 1);
	commit(c);
	c = begin(store);
	unusables[_i].change(c);
	commit(c);
	ck_assert_msg(storecase_info(store, SEARCH_ACCOUNTS).unusable ==
	    unusables[_i].accounts, "%s: %d", unusables[_i].label,
	    (int)storecase_info(store, SEARCH_ACCOUNTS).unusable);
	ck_assert_uint_eq(storecase_info(store, SEARCH_GROUPS).unusable, 0);
	/* Carried over, each with its own. */
	storecase_load(store, BIT(DOMAINS), policy, ROWS(policy), 2000);
	ck_assert_uint_eq(storecase_info(store, SEARCH_ACCOUNTS).unusable,
	    unusables[_i].accounts);
	store_close(store);
}
END_TEST

/* ---- what the store has no room for ------------------------------------- */

static int
put_many(struct store_change *c, struct why *why)
{
	struct record record = bob;
	char dn[700];
	int i;

	record.u.account.dn = dn;
	for (i = 0; i < 10000; i++) {
		snprintf(dn, sizeof(dn), "uid=%d,%s", i, LONG_KEY);
		if (store_change_put(c, SEARCH_ACCOUNTS, dn, strlen(dn),
		    &record, why) == -1)
			return (-1);
	}
	return (0);
}

/* Nothing of such a change comes into force, and the next one is taken. */
START_TEST(full)
{
	struct store *store = storecase_new();
	struct store_change *c;
	struct why why;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	ck_assert_int_eq(mdb_env_set_mapsize(store->env, 1024 * 1024), 0);
	c = begin(store);
	ck_assert_int_eq(put_many(c, &why), -1);
	ck_assert_ptr_nonnull(strstr(why.text, "grown to its limit"));
	if (_i == 0) {
		store_change_cancel(c);
	} else {
		ck_assert_int_eq(store_change_commit(c, &why), -1);
		ck_assert_str_eq(why.text,
		    "this change has failed before");
	}
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT), 2);
	c = begin(store);
	put(c, SEARCH_ACCOUNTS, &bob);
	commit(c);
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT), 3);
	store_close(store);
}
END_TEST

START_TEST(one_at_a_time)
{
	struct store *store = storecase_new();
	struct store_change *c = begin(store), *other;
	struct why why;

	ck_assert_int_eq(store_change_begin(store, &other, &why), -1);
	ck_assert_str_eq(why.text, "the policy is being changed already");
	store_change_cancel(c);
	c = begin(store);
	commit(c);
	commit(begin(store));
	store_close(store);
}
END_TEST

/* ---- cookies ------------------------------------------------------------ */

static const char *
cookie_of(struct store *store, enum search search, char text[64])
{
	struct store_search info = storecase_info(store, search);

	ck_assert_uint_lt(info.cookie.len, 64);
	memcpy(text, info.cookie.bytes, info.cookie.len);
	text[info.cookie.len] = '\0';
	return (text);
}

static void
set_cookie(struct store_change *c, const char *text)
{
	struct cookie cookie = { .len = strlen(text) };
	struct why why;

	memcpy(cookie.bytes, text, cookie.len);
	ck_assert_int_eq(store_change_cookie(c, SEARCH_ACCOUNTS, &cookie,
	    &why), 0);
}

START_TEST(cookies)
{
	struct store *store = storecase_new();
	struct store_change *c;
	char text[64];

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	set_cookie(c, "longer than the one before");
	store_change_cancel(c);
	ck_assert_str_eq(cookie_of(store, SEARCH_ACCOUNTS, text),
	    "csn=accounts@1000");
	/* The last one counts, and outlives both other changes and all. */
	c = begin(store);
	set_cookie(c, "longer than the one before");
	set_cookie(c, "new");
	commit(c);
	commit(begin(store));
	store_close(store);
	store = storecase_open(STORE_WRITE);
	ck_assert_str_eq(cookie_of(store, SEARCH_ACCOUNTS, text), "new");
	ck_assert_str_eq(cookie_of(store, SEARCH_GROUPS, text),
	    "csn=groups@1000");
	storecase_load(store, BIT(GROUPS), policy, ROWS(policy), 2000);
	ck_assert_str_eq(cookie_of(store, SEARCH_ACCOUNTS, text), "new");
	ck_assert_str_eq(cookie_of(store, SEARCH_GROUPS, text),
	    "csn=groups@2000");
	/* None at all. */
	c = begin(store);
	set_cookie(c, "");
	set_cookie(c, "");
	commit(c);
	ck_assert_str_eq(cookie_of(store, SEARCH_ACCOUNTS, text), "");
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("storechange_sweep");

	suite_rows(suite, sweep, ROWS(sweeps));
	suite_one(suite, sweep_what_is_new);
	suite_one(suite, sweep_damaged);
	suite_rows(suite, unusable, ROWS(unusables));
	suite_rows(suite, full, 2);
	suite_one(suite, one_at_a_time);
	suite_one(suite, cookies);
	return (suite_run(suite));
}
