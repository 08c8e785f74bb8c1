#include "policy_case.h"

/*
 * A lookup that says "try later" is never taken for "absent": it ends as
 * directory-unavailable, or in what was found denied before.
 */

#define ALLOWED	OFFICE "access=allow"
#define UNAVAILABLE	"tempfail directory-unavailable"
#define LENIENT		"permit directory-unavailable"

/* enum lookup, as text for the settings. */
#define NETWORKS	"later=1"
#define DOMAINS		"later=2"
#define BY_LOGIN	"later=4"
#define BY_ADDRESS	"later=8"
#define GROUPS_DN	"later=16"
#define GROUPS_LOGIN	"later=32"
#define GROUPS_OWN	"later=64"
#define DENIES_DN	"later=128"
#define DENIES_LOGIN	"later=256"

/* A recipient that needs no lookup to be outbound. */
#define ROUTED	.to = "<a%b@elsewhere.example>"

static const struct policy_case points[] = {
	{ .label = "domain of the recipient", .policy = ALLOWED,
	    .client = "192.0.2.1", .settings = DOMAINS,
	    .expect = UNAVAILABLE },
	{ .label = "domain of the recipient, permit", .policy = ALLOWED,
	    .client = "192.0.2.1", .settings = DOMAINS " permit",
	    .expect = LENIENT },
	{ .label = "networks", .policy = ALLOWED, .client = "192.0.2.1",
	    .settings = NETWORKS, .expect = UNAVAILABLE,
	    .trace = "The client's network cannot be looked up now" },
	{ .label = "networks, permit", .policy = ALLOWED,
	    .client = "192.0.2.1", .settings = NETWORKS " permit",
	    .expect = LENIENT },
	{ .label = "networks, permit: what is denied is rejected",
	    .policy = JOE "disabled", .login = "joe",
	    .settings = NETWORKS " permit",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "networks, for a client that needs none", .policy = "",
	    .client = "local", .settings = NETWORKS,
	    .expect = "permit network rule=loopback" },
	{ .label = "accounts by login", .policy = JOE, .login = "joe",
	    .settings = BY_LOGIN, .expect = UNAVAILABLE,
	    .trace = "The account cannot be looked up now" },
	{ .label = "accounts by login, where the network allows",
	    .policy = JOE "; " ALLOWED, .login = "joe", .client = "192.0.2.1",
	    .settings = BY_LOGIN, .expect = UNAVAILABLE },
	{ .label = "accounts by login, permit", .policy = JOE,
	    .login = "joe", .settings = BY_LOGIN " permit",
	    .expect = LENIENT },
	{ .label = "accounts by login, permit: the overrides still deny",
	    .policy = JOE "; deny cn=no login=joe", .login = "joe",
	    .settings = BY_LOGIN " permit",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "overrides by login", .policy = JOE, .login = "joe",
	    .settings = DENIES_LOGIN, .expect = UNAVAILABLE,
	    .trace = "Whether the account is denied" },
	{ .label = "overrides by login, without an account", .policy = "",
	    .login = "joe", .settings = DENIES_LOGIN,
	    .expect = UNAVAILABLE },
	{ .label = "overrides by login, permit", .policy = JOE,
	    .login = "joe", .settings = DENIES_LOGIN " permit",
	    .expect = LENIENT },
	{ .label = "overrides by login, permit: the status still denies",
	    .policy = JOE "disabled", .login = "joe",
	    .settings = DENIES_LOGIN " permit",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "overrides by DN", .policy = JOE, .login = "joe",
	    .settings = DENIES_DN, .expect = UNAVAILABLE },
	{ .label = "overrides by DN, permit", .policy = JOE, .login = "joe",
	    .settings = DENIES_DN " permit", .expect = LENIENT },
	{ .label = "groups with the account's DN", .policy = JOE,
	    .login = "joe", .settings = GROUPS_DN, .expect = UNAVAILABLE },
	{ .label = "groups with the account's DN, permit", .policy = JOE,
	    .login = "joe", .settings = GROUPS_DN " permit",
	    .expect = LENIENT },
	{ .label = "groups later: an own deny needs none",
	    .policy = JOE "access=deny", .login = "joe",
	    .settings = GROUPS_DN,
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "groups later: an expired account needs none, but an own "
	    "allow", .policy = JOE "access=allow until=1000",
	    .login = "joe", .settings = GROUPS_DN,
	    .expect = "reject account-expired rule=uid=joe" },
	{ .label = "groups later: clients cannot be told",
	    .policy = JOE "access=allow", .login = "joe",
	    .settings = GROUPS_DN, .expect = UNAVAILABLE,
	    .trace = "Whether the account may send this" },
	{ .label = "groups later: clients cannot be told, permit",
	    .policy = JOE "access=allow", .login = "joe",
	    .settings = GROUPS_DN " permit", .expect = LENIENT },
	{ .label = "groups with a login", .policy = JOE, .login = "joe",
	    .settings = GROUPS_LOGIN, .expect = UNAVAILABLE },
	{ .label = "groups with a login, permit", .policy = JOE,
	    .login = "joe", .settings = GROUPS_LOGIN " permit",
	    .expect = LENIENT },
	{ .label = "groups by DN", .policy = JOE "group=cn=g",
	    .login = "joe", .settings = GROUPS_OWN, .expect = UNAVAILABLE },
	{ .label = "groups by DN, permit", .policy = JOE "group=cn=g",
	    .login = "joe", .settings = GROUPS_OWN " permit",
	    .expect = LENIENT },
	{ .label = "holders of the sender", .policy = JOE, .login = "joe",
	    .from = "<ann@example.com>", .settings = BY_ADDRESS,
	    .expect = UNAVAILABLE },
	{ .label = "holders of the sender, permit", .policy = JOE,
	    .login = "joe", .from = "<ann@example.com>",
	    .settings = BY_ADDRESS " permit", .expect = LENIENT },
	{ .label = "an own address needs no holders", .policy = JOE,
	    .login = "joe", .settings = BY_ADDRESS,
	    .expect = "permit account rule=uid=joe match=joe@example.com "
	    "of=uid=joe" },
	{ .label = "domain of the sender", .policy = JOE "sender=@example.org",
	    .login = "joe", .from = "<ann@example.org>", ROUTED,
	    .settings = DOMAINS, .expect = UNAVAILABLE },
	{ .label = "domain of the sender, permit",
	    .policy = JOE "sender=@example.org", .login = "joe",
	    .from = "<ann@example.org>", ROUTED,
	    .settings = DOMAINS " permit", .expect = LENIENT },
	{ .label = "domain of a network's sender", .policy =
	    OFFICE "access=allow sender=@example.org", .client = "192.0.2.1",
	    ROUTED, .settings = DOMAINS, .expect = UNAVAILABLE,
	    .trace = "The sender's domain cannot be looked up now" },
	{ .label = "domain of a network's sender, permit", .policy =
	    OFFICE "access=allow sender=@example.org; "
	    "network cn=z client=192.0.2.0/24 access=allow sender=@a.example",
	    .client = "192.0.2.1", ROUTED, .settings = DOMAINS " permit",
	    .expect = LENIENT }
};

START_TEST(later_is_not_absent)
{

	case_check(&points[_i]);
}
END_TEST

/* Cases with as many lookups as possible; each lookup in turn fails. */
static const struct policy_case walks[] = {
	{ .label = "a local recipient",
	    .policy = "domain cn=d name=.example.com", .to =
	    "<x@a.b.example.com>", .expect = "pass local-recipient" },
	{ .label = "a network by an alias of the sender's domain",
	    .policy = "domain cn=d name=example.org alias=example.net "
	    "alias=a.example; network cn=a client=192.0.2.0/28 access=deny "
	    "until=5; "
	    OFFICE "access=allow sender=@a.example", .client = "192.0.2.1",
	    .from = "<x@example.net>",
	    .expect = "permit network rule=cn=office match=@a.example "
	    "of=cn=office" },
	{ .label = "an account by the fourth form, own address",
	    .policy = HOME "account uid=joe login=joe@example.org login=x "
	    "address=joe@example.com group=cn=own; group cn=own; "
	    "group cn=up member=cn=own", .login = "joe",
	    .settings = "default-realm=example.org",
	    .expect = "permit account rule=uid=joe match=joe@example.com "
	    "of=uid=joe" },
	{ .label = "a group's pattern",
	    .policy = HOME JOE "; group cn=g member-login=joe "
	    "sender=@example.com", .login = "joe",
	    .from = "<ann@example.com>",
	    .expect = "permit account rule=uid=joe match=@example.com "
	    "of=cn=g" },
	{ .label = "a delegate",
	    .policy = HOME JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe", .login = "joe", .from = "<info@example.com>",
	    .expect = "permit account rule=uid=joe match=info@example.com "
	    "of=uid=info" },
	{ .label = "an extension at an alias",
	    .policy = "domain cn=d name=example.com alias=example.net "
	    "alias=example.org; " JOE, .login = "joe",
	    .from = "<joe+x@example.net>",
	    .expect = "permit account rule=uid=joe match=joe@example.com "
	    "of=uid=joe" },
	{ .label = "a refusal with a date",
	    .policy = "domain cn=d name=example.com enforce=2001; " JOE
	    "; " OFFICE "access=allow sender=@example.org", .login = "joe",
	    .client = "192.0.2.1", .from = "<ann@example.com>",
	    .expect = "would-reject sender-not-owned rule=uid=joe "
	    "enforced=reject from=2001" },
	{ .label = "a denial with a date",
	    .policy = HOME JOE "; group cn=g member=uid=joe access=deny "
	    "enforce=2001", .login = "joe",
	    .expect = "would-reject account-denied rule=uid=joe "
	    "enforced=reject from=2001" },
	{ .label = "stale", .policy = HOME JOE, .login = "joe",
	    .settings = "age=86401", .expect = UNAVAILABLE },
	{ .label = "ambiguous", .policy = "account a login=x; "
	    "account b login=x", .login = "x",
	    .expect = "tempfail account-ambiguous" }
};

/* A fault may only lead to directory-unavailable, or leave the refusal. */
static void
check_fault(const struct policy_case *row, const struct verdict *whole,
    const struct verdict *v, int at, bool lenient)
{

	if (v->reason != REASON_DIRECTORY_UNAVAILABLE) {
		ck_assert_msg(verdict_refuses(whole->reason) &&
		    v->reason == whole->reason &&
		    v->enforced == whole->enforced,
		    "%s: lookup %d: %s", row->label, at,
		    verdict_reason(v->reason));
		return;
	}
	ck_assert_msg(v->enforced == (lenient ? VERDICT_PERMIT :
	    VERDICT_TEMPFAIL), "%s: lookup %d", row->label, at);
	ck_assert_str_eq(v->match, "");
	ck_assert_str_eq(v->rule, "");
}

START_TEST(no_single_fault_permits)
{
	const struct policy_case *row = &walks[_i];
	struct case_run r;
	struct verdict whole;
	int at, lenient, lookups;

	case_check(row);
	case_begin(&r, row);
	case_decide(&r, NULL);
	whole = r.verdict;
	lookups = r.a.lookups;
	for (lenient = 0; lenient < 2; lenient++) {
		for (at = 1; at <= lookups; at++) {
			struct case_run f;

			case_begin(&f, row);
			f.a.later_at = at;
			f.settings.permit_unavailable = lenient;
			case_decide(&f, at % 2 == 0 ? NULL : &f.trace);
			check_fault(row, &whole, &f.verdict, at, lenient);
			case_end(&f);
		}
	}
	case_end(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy, lookups that fail");

	suite_rows(s, later_is_not_absent, ROWS(points));
	suite_rows(s, no_single_fault_permits, ROWS(walks));
	return (suite_run(s));
}
