#include "policy_case.h"

/* Step 4 of the decision: logins, overrides, groups, restrictions, and what
 * unreadable values mean in the model (spec sections 2, 3, 4.1 and 10). */

#define OWN	"permit account rule=uid=joe match=joe@example.com of=uid=joe"

static const struct policy_case logins[] = {
	{ .label = "as given", .policy = JOE, .login = "joe", .expect = OWN },
	{ .label = "logins fold A-Z", .policy = JOE, .login = "JOE",
	    .expect = OWN },
	{ .label = "further logins of the account", .policy =
	    JOE "login=joseph", .login = "joseph", .expect = OWN },
	{ .label = "without a realm listed in login_realms", .policy = JOE,
	    .settings = "realm=example.com", .login = "joe@EXAMPLE.COM",
	    .expect = OWN },
	{ .label = "a realm that is not listed stays", .policy = JOE,
	    .settings = "realm=example.com", .login = "joe@EXAMPLE.ORG",
	    .expect = "reject account-unknown" },
	{ .label = "without a leading DOMAIN\\ listed in login_domains",
	    .policy = JOE, .settings = "ntdomain=corp", .login = "CORP\\joe",
	    .expect = OWN },
	{ .label = "if it has no @, with @ and login_default_realm",
	    .policy = "account uid=joe login=joe@example.org "
	    "address=joe@example.com", .settings = "default-realm=example.org",
	    .login = "joe", .expect = OWN },
	{ .label = "first that any account holds wins: as given",
	    .policy = JOE "; account uid=a login=joe@example.org",
	    .settings = "realm=example.org default-realm=example.org",
	    .login = "joe@example.org",
	    .expect = "reject sender-not-owned rule=uid=a" },
	{ .label = "first that any account holds wins: before the default",
	    .policy = JOE "; account uid=a login=joe@example.org",
	    .settings = "default-realm=example.org", .login = "joe",
	    .expect = OWN },
	{ .label = "a form that several hold is ambiguous, and no other is "
	    "tried",
	    .policy = "account uid=a login=joe; account uid=b login=joe; "
	    "account uid=joe login=joe@example.org address=joe@example.com",
	    .settings = "default-realm=example.org", .login = "joe",
	    .expect = "tempfail account-ambiguous" },
	{ .label = "an unusable login is no account", .policy = JOE,
	    .settings = "unusable-login", .login = "joe",
	    .expect = "reject account-unknown" },
	{ .label = "and no override's", .policy = JOE "; deny cn=no login=joe",
	    .settings = "unusable-login", .login = "joe",
	    .expect = "reject account-unknown" },
	{ .label = "but its network still vouches", .policy =
	    OFFICE "access=allow", .settings = "unusable-login",
	    .client = "192.0.2.1", .login = "joe",
	    .expect = "permit network rule=cn=office" },
	{ .label = "an address is no login", .policy = JOE,
	    .login = "joe@example.com", .expect = "reject account-unknown" }
};

START_TEST(finds_the_login)
{

	case_check(&logins[_i]);
}
END_TEST

static const struct policy_case overrides[] = {
	{ .label = "an override meets its account by DN",
	    .policy = JOE "; deny uid=joe", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "The override uid=joe denies it" },
	{ .label = "or by relayLogin", .policy = JOE "; deny cn=no login=joe",
	    .login = "joe", .expect = "reject account-denied rule=cn=no" },
	{ .label = "by another form of the login given",
	    .policy = JOE "; deny cn=no login=joe@example.org",
	    .settings = "default-realm=example.org", .login = "joe",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "by another stored login of the account",
	    .policy = JOE "login=joseph; deny cn=no login=joseph",
	    .login = "joe", .expect = "reject account-denied rule=cn=no" },
	{ .label = "by a login that no account has",
	    .policy = "deny cn=no login=joe", .login = "joe",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "an override is not overruled by allow",
	    .policy = JOE "access=allow; deny cn=no login=joe",
	    .login = "joe", .expect = "reject account-denied rule=cn=no" },
	{ .label = "nor by a network",
	    .policy = OFFICE "access=allow; deny cn=no login=joe",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "not of another account",
	    .policy = JOE "; deny uid=ann login=ann", .login = "joe",
	    .expect = OWN },
	{ .label = "its dates are a window: not yet",
	    .policy = JOE "; deny cn=no login=joe from=1001", .login = "joe",
	    .expect = OWN },
	{ .label = "its dates are a window: in force",
	    .policy = JOE "; deny cn=no login=joe from=1000 until=1001",
	    .login = "joe", .expect = "reject account-denied rule=cn=no" },
	{ .label = "its dates are a window: no more",
	    .policy = JOE "; deny cn=no login=joe until=1000",
	    .login = "joe", .expect = OWN },
	{ .label = "of several the first in force",
	    .policy = JOE "; deny cn=a login=joe until=1000; "
	    "deny cn=b login=joe", .login = "joe",
	    .expect = "reject account-denied rule=cn=b" }
};

START_TEST(obeys_overrides)
{

	case_check(&overrides[_i]);
}
END_TEST

static const struct policy_case groups[] = {
	{ .label = "what a group says holds for its members: deny",
	    .policy = JOE "; group cn=g member=uid=joe access=deny",
	    .login = "joe",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "The group cn=g denies its members" },
	{ .label = "a member by its stored login",
	    .policy = JOE "; group cn=g member-login=joe access=deny",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "not by a login that was only typed",
	    .policy = JOE "; group cn=g member-login=joe@example.org "
	    "access=deny", .settings = "realm=example.org",
	    .login = "joe@example.org", .expect = OWN },
	{ .label = "or the map's group role says so",
	    .policy = JOE "group=cn=g; group cn=g access=deny",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "the own allow overrules a group's deny",
	    .policy = JOE "access=allow; "
	    "group cn=g member=uid=joe access=deny", .login = "joe",
	    .expect = OWN },
	{ .label = "never a disabled status",
	    .policy = JOE "access=allow disabled; "
	    "group cn=g member=uid=joe access=deny", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "else it changes nothing: allow does not own a sender",
	    .policy = JOE "access=allow", .login = "joe",
	    .from = "<ann@example.com>",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "a group's allow changes nothing",
	    .policy = JOE "access=deny; "
	    "group cn=g member=uid=joe access=allow", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "among groups deny wins",
	    .policy = JOE "; group cn=a member=uid=joe access=allow; "
	    "group cn=b member=uid=joe access=deny", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "groups in groups",
	    .policy = JOE "; group cn=a member=uid=joe; "
	    "group cn=b member=cn=a access=deny", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "The account is in the group cn=b" },
	{ .label = "an inactive group is as if absent",
	    .policy = JOE "; group cn=a member=uid=joe access=deny "
	    "until=1000", .login = "joe", .expect = OWN },
	{ .label = "also for nesting",
	    .policy = JOE "; group cn=a member=uid=joe until=1000; "
	    "group cn=b member=cn=a access=deny", .login = "joe",
	    .expect = OWN },
	{ .label = "its dates are not handed to members",
	    .policy = JOE "; group cn=a member=uid=joe until=2000 from=10",
	    .login = "joe", .expect = OWN },
	{ .label = "senders are united",
	    .policy = HOME JOE "; group cn=g member=uid=joe "
	    "sender=sales@example.com", .login = "joe",
	    .from = "<sales@example.com>",
	    .expect = "permit account rule=uid=joe match=sales@example.com "
	    "of=cn=g" },
	{ .label = "clients are one united list: the account's",
	    .policy = JOE "client=203.0.113.9; "
	    "group cn=g member=uid=joe client=192.0.2.0/24", .login = "joe",
	    .expect = OWN },
	{ .label = "clients are one united list: a group's",
	    .policy = JOE "client=198.51.100.7; "
	    "group cn=g member=uid=joe client=203.0.113.0/24",
	    .login = "joe", .expect = OWN },
	{ .label = "clients are one united list: neither",
	    .policy = JOE "client=198.51.100.7; "
	    "group cn=g member=uid=joe client=192.0.2.0/24", .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "to which a group without it adds nothing",
	    .policy = JOE "client=198.51.100.7; group cn=g member=uid=joe",
	    .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "a group's clients restrict an account without any",
	    .policy = JOE "; group cn=g member=uid=joe client=192.0.2.0/24",
	    .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "recipients are one united list: a group's",
	    .policy = JOE "recipient=@example.net; "
	    "group cn=g member=uid=joe recipient=@elsewhere.example",
	    .login = "joe", .expect = OWN },
	{ .label = "recipients are one united list: neither",
	    .policy = JOE "recipient=@example.net; "
	    "group cn=g member=uid=joe recipient=@example.org",
	    .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "the own allow keeps a group's restrictions",
	    .policy = JOE "access=allow; "
	    "group cn=g member=uid=joe recipient=@example.org",
	    .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" }
};

START_TEST(hears_the_groups)
{

	case_check(&groups[_i]);
}
END_TEST

static const struct policy_case restrictions[] = {
	{ .label = "a local client is in no network",
	    .policy = JOE "client=127.0.0.0/8", .login = "joe",
	    .client = "local",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "an unknown client is in no network",
	    .policy = JOE "client=0.0.0.0/0 client=::/0", .login = "joe",
	    .client = "unknown",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "an unknown client without restrictions",
	    .policy = JOE, .login = "joe", .client = "unknown",
	    .expect = OWN },
	{ .label = "a loopback client may be listed",
	    .policy = JOE "client=127.0.0.1", .login = "joe",
	    .client = "127.0.0.1", .expect = OWN },
	{ .label = "a network open to all is no restriction",
	    .policy = JOE "client=0.0.0.0/0", .login = "joe", .expect = OWN },
	{ .label = "recipient by subdomain",
	    .policy = JOE "recipient=@.example", .login = "joe",
	    .expect = OWN },
	{ .label = "recipient by *", .policy = JOE "recipient=*",
	    .login = "joe", .to = "<a%b@elsewhere.example>", .expect = OWN },
	{ .label = "a recipient that asks for routing matches only *",
	    .policy = JOE "recipient=@elsewhere.example", .login = "joe",
	    .to = "<a%b@elsewhere.example>",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "one whose domain only mapping makes that, too",
	    .policy = JOE "recipient=@elsewhere.example", .login = "joe",
	    .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "a negative value excludes it whatever it means",
	    .policy = JOE "recipient=-@example.net", .login = "joe",
	    .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "* matches it", .policy = JOE "recipient=*",
	    .login = "joe", .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = OWN },
	{ .label = "aliases hold not for relayRecipient",
	    .policy = "domain cn=d name=example.org alias=example.net; "
	    JOE "recipient=@example.org", .login = "joe",
	    .to = "<a%b@example.net>",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "only negative values: all others",
	    .policy = JOE "recipient=-@example.net", .login = "joe",
	    .expect = OWN },
	{ .label = "a negative value excludes",
	    .policy = JOE "recipient=-@elsewhere.example", .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "a negative value excludes what a positive one includes",
	    .policy = JOE "recipient=* recipient=-@elsewhere.example",
	    .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "with a positive value one of these must match",
	    .policy = JOE "recipient=@example.org recipient=-@example.net",
	    .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "a positive value matches, no negative does",
	    .policy = JOE "recipient=@elsewhere.example "
	    "recipient=-x@elsewhere.example", .login = "joe",
	    .expect = OWN },
	{ .label = "a negative value holds in the united list",
	    .policy = JOE "recipient=-@elsewhere.example; "
	    "group cn=g member=uid=joe recipient=*", .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "only negative values, and a group's unreadable list",
	    .policy = JOE "recipient=-@example.net; "
	    "group cn=g member=uid=joe recipient=", .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" }
};

START_TEST(restricts_the_account)
{

	case_check(&restrictions[_i]);
}
END_TEST

/* The table of section 2, in the terms that attrmap leaves in the model. */
static const struct policy_case unreadable[] = {
	{ .label = "relayAccess: deny (account)", .policy = JOE "access=deny",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "relayAccess: deny (group)",
	    .policy = JOE "; group cn=g member=uid=joe access=deny",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "relayAccess: deny (network)",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "a status: disabled", .policy = JOE "disabled",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "a date, account: expired", .policy = JOE "expired",
	    .login = "joe", .expect = "reject account-expired rule=uid=joe",
	    .trace = "A date of the account cannot be read" },
	{ .label = "a date, allow network: vouches for nothing",
	    .policy = OFFICE "access=allow vouches-not",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "a date, allow network: it keeps its prefix",
	    .policy = OFFICE "access=allow vouches-not; "
	    "network cn=b client=192.0.0.0/16 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "a date, deny network: the entry is active",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "a date, authenticate network: the entry is active",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=b client=192.0.0.0/16 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "a date, group: its senders are absent",
	    .policy = HOME JOE "; group cn=g member=uid=joe access=allow",
	    .login = "joe", .from = "<sales@example.com>",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "a date, group: its deny stands",
	    .policy = JOE "; group cn=g member=uid=joe access=deny",
	    .login = "joe", .expect = "reject account-denied rule=uid=joe" },
	{ .label = "a date, group: its restrictions stand",
	    .policy = JOE "; group cn=g member=uid=joe client=192.0.2.0/24",
	    .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "host bits, deny: the network meant",
	    .policy = OFFICE "access=deny", .client = "192.0.2.200",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "all values of relayClient (account): matches nothing",
	    .policy = JOE "client=", .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "all values of relayClient (group): matches nothing",
	    .policy = JOE "; group cn=g member=uid=joe client=",
	    .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "all values of relayRecipient (account): matches nothing",
	    .policy = JOE "recipient=", .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "all values of relayRecipient (group): matches nothing",
	    .policy = JOE "; group cn=g member=uid=joe recipient=",
	    .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe" },
	{ .label = "all values of relaySender (network): matches nothing",
	    .policy = OFFICE "access=allow sender=", .client = "192.0.2.1",
	    .from = "<>", .expect = "reject network-sender rule=cn=office" },
	{ .label = "all values of relayRecipient (network): matches nothing",
	    .policy = OFFICE "access=allow recipient=",
	    .client = "192.0.2.1",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "an unreadable relayRecipient does not make an open relay "
	    "vouch", .policy =
	    "network cn=big client=0.0.0.0/0 access=allow recipient=",
	    .client = "192.0.2.1",
	    .expect = "reject network-recipient rule=cn=big" },
	{ .label = "some values: the readable ones count",
	    .policy = JOE "client= client=203.0.113.0/24", .login = "joe",
	    .expect = OWN },
	{ .label = "a foreign attribute: account-unknown",
	    .policy = JOE "vouches-not", .login = "joe",
	    .expect = "reject account-unknown",
	    .trace = "vouches for nothing" },
	{ .label = "a foreign attribute: also if expired",
	    .policy = JOE "vouches-not until=1000", .login = "joe",
	    .expect = "reject account-unknown" },
	{ .label = "a foreign attribute: a status still rejects",
	    .policy = JOE "vouches-not disabled", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "a foreign attribute: a deny still rejects",
	    .policy = JOE "vouches-not access=deny", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "a foreign attribute: a network may still vouch",
	    .policy = JOE "vouches-not; " OFFICE "access=allow",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=office" },
	{ .label = "a foreign attribute, group: its members vouch for nothing",
	    .policy = JOE "; group cn=g member=uid=joe vouches-not",
	    .login = "joe", .expect = "reject account-unknown",
	    .trace = "Something in the group cn=g cannot be read" },
	{ .label = "a foreign attribute, group above a group",
	    .policy = JOE "access=allow; group cn=g member=uid=joe; "
	    "group cn=h member=cn=g vouches-not",
	    .login = "joe", .expect = "reject account-unknown" },
	{ .label = "a foreign attribute, group: its deny stands",
	    .policy = JOE "; group cn=g member=uid=joe access=deny "
	    "vouches-not", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "a foreign attribute, group: as if absent if inactive",
	    .policy = JOE "; group cn=g member=uid=joe vouches-not "
	    "until=1000", .login = "joe", .expect = OWN },
	{ .label = "a foreign attribute, group: a network may still vouch",
	    .policy = JOE "; group cn=g member=uid=joe vouches-not; " OFFICE
	    "access=allow", .login = "joe", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=office" },
	{ .label = "a foreign attribute, allow network: keeps its prefix and "
	    "vouches for nothing",
	    .policy = OFFICE "access=allow vouches-not; "
	    "network cn=b client=192.0.0.0/16 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" }
};

START_TEST(unreadable_values_never_widen)
{

	case_check(&unreadable[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy, accounts");

	suite_rows(s, finds_the_login, ROWS(logins));
	suite_rows(s, obeys_overrides, ROWS(overrides));
	suite_rows(s, hears_the_groups, ROWS(groups));
	suite_rows(s, restricts_the_account, ROWS(restrictions));
	suite_rows(s, unreadable_values_never_widen, ROWS(unreadable));
	return (suite_run(s));
}
