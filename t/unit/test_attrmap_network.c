#include "suite.h"

#include "attr_case.h"

/* Networks, domains and overrides. */

#define NET	"objectClass: relayNetwork\ncn: n\n"
#define PREFIX	"relayClient: 192.0.2.0/24\n"
#define ALLOW	NET PREFIX "relayAccess: allow\n"
#define DENY	NET PREFIX "relayAccess: deny\n"
#define AUTH	NET PREFIX "relayAccess: authenticate\n"

struct row {
	const char *label;
	const char *entry;
	const char *wanted;	/* NULL: it is no such entry */
	const char *said;	/* NULL: nothing */
};

static const struct row networks[] = {
	/* ---- what it is ---- */
	{ "allow", ALLOW, "[192.0.2.0/24] allow", NULL },
	{ "authenticate", AUTH, "[192.0.2.0/24] authenticate", NULL },
	{ "deny", DENY, "[192.0.2.0/24] deny", NULL },
	{ "access in any case", NET PREFIX "relayAccess: ALLOW\n",
	    "[192.0.2.0/24] allow", NULL },
	{ "the auxiliary twin", "objectClass: relayNetworkAux\n" PREFIX
	    "relayAccess: deny\n", "[192.0.2.0/24] deny", NULL },
	{ "another class", "objectClass: device\ncn: n\n", NULL, NULL },
	{ "no class", "cn: n\n" PREFIX "relayAccess: deny\n", NULL,
	    "no objectClass that allows relayClient; add objectClass: "
	    "relayNetwork" },
	{ "an account is not a network", "objectClass: relayAccount\n" PREFIX
	    "relayAccess: deny\n", NULL, NULL },
	{ "all that it may say", ALLOW "relayClient: 2001:db8::/32\n"
	    "relaySender: printer@example.com\nrelayRecipient: @example.net\n"
	    "relayNotBefore: 20260101000000Z\n"
	    "relayNotAfter: 20270101000000Z\n"
	    "relayEnforceFrom: 20260601000000Z\n",
	    "[192.0.2.0/24,2001:db8::/32] allow from 2026-01-01 until "
	    "2027-01-01 enforce 2026-06-01 sender=[printer@example.com] "
	    "recipient=[@example.net]", NULL },
	{ "mapped networks are IPv4", NET "relayAccess: deny\n"
	    "relayClient: ::ffff:192.0.2.0/120\n", "[192.0.2.0/24] deny",
	    NULL },

	/* ---- relayAccess ---- */
	{ "unreadable access denies", NET PREFIX "relayAccess: yes\n",
	    "[192.0.2.0/24] deny", "relayAccess=yes: it is none of allow, "
	    "authenticate, deny; the network is denied" },
	{ "missing access denies", NET PREFIX, "[192.0.2.0/24] deny",
	    "relayAccess=: the network does not say what it may" },
	{ "several accesses deny", NET PREFIX
	    "relayAccess: allow\nrelayAccess: authenticate\n",
	    "[192.0.2.0/24] deny", "several values" },

	/* ---- relayClient ---- */
	{ "missing client matches nothing", NET "relayAccess: deny\n",
	    "[] deny", "relayClient=: the network has no address" },
	{ "unreadable clients match nothing", NET "relayAccess: allow\n"
	    "relayClient: 10.1\n", "[] allow", "it matches nothing" },
	{ "spaces around a client", NET "relayAccess: deny\n"
	    "relayClient:  192.0.2.0/24 \n", "[192.0.2.0/24] deny", NULL },
	{ "the readable clients count", ALLOW "relayClient: 10.1\n",
	    "[192.0.2.0/24] allow", "it matches nothing" },
	{ "host bits of an allow", NET "relayAccess: allow\n"
	    "relayClient: 192.0.2.1/24\n", "[] allow",
	    "192.0.2.1/24 has bits beyond its prefix; 192.0.2.0/24 was "
	    "probably meant; it matches nothing" },
	{ "host bits of a deny", NET "relayAccess: deny\n"
	    "relayClient: 192.0.2.1/24\n", "[192.0.2.0/24] deny",
	    "192.0.2.1/24 has bits beyond its prefix; 192.0.2.0/24 was "
	    "probably meant; it counts as that" },
	{ "host bits of an authenticate", NET "relayAccess: authenticate\n"
	    "relayClient: 2001:db8::1/64\n", "[2001:db8::/64] authenticate",
	    "it counts as that" },
	{ "host bits where access is unreadable", NET "relayAccess: yes\n"
	    "relayClient: 192.0.2.1/24\n", "[192.0.2.0/24] deny",
	    "it counts as that" },
	{ "an open relay is named", NET "relayAccess: allow\n"
	    "relayClient: 0.0.0.0/0\n" PREFIX,
	    "[0.0.0.0/0,192.0.2.0/24] allow",
	    "relayClient=0.0.0.0/0: allowing so many addresses makes an open "
	    "relay; it vouches for nothing" },
	{ "with recipients it is none", NET "relayAccess: allow\n"
	    "relayClient: ::/0\nrelayRecipient: @example.net\n",
	    "[::/0] allow recipient=[@example.net]", NULL },
	{ "a deny is none", NET "relayAccess: deny\nrelayClient: ::/0\n",
	    "[::/0] deny", NULL },

	/* ---- senders, recipients ---- */
	{ "unreadable senders match nothing", ALLOW "relaySender: x\n",
	    "[192.0.2.0/24] allow sender=[]", "it matches nothing" },
	{ "the readable senders count", ALLOW
	    "relaySender: x\nrelaySender: null\n",
	    "[192.0.2.0/24] allow sender=[null]", "it matches nothing" },
	{ "unreadable recipients match nothing", ALLOW "relayRecipient: x\n",
	    "[192.0.2.0/24] allow recipient=[]", "it matches nothing" },
	{ "senders of a deny mean nothing", DENY "relaySender: *\n",
	    "[192.0.2.0/24] deny",
	    "relaySender=*: it means nothing without relayAccess: allow" },
	{ "recipients of an authenticate mean nothing", AUTH
	    "relayRecipient: *\n", "[192.0.2.0/24] authenticate",
	    "relayRecipient=*: it means nothing" },
	{ "those of an unreadable access mean nothing", NET PREFIX
	    "relayAccess: alow\nrelaySender: *\n", "[192.0.2.0/24] deny",
	    "relaySender=*: it means nothing" },

	/* ---- dates ---- */
	{ "an unreadable date of an allow", ALLOW
	    "relayNotBefore: 20260101000000Z\nrelayNotAfter: soon\n",
	    "[192.0.2.0/24] allow mute",
	    "the network vouches for nothing" },
	{ "an unreadable date of a deny", DENY
	    "relayNotBefore: 20260101000000Z\nrelayNotAfter: soon\n",
	    "[192.0.2.0/24] deny", "the network is always active" },
	{ "an unreadable date of an authenticate", AUTH
	    "relayNotBefore: \n", "[192.0.2.0/24] authenticate",
	    "the network is always active" },
	{ "several dates", ALLOW "relayNotAfter: 20260101000000Z\n"
	    "relayNotAfter: 20270101000000Z\n", "[192.0.2.0/24] allow mute",
	    "several values" },
	{ "unreadable enforcement is absent", DENY "relayEnforceFrom: x\n",
	    "[192.0.2.0/24] deny", "it counts as absent" },

	/* ---- the schema ---- */
	{ "a foreign attribute of an allow", ALLOW
	    "relayNotAfter: 20270101000000Z\nRELAYFOO: 1\n",
	    "[192.0.2.0/24] allow mute until 2027-01-01",
	    "RELAYFOO=1: there is no such attribute; the network vouches for "
	    "nothing" },
	{ "a foreign attribute of a deny", DENY "relayFoo: 1\n",
	    "[192.0.2.0/24] deny", "the network stands as it is" },
	{ "a foreign attribute of an authenticate", AUTH "relayFoo: 1\n",
	    "[192.0.2.0/24] authenticate", "the network stands as it is" },
	{ "contact and review are for people", DENY "relayContact: x\n"
	    "relayReviewAfter: 20270101000000Z\ndescription: x\n",
	    "[192.0.2.0/24] deny", NULL }
};

START_TEST(reads_a_network)
{
	struct network n = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "CN=N", networks[_i].entry);
	result = attrmap_network(&e, true, &c.arena, &c.report, &n);
	if (result == ATTR_ENTRY)
		case_network(&c, &n);
	case_check(&c, networks[_i].label, result, networks[_i].wanted,
	    networks[_i].said);
	ck_assert_str_eq(n.dn, "cn=n");
	case_end(&c);
}
END_TEST

/* On LDAP the server has seen to classes and attributes. */
START_TEST(trusts_the_server_with_the_schema)
{
	struct attr_case c;
	struct network n;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "cn=n", "cn: n\n" PREFIX "relayAccess: deny\n");
	ck_assert_int_eq(attrmap_network(&e, false, &c.arena, &c.report, &n),
	    ATTR_NONE);
	e = case_entry(&c, "cn=n", ALLOW "relayHost: a\n");
	ck_assert_int_eq(attrmap_network(&e, false, &c.arena, &c.report, &n),
	    ATTR_ENTRY);
	ck_assert(n.vouches);
	ck_assert_str_eq(c.said, "");
	case_end(&c);
}
END_TEST

/* ---- domains ----------------------------------------------------------- */

static const char *const active[] = { "active" };
static const struct attr_row names[] = {
	{ .attr = "domainName", .type = TYPE_DOMAIN }
};
static const struct attr_row aliases[] = {
	{ .attr = "domainAliasName", .type = TYPE_DOMAIN }
};
static const struct attr_row statuses[] = {
	{ .attr = "domainStatus", .type = TYPE_KEYWORD,
	    .enabled = { active, 1 }, .absent_enabled = true }
};
static const struct attrmap domain_map = { {
	[MAP_NAME] = { names, 1 },
	[MAP_ALIAS] = { aliases, 1 },
	[MAP_STATUS] = { statuses, 1 }
} };

#define DOM	"objectClass: relayDomain\n"
#define NAMED	DOM "relayDomainName: example.com\n"

static const struct row domains[] = {
	{ "a name", NAMED, "example.com", NULL },
	{ "the auxiliary twin", "objectClass: relayDomainAux\n"
	    "relayDomainName: example.com\n", "example.com", NULL },
	{ "in normal form", DOM "relayDomainName: EXAMPLE.com.\n",
	    "example.com", NULL },
	{ "as A-labels", DOM "relayDomainName: b\xc3\xbc" "cher.example\n",
	    "xn--bcher-kva.example", NULL },
	{ "all subdomains", DOM "relayDomainName: .example.edu\n",
	    ".example.edu", NULL },
	{ "a literal", DOM "relayDomainName: [192.0.2.1]\n", "[192.0.2.1]",
	    NULL },
	{ "aliases", NAMED "relayDomainAlias: Example.ORG\n"
	    "relayDomainAlias: example.net\nrelayDomainAlias: example.org\n",
	    "example.com alias=example.org,example.net", NULL },
	{ "an alias that is the name", NAMED
	    "relayDomainAlias: EXAMPLE.COM\n", "example.com", NULL },
	{ "enforcement", NAMED "relayEnforceFrom: 20260601000000Z\n",
	    "example.com enforce 2026-06-01", NULL },

	{ "no name", DOM "relayDomainAlias: example.org\n", NULL,
	    "relayDomainName=: the domain has no name; it is not local" },
	{ "a single label", DOM "relayDomainName: localhost\n", NULL,
	    "at least two labels: write example.com; the domain is not "
	    "local" },
	{ "subdomains of a single label", DOM "relayDomainName: .edu\n",
	    NULL, "at least two labels" },
	{ "subdomains of a literal", DOM "relayDomainName: .[192.0.2.1]\n",
	    NULL, "it is not a domain" },
	{ "no domain", DOM "relayDomainName: @example.com\n", NULL,
	    "it is not a domain" },
	{ "an empty name", DOM "relayDomainName: \n", NULL, "it is empty" },
	{ "two names", NAMED "relayDomainName: example.org\n", NULL,
	    "several names" },
	{ "the same name twice", NAMED "relayDomainName: EXAMPLE.com\n",
	    NULL, "several names" },
	{ "an alias with a leading dot", NAMED
	    "relayDomainAlias: .example.org\nrelayDomainAlias: example.net\n",
	    "example.com alias=example.net",
	    "relayDomainAlias=.example.org: it begins with a dot" },
	{ "an alias of a single label", NAMED "relayDomainAlias: intranet\n",
	    "example.com", "at least two labels" },
	{ "aliases of subdomains", DOM "relayDomainName: .example.edu\n"
	    "relayDomainAlias: example.org\n", ".example.edu",
	    "a name that begins with a dot has no aliases" },
	{ "unreadable enforcement is absent", NAMED "relayEnforceFrom: x\n",
	    "example.com", "it counts as absent" },
	{ "a foreign attribute", NAMED "relayDomainAlas: example.org\n"
	    "relayDomainAlias: example.net\n",
	    "example.com alias=example.net", "there is no such attribute (did "
	    "you mean relayDomainAlias?); the domain stands as it is" },
	{ "no class", "relayDomainName: example.com\n", NULL,
	    "no objectClass that allows relayDomainName; add objectClass: "
	    "relayDomain" },
	{ "nothing of a domain", "cn: x\n", NULL, NULL },

	{ "the map's name and alias", "domainName: example.com\n"
	    "domainAliasName: example.org\n", "example.com alias=example.org",
	    NULL },
	{ "the map's and the schema's that are the same", NAMED
	    "domainName: Example.COM\n", "example.com", NULL },
	{ "the map's and the schema's that differ", NAMED
	    "domainName: example.org\n", NULL, "several names" },
	{ "enabled", "domainName: example.com\ndomainStatus: ACTIVE\n",
	    "example.com", NULL },
	{ "disabled is as if absent", NAMED "domainStatus: off\n", NULL,
	    NULL },
	{ "an unreadable status is disabled", NAMED "domainStatus: \n", NULL,
	    "it counts as disabled" }
};

START_TEST(reads_a_domain)
{
	struct domain d = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "cn=d", domains[_i].entry);
	result = attrmap_domain(&domain_map, &e, true, &c.arena, &c.report,
	    &d);
	if (result == ATTR_ENTRY)
		case_domain(&c, &d);
	case_check(&c, domains[_i].label, result, domains[_i].wanted,
	    domains[_i].said);
	case_end(&c);
}
END_TEST

/* ---- overrides --------------------------------------------------------- */

static const struct row override_networks[] = {
	{ "deny", DENY, "[192.0.2.0/24] deny", NULL },
	{ "with dates", DENY "relayNotAfter: 20270101000000Z\n",
	    "[192.0.2.0/24] deny until 2027-01-01", NULL },
	{ "an unreadable date is ignored", DENY
	    "relayNotBefore: 20260101000000Z\nrelayNotAfter: x\n",
	    "[192.0.2.0/24] deny", "the override holds always" },
	{ "host bits mean the network", NET "relayAccess: deny\n"
	    "relayClient: 192.0.2.1/24\n", "[192.0.2.0/24] deny",
	    "it counts as that" },
	{ "missing access denies", NET PREFIX, "[192.0.2.0/24] deny",
	    "does not say what it may" },
	{ "unreadable access denies", NET PREFIX "relayAccess: x\n",
	    "[192.0.2.0/24] deny", "the network is denied" },
	{ "allow means nothing", ALLOW, NULL, "overrides can only deny" },
	{ "authenticate means nothing", AUTH, NULL,
	    "overrides can only deny" },
	{ "enforcement means nothing", DENY
	    "relayEnforceFrom: 20300101000000Z\n", "[192.0.2.0/24] deny",
	    "relayEnforceFrom=20300101000000Z: it means nothing here" },
	{ "senders mean nothing", DENY "relaySender: a@example.com\n",
	    "[192.0.2.0/24] deny", "it means nothing here" },
	{ "a foreign attribute", DENY "relayFoo: 1\n", "[192.0.2.0/24] deny",
	    "the override denies all the same" },
	{ "an account is not a network", "objectClass: relayAccount\n"
	    "relayAccess: deny\n", NULL, NULL },
	{ "nothing of ours", "objectClass: organizationalUnit\n", NULL,
	    NULL }
};

START_TEST(reads_an_override_of_a_network)
{
	const struct row *row = &override_networks[_i];
	struct network n = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "cn=n", row->entry);
	result = attrmap_override_network(&e, &c.arena, &c.report, &n);
	if (result == ATTR_ENTRY)
		case_network(&c, &n);
	case_check(&c, row->label, result, row->wanted, row->said);
	case_end(&c);
}
END_TEST

#define ACCOUNT	"objectClass: relayAccount\n"

static const struct row override_accounts[] = {
	{ "deny, by DN", ACCOUNT "relayAccess: deny\n", "", NULL },
	{ "deny, by login", ACCOUNT "relayAccess: deny\nrelayLogin: Joe\n",
	    "login=joe", NULL },
	{ "with dates", ACCOUNT "relayAccess: deny\n"
	    "relayNotBefore: 20260101000000Z\n"
	    "relayNotAfter: 20270101000000Z\n",
	    "from 2026-01-01 until 2027-01-01", NULL },
	{ "an unreadable date is ignored", ACCOUNT "relayAccess: deny\n"
	    "relayNotBefore: 20260101000000Z\nrelayNotAfter: x\n", "",
	    "the override holds always" },
	{ "unreadable access denies", ACCOUNT "relayAccess: x\n", "",
	    "the account is denied" },
	{ "allow means nothing", ACCOUNT "relayAccess: allow\n", NULL,
	    "overrides can only deny" },
	{ "no access means nothing", ACCOUNT "relayLogin: joe\n", NULL,
	    "overrides can only deny" },
	{ "without the class it denies all the same",
	    "relayAccess: deny\nrelayLogin: joe\n", "login=joe",
	    "add objectClass: relayAccount" },
	{ "its relayAccess misspelt", ACCOUNT "relayAcess: deny\n", "",
	    "relayAcess=deny: there is no such attribute (did you mean "
	    "relayAccess?); the override denies all the same" },
	{ "misspelt beside allow", ACCOUNT "relayAccess: allow\n"
	    "relayFoo: 1\n", NULL, "overrides can only deny" },
	{ "an unreadable login", ACCOUNT "relayAccess: deny\n"
	    "relayLogin: \nrelayLogin: joe\n", "login=joe", "it is empty" },
	{ "uid and mail mean nothing", ACCOUNT "relayAccess: deny\n"
	    "uid: joe\nmail: joe@example.com\n", "", NULL },
	{ "what else it says means nothing", ACCOUNT "relayAccess: deny\n"
	    "relayRecipient: @example.net\n", "",
	    "relayRecipient=@example.net: it means nothing here" },
	{ "contact and review are for people", ACCOUNT "relayAccess: deny\n"
	    "relayContact: x\nrelayReviewAfter: 20270101000000Z\n", "",
	    NULL },
	{ "a foreign attribute", ACCOUNT "relayAccess: deny\nrelayFoo: 1\n",
	    "", "the override denies all the same" },
	{ "a network is not an account", DENY, NULL, NULL },
	{ "a group means nothing", "objectClass: relayGroup\n"
	    "relayAccess: deny\nmember: uid=joe\n", NULL,
	    "overrides are entries of relayNetwork or relayAccount" },
	{ "an attribute of ours alone means nothing", "relayLogin: joe\n",
	    NULL, "overrides are entries of relayNetwork or relayAccount" },
	{ "nothing of ours", "objectClass: organizationalUnit\n", NULL,
	    NULL }
};

START_TEST(reads_an_override_of_an_account)
{
	const struct row *row = &override_accounts[_i];
	struct deny d = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "UID=Joe", row->entry);
	result = attrmap_override_account(&e, &c.arena, &c.report, &d);
	if (result == ATTR_ENTRY)
		case_deny(&c, &d);
	case_check(&c, row->label, result, row->wanted, row->said);
	ck_assert_str_eq(d.dn, "uid=joe");
	case_end(&c);
}
END_TEST

/* The source has seen to DNs; one that is none is no entry of any kind. */
START_TEST(needs_a_dn)
{
	struct account account;
	struct network network;
	struct domain domain;
	struct group group;
	struct attr_case c;
	struct deny deny;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "nonsense", "objectClass: relayNetwork\nuid: a\n");
	ck_assert_int_eq(attrmap_account(&domain_map, &e, true, &c.arena,
	    &c.report, &account), ATTR_NONE);
	ck_assert_int_eq(attrmap_network(&e, true, &c.arena, &c.report,
	    &network), ATTR_NONE);
	ck_assert_int_eq(attrmap_domain(&domain_map, &e, true, &c.arena,
	    &c.report, &domain), ATTR_NONE);
	ck_assert_int_eq(attrmap_group(&domain_map, &e, true, &c.arena,
	    &c.report, &group), ATTR_NONE);
	ck_assert_int_eq(attrmap_override_network(&e, &c.arena, &c.report,
	    &network), ATTR_NONE);
	ck_assert_int_eq(attrmap_override_account(&e, &c.arena, &c.report,
	    &deny), ATTR_NONE);
	case_end(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attrmap_network");

	suite_rows(s, reads_a_network, ROWS(networks));
	suite_one(s, trusts_the_server_with_the_schema);
	suite_rows(s, reads_a_domain, ROWS(domains));
	suite_rows(s, reads_an_override_of_a_network,
	    ROWS(override_networks));
	suite_rows(s, reads_an_override_of_an_account,
	    ROWS(override_accounts));
	suite_one(s, needs_a_dn);
	return (suite_run(s));
}
