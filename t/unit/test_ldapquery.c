#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "filter.h"
#include "ldapquery.h"
#include "short_arena.h"

/* ---- configurations ---------------------------------------------------- */

#define A	(1U << SEARCH_ACCOUNTS)
#define N	(1U << SEARCH_NETWORKS)
#define D	(1U << SEARCH_DOMAINS)
#define G	(1U << SEARCH_GROUPS)
#define O	(1U << SEARCH_OVERRIDES)

#define PEOPLE	"ou=people,dc=example,dc=com"
#define RELAY	"ou=relay,dc=example,dc=com"
#define GROUPS	"ou=groups,dc=example,dc=com"

#define FILE_SOURCE	"ldif:/etc/mayrelay/policy.ldif"

static const enum kind kinds[SEARCHES] = {
	[SEARCH_ACCOUNTS] = KIND_ACCOUNT,
	[SEARCH_NETWORKS] = KIND_NETWORK,
	[SEARCH_DOMAINS] = KIND_DOMAIN,
	[SEARCH_GROUPS] = KIND_GROUP,
	[SEARCH_OVERRIDES] = KIND_DENY
};

/* With the default preset; ${ldap}: 1 << enum search. */
static struct config
config_of(unsigned ldap, const char *const bases[SEARCHES],
    const char *const filters[SEARCHES])
{
	struct config c = { .path = "test" };
	struct config_search *search;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		search = &c.searches[i];
		search->configured = bases[i] != NULL;
		search->source = (ldap >> i & 1) != 0 ? CONFIG_SOURCE_LDAP :
		    FILE_SOURCE;
		search->base = bases[i] != NULL ? bases[i] : "";
		search->filter = filters[i] != NULL ? filters[i] : "";
		ck_assert_int_eq(attrmap_preset("inetorgperson", kinds[i],
		    &search->map), 0);
	}
	return (c);
}

/* ---- what is asked ----------------------------------------------------- */

#define PARTS_A	"(uid=*)(mail=*)(relayLogin=*)(objectClass=relayAccount)"
#define PARTS_N	"(objectClass=relayNetwork)(objectClass=relayNetworkAux)"
#define PARTS_D	"(objectClass=relayDomain)(objectClass=relayDomainAux)"
#define PARTS_G	"(member=*)(uniqueMember=*)(memberUid=*)(relayMember=*)" \
		"(objectClass=relayGroup)"
#define ANY(parts)	"(|" parts ")"

#define LINE(searches, base, filter)	searches " " base " " filter "\n"

static const struct {
	const char *label;
	unsigned ldap;
	const char *bases[SEARCHES];	/* NULL: not configured */
	const char *filters[SEARCHES];
	const char *queries;	/* searches by letter, base, filter */
} rows[] = {
	{ "nothing is configured", A | N | D | G, { 0 }, { 0 }, "" },
	{ "all from a file", 0, { PEOPLE, RELAY, RELAY, GROUPS, "" }, { 0 },
	    "" },
	{ "accounts", A, { PEOPLE }, { 0 },
	    LINE("A", PEOPLE, ANY(PARTS_A)) },
	{ "networks", N, { NULL, RELAY }, { 0 },
	    LINE("N", RELAY, ANY(PARTS_N)) },
	{ "domains", D, { NULL, NULL, RELAY }, { 0 },
	    LINE("D", RELAY, ANY(PARTS_D)) },
	{ "groups", G, { NULL, NULL, NULL, GROUPS }, { 0 },
	    LINE("G", GROUPS, ANY(PARTS_G)) },
	{ "overrides are never asked for", A | O,
	    { PEOPLE, NULL, NULL, NULL, RELAY }, { 0 },
	    LINE("A", PEOPLE, ANY(PARTS_A)) },
	{ "accounts by servers, the rest from a file", A,
	    { PEOPLE, RELAY, RELAY, GROUPS }, { 0 },
	    LINE("A", PEOPLE, ANY(PARTS_A)) },
	{ "networks and domains of one base are one", A | N | D | G,
	    { PEOPLE, RELAY, RELAY, GROUPS }, { 0 },
	    LINE("A", PEOPLE, ANY(PARTS_A))
	    LINE("ND", RELAY, ANY(PARTS_N PARTS_D))
	    LINE("G", GROUPS, ANY(PARTS_G)) },
	{ "of two bases they are two", N | D, { NULL, RELAY, GROUPS }, { 0 },
	    LINE("N", RELAY, ANY(PARTS_N)) LINE("D", GROUPS, ANY(PARTS_D)) },
	{ "one of them from a file", D, { NULL, RELAY, RELAY }, { 0 },
	    LINE("D", RELAY, ANY(PARTS_D)) },
	{ "all of one base: only those two are one", A | N | D | G,
	    { RELAY, RELAY, RELAY, RELAY }, { 0 },
	    LINE("A", RELAY, ANY(PARTS_A))
	    LINE("ND", RELAY, ANY(PARTS_N PARTS_D))
	    LINE("G", RELAY, ANY(PARTS_G)) },

	{ "a filter of one's own", A, { PEOPLE }, { "(objectClass=person)" },
	    LINE("A", PEOPLE, "(objectClass=person)") },
	{ "domains with one are by themselves", N | D,
	    { NULL, RELAY, RELAY }, { NULL, NULL, "(o=x)" },
	    LINE("N", RELAY, ANY(PARTS_N)) LINE("D", RELAY, "(o=x)") },
	{ "networks with one, too", N | D,
	    { NULL, RELAY, RELAY }, { NULL, "(o=x)" },
	    LINE("N", RELAY, "(o=x)") LINE("D", RELAY, ANY(PARTS_D)) },
	{ "all of one base and filter are one", A | N | D | G,
	    { RELAY, RELAY, RELAY, RELAY },
	    { "(o=x)", "(o=x)", "(o=x)", "(o=x)" },
	    LINE("ANDG", RELAY, "(o=x)") },
	{ "of one filter, not of one base", A | G, { PEOPLE, NULL, NULL,
	    GROUPS }, { "(o=x)", NULL, NULL, "(o=x)" },
	    LINE("A", PEOPLE, "(o=x)") LINE("G", GROUPS, "(o=x)") },
	{ "of one base, not of one filter", A | G, { RELAY, NULL, NULL,
	    RELAY }, { "(o=x)", NULL, NULL, "(o=y)" },
	    LINE("A", RELAY, "(o=x)") LINE("G", RELAY, "(o=y)") },
	{ "two and two", A | N | D | G, { RELAY, RELAY, RELAY, RELAY },
	    { "(o=x)", "(o=y)", "(o=x)", "(o=y)" },
	    LINE("AD", RELAY, "(o=x)") LINE("NG", RELAY, "(o=y)") },
	{ "a filter that says what another's default is", A | N | D,
	    { RELAY, RELAY, RELAY }, { ANY(PARTS_N) },
	    LINE("AN", RELAY, ANY(PARTS_N)) LINE("D", RELAY, ANY(PARTS_D)) },
	{ "one that says only half of what two ask for", N | D | G,
	    { NULL, RELAY, RELAY, RELAY }, { NULL, NULL, NULL,
	    ANY(PARTS_N) }, LINE("ND", RELAY, ANY(PARTS_N PARTS_D))
	    LINE("G", RELAY, ANY(PARTS_N)) },
	{ "one that says it all", N | D | G,
	    { NULL, RELAY, RELAY, RELAY }, { NULL, NULL, NULL,
	    ANY(PARTS_N PARTS_D) },
	    LINE("NDG", RELAY, ANY(PARTS_N PARTS_D)) },
};

static void
write_query(char *text, size_t size, const struct ldapquery *q)
{
	static const char letters[] = "ANDGO";
	size_t len = strlen(text);
	int i;

	for (i = 0; i < SEARCHES; i++)
		if ((q->searches >> i & 1) != 0)
			text[len++] = letters[i];
	snprintf(text + len, size - len, " %s %s\n", q->base, q->filter);
}

START_TEST(asks)
{
	struct config c = config_of(rows[_i].ldap, rows[_i].bases,
	    rows[_i].filters);
	struct ldapquery queries[SEARCHES];
	struct arena arena;
	char text[4096] = "";
	size_t i, n;

	arena_init(&arena);
	ck_assert_int_eq(ldapquery_list(&c, &arena, queries, &n), 0);
	for (i = 0; i < n; i++) {
		write_query(text, sizeof(text), &queries[i]);
		ck_assert_msg(filter_wrong(queries[i].filter) == NULL, "%s",
		    rows[_i].label);
	}
	ck_assert_msg(strcmp(text, rows[_i].queries) == 0, "%s: %s",
	    rows[_i].label, text);
	arena_free(&arena);
}
END_TEST

/* ---- maps -------------------------------------------------------------- */

/* Two rows of one role, or one of each of two, of the search of a kind. */
static const struct {
	const char *label;
	enum search search;
	enum attr_role roles[2];
	const char *attrs[2];
	const char *filter;
} maps[] = {
	{ "logins by mail", SEARCH_ACCOUNTS, { MAP_LOGIN, MAP_ADDRESS },
	    { "mail", "mail" },
	    ANY("(mail=*)(relayLogin=*)(objectClass=relayAccount)") },
	{ "in two spellings", SEARCH_ACCOUNTS, { MAP_LOGIN, MAP_ADDRESS },
	    { "Mail", "mAIL" },
	    ANY("(Mail=*)(relayLogin=*)(objectClass=relayAccount)") },
	{ "the schema's own as login", SEARCH_ACCOUNTS,
	    { MAP_LOGIN, MAP_ADDRESS }, { "RELAYLOGIN", "mail" },
	    ANY("(RELAYLOGIN=*)(mail=*)(objectClass=relayAccount)") },
	{ "a status finds nobody", SEARCH_ACCOUNTS, { MAP_LOGIN, MAP_STATUS },
	    { "uid", "accountStatus" },
	    ANY("(uid=*)(relayLogin=*)(objectClass=relayAccount)") },
	{ "senders and delegates neither", SEARCH_ACCOUNTS,
	    { MAP_SENDER, MAP_DELEGATE }, { "x-sender", "x-delegate" },
	    ANY("(relayLogin=*)(objectClass=relayAccount)") },
	{ "the name of a domain", SEARCH_DOMAINS, { MAP_NAME, MAP_ALIAS },
	    { "associatedDomain", "x-alias" },
	    ANY("(associatedDomain=*)" PARTS_D) },
	{ "members", SEARCH_GROUPS, { MAP_MEMBER, MAP_SENDER },
	    { "x-member", "x-sender" },
	    ANY("(x-member=*)(relayMember=*)(objectClass=relayGroup)") },
	{ "no role at all", SEARCH_GROUPS, { MAP_LOGIN, MAP_LOGIN },
	    { NULL, NULL }, ANY("(relayMember=*)(objectClass=relayGroup)") },
};

START_TEST(asks_for_what_the_map_reads)
{
	const char *bases[SEARCHES] = { NULL }, *filters[SEARCHES] = { NULL };
	struct attr_row attrs[2] = { { .attr = maps[_i].attrs[0] },
	    { .attr = maps[_i].attrs[1] } };
	struct ldapquery queries[SEARCHES];
	struct arena arena;
	struct config c;
	size_t i, n;

	bases[maps[_i].search] = RELAY;
	c = config_of(1U << maps[_i].search, bases, filters);
	c.searches[maps[_i].search].map = (struct attrmap){ 0 };
	for (i = 0; i < 2 && attrs[i].attr != NULL; i++)
		c.searches[maps[_i].search].map.roles[maps[_i].roles[i]] =
		    (struct attr_rows){ &attrs[i], 1 };
	arena_init(&arena);
	ck_assert_int_eq(ldapquery_list(&c, &arena, queries, &n), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_msg(strcmp(queries[0].filter, maps[_i].filter) == 0,
	    "%s: %s", maps[_i].label, queries[0].filter);
	arena_free(&arena);
}
END_TEST

/* ---- attributes -------------------------------------------------------- */

#define POLICY	"relayClient relayAccess relaySender relayRecipient "
#define DATES	"relayNotBefore relayNotAfter "
#define EVERY	"relayEnforceFrom relayContact relayReviewAfter "
#define NAMES	"entryUUID entryCSN "

static const struct {
	const char *label;
	unsigned searches;	/* of one base and filter */
	const char *attrs;
} lists[] = {
	{ "accounts", A, "objectClass uid mail " POLICY "relayLogin " DATES
	    EVERY NAMES },
	{ "networks", N, "objectClass " POLICY DATES EVERY NAMES },
	{ "domains", D, "objectClass relayDomainName relayDomainAlias " EVERY
	    NAMES },
	{ "groups", G, "objectClass member uniqueMember memberUid " POLICY
	    "relayMember " DATES EVERY NAMES },
	{ "networks and domains", N | D, "objectClass " POLICY DATES EVERY
	    "relayDomainName relayDomainAlias " NAMES },
	{ "all", A | N | D | G, "objectClass uid mail " POLICY "relayLogin "
	    DATES EVERY "relayDomainName relayDomainAlias member "
	    "uniqueMember memberUid relayMember " NAMES },
};

static void
write_attrs(char *text, size_t size, const char *const *attrs)
{
	size_t i, len = 0;

	for (i = 0; attrs[i] != NULL; i++)
		len += (size_t)snprintf(text + len, size - len, "%s ",
		    attrs[i]);
}

START_TEST(asks_for_attributes)
{
	const char *bases[SEARCHES] = { NULL }, *filters[SEARCHES] = { NULL };
	struct ldapquery queries[SEARCHES];
	char text[1024] = "";
	struct arena arena;
	struct config c;
	size_t n;
	int i;

	for (i = 0; i < SEARCHES; i++)
		if ((lists[_i].searches >> i & 1) != 0) {
			bases[i] = RELAY;
			filters[i] = "(o=x)";
		}
	c = config_of(lists[_i].searches, bases, filters);
	arena_init(&arena);
	ck_assert_int_eq(ldapquery_list(&c, &arena, queries, &n), 0);
	ck_assert_uint_eq(n, 1);
	write_attrs(text, sizeof(text), queries[0].attrs);
	ck_assert_msg(strcmp(text, lists[_i].attrs) == 0, "%s: %s",
	    lists[_i].label, text);
	arena_free(&arena);
}
END_TEST

/* Maps of two searches that share attributes, in other spellings, and with
 * entryUUID. */
START_TEST(asks_for_each_attribute_once)
{
	const char *const bases[SEARCHES] = { RELAY, NULL, NULL, RELAY };
	const char *const filters[SEARCHES] = { "(o=x)", NULL, NULL,
	    "(o=x)" };
	const struct attr_row logins[] = { { .attr = "mail" },
	    { .attr = "ENTRYUUID" } }, members[] = { { .attr = "MAIL" },
	    { .attr = "RelaySender" } };
	struct ldapquery queries[SEARCHES];
	struct config c = config_of(A | G, bases, filters);
	const char *const *attrs;
	struct arena arena;
	size_t i, j, n;

	c.searches[SEARCH_ACCOUNTS].map.roles[MAP_LOGIN] =
	    (struct attr_rows){ logins, 2 };
	c.searches[SEARCH_GROUPS].map.roles[MAP_MEMBER] =
	    (struct attr_rows){ members, 2 };
	arena_init(&arena);
	ck_assert_int_eq(ldapquery_list(&c, &arena, queries, &n), 0);
	ck_assert_uint_eq(n, 1);
	attrs = queries[0].attrs;
	for (i = 0; attrs[i] != NULL; i++)
		for (j = 0; j < i; j++)
			ck_assert_msg(strcasecmp(attrs[i], attrs[j]) != 0,
			    "%s", attrs[i]);
	ck_assert_uint_eq(i, 15);
	ck_assert_str_eq(attrs[2], "ENTRYUUID");
	arena_free(&arena);
}
END_TEST

/* ---- short memory ------------------------------------------------------ */

static int
list_failing_at(int nth)
{
	const char *const bases[SEARCHES] = { PEOPLE, RELAY, RELAY, GROUPS };
	const char *const filters[SEARCHES] = { NULL };
	struct config c = config_of(A | N | D | G, bases, filters);
	struct ldapquery queries[SEARCHES];
	struct arena arena;
	size_t n;
	int result;

	arena_init(&arena);
	allocations = 0;
	fail_at = nth;
	result = ldapquery_list(&c, &arena, queries, &n);
	arena_free(&arena);
	return (result);
}

START_TEST(says_so_when_memory_is_short)
{
	int nth, all;

	ck_assert_int_eq(list_failing_at(0), 0);
	all = allocations;
	ck_assert_int_gt(all, 1);
	for (nth = 1; nth <= all; nth++)
		ck_assert_msg(list_failing_at(nth) == -1,
		    "allocation %d of %d", nth, all);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ldapquery");

	suite_rows(s, asks, ROWS(rows));
	suite_rows(s, asks_for_what_the_map_reads, ROWS(maps));
	suite_rows(s, asks_for_attributes, ROWS(lists));
	suite_one(s, asks_for_each_attribute_once);
	suite_one(s, says_so_when_memory_is_short);
	return (suite_run(s));
}
