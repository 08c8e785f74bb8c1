#include <stdio.h>

#include "storecase.h"
#include "suite.h"

#define BIT(search)	(1U << SEARCH_##search)

/* ---- entries ------------------------------------------------------------- */

static void
put_range(struct store_build *build, enum search search, enum kind kind,
    int from, int to)
{
	struct record account = ACCOUNT("", .logins = LIST("joe")),
	    network = NETWORK("", .clients = NETS(V4(192, 0, 2, 0, 24))),
	    deny = DENY("", .logins = LIST("eve")), *record;
	char dn[40];
	int i;

	account.u.account.dn = network.u.network.dn = deny.u.deny.dn = dn;
	record = kind == KIND_ACCOUNT ? &account :
	    kind == KIND_NETWORK ? &network : &deny;
	for (i = from; i < to; i++) {
		snprintf(dn, sizeof(dn), "cn=%d", i);
		storecase_put(build, search, record);
	}
}

static const struct {
	const char *label;
	int old_from, old_to;
	int new_from, new_to;
	uint64_t had, removes;
} shrinks[] = {
	{ "nothing before, nothing now", 0, 0, 0, 0, 0, 0 },
	{ "nothing before", 0, 0, 0, 100, 0, 0 },
	{ "nothing now", 0, 100, 0, 0, 100, 100 },
	{ "the same", 0, 100, 0, 100, 100, 0 },
	{ "more", 0, 100, 0, 200, 100, 0 },
	{ "the first half goes", 0, 100, 50, 100, 100, 50 },
	{ "the second half goes", 0, 100, 0, 50, 100, 50 },
	{ "as many, all others", 0, 100, 100, 200, 100, 100 },
	{ "as many, some others", 0, 100, 30, 130, 100, 30 }
};

static struct store_losses
losses_of(struct store_build *build)
{
	struct store_losses losses;
	struct why why;

	ck_assert_msg(store_build_losses(build, &losses, &why) == 0, "%s",
	    why.text);
	return (losses);
}

START_TEST(removes)
{
	struct store *store = storecase_new();
	struct store_build *build;
	struct store_losses losses;
	uint64_t had, gone;

	build = storecase_begin(store, BIT(ACCOUNTS) | BIT(NETWORKS));
	put_range(build, SEARCH_ACCOUNTS, KIND_ACCOUNT, shrinks[_i].old_from,
	    shrinks[_i].old_to);
	/* Another search with the same keys. */
	put_range(build, SEARCH_NETWORKS, KIND_NETWORK, 0, 300);
	storecase_switch(build, 1000, 0);
	build = storecase_begin(store, BIT(ACCOUNTS) | BIT(NETWORKS));
	put_range(build, SEARCH_ACCOUNTS, KIND_ACCOUNT, shrinks[_i].new_from,
	    shrinks[_i].new_to);
	losses = losses_of(build);
	had = losses.had[SEARCH_ACCOUNTS].n[KIND_ACCOUNT];
	gone = losses.removes[SEARCH_ACCOUNTS].n[KIND_ACCOUNT];
	ck_assert_msg(had == shrinks[_i].had && gone == shrinks[_i].removes,
	    "%s: %llu of %llu", shrinks[_i].label, (unsigned long long)gone,
	    (unsigned long long)had);
	ck_assert_uint_eq(losses.removes[SEARCH_NETWORKS].n[KIND_NETWORK],
	    300);
	/* What comes after that is counted too. */
	put_range(build, SEARCH_NETWORKS, KIND_NETWORK, 0, 200);
	losses = losses_of(build);
	ck_assert_uint_eq(losses.removes[SEARCH_NETWORKS].n[KIND_NETWORK],
	    100);
	store_build_cancel(build);
	store_close(store);
}
END_TEST

/* In one search, an entry that becomes another kind is gone from its own; what
 * other searches have is carried over. */
START_TEST(removes_by_kind)
{
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, BIT(OVERRIDES) |
	    BIT(NETWORKS));
	struct store_losses losses;

	put_range(build, SEARCH_NETWORKS, KIND_NETWORK, 0, 20);
	put_range(build, SEARCH_OVERRIDES, KIND_NETWORK, 0, 20);
	put_range(build, SEARCH_OVERRIDES, KIND_DENY, 20, 50);
	storecase_switch(build, 1000, 0);
	build = storecase_begin(store, BIT(OVERRIDES));
	put_range(build, SEARCH_OVERRIDES, KIND_DENY, 0, 50);
	losses = losses_of(build);
	ck_assert_uint_eq(losses.had[SEARCH_OVERRIDES].n[KIND_NETWORK], 20);
	ck_assert_uint_eq(losses.removes[SEARCH_OVERRIDES].n[KIND_NETWORK],
	    20);
	ck_assert_uint_eq(losses.had[SEARCH_OVERRIDES].n[KIND_DENY], 30);
	ck_assert_uint_eq(losses.removes[SEARCH_OVERRIDES].n[KIND_DENY], 0);
	ck_assert_uint_eq(losses.had[SEARCH_NETWORKS].n[KIND_NETWORK], 0);
	ck_assert_uint_eq(losses.removes[SEARCH_NETWORKS].n[KIND_NETWORK], 0);
	store_build_cancel(build);
	store_close(store);
}
END_TEST

/* ---- values -------------------------------------------------------------- */

/* What entries that are all there hold: their numbers count. */
static const struct storecase_entry full[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=a", .logins = LIST("a", "b"),
	    .addresses = LIST("a@example.com")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=c", .logins = LIST("c"),
	    .addresses = LIST("c@example.com", "d@example.com")) },
	{ SEARCH_GROUPS, GROUP("cn=g", .member_dns = LIST("uid=a", "uid=c"),
	    .member_logins = LIST("a", "b")) }
};

static const struct {
	const char *label;
	struct record a, c, g;
	uint64_t logins, addresses, members;	/* that go */
} holds[] = {
	{ "fewer logins", ACCOUNT("uid=a", .addresses = LIST("a@x")),
	    ACCOUNT("uid=c", .logins = LIST("c"),
	    .addresses = LIST("c@x", "d@x")),
	    GROUP("cn=g", .member_dns = LIST("1", "2", "3", "4")), 2, 0, 0 },
	{ "no addresses", ACCOUNT("uid=a", .logins = LIST("a", "b")),
	    ACCOUNT("uid=c", .logins = LIST("c")),
	    GROUP("cn=g", .member_logins = LIST("1", "2", "3", "4")),
	    0, 3, 0 },
	{ "others, and more", ACCOUNT("uid=a", .logins = LIST("x"),
	    .addresses = LIST("x@x", "y@x")),
	    ACCOUNT("uid=c", .logins = LIST("y", "z"),
	    .addresses = LIST("a@y", "b@y")),
	    GROUP("cn=g", .member_dns = LIST("1", "2", "3"),
	    .member_logins = LIST("1", "2")), 0, 0, 0 },
	{ "members of both sorts", ACCOUNT("uid=a", .logins = LIST("a", "b"),
	    .addresses = LIST("a@x")), ACCOUNT("uid=c", .logins = LIST("c"),
	    .addresses = LIST("c@x", "d@x")),
	    GROUP("cn=g", .member_dns = LIST("uid=a"),
	    .member_logins = LIST("a")), 0, 0, 2 }
};

START_TEST(removes_values)
{
	struct store *store = storecase_new();
	struct store_losses losses;
	struct store_build *build;
	const uint64_t *gone;

	storecase_load(store, DIRECTORY, full, ROWS(full), 1000);
	build = storecase_begin(store, DIRECTORY);
	storecase_put(build, SEARCH_ACCOUNTS, &holds[_i].a);
	storecase_put(build, SEARCH_ACCOUNTS, &holds[_i].c);
	storecase_put(build, SEARCH_GROUPS, &holds[_i].g);
	losses = losses_of(build);
	ck_assert_uint_eq(losses.had[SEARCH_ACCOUNTS].n[TALLY_LOGINS], 3);
	ck_assert_uint_eq(losses.had[SEARCH_ACCOUNTS].n[TALLY_ADDRESSES], 3);
	ck_assert_uint_eq(losses.had[SEARCH_GROUPS].n[TALLY_MEMBERS], 4);
	gone = losses.removes[SEARCH_ACCOUNTS].n;
	ck_assert_msg(gone[KIND_ACCOUNT] == 0 &&
	    gone[TALLY_LOGINS] == holds[_i].logins &&
	    gone[TALLY_ADDRESSES] == holds[_i].addresses &&
	    losses.removes[SEARCH_GROUPS].n[TALLY_MEMBERS] ==
	    holds[_i].members, "%s", holds[_i].label);
	store_build_cancel(build);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("storebuild_losses");

	suite_rows(suite, removes, ROWS(shrinks));
	suite_one(suite, removes_by_kind);
	suite_rows(suite, removes_values, ROWS(holds));
	return (suite_run(suite));
}
