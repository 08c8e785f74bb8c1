#include "policy_case.h"

/* From when on refusals are real (spec section 5). */

#define OWN	"permit account rule=uid=joe match=joe@example.com of=uid=joe"
#define OFFICE_ALLOWS	OFFICE "access=allow recipient=@example.net "
#define WOULD(reason, rule, from) \
	"would-reject " reason rule " enforced=reject from=" from
#define WOULD_LATER(reason, from) \
	"would-reject " reason " enforced=tempfail from=" from
#define UNOWNED	.login = "joe", .from = "<ann@example.org>"

static const struct policy_case dates[] = {
	{ .label = "enforce_from now", .policy = "",
	    .expect = "reject auth-required",
	    .trace = "Refusals are real, says enforce_from in the "
	    "configuration" },
	{ .label = "enforce_from never", .policy = "", .settings = "never",
	    .expect = WOULD("auth-required", "", "never"),
	    .trace = "Refusals are only logged, says enforce_from" },
	{ .label = "enforce_from a date ahead", .policy = "",
	    .settings = "enforce=1001",
	    .expect = WOULD("auth-required", "", "1001"),
	    .trace = "So this reject is only logged" },
	{ .label = "from which (inclusive) refusals are real", .policy = "",
	    .settings = "enforce=1000", .expect = "reject auth-required" },
	{ .label = "a permit is a permit", .policy = JOE, .login = "joe",
	    .settings = "never", .expect = OWN },
	{ .label = "a pass is a pass", .policy = HOME, .settings = "never",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "a tempfail becomes would-reject",
	    .policy = "account a login=x; account b login=x", .login = "x",
	    .settings = "never",
	    .expect = WOULD_LATER("account-ambiguous", "never") },

	{ .label = "A's date counts first",
	    .policy = HOME JOE "enforce=2001; "
	    OFFICE_ALLOWS "enforce=3001", UNOWNED, .client = "192.0.2.1",
	    .settings = "enforce=4001",
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "2001"),
	    .trace = "from 1970-01-01T00:33:21Z on, says uid=joe" },
	{ .label = "also if it is the earlier one",
	    .policy = JOE "enforce=900", UNOWNED, .settings = "never",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "also if others have begun",
	    .policy = JOE "enforce=2001", UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "2001") },
	{ .label = "A's own before a group's",
	    .policy = JOE "enforce=2001; "
	    "group cn=g member=uid=joe enforce=900", UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "2001") },
	{ .label = "among groups the earliest",
	    .policy = JOE "; group cn=g member=uid=joe enforce=3001; "
	    "group cn=h member=uid=joe enforce=2001; "
	    "group cn=i member=uid=joe enforce=4001", UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "2001"),
	    .trace = "says cn=h" },
	{ .label = "an inactive group has none",
	    .policy = JOE "; group cn=g member=uid=joe enforce=3001 "
	    "until=1000", UNOWNED,
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "N's date counts second",
	    .policy = "domain cn=d name=example.com enforce=4001; " JOE "; "
	    OFFICE_ALLOWS "enforce=3001", UNOWNED, .client = "192.0.2.1",
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "3001") },
	{ .label = "the earliest of them",
	    .policy = OFFICE "access=authenticate enforce=3001; "
	    "network cn=b client=192.0.2.0/24 access=authenticate "
	    "enforce=2001; "
	    "network cn=c client=192.0.2.0/24 access=authenticate",
	    .client = "192.0.2.1",
	    .expect = WOULD("auth-required", " rule=cn=b", "2001") },
	{ .label = "not that of a network less strict than N",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=b client=192.0.2.0/24 access=allow enforce=2001",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "not that of a shorter prefix",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=b client=192.0.0.0/16 access=authenticate "
	    "enforce=2001", .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "the loopback grant has none", .policy =
	    "network cn=all client=0.0.0.0/0 access=deny enforce=2001",
	    .login = "joe", .client = "127.0.0.1",
	    .expect = "reject account-unknown" },
	{ .label = "the domains of A's addresses count third",
	    .policy = "domain cn=d name=example.com enforce=4001; " JOE,
	    UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "4001"),
	    .trace = "says cn=d" },
	{ .label = "the earliest of them",
	    .policy = "domain cn=d name=example.com enforce=4001; "
	    "domain cn=e name=example.net enforce=3001; "
	    JOE "address=joe@example.net", UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "3001") },
	{ .label = "by an alias",
	    .policy = "domain cn=d name=example.net alias=example.com "
	    "enforce=4001; " JOE, UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "4001") },
	{ .label = "by a subdomain entry",
	    .policy = "domain cn=d name=.example.com enforce=4001; "
	    "account uid=joe login=joe address=joe@a.b.example.com", UNOWNED,
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "4001") },
	{ .label = "a domain without one adds none",
	    .policy = HOME JOE, UNOWNED, .settings = "enforce=5001",
	    .expect = WOULD("sender-not-owned", " rule=uid=joe", "5001") },
	{ .label = "a typed sender never postpones anything",
	    .policy = "domain cn=d name=example.com enforce=4001",
	    .expect = "reject auth-required" },
	{ .label = "also not a sender that A does not own",
	    .policy = "domain cn=d name=example.org enforce=4001; " JOE,
	    UNOWNED, .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "for network-denied N's counts",
	    .policy = OFFICE "access=deny enforce=2001",
	    .client = "192.0.2.1",
	    .expect = WOULD("network-denied", " rule=cn=office", "2001") },
	{ .label = "for network-denied A's does not",
	    .policy = OFFICE "access=deny; " JOE "enforce=2001",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "for network-denied the configuration's counts",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .settings = "never",
	    .expect = WOULD("network-denied", " rule=cn=office", "never") },
	{ .label = "for account-denied A's counts",
	    .policy = JOE "disabled enforce=2001", .login = "joe",
	    .expect = WOULD("account-denied", " rule=uid=joe", "2001") },
	{ .label = "for account-denied A's groups' counts",
	    .policy = JOE "; group cn=g member=uid=joe access=deny "
	    "enforce=2001", .login = "joe",
	    .expect = WOULD("account-denied", " rule=uid=joe", "2001") },
	{ .label = "for account-denied N's does not",
	    .policy = JOE "disabled; " OFFICE_ALLOWS "enforce=2001",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "for account-denied its addresses' domains' does not",
	    .policy = "domain cn=d name=example.com enforce=4001; "
	    JOE "disabled", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "for account-denied by override A's counts",
	    .policy = JOE "enforce=2001; deny cn=no login=joe",
	    .login = "joe",
	    .expect = WOULD("account-denied", " rule=cn=no", "2001") },
	{ .label = "by an override without an account the configuration's",
	    .policy = OFFICE_ALLOWS "enforce=2001; deny cn=no login=joe",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "an ambiguous login has no A",
	    .policy = "account a login=x enforce=2001; "
	    "account b login=x enforce=2001", .login = "x",
	    .expect = "tempfail account-ambiguous" },
	{ .label = "but N counts for it",
	    .policy = "account a login=x; account b login=x; "
	    OFFICE_ALLOWS "enforce=2001", .login = "x",
	    .client = "192.0.2.1",
	    .expect = WOULD_LATER("account-ambiguous", "2001") },
	{ .label = "account-unknown has no A, but N counts",
	    .policy = OFFICE_ALLOWS "enforce=2001", .login = "x",
	    .client = "192.0.2.1",
	    .expect = WOULD("account-unknown", "", "2001") },
	{ .label = "an account that cannot be read is no A",
	    .policy = JOE "vouches-not enforce=2001", .login = "joe",
	    .expect = "reject account-unknown" },

	{ .label = "stale: A's own counts",
	    .policy = JOE "enforce=2001", .login = "joe",
	    .settings = "age=86401",
	    .expect = WOULD_LATER("directory-unavailable", "2001") },
	{ .label = "stale: A's group's counts",
	    .policy = JOE "; group cn=g member=uid=joe enforce=2001",
	    .login = "joe", .settings = "age=86401",
	    .expect = WOULD_LATER("directory-unavailable", "2001") },
	{ .label = "stale: N's counts",
	    .policy = OFFICE_ALLOWS "enforce=2001", .client = "192.0.2.1",
	    .settings = "age=86401",
	    .expect = WOULD_LATER("directory-unavailable", "2001") },
	{ .label = "stale: A's addresses' domains' count",
	    .policy = "domain cn=d name=example.com enforce=4001; " JOE,
	    .login = "joe", .settings = "age=86401",
	    .expect = WOULD_LATER("directory-unavailable", "4001") },
	{ .label = "stale: an ambiguous login has no A",
	    .policy = "account a login=x enforce=2001; account b login=x",
	    .login = "x", .settings = "age=86401",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "stale: an account that cannot be read is no A",
	    .policy = JOE "vouches-not enforce=2001", .login = "joe",
	    .settings = "age=86401",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "stale: the configuration's",
	    .policy = JOE, .login = "joe", .settings = "age=86401 never",
	    .expect = WOULD_LATER("directory-unavailable", "never") },
	{ .label = "never loaded: the configuration's alone",
	    .policy = JOE "enforce=2001; " OFFICE_ALLOWS "enforce=2001",
	    .login = "joe", .client = "192.0.2.1", .settings = "unloaded",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "never loaded: the configuration's",
	    .policy = "", .settings = "unloaded enforce=3001",
	    .expect = WOULD_LATER("directory-unavailable", "3001") },
	{ .label = "never loaded: also for what is denied already",
	    .policy = OFFICE "access=deny enforce=2001",
	    .client = "192.0.2.1", .settings = "unloaded permit",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "never loaded: also for an account that is denied",
	    .policy = JOE "disabled enforce=2001", .login = "joe",
	    .settings = "unloaded permit",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "unreadable: the configuration's",
	    .policy = JOE "enforce=2001", .login = "joe",
	    .settings = "unreadable enforce=3001",
	    .expect = WOULD_LATER("directory-unavailable", "3001") },

	{ .label = "in the authority role relayEnforceFrom is ignored",
	    .policy = JOE "enforce=2001; " OFFICE_ALLOWS "enforce=2001",
	    UNOWNED, .client = "192.0.2.1", .settings = "authority",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "in the authority role a stale policy's, too",
	    .policy = JOE "enforce=2001", .login = "joe",
	    .settings = "authority age=86401",
	    .expect = "tempfail directory-unavailable" }
};

START_TEST(postpones_refusals)
{

	case_check(&dates[_i]);
}
END_TEST

/* The remaining places where a date is looked for, and LATER in each. */
static const struct policy_case later[] = {
	{ .label = "A's own date needs no lookup",
	    .policy = JOE "disabled enforce=2001", .login = "joe",
	    .settings = "later=16",
	    .expect = WOULD("account-denied", " rule=uid=joe", "2001") },
	{ .label = "groups later: the configuration's",
	    .policy = JOE "disabled; group cn=g member=uid=joe enforce=2001",
	    .login = "joe", .settings = "later=16",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "cannot be looked up now" },
	{ .label = "domains later: the configuration's",
	    .policy = "domain cn=d name=example.com enforce=4001; "
	    JOE "until=1000", .login = "joe", .to = "<a%b@elsewhere.example>",
	    .settings = "later=2 enforce=5001",
	    .expect = WOULD("account-expired", " rule=uid=joe", "5001") },
	{ .label = "stale, network later: the configuration's",
	    .policy = JOE "enforce=2001", .login = "joe",
	    .settings = "age=86401 later=1",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "stale, account later: the configuration's",
	    .policy = OFFICE_ALLOWS "enforce=2001", .login = "joe",
	    .client = "192.0.2.1", .settings = "age=86401 later=4",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "any lookup later: the configuration's alone",
	    .policy = JOE "enforce=2001", .login = "joe",
	    .settings = "later=16 enforce=3001",
	    .expect = WOULD_LATER("directory-unavailable", "3001") },
	{ .label = "an address without a domain has none",
	    .policy = "account uid=joe login=joe address=joe@ address=x",
	    UNOWNED, .expect = "reject sender-not-owned rule=uid=joe" }
};

START_TEST(later_leaves_the_configuration)
{

	case_check(&later[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("enforcement");

	suite_rows(s, postpones_refusals, ROWS(dates));
	suite_rows(s, later_leaves_the_configuration, ROWS(later));
	return (suite_run(s));
}
