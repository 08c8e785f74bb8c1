#include <string.h>

#include "model.h"
#include "suite.h"
#include "when.h"

static const struct {
	const char *label;
	struct dates dates;
	int64_t now;
	bool hold;
} dates[] = {
	{ "no dates", { WHEN_BEGINNING, WHEN_NEVER }, 0, true },
	{ "no dates, the first moment", { WHEN_BEGINNING, WHEN_NEVER },
	    WHEN_BEGINNING, true },
	{ "before the one", { 10, WHEN_NEVER }, 9, false },
	{ "from the one (inclusive)", { 10, WHEN_NEVER }, 10, true },
	{ "until the other (exclusive)", { WHEN_BEGINNING, 20 }, 20, false },
	{ "just before the other", { WHEN_BEGINNING, 20 }, 19, true },
	{ "between them", { 10, 20 }, 15, true },
	{ "the wrong way round", { 20, 10 }, 15, false }
};

START_TEST(dates_are_half_open)
{

	ck_assert_msg(dates_hold(&dates[_i].dates, dates[_i].now) ==
	    dates[_i].hold, "%s", dates[_i].label);
}
END_TEST

static const struct {
	const char *prefix;
	bool open;
} prefixes[] = {
	{ "0.0.0.0/0", true },
	{ "192.0.0.0/7", true },
	{ "192.0.0.0/8", false },
	{ "192.0.2.1/32", false },
	{ "::/0", true },
	{ "2000::/3", true },
	{ "2000::/15", true },
	{ "2001::/16", false },
	{ "2001:db8::/32", false },
	{ "fc00::/7", false },
	{ "fd00::/8", false },
	{ "fc00::/6", true },
	{ "fe00::/15", true }
};

START_TEST(short_prefixes_are_open_relays)
{
	const struct pattern some = { .kind = PATTERN_DOMAIN, .local = "",
	    .domain = "example.com" };
	const struct pattern any[] = { some, { .kind = PATTERN_ANY,
	    .local = "", .domain = "" } };
	struct network network = { .recipients = { .present = false } };
	struct cidr net;

	ck_assert_int_eq(cidr_parse(prefixes[_i].prefix,
	    strlen(prefixes[_i].prefix), &net), CIDR_OK);
	ck_assert_msg(network_open_relay(&network, &net) == prefixes[_i].open,
	    "%s", prefixes[_i].prefix);
	network.recipients = (struct patterns){ true, any, 2 };
	ck_assert_msg(network_open_relay(&network, &net) == prefixes[_i].open,
	    "%s to *", prefixes[_i].prefix);
	network.recipients = (struct patterns){ true, &some, 1 };
	ck_assert_msg(!network_open_relay(&network, &net),
	    "%s to @example.com", prefixes[_i].prefix);
}
END_TEST

START_TEST(finds_a_text)
{
	const char *const v[] = { "a", "bc" };
	const struct texts two = { v, 2 }, none = { NULL, 0 };

	ck_assert(texts_have(&two, "a"));
	ck_assert(texts_have(&two, "bc"));
	ck_assert(!texts_have(&two, "b"));
	ck_assert(!texts_have(&two, "A"));
	ck_assert(!texts_have(&two, ""));
	ck_assert(!texts_have(&none, "a"));
}
END_TEST

START_TEST(names_the_kinds)
{

	ck_assert_str_eq(kind_name(KIND_ACCOUNT), "account");
	ck_assert_str_eq(kind_name(KIND_NETWORK), "network");
	ck_assert_str_eq(kind_name(KIND_DOMAIN), "domain");
	ck_assert_str_eq(kind_name(KIND_GROUP), "group");
	ck_assert_str_eq(kind_name(KIND_DENY), "deny");
}
END_TEST

static const struct {
	enum kind kind;
	uint64_t n;
	const char *is;
} counted[] = {
	{ KIND_ACCOUNT, 2, "accounts" },
	{ KIND_NETWORK, 2, "networks" },
	{ KIND_DOMAIN, 2, "domains" },
	{ KIND_GROUP, 2, "groups" },
	{ KIND_DENY, 4, "denies" },
	{ KIND_DENY, 1, "deny" },
	{ KIND_DENY, 0, "denies" }
};

START_TEST(names_many_of_a_kind)
{

	ck_assert_str_eq(kind_names(counted[_i].kind, counted[_i].n),
	    counted[_i].is);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("model");

	suite_rows(s, dates_are_half_open, ROWS(dates));
	suite_rows(s, short_prefixes_are_open_relays, ROWS(prefixes));
	suite_one(s, finds_a_text);
	suite_one(s, names_the_kinds);
	suite_rows(s, names_many_of_a_kind, ROWS(counted));
	return (suite_run(s));
}
