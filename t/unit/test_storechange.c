#include <stdio.h>
#include <string.h>

#include "change_case.h"
#include "suite.h"

#define BIT(search)	(1U << SEARCH_##search)
#define X10	"xxxxxxxxxx"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define LONG_KEY	X100 X100 X100 X100 X100 X100

static const struct storecase_entry policy[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=joe", .logins = LIST("joe", "joe2"),
	    .addresses = LIST("joe@example.com", "info@example.com")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=ann", .logins = LIST("ann"),
	    .addresses = LIST("ann@example.com", "info@example.com")) },
	{ SEARCH_NETWORKS, NETWORK("cn=net",
	    .clients = NETS(V4(192, 0, 2, 0, 24), V4(192, 0, 2, 1, 32))) },
	/* The same key as an account, in another search. */
	{ SEARCH_GROUPS, GROUP("uid=joe", .member_logins = LIST("ann")) }
};

static const struct record joe_moved = ACCOUNT("uid=joe",
    .logins = LIST("joe2", "joseph"), .addresses = LIST("joe@example.org"));
static const struct record bob = ACCOUNT("uid=bob", .logins = LIST("bob"),
    .addresses = LIST("info@example.com"));
static const struct record long_bob = ACCOUNT(LONG_KEY,
    .logins = LIST("bob"));
static const struct record staff = GROUP("cn=staff",
    .member_logins = LIST("ann", "ann"));
static const struct record net_moved = NETWORK("cn=net",
    .clients = NETS(V4(198, 51, 100, 0, 27)));
static const struct record net_six = NETWORK("cn=six", .clients = NETS(
    { { 6, { 0x20, 0x01, 0x0d, 0xb8 } }, 48 }));

/* All that is looked for below, in one line. */
static const char *
whole(struct store *store, char all[STORECASE_TEXT])
{
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	char text[STORECASE_TEXT];

	*all = '\0';
	storecase_add(all, storecase_accounts_by_login(view, "joe", text));
	storecase_add(all, storecase_accounts_by_login(view, "joe2", text));
	storecase_add(all, storecase_accounts_by_login(view, "joseph", text));
	storecase_add(all, storecase_accounts_by_login(view, "bob", text));
	storecase_add(all, "info");
	storecase_add(all, storecase_accounts_by_address(view,
	    "info@example.com", text));
	storecase_add(all, "nets");
	storecase_add(all, storecase_networks(view, "192.0.2.1", 129, text));
	storecase_add(all, storecase_networks(view, "198.51.100.1", 129,
	    text));
	storecase_add(all, storecase_networks(view, "2001:db8::1", 129, text));
	storecase_add(all, "group");
	storecase_add(all, storecase_groups_with_login(view, "ann", text));
	store_view_end(view);
	return (all);
}

#define BEFORE	"uid=joe;uid=joe;ABSENT;ABSENT;info;uid=ann;uid=joe;"	\
    "nets;32:cn=net;ABSENT;ABSENT;group;uid=joe"

static void
put_joe_moved(struct store_change *c)
{

	put(c, SEARCH_ACCOUNTS, &joe_moved);
}

static void
put_joe_as_he_is(struct store_change *c)
{

	put(c, SEARCH_ACCOUNTS, &policy[0].record);
}

static void
put_bob(struct store_change *c)
{

	put(c, SEARCH_ACCOUNTS, &bob);
}

static void
put_long_bob_twice(struct store_change *c)
{

	put(c, SEARCH_ACCOUNTS, &long_bob);
	put(c, SEARCH_ACCOUNTS, &long_bob);
}

static void
delete_joe(struct store_change *c)
{

	delete(c, SEARCH_ACCOUNTS, "uid=joe");
}

static void
delete_and_put_joe(struct store_change *c)
{

	delete(c, SEARCH_ACCOUNTS, "uid=joe");
	put(c, SEARCH_ACCOUNTS, &joe_moved);
}

static void
delete_what_is_not_there(struct store_change *c)
{

	delete(c, SEARCH_ACCOUNTS, "uid=eve");
	delete(c, SEARCH_NETWORKS, "uid=joe");
	delete(c, SEARCH_ACCOUNTS, LONG_KEY);
}

static void
delete_group(struct store_change *c)
{

	delete(c, SEARCH_GROUPS, "uid=joe");
}

static void
put_and_delete_twice_named(struct store_change *c)
{

	put(c, SEARCH_GROUPS, &staff);
	delete(c, SEARCH_GROUPS, "cn=staff");
	put(c, SEARCH_GROUPS, &staff);
}

static void
move_network(struct store_change *c)
{

	put(c, SEARCH_NETWORKS, &net_moved);
}

static void
add_network(struct store_change *c)
{

	put(c, SEARCH_NETWORKS, &net_six);
}

static void
delete_all(struct store_change *c)
{

	delete(c, SEARCH_ACCOUNTS, "uid=joe");
	delete(c, SEARCH_ACCOUNTS, "uid=ann");
	delete(c, SEARCH_NETWORKS, "cn=net");
	delete(c, SEARCH_GROUPS, "uid=joe");
}

static const struct {
	const char *label;
	void (*change)(struct store_change *);
	const char *after;
	uint64_t accounts, networks, groups;
	/* What it comes to; of ${gone} accounts none has come back. */
	uint64_t put, deleted, gone;
} changes[] = {
	{ "replaced: old terms go, new ones come", put_joe_moved,
	    "ABSENT;uid=joe;uid=joe;ABSENT;info;uid=ann;nets;32:cn=net;"
	    "ABSENT;ABSENT;group;uid=joe", 2, 1, 1, 1, 0, 0 },
	{ "replaced by itself: nothing is written", put_joe_as_he_is, BEFORE,
	    2, 1, 1, 0, 0, 0 },
	{ "added", put_bob,
	    "uid=joe;uid=joe;ABSENT;uid=bob;info;uid=ann;uid=bob;uid=joe;"
	    "nets;32:cn=net;ABSENT;ABSENT;group;uid=joe", 3, 1, 1, 1, 0, 0 },
	{ "a key of 600 bytes, twice", put_long_bob_twice,
	    "uid=joe;uid=joe;ABSENT;" LONG_KEY ";info;uid=ann;uid=joe;"
	    "nets;32:cn=net;ABSENT;ABSENT;group;uid=joe", 3, 1, 1, 1, 0, 0 },
	{ "deleted; what has its key elsewhere stays", delete_joe,
	    "ABSENT;ABSENT;ABSENT;ABSENT;info;uid=ann;nets;32:cn=net;ABSENT;"
	    "ABSENT;group;uid=joe", 1, 1, 1, 0, 1, 1 },
	{ "deleted and put", delete_and_put_joe,
	    "ABSENT;uid=joe;uid=joe;ABSENT;info;uid=ann;nets;32:cn=net;"
	    "ABSENT;ABSENT;group;uid=joe", 2, 1, 1, 1, 1, 1 },
	{ "deleted, but was not there", delete_what_is_not_there, BEFORE, 2,
	    1, 1, 0, 0, 0 },
	{ "a group is deleted", delete_group,
	    "uid=joe;uid=joe;ABSENT;ABSENT;info;uid=ann;uid=joe;nets;"
	    "32:cn=net;ABSENT;ABSENT;group;ABSENT", 2, 1, 0, 0, 1, 0 },
	{ "a group that names a member twice", put_and_delete_twice_named,
	    "uid=joe;uid=joe;ABSENT;ABSENT;info;uid=ann;uid=joe;nets;"
	    "32:cn=net;ABSENT;ABSENT;group;cn=staff;uid=joe", 2, 1, 2, 2, 1,
	    0 },
	{ "a network of a new prefix length", move_network,
	    "uid=joe;uid=joe;ABSENT;ABSENT;info;uid=ann;uid=joe;nets;ABSENT;"
	    "27:cn=net;ABSENT;group;uid=joe", 2, 1, 1, 1, 0, 0 },
	{ "the first IPv6 network", add_network,
	    "uid=joe;uid=joe;ABSENT;ABSENT;info;uid=ann;uid=joe;nets;"
	    "32:cn=net;ABSENT;48:cn=six;group;uid=joe", 2, 2, 1, 1, 0, 0 },
	{ "all is deleted", delete_all,
	    "ABSENT;ABSENT;ABSENT;ABSENT;info;ABSENT;nets;ABSENT;ABSENT;"
	    "ABSENT;group;ABSENT", 0, 0, 0, 0, 4, 2 }
};

START_TEST(change)
{
	struct store *store = storecase_new();
	uint64_t put_now, deleted, had, gone;
	struct store_change *c;
	char text[STORECASE_TEXT];

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	changes[_i].change(c);
	ck_assert_str_eq(whole(store, text), BEFORE);
	store_change_size(c, &put_now, &deleted);
	store_change_removes(c, SEARCH_ACCOUNTS, KIND_ACCOUNT, &had, &gone);
	ck_assert_msg(put_now == changes[_i].put &&
	    deleted == changes[_i].deleted && had == 2 &&
	    gone == changes[_i].gone, "%s: %d put, %d deleted, %d of %d gone",
	    changes[_i].label, (int)put_now, (int)deleted, (int)gone,
	    (int)had);
	commit(c);
	ck_assert_msg(strcmp(whole(store, text), changes[_i].after) == 0,
	    "%s: %s", changes[_i].label, text);
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT),
	    changes[_i].accounts);
	ck_assert_uint_eq(entries(store, SEARCH_NETWORKS, KIND_NETWORK),
	    changes[_i].networks);
	ck_assert_uint_eq(entries(store, SEARCH_GROUPS, KIND_GROUP),
	    changes[_i].groups);
	store_close(store);
}
END_TEST

START_TEST(change_cancelled)
{
	struct store *store = storecase_new();
	struct store_change *c;
	char text[STORECASE_TEXT];

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	changes[_i].change(c);
	store_change_cancel(c);
	store_change_cancel(NULL);
	ck_assert_str_eq(whole(store, text), BEFORE);
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT), 2);
	store_close(store);
}
END_TEST

/* A change is in the next generation too, whatever else that brings. */
START_TEST(change_carried_over)
{
	struct store *store = storecase_new();
	struct store_change *c;
	char text[STORECASE_TEXT];

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	changes[_i].change(c);
	commit(c);
	storecase_load(store, BIT(DOMAINS), policy, ROWS(policy), 2000);
	ck_assert_msg(strcmp(whole(store, text), changes[_i].after) == 0,
	    "%s: %s", changes[_i].label, text);
	ck_assert_uint_eq(entries(store, SEARCH_ACCOUNTS, KIND_ACCOUNT),
	    changes[_i].accounts);
	store_close(store);
}
END_TEST

/* Another entry under the key's hash is neither replaced nor deleted. */
START_TEST(key_collision)
{
	struct layout_entry joe = { .search = SEARCH_ACCOUNTS,
	    .key = "uid=joe", .key_len = 7 };
	struct store *store = storecase_new();
	struct store_change *c;
	struct arena arena;
	uint64_t hash;
	char text[STORECASE_TEXT];

	arena_init(&arena);
	ck_assert_int_eq(layout_key_hash(&joe, &arena, &hash), 0);
	arena_free(&arena);
	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	store_close(store);
	/* ann is number 2, joe 1. */
	storecase_poke_index("index.1", hash, 2);
	store = storecase_open(STORE_WRITE);
	c = begin(store);
	delete(c, SEARCH_ACCOUNTS, "uid=joe");
	delete(c, SEARCH_ACCOUNTS, "uid=joe");
	commit(c);
	ck_assert_str_eq(whole(store, text), changes[4].after);
	store_close(store);
}
END_TEST

START_TEST(damaged)
{
	struct layout_number buffer;
	MDB_val key = layout_number(1, &buffer);
	struct store *store = storecase_new();
	struct store_change *c;
	struct why why;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	store_close(store);
	storecase_poke("records.1", key.mv_data, key.mv_size,
	    "\0\0\0\0\0\0\0\0\0\7uid=joe\377", 18);
	store = storecase_open(STORE_WRITE);
	c = begin(store);
	ck_assert_int_eq(store_change_delete(c, SEARCH_ACCOUNTS, "uid=joe", 7,
	    &why), -1);
	ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
	store_change_cancel(c);
	store_close(store);
}
END_TEST

/* ---- overrides: one key, two kinds -------------------------------------- */

static const struct record deny = DENY("cn=x", .logins = LIST("eve"));
static const struct record attack = NETWORK("cn=x", .access = ACCESS_DENY,
    .clients = NETS(V4(192, 0, 2, 0, 24)));
static const struct storecase_entry both[] = {
	{ SEARCH_OVERRIDES, DENY("cn=x", .logins = LIST("eve")) },
	{ SEARCH_OVERRIDES, NETWORK("cn=x", .access = ACCESS_DENY,
	    .clients = NETS(V4(192, 0, 2, 0, 24))) }
};

START_TEST(both_kinds_deleted)
{
	struct store *store = storecase_new();
	struct store_change *c;
	uint64_t had, gone;
	int i;

	storecase_load(store, ALL_SEARCHES, both, ROWS(both), 1000);
	c = begin(store);
	delete(c, SEARCH_OVERRIDES, "cn=x");
	for (i = 0; i < 2; i++) {
		store_change_removes(c, SEARCH_OVERRIDES,
		    i == 0 ? KIND_DENY : KIND_NETWORK, &had, &gone);
		ck_assert_uint_eq(had, 1);
		ck_assert_uint_eq(gone, 1);
	}
	commit(c);
	ck_assert_uint_eq(entries(store, SEARCH_OVERRIDES, KIND_DENY), 0);
	ck_assert_uint_eq(entries(store, SEARCH_OVERRIDES, KIND_NETWORK), 0);
	store_close(store);
}
END_TEST

/* It is gone as what it was, and new as what it is. */
START_TEST(another_kind)
{
	struct store *store = storecase_new();
	struct store_change *c;
	uint64_t had, gone;

	storecase_load(store, ALL_SEARCHES, both, 1, 1000);
	c = begin(store);
	put(c, SEARCH_OVERRIDES, &attack);
	store_change_removes(c, SEARCH_OVERRIDES, KIND_DENY, &had, &gone);
	ck_assert_uint_eq(had, 1);
	ck_assert_uint_eq(gone, 1);
	put(c, SEARCH_OVERRIDES, &deny);
	store_change_removes(c, SEARCH_OVERRIDES, KIND_NETWORK, &had, &gone);
	ck_assert_uint_eq(had, 0);
	ck_assert_uint_eq(gone, 0);
	commit(c);
	ck_assert_uint_eq(entries(store, SEARCH_OVERRIDES, KIND_DENY), 1);
	ck_assert_uint_eq(entries(store, SEARCH_OVERRIDES, KIND_NETWORK), 0);
	store_close(store);
}
END_TEST

/* ---- what was never read ------------------------------------------------ */

static bool
keep_none(void *ctx, const void *key, size_t len)
{

	(void)ctx;
	(void)key;
	(void)len;
	return (false);
}

START_TEST(not_loaded)
{
	struct store *store = storecase_new();
	struct store_change *c = begin(store);
	struct clock_reading now = storecase_clock(1);
	struct cookie cookie;
	struct why why;

	ck_assert_int_eq(store_change_put(c, SEARCH_ACCOUNTS, "k", 1, &bob,
	    &why), -1);
	ck_assert_str_eq(why.text, "the accounts were never read completely");
	ck_assert_int_eq(store_change_delete(c, SEARCH_ACCOUNTS, "k", 1,
	    &why), -1);
	ck_assert_int_eq(store_change_good(c, SEARCH_ACCOUNTS, &now, &why),
	    -1);
	ck_assert_int_eq(store_change_held_back(c, SEARCH_ACCOUNTS, 1, 2,
	    &why), -1);
	ck_assert_int_eq(store_change_sweep(c, SEARCH_ACCOUNTS, keep_none,
	    NULL, &why), -1);
	storecase_cookie(&cookie, SEARCH_ACCOUNTS, 1);
	ck_assert_int_eq(store_change_cookie(c, SEARCH_ACCOUNTS, &cookie,
	    &why), -1);
	commit(c);
	store_close(store);
}
END_TEST

/* ---- notes -------------------------------------------------------------- */

START_TEST(good)
{
	struct store *store = storecase_new();
	struct clock_reading now = storecase_clock(5000);
	struct store_change *c;
	struct store_view *view;
	struct why why;
	int i;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	c = begin(store);
	for (i = 0; i < SEARCH_OVERRIDES; i++)
		if (i != _i)
			ck_assert_int_eq(store_change_good(c, (enum search)i,
			    &now, &why), 0);
	commit(c);
	view = storecase_view(store, DIRECTORY, 6000);
	ck_assert_int_eq(store_view_policy(view)->age, 5000);
	store_view_end(view);
	c = begin(store);
	ck_assert_int_eq(store_change_good(c, (enum search)_i, &now, &why),
	    0);
	commit(c);
	view = storecase_view(store, DIRECTORY, 6000);
	ck_assert_int_eq(store_view_policy(view)->age, 1000);
	ck_assert_uint_eq(store_generation(view), 1);
	store_view_end(view);
	store_close(store);
}
END_TEST

static struct store_search
held_back(struct store *store)
{
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	struct store_search info;

	ck_assert_int_eq(store_info(view, SEARCH_ACCOUNTS, &info), 0);
	store_view_end(view);
	return (info);
}

static void
hold(struct store *store, uint64_t removes, uint64_t of)
{
	struct store_change *c = begin(store);
	struct why why;

	ck_assert_int_eq(store_change_held_back(c, SEARCH_ACCOUNTS, removes,
	    of, &why), 0);
	commit(c);
}

START_TEST(held_back_notes)
{
	struct store *store = storecase_new();

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	ck_assert(!held_back(store).held_back);
	hold(store, 8, 10);
	ck_assert(held_back(store).held_back);
	ck_assert_uint_eq(held_back(store).held_back_removes, 8);
	ck_assert_uint_eq(held_back(store).held_back_of, 10);
	/* Another search's new generation does not forget it... */
	storecase_load(store, BIT(DOMAINS), policy, ROWS(policy), 2000);
	ck_assert(held_back(store).held_back);
	/* ...the source's own word does, and so does a new generation. */
	hold(store, 0, 0);
	ck_assert(!held_back(store).held_back);
	ck_assert_uint_eq(held_back(store).held_back_of, 0);
	hold(store, 8, 10);
	storecase_load(store, BIT(ACCOUNTS), policy, ROWS(policy), 3000);
	ck_assert(!held_back(store).held_back);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("storechange");

	suite_rows(suite, change, ROWS(changes));
	suite_rows(suite, change_cancelled, ROWS(changes));
	suite_rows(suite, change_carried_over, ROWS(changes));
	suite_one(suite, key_collision);
	suite_one(suite, damaged);
	suite_one(suite, both_kinds_deleted);
	suite_one(suite, another_kind);
	suite_one(suite, not_loaded);
	suite_rows(suite, good, SEARCH_OVERRIDES);
	suite_one(suite, held_back_notes);
	return (suite_run(suite));
}
