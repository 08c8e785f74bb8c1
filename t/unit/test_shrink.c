#include <stdio.h>
#include <string.h>

#include "shrink.h"
#include "storecase.h"
#include "suite.h"

#define BIT(search)	(1U << SEARCH_##search)

/* What each kind of each search had, and how many of them go. */
struct losses {
	uint64_t had[SEARCHES][KINDS];
	uint64_t removes[SEARCHES][KINDS];
	int fail_at;	/* call that says -1; 0: none */
	int calls;
};

static int
losses_tell(void *ctx, enum search search, enum kind kind, uint64_t *had,
    uint64_t *removes, struct why *why)
{
	struct losses *l = ctx;

	if (++l->calls == l->fail_at)
		return (why_set(why, "it cannot be counted"));
	*had = l->had[search][kind];
	*removes = l->removes[search][kind];
	return (0);
}

/* ---- one kind ----------------------------------------------------------- */

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
	struct losses l = { .fail_at = 0 };
	struct config config = { .max_shrink = limits[_i].max_shrink };
	struct shrink shrink;
	struct why why;

	l.had[SEARCH_DOMAINS][KIND_DOMAIN] = limits[_i].had;
	l.removes[SEARCH_DOMAINS][KIND_DOMAIN] = limits[_i].removes;
	ck_assert_int_eq(shrink_count(&shrink, &config, BIT(DOMAINS),
	    losses_tell, &l, &why), 0);
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
lose(struct losses *l, enum search search, enum kind kind, uint64_t removes)
{

	l->had[search][kind] = 100;
	l->removes[search][kind] = removes;
}

static const struct {
	const char *label;
	unsigned searches;
	bool too_much;
	enum kind kind;
	uint64_t accounts, groups, overrides;
} searches[] = {
	{ "all of them; the first is named", ALL_SEARCHES, true, KIND_ACCOUNT,
	    60, 70, 90 },
	{ "not the accounts", ALL_SEARCHES & ~BIT(ACCOUNTS), true, KIND_GROUP,
	    0, 70, 90 },
	{ "the overrides, by their first kind", BIT(OVERRIDES), true,
	    KIND_NETWORK, 0, 0, 90 },
	{ "one that loses little", BIT(DOMAINS), false, KIND_ACCOUNT, 0, 0,
	    0 },
	{ "none", 0, false, KIND_ACCOUNT, 0, 0, 0 }
};

START_TEST(several)
{
	struct losses l = { .fail_at = 0 };
	struct config config = { .max_shrink = 50 };
	struct shrink shrink;
	struct why why;

	lose(&l, SEARCH_ACCOUNTS, KIND_ACCOUNT, 60);
	lose(&l, SEARCH_DOMAINS, KIND_DOMAIN, 10);
	lose(&l, SEARCH_GROUPS, KIND_GROUP, 70);
	lose(&l, SEARCH_OVERRIDES, KIND_NETWORK, 90);
	lose(&l, SEARCH_OVERRIDES, KIND_DENY, 99);
	ck_assert_int_eq(shrink_count(&shrink, &config,
	    searches[_i].searches, losses_tell, &l, &why), 0);
	ck_assert_msg(shrink.too_much == searches[_i].too_much, "%s",
	    searches[_i].label);
	ck_assert_int_eq(shrink.kind, searches[_i].kind);
	ck_assert_uint_eq(shrink.removes[SEARCH_ACCOUNTS],
	    searches[_i].accounts);
	ck_assert_uint_eq(shrink.removes[SEARCH_DOMAINS], 0);
	ck_assert_uint_eq(shrink.removes[SEARCH_GROUPS],
	    searches[_i].groups);
	ck_assert_uint_eq(shrink.removes[SEARCH_OVERRIDES],
	    searches[_i].overrides);
}
END_TEST

START_TEST(not_counted)
{
	struct losses l = { .fail_at = _i + 1 };
	struct config config = { .max_shrink = 50 };
	struct shrink shrink;
	struct why why;

	ck_assert_int_eq(shrink_count(&shrink, &config, BIT(GROUPS),
	    losses_tell, &l, &why), -1);
	ck_assert_str_eq(why.text, "it cannot be counted");
}
END_TEST

/* ---- held back ---------------------------------------------------------- */

static const struct shrink groups_go = { .too_much = true, .kind = KIND_GROUP,
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
	    "`mayrelay refresh --accept' applies it");
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
	suite_rows(suite, not_counted, KINDS);
	suite_one(suite, held_back);
	suite_one(suite, not_noted);
	return (suite_run(suite));
}
