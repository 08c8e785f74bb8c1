#include "policy_case.h"

/* The decision, step by step (spec section 3).  What an account may do is in
 * test_policy_account, the ownership of senders in test_ownership. */

static const struct policy_case steps[] = {
	{ .label = "0: loopback with source port 0 is passed, not-smtp",
	    .policy = "", .client = "127.0.0.1#0", .expect = "pass not-smtp" },
	{ .label = "0: also ::1", .policy = "", .client = "::1#0",
	    .expect = "pass not-smtp" },
	{ .label = "0: also any other loopback address", .policy = "",
	    .client = "127.9.9.9#0", .expect = "pass not-smtp" },
	{ .label = "0: also mapped", .policy = "",
	    .client = "::ffff:127.0.0.1#0", .expect = "pass not-smtp" },
	{ .label = "0: even of a network that denies loopback",
	    .policy = "network cn=x client=127.0.0.0/8 access=deny",
	    .client = "127.0.0.1#0", .expect = "pass not-smtp" },
	{ .label = "0: even if the store cannot be read", .policy = "",
	    .settings = "unreadable", .client = "127.0.0.1#0",
	    .expect = "pass not-smtp" },
	{ .label = "0: who signed in came by SMTP, whatever the port",
	    .policy = JOE "disabled", .login = "joe",
	    .client = "127.0.0.1#0",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "0: source port 0 elsewhere is nothing special",
	    .policy = "", .client = "203.0.113.9#0",
	    .expect = "reject auth-required" },

	{ .label = "1: the recipient is local: pass, local-recipient",
	    .policy = HOME, .to = "<ann@example.com>",
	    .expect = "pass local-recipient",
	    .trace = "example.com is a domain of cn=home" },
	{ .label = "1: nothing else is looked at: a denied network",
	    .policy = HOME "network cn=x client=203.0.113.0/24 access=deny",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "1: nothing else is looked at: a disabled account",
	    .policy = HOME JOE "disabled", .login = "joe",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "1: a stale replica's domains still classify",
	    .policy = HOME, .settings = "age=86401",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "1: of a policy never loaded local_domains is known",
	    .policy = "", .settings = "unloaded local=example.com",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "1: of a policy never loaded the MTA's macros are known",
	    .policy = "", .settings = "unloaded mailer=virtual",
	    .mailer = "virtual", .expect = "pass local-recipient" },
	{ .label = "1: of an unreadable policy local_domains is known",
	    .policy = "", .settings = "unreadable local=example.com",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },
	{ .label = "1: of a policy never loaded only these are known",
	    .policy = "", .settings = "unloaded",
	    .to = "<ann@example.com>",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "1: a policy loaded in part: its domains classify",
	    .policy = HOME, .settings = "unloaded",
	    .to = "<ann@example.com>", .expect = "pass local-recipient" },

	{ .label = "1: a domain that cannot be looked up is not outbound",
	    .policy = HOME OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "later=2", .to = "<ann@example.com>",
	    .expect = "tempfail directory-unavailable",
	    .trace = "could not be read for the recipient" },
	{ .label = "1: nor with on_unavailable permit refused by mistake",
	    .policy = HOME, .settings = "later=2 permit",
	    .to = "<ann@example.com>",
	    .expect = "permit directory-unavailable" },

	{ .label = "2: never loaded: tempfail, directory-unavailable",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "unloaded",
	    .expect = "tempfail directory-unavailable",
	    .trace = "never loaded" },
	{ .label = "2: cannot be read: tempfail, directory-unavailable",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "unreadable",
	    .expect = "tempfail directory-unavailable",
	    .trace = "cannot be read" },
	{ .label = "2: older than max_stale: tempfail, directory-unavailable",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "age=86401",
	    .expect = "tempfail directory-unavailable",
	    .trace = "older than max_stale" },
	{ .label = "2: as old as max_stale is not older",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "age=86400", .expect = "permit network rule=cn=office",
	    .trace = "86400 s old" },
	{ .label = "2: a stored time in the future counts as too old",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .settings = "age=9223372036854775807",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "2: it comes before 3: a denying network is not asked",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .settings = "age=86401",
	    .expect = "tempfail directory-unavailable" },
	{ .label = "2: with on_unavailable permit: permit",
	    .policy = "", .settings = "permit age=86401",
	    .expect = "permit directory-unavailable",
	    .trace = "on_unavailable is permit" },
	{ .label = "2: permit if never loaded", .policy = "",
	    .settings = "permit unloaded",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: permit if it cannot be read", .policy = "",
	    .settings = "permit unreadable", .login = "joe",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: step 3 still rejects what a readable replica denies",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .settings = "permit age=86401",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "2: also of one that is only partly loaded",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .settings = "permit unloaded",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "2: step 4 still rejects what a readable replica disables",
	    .policy = JOE "disabled", .login = "joe",
	    .settings = "permit age=86401",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "2: and what it denies", .policy = JOE "access=deny",
	    .login = "joe", .settings = "permit age=86401",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "2: and what a group denies",
	    .policy = JOE "; group cn=g member=uid=joe access=deny",
	    .login = "joe", .settings = "permit age=86401",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "2: and what the overrides deny",
	    .policy = "deny cn=no login=joe", .login = "joe",
	    .settings = "permit age=86401",
	    .expect = "reject account-denied rule=cn=no" },
	{ .label = "2: the rest is permit: an unknown account", .policy = "",
	    .login = "joe", .settings = "permit age=86401",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: the rest is permit: an expired account",
	    .policy = JOE "until=1000", .login = "joe",
	    .settings = "permit age=86401",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: the rest is permit: a sender that is not owned",
	    .policy = JOE, .login = "joe", .from = "<ann@example.org>",
	    .settings = "permit age=86401",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: the rest is permit: an ambiguous login",
	    .policy = "account a login=x; account b login=x", .login = "x",
	    .settings = "permit age=86401",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: the rest is permit: also what is in order",
	    .policy = JOE, .login = "joe", .settings = "permit age=86401",
	    .expect = "permit directory-unavailable" },
	{ .label = "2: never in the authority role: that would be an open "
	    "relay", .policy = "", .settings = "authority permit age=86401",
	    .expect = "tempfail directory-unavailable" },

	{ .label = "3: the network denies: reject, network-denied",
	    .policy = OFFICE "access=deny", .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=office",
	    .trace = "cn=office (192.0.2.0/24) holds the client and says "
	    "deny" },
	{ .label = "3: even signed in",
	    .policy = OFFICE "access=deny; " JOE, .client = "192.0.2.1",
	    .login = "joe", .expect = "reject network-denied rule=cn=office" },
	{ .label = "3: the longest prefix counts",
	    .policy = OFFICE "access=deny; "
	    "network cn=one client=192.0.2.1 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=one" },
	{ .label = "3: an override that denies goes before a longer prefix",
	    .policy = "network cn=o client=192.0.2.0/24 access=deny override; "
	    "network cn=one client=192.0.2.1 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=o" },
	{ .label = "3: a date of the same prefix puts no override off",
	    .policy = "network cn=o client=192.0.2.0/24 access=deny override; "
	    "network cn=a client=192.0.2.0/24 access=deny enforce=2000",
	    .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=o" },
	{ .label = "3: an override puts off no deny that is real",
	    .policy = "network cn=o client=192.0.0.0/16 access=deny override; "
	    "network cn=a client=192.0.2.0/24 access=deny enforce=500",
	    .client = "192.0.2.1", .settings = "never",
	    .expect = "reject network-denied rule=cn=o" },
	{ .label = "3: an override puts off no sign-in that is real",
	    .policy = "network cn=o client=192.0.0.0/16 access=deny override; "
	    "network cn=a client=192.0.2.0/24 access=authenticate enforce=500",
	    .client = "192.0.2.1", .settings = "never",
	    .expect = "reject network-denied rule=cn=o" },
	{ .label = "3: nor does a longer one",
	    .policy = "network cn=o client=192.0.2.1 access=deny override; "
	    "network cn=a client=192.0.2.0/24 access=deny enforce=500",
	    .client = "192.0.2.1", .settings = "never",
	    .expect = "reject network-denied rule=cn=o" },
	{ .label = "3: an inactive network behind it does not count",
	    .policy = "network cn=o client=192.0.2.1 access=deny override; "
	    "network cn=a client=192.0.2.0/24 access=deny enforce=500 until=1",
	    .client = "192.0.2.1", .settings = "never",
	    .expect = "would-reject network-denied rule=cn=o enforced=reject "
	    "from=never" },
	{ .label = "4: a group of unreadable date widens no restriction",
	    .policy = JOE "client=198.51.100.0/24; "
	    "group cn=g member=uid=joe undated client=192.0.2.0/24",
	    .client = "192.0.2.1", .login = "joe",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "4: a group of unreadable date puts nothing off",
	    .policy = JOE "; group cn=g member=uid=joe undated enforce=2000",
	    .from = "<other@example.net>", .login = "joe",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "4: a spelling that is another's login is not denied",
	    .policy = "account uid=b login=joe@example.org "
	    "address=joe@example.com; account uid=a login=joe; "
	    "deny cn=no login=joe", .settings = "default-realm=example.org",
	    .login = "joe@example.org",
	    .expect = "permit account rule=uid=b match=joe@example.com "
	    "of=uid=b" },
	{ .label = "3: of several the strictest: deny before authenticate",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=two client=192.0.2.0/24 access=deny",
	    .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=two" },
	{ .label = "3: of several the strictest: authenticate before allow",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=a client=192.0.2.0/24 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office" },
	{ .label = "3: a network with the prefix among others of its own",
	    .policy = OFFICE "client=198.51.100.0/24 access=deny",
	    .client = "198.51.100.7",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "3: an inactive network is as if absent: not yet",
	    .policy = OFFICE "access=deny from=1001; "
	    "network cn=all client=192.0.0.0/16 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=all",
	    .trace = "cn=office holds the client, but is not active now" },
	{ .label = "3: an inactive network is as if absent: no more",
	    .policy = OFFICE "access=deny until=1000",
	    .client = "192.0.2.1", .expect = "reject auth-required" },
	{ .label = "3: inactive ones of the same prefix do not count",
	    .policy = OFFICE "access=deny until=1000; "
	    "network cn=b client=192.0.2.0/24 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=b" },
	{ .label = "3: active from the one (inclusive)",
	    .policy = OFFICE "access=deny from=1000", .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "3: an IPv4-mapped client counts as IPv4",
	    .policy = OFFICE "access=deny", .client = "::ffff:192.0.2.1",
	    .expect = "reject network-denied rule=cn=office" },
	{ .label = "3: a shorter IPv6 prefix never holds an IPv4 client",
	    .policy = "network cn=six client=::/0 access=deny",
	    .client = "192.0.2.1", .expect = "reject auth-required" },
	{ .label = "3: IPv6", .policy =
	    "network cn=six client=2001:db8::/32 access=deny",
	    .client = "2001:db8::7",
	    .expect = "reject network-denied rule=cn=six" },
	{ .label = "3: for loopback only entries inside 127.0.0.0/8 count",
	    .policy = "network cn=all client=0.0.0.0/0 access=deny",
	    .client = "127.0.0.1", .expect = "permit network rule=loopback" },
	{ .label = "3: such an entry denies loopback",
	    .policy = "network cn=lo client=127.0.0.0/8 access=deny",
	    .client = "127.0.0.1",
	    .expect = "reject network-denied rule=cn=lo" },
	{ .label = "3: or equal to ::1",
	    .policy = "network cn=lo client=::1 access=authenticate",
	    .client = "::1", .expect = "reject auth-required rule=cn=lo" },
	{ .label = "3: for ::1 no shorter prefix counts",
	    .policy = "network cn=all client=::/0 access=deny; "
	    "network cn=x client=::/127 access=deny",
	    .client = "::1", .expect = "permit network rule=loopback" },
	{ .label = "3: only if it is active",
	    .policy = "network cn=lo client=127.0.0.0/8 access=deny "
	    "until=1000", .client = "127.0.0.1",
	    .expect = "permit network rule=loopback" },
	{ .label = "3: 127.0.0.0/8 is no open relay",
	    .policy = "network cn=lo client=127.0.0.0/8 access=allow",
	    .client = "127.0.0.1", .expect = "permit network rule=cn=lo" },
	{ .label = "3: for a local client always the loopback grant",
	    .policy = "network cn=lo client=127.0.0.0/8 access=deny",
	    .client = "local", .expect = "permit network rule=loopback" },
	{ .label = "3: an unknown client is in no network",
	    .policy = "network cn=all client=0.0.0.0/0 client=::/0 "
	    "access=deny", .client = "unknown",
	    .expect = "reject auth-required" },

	{ .label = "4: no account: remember account-unknown", .policy = "",
	    .login = "joe", .expect = "reject account-unknown",
	    .trace = "No account has the login joe" },
	{ .label = "4: more than one: tempfail, account-ambiguous",
	    .policy = "account a login=x; account b login=x", .login = "x",
	    .expect = "tempfail account-ambiguous",
	    .trace = "b has the login x" },
	{ .label = "4: ambiguous even where the network allows",
	    .policy = "account a login=x; account b login=x; "
	    OFFICE "access=allow", .login = "x", .client = "192.0.2.1",
	    .expect = "tempfail account-ambiguous" },
	{ .label = "4: account-denied if the overrides deny that login",
	    .policy = "account a login=x; account b login=x; "
	    "deny cn=no login=x", .login = "x",
	    .expect = "reject account-denied rule=cn=no",
	    .trace = "The override cn=no denies it" },
	{ .label = "4: disabled: reject, account-denied",
	    .policy = JOE "disabled", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "status is disabled" },
	{ .label = "4: access deny: reject, account-denied",
	    .policy = JOE "access=deny", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe",
	    .trace = "relayAccess is deny" },
	{ .label = "4: denied even where the network allows",
	    .policy = JOE "access=deny; " OFFICE "access=allow",
	    .login = "joe", .client = "192.0.2.1",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "4: denied comes before expired",
	    .policy = JOE "disabled until=1000", .login = "joe",
	    .expect = "reject account-denied rule=uid=joe" },
	{ .label = "4: outside its dates: remember account-expired",
	    .policy = JOE "until=1000", .login = "joe",
	    .expect = "reject account-expired rule=uid=joe",
	    .trace = "expired at 1970-01-01T00:16:40Z" },
	{ .label = "4: active until (exclusive)", .policy = JOE "until=1001",
	    .login = "joe", .expect = "permit account rule=uid=joe "
	    "match=joe@example.com of=uid=joe" },
	{ .label = "4: not yet active", .policy = JOE "from=1001",
	    .login = "joe", .expect = "reject account-expired rule=uid=joe" },
	{ .label = "4: expired comes before account-network",
	    .policy = JOE "until=1000 client=192.0.2.0/24", .login = "joe",
	    .expect = "reject account-expired rule=uid=joe" },
	{ .label = "4: client restrictions, and the client matches none",
	    .policy = JOE "client=192.0.2.0/24", .login = "joe",
	    .expect = "reject account-network rule=uid=joe",
	    .trace = "in none of the networks" },
	{ .label = "4: account-network comes before sender-not-owned",
	    .policy = JOE "client=192.0.2.0/24", .login = "joe",
	    .from = "<x@example.org>",
	    .expect = "reject account-network rule=uid=joe" },
	{ .label = "4: does not own the sender: remember sender-not-owned",
	    .policy = JOE, .login = "joe", .from = "<ann@example.com>",
	    .expect = "reject sender-not-owned rule=uid=joe",
	    .trace = "does not own the sender <ann@example.com>" },
	{ .label = "4: sender-not-owned comes before account-recipient",
	    .policy = JOE "recipient=@example.net", .login = "joe",
	    .from = "<ann@example.com>",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "4: recipient restrictions, and the recipient matches none",
	    .policy = JOE "recipient=@example.net", .login = "joe",
	    .expect = "reject account-recipient rule=uid=joe",
	    .trace = "may not send to this recipient" },
	{ .label = "4: otherwise permit, account",
	    .policy = JOE "client=203.0.113.0/24 "
	    "recipient=@elsewhere.example", .login = "joe",
	    .expect = "permit account rule=uid=joe match=joe@example.com "
	    "of=uid=joe",
	    .trace = "owns the sender <joe@example.com> by joe@example.com "
	    "of uid=joe" },
	{ .label = "4: also in a network that wants it",
	    .policy = JOE "; " OFFICE "access=authenticate", .login = "joe",
	    .client = "192.0.2.1", .expect = "permit account rule=uid=joe "
	    "match=joe@example.com of=uid=joe" },
	{ .label = "4: an empty login is not signed in", .policy = JOE,
	    .login = "", .expect = "reject auth-required",
	    .trace = "not signed in" },

	{ .label = "5: N allows: permit, network",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=office",
	    .trace = "cn=office allows it" },
	{ .label = "5: and N is an entry: also with an unknown login",
	    .policy = OFFICE "access=allow", .client = "192.0.2.1",
	    .login = "joe", .expect = "permit network rule=cn=office" },
	{ .label = "5: also for an expired account",
	    .policy = JOE "until=1000; " OFFICE "access=allow",
	    .client = "192.0.2.1", .login = "joe",
	    .expect = "permit network rule=cn=office" },
	{ .label = "5: the loopback grant, there is no login",
	    .policy = "", .client = "127.0.0.1",
	    .expect = "permit network rule=loopback",
	    .trace = "loopback grant allows it" },
	{ .label = "5: it never vouches for a client that signed in",
	    .policy = "", .client = "127.0.0.1", .login = "joe",
	    .expect = "reject account-unknown",
	    .trace = "does not vouch for a client that signed in" },
	{ .label = "5: a webmail host's users are judged by their accounts",
	    .policy = JOE, .client = "local", .login = "joe",
	    .from = "<ann@example.com>",
	    .expect = "reject sender-not-owned rule=uid=joe" },
	{ .label = "5: relaySender, and the sender matches none",
	    .policy = OFFICE "access=allow sender=@example.org",
	    .client = "192.0.2.1",
	    .expect = "reject network-sender rule=cn=office",
	    .trace = "cn=office does not allow the sender" },
	{ .label = "5: relaySender matches",
	    .policy = OFFICE "access=allow sender=@example.org "
	    "sender=@example.com", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=office match=@example.com "
	    "of=cn=office" },
	{ .label = "5: remember network-sender if nothing is remembered",
	    .policy = OFFICE "access=allow sender=@example.org",
	    .client = "192.0.2.1", .login = "joe",
	    .expect = "reject account-unknown" },
	{ .label = "5: relayRecipient, and the recipient matches none",
	    .policy = OFFICE "access=allow recipient=@example.net",
	    .client = "192.0.2.1",
	    .expect = "reject network-recipient rule=cn=office",
	    .trace = "cn=office does not allow the recipient" },
	{ .label = "5: remember network-recipient likewise",
	    .policy = JOE "until=1000; "
	    OFFICE "access=allow recipient=@example.net",
	    .client = "192.0.2.1", .login = "joe",
	    .expect = "reject account-expired rule=uid=joe" },
	{ .label = "5: relayRecipient matches",
	    .policy = OFFICE "access=allow recipient=@elsewhere.example",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=office" },
	{ .label = "5: of each entry of N: the second permits",
	    .policy = OFFICE "access=allow sender=@example.org; "
	    "network cn=print client=192.0.2.0/24 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=print" },
	{ .label = "5: in the order of their normal DNs: the first remembers",
	    .policy = OFFICE "access=allow recipient=@example.net; "
	    "network cn=a client=192.0.2.0/24 access=allow "
	    "sender=@example.org", .client = "192.0.2.1",
	    .expect = "reject network-sender rule=cn=a" },
	{ .label = "5: in the order of their normal DNs: the first permits",
	    .policy = OFFICE "access=allow; "
	    "network cn=a client=192.0.2.0/24 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=a" },
	{ .label = "5: who vouches for nothing adds nothing to the reason",
	    .policy = OFFICE "access=allow sender=@example.org; "
	    "network cn=a client=192.0.2.0/24 access=allow vouches-not",
	    .client = "192.0.2.1",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "5: nor does it permit", .policy = OFFICE
	    "access=allow vouches-not", .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=office",
	    .trace = "cn=office vouches for nothing" },

	{ .label = "6: reject with auth-required", .policy = "",
	    .expect = "reject auth-required",
	    .trace = "Nobody vouches for this: auth-required" },
	{ .label = "6: the rule is N's, if it is an entry",
	    .policy = OFFICE "access=authenticate; "
	    "network cn=b client=192.0.2.0/24 access=authenticate",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=b" },
	{ .label = "6: account-unknown has no rule, even in a network",
	    .policy = OFFICE "access=authenticate", .login = "joe",
	    .client = "192.0.2.1", .expect = "reject account-unknown" }
};

START_TEST(decides_step_by_step)
{

	case_check(&steps[_i]);
}
END_TEST

static const struct policy_case network_lists[] = {
	{ .label = "relaySender is compared with the sender as given: no "
	    "extension is cut",
	    .policy = OFFICE "access=allow sender=joe@example.com",
	    .client = "192.0.2.1", .from = "<joe+x@example.com>",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "domain aliases included: sender by the alias",
	    .policy = HOME "domain cn=d name=example.org alias=example.net; "
	    OFFICE "access=allow sender=@example.org", .client = "192.0.2.1",
	    .from = "<x@example.net>", .expect = "permit network "
	    "rule=cn=office match=@example.org of=cn=office" },
	{ .label = "domain aliases included: pattern by the alias",
	    .policy = "domain cn=d name=example.org alias=example.net; "
	    OFFICE "access=allow sender=x@example.net", .client = "192.0.2.1",
	    .from = "<x@example.org>", .expect = "permit network "
	    "rule=cn=office match=x@example.net of=cn=office" },
	{ .label = "but not for @. forms",
	    .policy = "domain cn=d name=a.example.org alias=a.example.net; "
	    OFFICE "access=allow sender=@.example.org", .client = "192.0.2.1",
	    .from = "<x@a.example.net>",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "who else holds an address does not matter here",
	    .policy = "domain cn=d name=example.org alias=example.net; "
	    "account uid=x address=x@example.net; "
	    OFFICE "access=allow sender=x@example.org", .client = "192.0.2.1",
	    .from = "<x@example.net>", .expect = "permit network "
	    "rule=cn=office match=x@example.org of=cn=office" },
	{ .label = "sender_scope does not apply",
	    .policy = OFFICE "access=allow sender=*", .client = "192.0.2.1",
	    .from = "<x@foreign.example>", .expect = "permit network "
	    "rule=cn=office match=* of=cn=office" },
	{ .label = "the null sender by null",
	    .policy = OFFICE "access=allow sender=null",
	    .client = "192.0.2.1", .from = "<>",
	    .expect = "permit network rule=cn=office match=null of=cn=office" },
	{ .label = "the null sender by *",
	    .policy = OFFICE "access=allow sender=*", .client = "192.0.2.1",
	    .from = "<>",
	    .expect = "permit network rule=cn=office match=* of=cn=office" },
	{ .label = "the null sender by nothing else",
	    .policy = OFFICE "access=allow sender=@example.com",
	    .client = "192.0.2.1", .from = "<>",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "a sender without a domain is completed",
	    .policy = OFFICE "access=allow sender=joe@example.com",
	    .settings = "qualify=example.com",
	    .client = "192.0.2.1", .from = "<joe>", .expect = "permit network "
	    "rule=cn=office match=joe@example.com of=cn=office" },
	{ .label = "one that still has none matches only *",
	    .policy = OFFICE "access=allow sender=@example.com",
	    .client = "192.0.2.1", .from = "<joe>",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "one that asks for routing matches only *",
	    .policy = OFFICE "access=allow sender=@example.com",
	    .client = "192.0.2.1", .from = "<a%b@example.com>",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "no value of relaySender readable: matches nothing",
	    .policy = OFFICE "access=allow sender=", .client = "192.0.2.1",
	    .expect = "reject network-sender rule=cn=office" },
	{ .label = "relayRecipient with the recipient as parsed",
	    .policy = OFFICE "access=allow recipient=b@elsewhere.example",
	    .client = "192.0.2.1", .to = "<\"B\"@ELSEWHERE.example.>",
	    .expect = "permit network rule=cn=office" },
	{ .label = "an alias holds not for relayRecipient",
	    .policy = "domain cn=d name=example.org alias=example.net; "
	    OFFICE "access=allow recipient=@example.org",
	    .client = "192.0.2.1", .to = "<a%b@example.net>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "a recipient that asks for routing matches only *",
	    .policy = OFFICE "access=allow recipient=@elsewhere.example",
	    .client = "192.0.2.1", .to = "<a%b@elsewhere.example>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "one whose domain only mapping makes that, too",
	    .policy = OFFICE "access=allow recipient=@elsewhere.example",
	    .client = "192.0.2.1", .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "its subdomains neither",
	    .policy = OFFICE "access=allow recipient=@.example",
	    .client = "192.0.2.1", .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "nor the address",
	    .policy = OFFICE "access=allow recipient=b@elsewhere.example",
	    .client = "192.0.2.1", .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "a U-label is compared as its A-label",
	    .policy = OFFICE "access=allow recipient=@xn--bcher-kva.example",
	    .client = "192.0.2.1", .to = "<b@b\xc3\xbc" "cher.example>",
	    .expect = "permit network rule=cn=office" },
	{ .label = "* matches what mapping makes, too",
	    .policy = OFFICE "access=allow recipient=*",
	    .client = "192.0.2.1", .to = "<b@\xe1\xb4\xb1lsewhere.example>",
	    .expect = "permit network rule=cn=office" },
	{ .label = "a sender is compared by mapping",
	    .policy = OFFICE "access=allow sender=@example.com",
	    .client = "192.0.2.1", .from = "<joe@\xef\xbd\x85xample.com>",
	    .expect = "permit network rule=cn=office match=@example.com "
	    "of=cn=office" },
	{ .label = "it does match *",
	    .policy = OFFICE "access=allow recipient=*",
	    .client = "192.0.2.1", .to = "<a%b@elsewhere.example>",
	    .expect = "permit network rule=cn=office" },
	{ .label = "one that does not parse matches only *",
	    .policy = OFFICE "access=allow recipient=@elsewhere.example",
	    .client = "192.0.2.1", .to = "<a@x.example>,<b@elsewhere.example>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "there is no null recipient",
	    .policy = OFFICE "access=allow recipient=null",
	    .client = "192.0.2.1", .to = "<>",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "no value of relayRecipient readable: matches nothing",
	    .policy = OFFICE "access=allow recipient=",
	    .client = "192.0.2.1",
	    .expect = "reject network-recipient rule=cn=office" },
	{ .label = "shorter than /8 without relayRecipient vouches for "
	    "nothing", .policy =
	    "network cn=big client=192.0.0.0/7 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=big",
	    .trace = "open relay" },
	{ .label = "with relayRecipient it may",
	    .policy = "network cn=big client=0.0.0.0/0 access=allow "
	    "recipient=@elsewhere.example", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=big" },
	{ .label = "with one that restricts nothing it may not",
	    .policy = "network cn=big client=0.0.0.0/0 access=allow "
	    "recipient=@elsewhere.example recipient=*", .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=big" },
	{ .label = "but keeps its prefix",
	    .policy = "network cn=all client=0.0.0.0/0 access=allow "
	    "recipient=*; network cn=big client=192.0.0.0/7 access=allow",
	    .client = "192.0.2.1",
	    .expect = "reject auth-required rule=cn=big" },
	{ .label = "/8 is not shorter than /8",
	    .policy = "network cn=big client=192.0.0.0/8 access=allow",
	    .client = "192.0.2.1", .expect = "permit network rule=cn=big" },
	{ .label = "the rule is about the prefix that held the client",
	    .policy = "network cn=big client=0.0.0.0/0 client=192.0.2.0/24 "
	    "access=allow", .client = "192.0.2.1",
	    .expect = "permit network rule=cn=big" },
	{ .label = "a deny may be as wide as it likes",
	    .policy = "network cn=big client=0.0.0.0/0 access=deny",
	    .client = "192.0.2.1",
	    .expect = "reject network-denied rule=cn=big" }
};

START_TEST(reads_a_networks_lists)
{

	case_check(&network_lists[_i]);
}
END_TEST

/* What else a verdict carries. */
START_TEST(verdict_tells_the_age)
{
	static const struct {
		const char *settings;
		bool has_age;
		int64_t age;
	} rows[] = {
		{ "age=42", true, 42 },
		{ "age=99999", true, 99999 },
		{ "age=9223372036854775807", false, 0 },
		{ "unloaded", false, 0 },
		{ "unreadable", false, 0 }
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct policy_case row = {
			.policy = "", .settings = rows[i].settings
		};
		struct case_run r;

		case_begin(&r, &row);
		case_decide(&r, NULL);
		ck_assert_int_eq(r.verdict.has_age, rows[i].has_age);
		ck_assert_int_eq(r.verdict.age, rows[i].age);
		case_end(&r);
	}
}
END_TEST

/* The common permit is five kinds of lookups, and no more. */
START_TEST(common_permit_needs_few_lookups)
{
	const struct policy_case row = {
		.policy = HOME JOE, .login = "joe"
	};
	struct case_run r;

	case_begin(&r, &row);
	case_decide(&r, NULL);
	ck_assert_int_eq(r.verdict.word, VERDICT_PERMIT);
	ck_assert_int_eq(r.a.lookups, 7);
	ck_assert_uint_eq(r.a.asked, LOOKUP_DOMAINS | LOOKUP_NETWORKS |
	    LOOKUP_ACCOUNTS_BY_LOGIN | LOOKUP_DENIES_BY_LOGIN |
	    LOOKUP_DENIES_BY_DN | LOOKUP_GROUPS_WITH_DN |
	    LOOKUP_GROUPS_WITH_LOGIN);
	case_end(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy");

	suite_rows(s, decides_step_by_step, ROWS(steps));
	suite_rows(s, reads_a_networks_lists, ROWS(network_lists));
	suite_one(s, verdict_tells_the_age);
	suite_one(s, common_permit_needs_few_lookups);
	return (suite_run(s));
}
