#include <string.h>

#include "schema.h"
#include "suite.h"

#define ARC	"2.25.89804912305991870483976465026231876111"

static const struct {
	const char *value;
	unsigned class;
	const char *advice;	/* NULL: another row of the class has it */
} classes[] = {
	{ "relayNetwork", SCHEMA_NETWORK, "relayNetwork" },
	{ "relayNetworkAux", SCHEMA_NETWORK, NULL },
	{ "relayDomain", SCHEMA_DOMAIN, "relayDomain" },
	{ "RELAYDOMAINAUX", SCHEMA_DOMAIN, NULL },
	{ "relayAccount", SCHEMA_ACCOUNT, "relayAccount" },
	{ "relaygroup", SCHEMA_GROUP, "relayGroup" },
	{ ARC ".2.1", SCHEMA_NETWORK, NULL },
	{ ARC ".2.2", SCHEMA_DOMAIN, NULL },
	{ ARC ".2.3", SCHEMA_ACCOUNT, NULL },
	{ ARC ".2.4", SCHEMA_GROUP, NULL },
	{ ARC ".2.5", SCHEMA_NETWORK, NULL },
	{ ARC ".2.6", SCHEMA_DOMAIN, NULL },
	{ ARC ".2.7", 0, NULL },
	{ "relayNetworks", 0, NULL },
	{ "relay", 0, NULL },
	{ "", 0, NULL },
	{ "person", 0, NULL }
};

START_TEST(finds_classes)
{
	struct entry_value v = { classes[_i].value,
	    strlen(classes[_i].value) };
	struct entry_attr a = { "OBJECTCLASS", &v, 1 };
	struct entry e = { "cn=x", 4, &a, 1 };

	ck_assert_msg(schema_classes(&e) == classes[_i].class, "%s",
	    classes[_i].value);
	if (classes[_i].advice != NULL)
		ck_assert_str_eq(schema_class_name(
		    (enum schema_class)classes[_i].class),
		    classes[_i].advice);
}
END_TEST

START_TEST(finds_all_classes_of_an_entry)
{
	static const struct entry_value v[] = { { "top", 3 },
	    { "relayGroup", 10 }, { "relayAccount", 12 } };
	const struct entry_attr a[] = { { "objectClass", v, 3 } };
	const struct entry e = { "cn=x", 4, a, 1 };

	ck_assert_uint_eq(schema_classes(&e), SCHEMA_GROUP | SCHEMA_ACCOUNT);
	ck_assert_str_eq(schema_class_name((enum schema_class)0), "");
}
END_TEST

enum {
	N = SCHEMA_NETWORK,
	D = SCHEMA_DOMAIN,
	A = SCHEMA_ACCOUNT,
	G = SCHEMA_GROUP
};

/* The table of the schema: who may carry what; and what only claims to be. */
static const struct {
	const char *attr;
	unsigned allowed_by;
	bool foreign;
} attrs[] = {
	{ "relayClient", N | A | G, false },
	{ "relayAccess", N | A | G, false },
	{ "relaySender", N | A | G, false },
	{ "relayRecipient", N | A | G, false },
	{ "relayDomainName", D, false },
	{ "relayDomainAlias", D, false },
	{ "relayLogin", A, false },
	{ "relayMember", G, false },
	{ "relayNotBefore", N | A | G, false },
	{ "relayNotAfter", N | A | G, false },
	{ "relayEnforceFrom", N | D | A | G, false },
	{ "relayContact", N | D | A | G, false },
	{ "relayReviewAfter", N | D | A | G, false },
	{ "RELAYCLIENT;x-a", N | A | G, false },
	{ "relayClients", 0, true },
	{ "relay", 0, true },
	{ "RelayFoo;x-a", 0, true },
	{ "relay-client", 0, true },
	{ ARC ".1.1", 0, true },
	{ ARC ".1.99", 0, true },
	{ ARC "1.1", 0, false },
	{ "rela", 0, false },
	{ "mail", 0, false },
	{ "description", 0, false }
};

START_TEST(knows_attributes)
{

	ck_assert_msg(schema_allowed_by(attrs[_i].attr) ==
	    attrs[_i].allowed_by, "%s: %x", attrs[_i].attr,
	    schema_allowed_by(attrs[_i].attr));
	ck_assert_msg(schema_foreign(attrs[_i].attr) == attrs[_i].foreign,
	    "%s", attrs[_i].attr);
}
END_TEST

/* In the order of the table, and nothing else. */
START_TEST(lists_attributes)
{
	size_t i;

	for (i = 0; schema_attribute(i) != NULL; i++)
		ck_assert_str_eq(schema_attribute(i), attrs[i].attr);
	ck_assert_uint_eq(i, 13);
	ck_assert(schema_attribute(i + 1) == NULL);
	ck_assert(schema_attribute((size_t)-1) == NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("schema");

	suite_rows(s, finds_classes, ROWS(classes));
	suite_one(s, finds_all_classes_of_an_entry);
	suite_rows(s, knows_attributes, ROWS(attrs));
	suite_one(s, lists_attributes);
	return (suite_run(s));
}
