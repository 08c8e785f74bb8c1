#include "suite.h"

#include "attr_case.h"
#include "short_arena.h"

/* Short memory ends as ATTR_NO_MEMORY, never in an entry with something left
 * out. */

/* ---- entries that take memory for everything --------------------------- */

#define COMMON	"relayAccess: deny\nrelaySender: a@example.com\n" \
		"relaySender: b@example.com\nrelayRecipient: @example.net\n" \
		"relayClient: 192.0.2.0/24\nrelayClient: 2001:db8::/32\n"

static struct attrmap accounts_map, groups_map, domains_map;

static const struct attr_row dn_row[] = {
	{ .attr = "seeAlso", .type = TYPE_DN }
};

static enum attr_result
account(const struct entry *e, struct attr_case *c)
{
	struct account a;

	return (attrmap_account(&accounts_map, e, true, &c->arena,
	    &c->report, &a));
}

static enum attr_result
group(const struct entry *e, struct attr_case *c)
{
	struct group g;

	return (attrmap_group(&groups_map, e, true, &c->arena, &c->report,
	    &g));
}

static enum attr_result
network(const struct entry *e, struct attr_case *c)
{
	struct network n;

	return (attrmap_network(e, true, &c->arena, &c->report, &n));
}

static enum attr_result
domain(const struct entry *e, struct attr_case *c)
{
	struct domain d;

	return (attrmap_domain(&domains_map, e, true, &c->arena, &c->report,
	    &d));
}

static enum attr_result
override_network(const struct entry *e, struct attr_case *c)
{
	struct network n;

	return (attrmap_override_network(e, &c->arena, &c->report, &n));
}

static enum attr_result
override_account(const struct entry *e, struct attr_case *c)
{
	struct deny d;

	return (attrmap_override_account(e, &c->arena, &c->report, &d));
}

static const struct {
	const char *label;
	const char *entry;
	enum attr_result (*read)(const struct entry *, struct attr_case *);
} rows[] = {
	{ "account", "objectClass: relayAccount\nuid: joe\nuid: jd\n"
	    "mail: a@example.com\nrelayLogin: x\nseeAlso: cn=a\n" COMMON,
	    account },
	{ "group", "objectClass: relayGroup\nmember: uid=joe\n"
	    "member: uid=jane\nmemberUid: jim\nseeAlso: cn=a\n" COMMON,
	    group },
	{ "allowing network", "objectClass: relayNetwork\n"
	    "relayAccess: allow\nrelayClient: 192.0.2.0/24\n"
	    "relayClient: 192.0.2.0/25\nrelaySender: *\n", network },
	{ "domain", "objectClass: relayDomain\n"
	    "relayDomainName: example.com\nrelayDomainAlias: example.org\n"
	    "relayDomainAlias: example.net\n", domain },
	{ "override of a network", "objectClass: relayNetwork\n"
	    "relayAccess: deny\nrelayClient: 192.0.2.0/24\n",
	    override_network },
	{ "override of an account", "objectClass: relayAccount\n"
	    "relayAccess: deny\nrelayLogin: a\nrelayLogin: b\n",
	    override_account }
};

static enum attr_result
read_failing_at(int row, int nth)
{
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	fail_at = 0;
	case_begin(&c);
	e = case_entry(&c, "cn=x", rows[row].entry);
	allocations = 0;
	fail_at = nth;
	result = rows[row].read(&e, &c);
	case_end(&c);
	return (result);
}

START_TEST(says_so_when_memory_is_short)
{
	int nth, all;

	(void)attrmap_preset("inetorgperson", KIND_ACCOUNT, &accounts_map);
	(void)attrmap_preset("inetorgperson", KIND_GROUP, &groups_map);
	(void)attrmap_preset("inetorgperson", KIND_DOMAIN, &domains_map);
	accounts_map.roles[MAP_GROUP] = (struct attr_rows){ dn_row, 1 };
	groups_map.roles[MAP_GROUP] = (struct attr_rows){ dn_row, 1 };
	ck_assert_int_eq(read_failing_at(_i, 0), ATTR_ENTRY);
	all = allocations;
	ck_assert_int_gt(all, 1);
	for (nth = 1; nth <= all; nth++)
		ck_assert_msg(read_failing_at(_i, nth) == ATTR_NO_MEMORY,
		    "%s: allocation %d of %d", rows[_i].label, nth, all);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attrmap_memory");

	suite_rows(s, says_so_when_memory_is_short, ROWS(rows));
	return (suite_run(s));
}
