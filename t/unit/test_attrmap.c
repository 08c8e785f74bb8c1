#include "suite.h"

#include "attr_case.h"

/* A map with a row for every role, each of another type than usual. */

#define ROW(name, of, ...)	{ .attr = name, .type = of, __VA_ARGS__ }

static const char *const active[] = { "active", "enabled" };
static const char *const true_word[] = { "TRUE" };
static const char *const minus_one[] = { "-1", "99999" };

static const struct attr_row logins[] = {
	ROW("uid", TYPE_LOGIN),
	ROW("logins", TYPE_LOGIN, .comma = true)
};
static const struct attr_row addresses[] = {
	ROW("mail", TYPE_ADDRESS),
	ROW("proxyAddresses", TYPE_SMTP_ADDRESS)
};
static const struct attr_row senders[] = {
	ROW("sendAs", TYPE_PATTERN),
	ROW("sendAsAddress", TYPE_ADDRESS),
	ROW("sendAsSmtp", TYPE_SMTP_ADDRESS)
};
static const struct attr_row recipients[] = {
	ROW("mayWrite", TYPE_PATTERN, .negative = "-", .local_only = "local"),
	ROW("mayWriteList", TYPE_PATTERN, .comma = true, .negative = "-",
	    .local_only = "local"),
	ROW("mayWriteSmtp", TYPE_SMTP_ADDRESS)
};
static const struct attr_row clients[] = {
	ROW("allowNets", TYPE_CLIENT, .comma = true)
};
static const struct attr_row statuses[] = {
	ROW("accountStatus", TYPE_KEYWORD, .enabled = { active, 2 },
	    .absent_enabled = true),
	ROW("mailEnabled", TYPE_BOOLEAN, .enabled = { true_word, 1 },
	    .absent_enabled = true),
	ROW("userAccountControl", TYPE_BITMASK, .disabled_bits = 2,
	    .absent_enabled = true),
	ROW("lockedTime", TYPE_PRESENCE, .absent_enabled = true)
};
static const struct attr_row not_befores[] = {
	ROW("begins", TYPE_GENERALIZED)
};
static const struct attr_row not_afters[] = {
	ROW("shadowExpire", TYPE_DAYS, .never = { minus_one, 2 }),
	ROW("accountExpires", TYPE_FILETIME)
};
static const struct attr_row delegates[] = {
	ROW("manager", TYPE_DN),
	ROW("delegate", TYPE_LOGIN),
	ROW("delegateMail", TYPE_ADDRESS)
};
static const struct attr_row in_groups[] = { ROW("memberOf", TYPE_DN) };
static const struct attr_row members[] = {
	ROW("member", TYPE_DN),
	ROW("memberUid", TYPE_LOGIN)
};

#define OF(rows)	{ (rows), sizeof(rows) / sizeof((rows)[0]) }

static const struct attrmap full = { {
	[MAP_LOGIN] = OF(logins),
	[MAP_ADDRESS] = OF(addresses),
	[MAP_SENDER] = OF(senders),
	[MAP_RECIPIENT] = OF(recipients),
	[MAP_CLIENT] = OF(clients),
	[MAP_STATUS] = OF(statuses),
	[MAP_NOT_BEFORE] = OF(not_befores),
	[MAP_NOT_AFTER] = OF(not_afters),
	[MAP_DELEGATE] = OF(delegates),
	[MAP_GROUP] = OF(in_groups),
	[MAP_MEMBER] = OF(members)
} };

#define JOE	"objectClass: relayAccount\nuid: joe\n"
#define IS_JOE	"login=joe"

static const struct {
	const char *label;
	const char *entry;
	const char *wanted;	/* NULL: it is no account */
	const char *said;	/* NULL: nothing */
} accounts[] = {
	/* ---- identity ---- */
	{ "a login makes an account", "uid: Joe\n", "login=joe", NULL },
	{ "an address makes an account", "mail: Joe@Example.COM\n",
	    "address=joe@example.com", NULL },
	{ "neither makes none", "cn: Joe\n", NULL, NULL },
	{ "attributes compare without case", "UID: joe\n", IS_JOE, NULL },
	{ "options of attributes do not matter", "mail;lang-de: a@b.example\n"
	    "mail: c@d.example\n", "address=a@b.example,c@d.example", NULL },
	{ "a longer name is another attribute", "uidNumber: 7\n", NULL,
	    NULL },
	{ "all rows and relayLogin are united", JOE "logins: j.doe, ,jd\n"
	    "relayLogin: Joe@EXAMPLE.COM\n",
	    "login=joe,j.doe,jd,joe@example.com", NULL },
	{ "what is there twice counts once", JOE "logins: jd,JOE\n"
	    "relayLogin: JD\nrelayLogin: aa\n", "login=joe,jd,aa", NULL },
	{ "smtp: in any case; other prefixes are silently not ours",
	    "proxyAddresses: SMTP:Joe@example.com\n"
	    "proxyAddresses: smtp:jd@example.com\n"
	    "proxyAddresses: X400:c=DE\n",
	    "address=joe@example.com,jd@example.com", NULL },
	{ "smtp: without a prefix", JOE "proxyAddresses: joe@example.com\n",
	    IS_JOE, "proxyAddresses=joe@example.com: it has no prefix" },
	{ "an @ before the colon is no prefix", JOE
	    "proxyAddresses: a@b.example:c\n", IS_JOE, "it has no prefix" },
	{ "smtp: with no address", JOE "proxyAddresses: smtp:\n", IS_JOE,
	    "not one full address" },
	{ "an address without a domain", JOE "mail: joe\n", IS_JOE,
	    "mail=joe: it is not one full address" },
	{ "an address that asks for routing", JOE "mail: a%b@example.com\n",
	    IS_JOE, "asks for routing" },
	{ "two addresses in one value", JOE "mail: a@b.example,c@d.example\n",
	    IS_JOE, "not one full address" },
	{ "spaces around a value", "objectClass: relayAccount\n"
	    "uid:  Joe \nmail: a@b.example \n"
	    "relaySender:  @example.com \nmayWrite:  -@example.net \n"
	    "allowNets: 192.0.2.0/24 \n", IS_JOE " address=a@b.example "
	    "sender=[@example.com] recipient=[!@example.net] "
	    "client=[192.0.2.0/24]", NULL },
	{ "nothing but spaces", JOE "mail:   \n", IS_JOE, "it is empty" },
	{ "spaces that belong to a DN", JOE
	    "memberOf:  cn=staff\\ ,dc=example \n",
	    IS_JOE " group=cn=staff,dc=example", NULL },
	{ "an address in angle brackets", JOE "mail: <a@b.example>\n",
	    IS_JOE, "not one full address" },
	{ "an empty address", JOE "mail: \n", IS_JOE, "it is empty" },
	{ "an address with a NUL", JOE "mail: a@b.example\1\n", IS_JOE,
	    "it holds a NUL" },
	{ "the only login is unreadable", "uid: a\tb\n", NULL,
	    "no login can be like that" },
	{ "a list of nothing", JOE "logins: , ,\n", IS_JOE,
	    "it is an empty list" },
	{ "an entry of the class without login or address",
	    "objectClass: relayAccount\n", NULL,
	    "neither a login nor an address" },

	/* ---- senders ---- */
	{ "sender patterns of all rows and relaySender", JOE
	    "sendAs: @example.com\nsendAsAddress: b@example.com\n"
	    "sendAsSmtp: smtp:c@example.com\nsendAsSmtp: x500:/o=x\n"
	    "relaySender: *\nrelaySender: <>\nrelaySender: @.example.org\n",
	    IS_JOE " sender=[@example.com,b@example.com,c@example.com,*,null,"
	    "@.example.org]", NULL },
	{ "an unreadable pattern is left out", JOE
	    "relaySender: *@example.com\nrelaySender: a@example.com\n",
	    IS_JOE " sender=[a@example.com]", "relaySender=*@example.com" },
	{ "a row of addresses takes no pattern", JOE
	    "sendAsAddress: @example.com\n", IS_JOE " sender=[]",
	    "not one full address" },

	/* ---- restrictions ---- */
	{ "recipients of all rows and relayRecipient", JOE
	    "mayWrite: @example.net\nmayWriteSmtp: smtp:a@example.org\n"
	    "relayRecipient: b@example.org\n",
	    IS_JOE " recipient=[@example.net,a@example.org,b@example.org]",
	    NULL },
	{ "some recipients unreadable: the others count", JOE
	    "relayRecipient: nonsense\nrelayRecipient: @example.net\n",
	    IS_JOE " recipient=[@example.net]", "it matches nothing" },
	{ "all recipients unreadable: nothing matches", JOE
	    "relayRecipient: nonsense\n", IS_JOE " recipient=[]",
	    "it matches nothing" },
	{ "an empty recipient", JOE "relayRecipient: \n",
	    IS_JOE " recipient=[]", "it is empty" },
	{ "negative recipients", JOE "mayWrite: -a@example.net\n"
	    "mayWrite: @example.net\n",
	    IS_JOE " recipient=[!a@example.net,@example.net]", NULL },
	{ "negative recipients alone", JOE "mayWrite: -@example.net\n",
	    IS_JOE " recipient=[!@example.net]", NULL },
	{ "a negative one that is unreadable: nothing matches", JOE
	    "mayWrite: -nonsense\nmayWrite: @example.net\n",
	    IS_JOE " recipient=[!*,@example.net]",
	    "the whole list matches nothing" },
	{ "a negative one of nothing", JOE "mayWrite: -\n",
	    IS_JOE " recipient=[!*]", "the whole list matches nothing" },
	{ "negative ones and an unreadable positive one", JOE
	    "mayWrite: -@example.net\nmayWrite: nonsense\n",
	    IS_JOE " recipient=[!@example.net,\"\"@]", "it matches nothing" },
	{ "negative ones and local only", JOE
	    "mayWriteList: -@example.net, LOCAL\n",
	    IS_JOE " recipient=[!@example.net,\"\"@]", NULL },
	{ "local only", JOE "mayWrite: Local\n", IS_JOE " recipient=[]",
	    NULL },
	{ "the sign means nothing in relayRecipient", JOE
	    "relayRecipient: -a@example.net\n",
	    IS_JOE " recipient=[-a@example.net]", NULL },
	{ "only other prefixes: nothing matches", JOE
	    "mayWriteSmtp: x400:c=DE\n", IS_JOE " recipient=[]", NULL },
	{ "clients of the map and relayClient", JOE
	    "allowNets: 192.0.2.0/24, 2001:db8::/32,\n"
	    "relayClient: 198.51.100.7\n",
	    IS_JOE " client=[192.0.2.0/24,2001:db8::/32,198.51.100.7/32]",
	    NULL },
	{ "a client twice, once as mapped", JOE
	    "relayClient: 192.0.2.0/24\nrelayClient: ::ffff:192.0.2.0/120\n",
	    IS_JOE " client=[192.0.2.0/24]", NULL },
	{ "host bits make a client unreadable", JOE
	    "relayClient: 192.0.2.1/24\n", IS_JOE " client=[]",
	    "192.0.2.1/24 has bits beyond its prefix; 192.0.2.0/24 was "
	    "probably meant; it matches nothing" },
	{ "no network", JOE "relayClient: example.com\n",
	    IS_JOE " client=[]", "it is not an address or network" },
	{ "an empty client", JOE "relayClient: \n", IS_JOE " client=[]",
	    "it is empty" },

	/* ---- relayAccess ---- */
	{ "allow", JOE "relayAccess: Allow\n", IS_JOE " allow", NULL },
	{ "deny, with spaces around", JOE "relayAccess:  deny \n",
	    IS_JOE " deny", NULL },
	{ "authenticate is a network's", JOE "relayAccess: authenticate\n",
	    IS_JOE " deny", "neither allow nor deny; the account is denied" },
	{ "unreadable access", JOE "relayAccess: yes\n", IS_JOE " deny",
	    "neither allow nor deny" },
	{ "empty access", JOE "relayAccess: \n", IS_JOE " deny",
	    "neither allow nor deny" },
	{ "several accesses", JOE "relayAccess: allow\nrelayAccess: deny\n",
	    IS_JOE " deny", "several values" },
	{ "several by way of options", JOE
	    "relayAccess: allow\nrelayAccess;x-a: allow\n", IS_JOE " deny",
	    "several values" },

	/* ---- statuses ---- */
	{ "a keyword that enables", JOE "accountStatus: Active\n", IS_JOE,
	    NULL },
	{ "another keyword", JOE "accountStatus: activ\n",
	    IS_JOE " disabled", NULL },
	{ "every keyword must enable", JOE
	    "accountStatus: active\naccountStatus: noaccess\n",
	    IS_JOE " disabled", NULL },
	{ "several that enable", JOE
	    "accountStatus: active\naccountStatus: enabled\n", IS_JOE,
	    NULL },
	{ "an empty keyword", JOE "accountStatus: \n", IS_JOE " disabled",
	    "it is empty: remove it; it counts as disabled" },
	{ "a boolean", JOE "mailEnabled: true\n", IS_JOE, NULL },
	{ "the other boolean", JOE "mailEnabled: FALSE\n",
	    IS_JOE " disabled", NULL },
	{ "no boolean", JOE "mailEnabled: yes\n", IS_JOE " disabled",
	    "neither TRUE nor FALSE; it counts as disabled" },
	{ "several booleans", JOE "mailEnabled: TRUE\nmailEnabled: TRUE\n",
	    IS_JOE " disabled", "several values" },
	{ "a bit mask without the bit", JOE "userAccountControl: 512\n",
	    IS_JOE, NULL },
	{ "a bit mask with the bit", JOE "userAccountControl: 514\n",
	    IS_JOE " disabled", NULL },
	{ "a negative bit mask", JOE "userAccountControl: -2147483136\n",
	    IS_JOE, NULL },
	{ "a negative bit mask with the bit", JOE
	    "userAccountControl: -2147483134\n", IS_JOE " disabled", NULL },
	{ "the largest bit mask", JOE
	    "userAccountControl: 18446744073709551613\n", IS_JOE, NULL },
	{ "too large a bit mask", JOE
	    "userAccountControl: 18446744073709551616\n",
	    IS_JOE " disabled", "not a decimal number" },
	{ "no bit mask", JOE "userAccountControl: 0x200\n",
	    IS_JOE " disabled", "not a decimal number" },
	{ "a sign alone", JOE "userAccountControl: -\n",
	    IS_JOE " disabled", "not a decimal number" },
	{ "presence", JOE "lockedTime: 0\n", IS_JOE " disabled", NULL },
	{ "an empty value that disables", JOE "lockedTime: \n",
	    IS_JOE " disabled", "it counts as disabled" },
	{ "every row must enable", JOE
	    "accountStatus: active\nlockedTime: 0\n", IS_JOE " disabled",
	    NULL },

	/* ---- dates ---- */
	{ "the later beginning and the earlier end hold", JOE
	    "begins: 20260201000000Z\nrelayNotBefore: 20260301000000Z\n"
	    "shadowExpire: 20819\nrelayNotAfter: 20270301000000Z\n",
	    IS_JOE " from 2026-03-01 until 2027-01-01", NULL },
	{ "whichever attribute they are in", JOE
	    "begins: 20260401000000Z\nrelayNotBefore: 20260301000000Z\n"
	    "shadowExpire: 20819\nrelayNotAfter: 20260501000000Z\n",
	    IS_JOE " from 2026-04-01 until 2026-05-01", NULL },
	{ "a date that means never", JOE "shadowExpire: 99999\n", IS_JOE,
	    NULL },
	{ "FILETIME", JOE "accountExpires: 134116992000000000\n",
	    IS_JOE " until 2026-01-01", NULL },
	{ "an unreadable date", JOE "relayNotAfter: 2027-01-01\n",
	    IS_JOE " expired",
	    "not a GeneralizedTime: write 20270115000000Z; the account "
	    "counts as expired" },
	{ "one unreadable date of two", JOE
	    "relayNotAfter: 20270101000000Z\nshadowExpire: soon\n",
	    IS_JOE " expired until 2027-01-01", "number of days" },
	{ "an unreadable beginning", JOE "begins: soon\n",
	    IS_JOE " expired", "GeneralizedTime" },
	{ "no FILETIME", JOE "accountExpires: soon\n", IS_JOE " expired",
	    "100 ns" },
	{ "several dates", JOE "relayNotAfter: 20270101000000Z\n"
	    "relayNotAfter: 20280101000000Z\n", IS_JOE " expired",
	    "several values" },
	{ "an empty date", JOE "relayNotAfter: \n", IS_JOE " expired",
	    "it is empty" },
	{ "enforcement", JOE "relayEnforceFrom: 20260601000000Z\n",
	    IS_JOE " enforce 2026-06-01", NULL },
	{ "unreadable enforcement is absent", JOE "relayEnforceFrom: x\n",
	    IS_JOE, "it counts as absent" },
	{ "several enforcements are absent", JOE
	    "relayEnforceFrom: 20260601000000Z\n"
	    "relayEnforceFrom: 20260701000000Z\n", IS_JOE,
	    "it counts as absent" },

	/* ---- relations ---- */
	{ "delegates by the type of their row", JOE
	    "manager: UID=Jane,DC=example\ndelegate: Jim\n"
	    "delegateMail: Jill@example.com\n",
	    IS_JOE " delegate-dn=uid=jane,dc=example delegate-login=jim "
	    "delegate-address=jill@example.com", NULL },
	{ "an unreadable delegate", JOE "manager: Jane\n", IS_JOE,
	    "it is not a DN" },
	{ "groups", JOE "memberOf: cn=Staff,dc=example\n",
	    IS_JOE " group=cn=staff,dc=example", NULL },
	{ "a group that cannot be read could deny", JOE
	    "memberOf: staff\nmemberOf: cn=a,dc=example\n",
	    IS_JOE " mute group=cn=a,dc=example",
	    "the account vouches for nothing" },

	/* ---- the schema ---- */
	{ "without the class the attributes count all the same",
	    "uid: joe\nrelayAccess: deny\n", IS_JOE " deny",
	    "relayAccess=deny: no objectClass of the entry allows it; it "
	    "counts all the same; add objectClass: relayAccount" },
	{ "another class has its attributes for itself",
	    "objectClass: relayGroup\nuid: joe\nrelaySender: *\n"
	    "relayAccess: deny\n", IS_JOE, NULL },
	{ "two classes share them", "objectClass: relayGroup\n"
	    JOE "relaySender: *\n", IS_JOE " sender=[*]", NULL },
	{ "an attribute that is not in the schema", JOE "relaySendr: *\n",
	    IS_JOE " mute", "relaySendr=*: there is no such attribute (did "
	    "you mean relaySender?); the account vouches for nothing; "
	    "correct or remove it" },
	{ "one like none of the schema", JOE "relayHost: x\n",
	    IS_JOE " mute", "relayHost=x: there is no such attribute; the "
	    "account vouches for nothing; correct or remove it" },
	{ "one that is written as an OID", JOE
	    "2.25.89804912305991870483976465026231876111.1.2: deny\n",
	    IS_JOE " mute", "there is no such attribute" },
	{ "contact and review are known", JOE "relayContact: x\n"
	    "relayReviewAfter: x\n", IS_JOE, NULL }
};

START_TEST(reads_an_account)
{
	struct account a = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "UID=Joe, DC=example", accounts[_i].entry);
	result = attrmap_account(&full, &e, true, &c.arena, &c.report, &a);
	if (result == ATTR_ENTRY)
		case_account(&c, &a);
	case_check(&c, accounts[_i].label, result, accounts[_i].wanted,
	    accounts[_i].said);
	ck_assert_str_eq(a.dn, "uid=joe,dc=example");
	case_end(&c);
}
END_TEST

#define STAFF	"objectClass: relayGroup\nmember: uid=joe,dc=example\n"
#define IS_STAFF	"member-dn=uid=joe,dc=example"

static const struct {
	const char *label;
	const char *entry;
	const char *wanted;	/* NULL: it is no group */
	const char *said;
} groups[] = {
	{ "members make a group", "member: UID=Joe,DC=example\n",
	    IS_STAFF, NULL },
	{ "logins, too", "memberUid: Joe\n", "member-login=joe", NULL },
	{ "relayMember, too", "relayMember: Joe\n", "member-login=joe",
	    "no objectClass of the entry allows it" },
	{ "the class alone, too", "objectClass: RELAYGROUP\n", "", NULL },
	{ "the class as an OID", "objectClass: "
	    "2.25.89804912305991870483976465026231876111.2.4\n", "", NULL },
	{ "nothing makes none", "cn: staff\n", NULL, NULL },
	{ "an unreadable member is left out", "member: joe\n", NULL,
	    "member=joe: it is not a DN" },
	{ "the UID of a uniqueMember is cut off",
	    "member: uid=joe,dc=example#'01'B\n", IS_STAFF, NULL },
	{ "all that a group may say", STAFF "relayMember: jim\n"
	    "relayAccess: deny\nrelayNotBefore: 20260101000000Z\n"
	    "relayNotAfter: 20270101000000Z\nrelayClient: 192.0.2.0/24\n"
	    "relayEnforceFrom: 20260601000000Z\nrelaySender: @example.com\n"
	    "relayRecipient: @example.net\nsendAs: a@example.com\n"
	    "memberOf: cn=all,dc=example\n",
	    IS_STAFF " member-login=jim deny from 2026-01-01 until "
	    "2027-01-01 enforce 2026-06-01 "
	    "sender=[a@example.com,@example.com] recipient=[@example.net] "
	    "client=[192.0.2.0/24] group=cn=all,dc=example", NULL },
	{ "allow", STAFF "relayAccess: allow\n", IS_STAFF " allow", NULL },
	{ "authenticate is a network's", STAFF "relayAccess: authenticate\n",
	    IS_STAFF " deny", "the group denies" },
	{ "the map's restrictions are not a group's", STAFF
	    "mayWrite: @example.net\nallowNets: 192.0.2.0/24\n"
	    "shadowExpire: 1\naccountStatus: off\n", IS_STAFF, NULL },
	{ "an unreadable date: no senders, no dates, the rest stands", STAFF
	    "relayNotBefore: 20260101000000Z\nrelayNotAfter: soon\n"
	    "relaySender: *\nrelayRecipient: @example.net\n"
	    "relayAccess: deny\n",
	    IS_STAFF " deny undated sender=[] recipient=[@example.net]",
	    "being in the group grants nothing" },
	{ "a foreign attribute: its members vouch for nothing", STAFF
	    "relayNotAfter: 20270101000000Z\nrelaySender: *\n"
	    "relayClient: 192.0.2.0/24\nrelayFoo: 1\n",
	    IS_STAFF " mute until 2027-01-01 sender=[*] "
	    "client=[192.0.2.0/24]",
	    "relayFoo=1: there is no such attribute; the group's members "
	    "vouch for nothing" },
	{ "a group above it that cannot be read", STAFF "memberOf: all\n",
	    IS_STAFF " mute", "the group's members vouch for nothing" },
	{ "host bits", STAFF "relayClient: 192.0.2.1/24\n",
	    IS_STAFF " client=[]", "192.0.2.0/24 was probably meant" },
	{ "an account's attributes are not the group's",
	    "objectClass: relayAccount\nmember: uid=joe,dc=example\n"
	    "relaySender: *\nrelayAccess: deny\n", IS_STAFF, NULL }
};

START_TEST(reads_a_group)
{
	struct group g = { .dn = NULL };
	enum attr_result result;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "cn=staff", groups[_i].entry);
	result = attrmap_group(&full, &e, true, &c.arena, &c.report, &g);
	if (result == ATTR_ENTRY)
		case_group(&c, &g);
	case_check(&c, groups[_i].label, result, groups[_i].wanted,
	    groups[_i].said);
	case_end(&c);
}
END_TEST

/* On LDAP the server knows the schema: other attributes may be another's. */
START_TEST(looks_for_foreign_attributes_in_ldif_only)
{
	struct attr_case c;
	struct account a;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "uid=joe", JOE "relayHost: mx.example.com\n");
	ck_assert_int_eq(attrmap_account(&full, &e, false, &c.arena,
	    &c.report, &a), ATTR_ENTRY);
	ck_assert(a.vouches);
	ck_assert_str_eq(c.said, "");
	case_end(&c);
}
END_TEST

/* ---- maps -------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *kinds;	/* that may have the role */
	const char *types;	/* that its rows may have; the usual first */
} roles[ATTR_ROLES] = {
	[MAP_LOGIN] = { "login", "account", "login" },
	[MAP_ADDRESS] = { "address", "account", "address smtp-address" },
	[MAP_SENDER] = { "sender", "account group",
	    "pattern address smtp-address" },
	[MAP_RECIPIENT] = { "recipient", "account",
	    "pattern address smtp-address" },
	[MAP_CLIENT] = { "client", "account", "client" },
	[MAP_STATUS] = { "status", "account domain",
	    "keyword boolean bitmask presence" },
	[MAP_NOT_BEFORE] = { "not_before", "account",
	    "generalizedtime days filetime" },
	[MAP_NOT_AFTER] = { "not_after", "account",
	    "generalizedtime days filetime" },
	[MAP_DELEGATE] = { "delegate", "account",
	    "dn login address smtp-address" },
	[MAP_GROUP] = { "group", "account group", "dn" },
	[MAP_MEMBER] = { "member", "group", "dn login" },
	[MAP_NAME] = { "name", "domain", "domain" },
	[MAP_ALIAS] = { "alias", "domain", "domain" }
};

/* Is ${word} one of the words of ${list}? */
static bool
has_word(const char *list, const char *word)
{
	char padded[128], wanted[64];

	snprintf(padded, sizeof(padded), " %s ", list);
	snprintf(wanted, sizeof(wanted), " %s ", word);
	return (strstr(padded, wanted) != NULL);
}

START_TEST(knows_roles)
{
	const enum attr_role role = (enum attr_role)_i;
	const struct attrmap none = { { { NULL, 0 } } };
	struct attr_row row;
	int kind, type;

	ck_assert_str_eq(attrmap_role_name(role), roles[_i].name);
	for (kind = 0; kind < KINDS; kind++)
		ck_assert_msg(attrmap_role_allowed(role, (enum kind)kind) ==
		    has_word(roles[_i].kinds, kind_name((enum kind)kind)),
		    "%s: %s", roles[_i].name, kind_name((enum kind)kind));
	for (type = 0; type < ATTR_TYPES; type++)
		ck_assert_msg(attrmap_type_allowed((enum attr_type)type,
		    role) == has_word(roles[_i].types,
		    attrmap_type_name((enum attr_type)type)), "%s: %s",
		    roles[_i].name, attrmap_type_name((enum attr_type)type));
	attrmap_default_row(&none, role, &row);
	ck_assert_msg(strncmp(roles[_i].types, attrmap_type_name(row.type),
	    strlen(attrmap_type_name(row.type))) == 0, "%s: usually %s",
	    roles[_i].name, attrmap_type_name(row.type));
	ck_assert_str_eq(row.attr, "");
	ck_assert_str_eq(row.negative, "");
	ck_assert_str_eq(row.local_only, "");
}
END_TEST

START_TEST(finds_types_by_name)
{
	int type;

	for (type = 0; type < ATTR_TYPES; type++)
		ck_assert_int_eq(attrmap_type_find(attrmap_type_name(
		    (enum attr_type)type)), type);
	ck_assert_int_eq(attrmap_type_find("Address"), -1);
	ck_assert_int_eq(attrmap_type_find(""), -1);
}
END_TEST

START_TEST(takes_the_type_of_the_preset)
{
	struct attr_row row;

	attrmap_default_row(&full, MAP_RECIPIENT, &row);
	ck_assert_int_eq(row.type, TYPE_PATTERN);
	ck_assert_str_eq(row.negative, "-");
	ck_assert_str_eq(row.attr, "");
}
END_TEST

static const struct {
	enum kind kind;
	enum attr_role role;
	const char *rows;
} plain[] = {
	{ KIND_ACCOUNT, MAP_LOGIN, "uid:login " },
	{ KIND_ACCOUNT, MAP_ADDRESS, "mail:address " },
	{ KIND_ACCOUNT, MAP_SENDER, "" },
	{ KIND_ACCOUNT, MAP_STATUS, "" },
	{ KIND_ACCOUNT, MAP_MEMBER, "" },
	{ KIND_GROUP, MAP_MEMBER, "member:dn uniqueMember:dn "
	    "memberUid:login " },
	{ KIND_GROUP, MAP_LOGIN, "" },
	{ KIND_DOMAIN, MAP_NAME, "" },
	{ KIND_NETWORK, MAP_CLIENT, "" }
};

START_TEST(has_the_preset_inetorgperson)
{
	const struct attr_rows *rows;
	struct attrmap map = full;
	char text[128] = "";
	size_t i;

	ck_assert_int_eq(attrmap_preset("inetorgperson", plain[_i].kind,
	    &map), 0);
	rows = &map.roles[plain[_i].role];
	for (i = 0; i < rows->n; i++)
		case_add(text, sizeof(text), "%s:%s ", rows->v[i].attr,
		    attrmap_type_name(rows->v[i].type));
	ck_assert_str_eq(text, plain[_i].rows);
}
END_TEST

START_TEST(has_no_other_preset)
{
	struct attrmap map;

	ck_assert_int_eq(attrmap_preset("nonsense", KIND_ACCOUNT, &map), -1);
	ck_assert_int_eq(attrmap_preset("", KIND_ACCOUNT, &map), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attrmap");

	suite_rows(s, reads_an_account, ROWS(accounts));
	suite_rows(s, reads_a_group, ROWS(groups));
	suite_one(s, looks_for_foreign_attributes_in_ldif_only);
	suite_rows(s, knows_roles, ATTR_ROLES);
	suite_one(s, finds_types_by_name);
	suite_one(s, takes_the_type_of_the_preset);
	suite_rows(s, has_the_preset_inetorgperson, ROWS(plain));
	suite_one(s, has_no_other_preset);
	return (suite_run(s));
}
