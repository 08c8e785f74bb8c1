#include "storecase.h"
#include "suite.h"
#include "tally.h"

static const struct {
	const char *label;
	struct record record;
	struct tally is;
} adds[] = {
	{ "an account", ACCOUNT("uid=a", .logins = LIST("a", "b", "c"),
	    .addresses = LIST("a@x", "b@x")),
	    { { [KIND_ACCOUNT] = 1, [TALLY_LOGINS] = 3,
	    [TALLY_ADDRESSES] = 2 } } },
	{ "one that holds nothing", ACCOUNT("uid=a"),
	    { { [KIND_ACCOUNT] = 1 } } },
	{ "a group", GROUP("cn=g", .member_dns = LIST("uid=a"),
	    .member_logins = LIST("a", "b")),
	    { { [KIND_GROUP] = 1, [TALLY_MEMBERS] = 3 } } },
	{ "a network", NETWORK("cn=n", .clients = NETS(V4(192, 0, 2, 0, 24))),
	    { { [KIND_NETWORK] = 1 } } },
	{ "a domain", DOMAIN("dc=d", .name = "example.com",
	    .aliases = LIST("example.net")), { { [KIND_DOMAIN] = 1 } } },
	{ "a deny", DENY("cn=d", .logins = LIST("a")),
	    { { [KIND_DENY] = 1 } } }
};

START_TEST(add)
{
	struct tally tally = { { 0 } };
	int i;

	tally_add(&tally, &adds[_i].record);
	ck_assert_msg(memcmp(&tally, &adds[_i].is, sizeof(tally)) == 0, "%s",
	    adds[_i].label);
	tally_add(&tally, &adds[_i].record);
	for (i = 0; i < TALLY_ITEMS; i++)
		ck_assert_uint_eq(tally.n[i], 2 * adds[_i].is.n[i]);
}
END_TEST

static const struct {
	int item;
	const char *names;
} called[] = {
	{ KIND_ACCOUNT, "accounts" },
	{ KIND_DENY, "denies" },
	{ TALLY_LOGINS, "logins of accounts" },
	{ TALLY_ADDRESSES, "addresses of accounts" },
	{ TALLY_MEMBERS, "members of groups" }
};

START_TEST(names)
{

	ck_assert_str_eq(tally_names(called[_i].item), called[_i].names);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tally");

	suite_rows(suite, add, ROWS(adds));
	suite_rows(suite, names, ROWS(called));
	return (suite_run(suite));
}
