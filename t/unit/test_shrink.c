#include <stdio.h>
#include <string.h>

#include "shrink.h"
#include "storecase.h"
#include "suite.h"

#define BIT(search)	(1U << SEARCH_##search)

/* ---- one item ----------------------------------------------------------- */

static const struct {
	const char *label;
	uint64_t had, removes;
	long max_shrink;
	bool too_much;
} limits[] = {
	{ "nothing there", 0, 0, 0, false },
	{ "none goes, none may go", 20, 0, 0, false },
	{ "one goes, none may go", 20, 1, 0, true },
	{ "nine, and all go", 9, 9, 0, false },
	{ "ten, and one goes", 10, 1, 0, true },
	{ "half of them", 20, 10, 50, false },
	{ "more than half", 20, 11, 50, true },
	{ "more than half of an odd number", 21, 11, 50, true },
	{ "less than half of an odd number", 21, 10, 50, false },
	{ "one per cent of a million", 1000000, 10000, 1, false },
	{ "one more than that", 1000000, 10001, 1, true },
	{ "all may go", 20, 20, 100, false }
};

START_TEST(limit)
{
	static struct store_losses losses;
	struct config config = { .max_shrink = limits[_i].max_shrink };
	struct shrink shrink;

	losses.had[SEARCH_DOMAINS].n[KIND_DOMAIN] = limits[_i].had;
	losses.removes[SEARCH_DOMAINS].n[KIND_DOMAIN] = limits[_i].removes;
	shrink_find(&shrink, &config, BIT(DOMAINS), &losses);
	ck_assert_msg(shrink.too_much == limits[_i].too_much, "%s",
	    limits[_i].label);
	ck_assert_uint_eq(shrink.of[SEARCH_DOMAINS],
	    shrink.too_much ? limits[_i].had : 0);
	ck_assert_uint_eq(shrink.removes[SEARCH_DOMAINS],
	    shrink.too_much ? limits[_i].removes : 0);
}
END_TEST

/* ---- several ------------------------------------------------------------ */

static void
lose(struct store_losses *losses, enum search search, int item,
    uint64_t removes)
{

	losses->had[search].n[item] = 100;
	losses->removes[search].n[item] = removes;
}

static const struct {
	const char *label;
	unsigned searches;
	bool too_much;
	const char *what;
	uint64_t accounts, groups, overrides;
} searches[] = {
	{ "all of them; the first is named", ALL_SEARCHES, true, "accounts",
	    60, 70, 90 },
	{ "not the accounts", ALL_SEARCHES & ~BIT(ACCOUNTS), true, "groups",
	    0, 70, 90 },
	{ "the overrides, by their first kind", BIT(OVERRIDES), true,
	    "networks", 0, 0, 90 },
	{ "one that loses little", BIT(DOMAINS), false, NULL, 0, 0,
	    0 },
	{ "none", 0, false, NULL, 0, 0, 0 }
};

START_TEST(several)
{
	static struct store_losses losses;
	struct config config = { .max_shrink = 50 };
	struct shrink shrink;

	lose(&losses, SEARCH_ACCOUNTS, KIND_ACCOUNT, 60);
	lose(&losses, SEARCH_DOMAINS, KIND_DOMAIN, 10);
	lose(&losses, SEARCH_GROUPS, KIND_GROUP, 70);
	lose(&losses, SEARCH_OVERRIDES, KIND_NETWORK, 90);
	lose(&losses, SEARCH_OVERRIDES, KIND_DENY, 99);
	shrink_find(&shrink, &config, searches[_i].searches, &losses);
	ck_assert_msg(shrink.too_much == searches[_i].too_much, "%s",
	    searches[_i].label);
	ck_assert_pstr_eq(shrink.what, searches[_i].what);
	ck_assert_uint_eq(shrink.removes[SEARCH_ACCOUNTS],
	    searches[_i].accounts);
	ck_assert_uint_eq(shrink.removes[SEARCH_DOMAINS], 0);
	ck_assert_uint_eq(shrink.removes[SEARCH_GROUPS],
	    searches[_i].groups);
	ck_assert_uint_eq(shrink.removes[SEARCH_OVERRIDES],
	    searches[_i].overrides);
}
END_TEST

/* Of a search that has all its entries, values may be missing. */
static const struct {
	const char *label;
	uint64_t had[TALLY_ITEMS], removes[TALLY_ITEMS];
	const char *what;
	uint64_t of;
} values[] = {
	{ "none is missing", { 600, [TALLY_LOGINS] = 600 }, { 0 }, NULL, 0 },
	{ "all logins", { 600, [TALLY_LOGINS] = 601 },
	    { 0, [TALLY_LOGINS] = 601 }, "logins of accounts", 601 },
	{ "all addresses", { 600, [TALLY_ADDRESSES] = 602 },
	    { 0, [TALLY_ADDRESSES] = 602 }, "addresses of accounts", 602 },
	{ "all members", { [KIND_GROUP] = 2, [TALLY_MEMBERS] = 603 },
	    { 0, [TALLY_MEMBERS] = 603 }, "members of groups", 603 },
	{ "half of the logins", { 600, [TALLY_LOGINS] = 600 },
	    { 0, [TALLY_LOGINS] = 300 }, NULL, 0 },
	{ "all of nine", { 600, [TALLY_LOGINS] = 9 },
	    { 0, [TALLY_LOGINS] = 9 }, NULL, 0 },
	{ "all of ten", { 600, [TALLY_LOGINS] = 10 },
	    { 0, [TALLY_LOGINS] = 10 }, "logins of accounts", 10 },
	{ "with their entries: those are named", { 600,
	    [TALLY_LOGINS] = 600 }, { 400, [TALLY_LOGINS] = 400 },
	    "accounts", 600 },
	{ "logins and addresses: the first are named", { 600,
	    [TALLY_LOGINS] = 600, 700 }, { 0, [TALLY_LOGINS] = 600, 700 },
	    "logins of accounts", 600 }
};

START_TEST(value)
{
	static struct store_losses losses;
	struct config config = { .max_shrink = 50 };
	struct shrink shrink;

	memcpy(losses.had[SEARCH_ACCOUNTS].n, values[_i].had,
	    sizeof(values[_i].had));
	memcpy(losses.removes[SEARCH_ACCOUNTS].n, values[_i].removes,
	    sizeof(values[_i].removes));
	shrink_find(&shrink, &config, ALL_SEARCHES, &losses);
	ck_assert_msg(shrink.too_much == (values[_i].what != NULL), "%s",
	    values[_i].label);
	ck_assert_pstr_eq(shrink.what, values[_i].what);
	ck_assert_uint_eq(shrink.of[SEARCH_ACCOUNTS], values[_i].of);
}
END_TEST

/* ---- held back ---------------------------------------------------------- */

static const struct shrink groups_go = { .too_much = true, .what = "groups",
    .removes = { [SEARCH_GROUPS] = 7 }, .of = { [SEARCH_GROUPS] = 10 } };

START_TEST(held_back)
{
	struct config config = { .max_shrink = 50 };
	struct store *store = storecase_new();
	struct store_search s;
	struct why why;

	storecase_load(store, DIRECTORY, NULL, 0, 1000);
	ck_assert_int_eq(shrink_hold_back(&groups_go, &config, store,
	    "ldap://ldap.example.com", &why), 0);
	ck_assert_str_eq(why.text, "ldap://ldap.example.com: held back: it "
	    "would remove 7 of 10 groups, more than max_shrink (50 %) allows: "
	    "look at the source (its filter, its rights); `mayrelay refresh "
	    "--accept' applies it all the same");
	s = storecase_info(store, SEARCH_GROUPS);
	ck_assert(s.held_back);
	ck_assert_uint_eq(s.held_back_removes, 7);
	ck_assert_uint_eq(s.held_back_of, 10);
	ck_assert(!storecase_info(store, SEARCH_ACCOUNTS).held_back);
	store_close(store);
}
END_TEST

/* In a store that knows no groups, and beside a change. */
START_TEST(not_noted)
{
	struct config config = { .max_shrink = 50 };
	struct store *store = storecase_new();
	struct store_change *change;
	struct why why;

	ck_assert_int_eq(shrink_hold_back(&groups_go, &config, store, "x",
	    &why), -1);
	ck_assert_str_eq(why.text, "the groups were never read completely");
	ck_assert_int_eq(store_change_begin(store, &change, &why), 0);
	ck_assert_int_eq(shrink_hold_back(&groups_go, &config, store, "x",
	    &why), -1);
	store_change_cancel(change);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("shrink");

	suite_rows(suite, limit, ROWS(limits));
	suite_rows(suite, several, ROWS(searches));
	suite_rows(suite, value, ROWS(values));
	suite_one(suite, held_back);
	suite_one(suite, not_noted);
	return (suite_run(suite));
}
