"""Random policies, settings and questions for the differential test.

Everything is drawn from small pools, so that entries, networks and addresses
meet often: a policy is only interesting where several rules touch.
"""

import ipaddress
import random

DOMAINS = ["example.com", "example.org", "mail.example.com", "example.net",
           "sub.example.edu", "deep.sub.example.edu", "example.edu",
           "alias.example", "other.example", "xn--bcher-kva.example",
           "[192.0.2.1]", "foreign.test", "a.foreign.test"]
LOCALS = ["joe", "ann", "bob", "eve", "sales", "joe+tag", "ann-x", "Joe",
          "BOB", "o'hara", "+odd", "postmaster"]
LOGINS = ["joe", "ann", "bob", "eve", "joe@example.com", "ann@example.org",
          "Bob", "corp\\eve", "svc+x", "m\u00fcller", "joe@realm.example"]
CLIENTS4 = ["192.0.2.1", "192.0.2.77", "198.51.100.9", "203.0.113.200",
            "10.1.2.3", "127.0.0.1", "127.9.9.9"]
CLIENTS6 = ["2001:db8::1", "2001:db8:1::5", "fd00::1", "::1",
            "::ffff:192.0.2.1", "::ffff:127.0.0.1"]
NETS = ["192.0.2.0/24", "192.0.2.0/25", "192.0.2.1", "192.0.2.64/26",
        "198.51.100.0/24", "198.51.0.0/16", "203.0.113.128/25",
        "10.0.0.0/8", "0.0.0.0/0", "128.0.0.0/1", "127.0.0.0/8",
        "127.0.0.1", "127.9.0.0/16", "2001:db8::/32", "2001:db8::/48",
        "2001:db8::1", "2000::/3", "fc00::/7", "fd00::/8", "::1", "::/0",
        "::ffff:192.0.2.0/120", "::ffff:0:0/96", "::ffff:127.0.0.0/104"]
BAD_NETS = ["192.0.2.1/24", "2001:db8::1/32", "010.0.0.1", "10.1",
            "192.0.2.0/33", "nonsense", "fe80::1%eth0", "192.0.2.0/024",
            "198.51.100.9/16"]
TIMES = ["20260101000000Z", "20260601000000Z", "20270101000000Z",
         "20280101000000Z", "20200101000000Z"]
BAD_TIMES = ["2026", "soon", "20261301000000Z", "20260230000000Z"]
NOWS = [1767225600,         # 2026-01-01T00:00:00Z, a boundary
        1767225599, 1780272000, 1795000000, 1798761600, 1830297600]
BASE = "dc=example,dc=com"


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.people = []        # (logins, addresses) of the accounts

    def some(self, pool, most):
        return self.r.sample(pool, self.r.randint(0, min(most, len(pool))))

    def chance(self, p):
        return self.r.random() < p

    def case(self, text):
        """The same in another case, sometimes."""
        return text.upper() if self.chance(0.1) else text

    # -- values -----------------------------------------------------------

    def domain(self):
        return self.r.choice(DOMAINS)

    def address(self):
        local = self.r.choice(LOCALS)
        if self.chance(0.05):
            local = '"%s"' % local
        return local + "@" + self.case(self.domain())

    def pattern(self):
        n = self.r.random()
        if n < 0.4:
            return self.address()
        if n < 0.65:
            return "@" + self.case(self.domain())
        if n < 0.8:
            return "@." + self.r.choice(["example.com", "example.edu",
                                         "foreign.test", "example"])
        if n < 0.87:
            return "*"
        if n < 0.92:
            return self.r.choice(["null", "<>", "NULL"])
        return self.r.choice(["*@example.com", "joe", "@", "a%b@example.com",
                              "example.com", "two@at@example.com", "@.",
                              "joe@example..com", ".example.com"])

    def time(self):
        return self.r.choice(TIMES if self.chance(0.9) else BAD_TIMES)

    def net(self, bad=0.1):
        return self.r.choice(BAD_NETS if self.chance(bad) else NETS)

    def add_dates(self, attrs, p):
        for name in ("relayNotBefore", "relayNotAfter"):
            if self.chance(p):
                attrs[name] = [self.time()]
                if self.chance(0.03):
                    attrs[name].append("20300101000000Z")
        if self.chance(0.25):
            attrs["relayEnforceFrom"] = [self.time()]

    def add_restrictions(self, attrs, p):
        if self.chance(p):
            attrs["relayClient"] = list({self.net(0.2) for _ in
                                         range(self.r.randint(1, 3))})
        if self.chance(p):
            attrs["relayRecipient"] = list({self.pattern() for _ in
                                            range(self.r.randint(1, 3))})

    # -- entries ----------------------------------------------------------

    def network(self, i):
        attrs = {"objectClass": ["relayNetwork"], "cn": ["n%d" % i]}
        if self.chance(0.97):
            attrs["relayClient"] = list({self.net() for _ in
                                         range(self.r.randint(1, 3))})
        if self.chance(0.95):
            attrs["relayAccess"] = [self.case(self.r.choice(
                ["allow", "allow", "allow", "authenticate", "deny",
                 "maybe"]))]
        if self.chance(0.35):
            attrs["relaySender"] = list({self.pattern() for _ in
                                         range(self.r.randint(1, 3))})
        if self.chance(0.3):
            attrs["relayRecipient"] = list({self.pattern() for _ in
                                            range(self.r.randint(1, 3))})
        self.add_dates(attrs, 0.12)
        if self.chance(0.02):
            attrs["relaySendr"] = ["@example.com"]
        return "cn=n%d,ou=relay,%s" % (i, BASE), attrs

    def domain_entry(self, i):
        attrs = {"objectClass": ["relayDomain"]}
        names = [d for d in DOMAINS if "foreign" not in d] + \
            [".example.edu", "localhost", "b\u00fccher.example", ".sub.example.edu"]
        attrs["relayDomainName"] = [self.case(self.r.choice(names))]
        if self.chance(0.5):
            attrs["relayDomainAlias"] = list({self.r.choice(
                names + ["alias.example", "other.example"])
                for _ in range(self.r.randint(1, 3))})
        if self.chance(0.2):
            attrs["relayEnforceFrom"] = [self.time()]
        return "cn=d%d,ou=relay,%s" % (i, BASE), attrs

    def account(self, i, groups):
        attrs = {"objectClass": ["inetOrgPerson", "relayAccount"],
                 "cn": ["a%d" % i]}
        logins = self.some(LOGINS, 2) if self.chance(0.5) else []
        if self.chance(0.7):
            logins.append("a%d" % i)
        if logins:
            attrs["uid"] = [self.case(v) for v in logins]
        if self.chance(0.2):
            attrs["relayLogin"] = self.some(LOGINS, 1) or ["x"]
        mails = [self.address() for _ in range(self.r.randint(0, 3))]
        if self.chance(0.05):
            mails.append(self.r.choice(["nodomain", "a%b@example.com",
                                        "two@at@example.com"]))
        if mails:
            attrs["mail"] = sorted(set(mails))
        self.people.append((logins, mails))
        if self.chance(0.35):
            attrs["relaySender"] = list({self.pattern() for _ in
                                         range(self.r.randint(1, 2))})
        if self.chance(0.2):
            attrs["relayAccess"] = [self.r.choice(
                ["deny", "allow", "allow", "authenticate"])]
        self.add_restrictions(attrs, 0.15)
        self.add_dates(attrs, 0.1)
        if self.chance(0.3):
            attrs["employeeType"] = self.some(
                ["active", "Active", "locked", "closed"], 2) or ["active"]
        if self.chance(0.25):
            attrs["manager"] = [self.account_dn(self.r.randrange(8))]
            if groups and self.chance(0.5):
                attrs["manager"].append(self.group_dn(
                    self.r.randrange(groups)))
        if self.chance(0.1):
            attrs["secretary"] = [self.r.choice(LOGINS)]
        if groups and self.chance(0.3):
            # Sometimes a group that has no entry, but is in others.
            attrs["seeAlso"] = [self.group_dn(
                99 if self.chance(0.3) else self.r.randrange(groups))]
        if self.chance(0.2):
            attrs["title"] = list({self.recipient_value() for _ in
                                   range(self.r.randint(1, 3))})
        if self.chance(0.02):
            attrs["relaySendr"] = ["@example.com"]
        return self.account_dn(i), attrs

    def recipient_value(self):
        n = self.r.random()
        if n < 0.15:
            return "local"
        pattern = self.pattern()
        if n < 0.6:
            return "-" + self.r.choice([pattern, "@foreign.test",
                                        "joe@foreign.test"])
        return pattern

    def account_dn(self, i):
        return "uid=a%d,ou=people,%s" % (i, BASE)

    def group_dn(self, i):
        return "cn=g%d,ou=groups,%s" % (i, BASE)

    def group(self, i, accounts, groups):
        attrs = {"objectClass": ["groupOfNames", "relayGroup"],
                 "cn": ["g%d" % i]}
        members = [self.account_dn(self.r.randrange(accounts))
                   for _ in range(self.r.randint(0, 3))]
        if self.chance(0.5):
            # Chains, so that depth and cycles count.
            members.append(self.group_dn(max(0, i - 1)))
        if self.chance(0.15):
            members.append(self.group_dn(self.r.randrange(groups)))
        if self.chance(0.15):
            members.append(self.group_dn(99))
        if members:
            attrs["member"] = [self.case(m) for m in sorted(set(members))]
        if self.chance(0.15):
            attrs["uniqueMember"] = [self.account_dn(
                self.r.randrange(accounts)) + "#'0101'B"]
        if self.chance(0.2):
            attrs["memberUid"] = self.some(LOGINS, 2) or ["joe"]
        if self.chance(0.15):
            attrs["relayMember"] = self.some(LOGINS, 1) or ["ann"]
        if self.chance(0.4):
            attrs["relaySender"] = list({self.pattern() for _ in
                                         range(self.r.randint(1, 2))})
        if self.chance(0.1):
            attrs["relayAccess"] = [self.r.choice(["deny", "allow", "no"])]
        self.add_restrictions(attrs, 0.06)
        self.add_dates(attrs, 0.08)
        if self.chance(0.02):
            attrs["relayFoo"] = ["x"]
        return self.group_dn(i), attrs

    def override(self, i, accounts):
        if self.chance(0.5):
            attrs = {"objectClass": ["relayNetwork"], "cn": ["o%d" % i],
                     "relayClient": [self.net(0.05)],
                     "relayAccess": ["deny"]}
            return "cn=o%d,ou=emergency,%s" % (i, BASE), attrs
        attrs = {"objectClass": ["relayAccount"], "relayAccess": ["deny"]}
        if self.chance(0.5):
            return self.account_dn(self.r.randrange(accounts) * 2), attrs
        attrs["relayLogin"] = [self.r.choice(LOGINS)]
        return "cn=o%d,ou=emergency,%s" % (i, BASE), attrs

    def policy(self):
        """([(dn, attrs)], [(dn, attrs)] of the overrides)"""
        accounts, groups = self.r.randint(2, 9), self.r.randint(0, 10)
        out = [self.network(i) for i in range(self.r.randint(0, 9))]
        out += [self.domain_entry(i) for i in range(self.r.randint(0, 5))]
        out += [self.account(i, groups) for i in range(accounts)]
        out += [self.group(i, accounts, groups) for i in range(groups)]
        self.r.shuffle(out)
        overrides = {}
        if self.chance(0.3):
            for i in range(self.r.randint(0, 3)):
                dn, attrs = self.override(i, accounts)
                overrides[dn] = attrs
        return out, list(overrides.items())

    # -- settings ---------------------------------------------------------

    def settings(self):
        authority = self.chance(0.25)
        return {
            "authority": authority,
            "enforce_from": "now" if authority else self.r.choice(
                ["now", "now", "now", "never", "2026-06-01T00:00:00Z"]),
            "permit_unavailable": not authority and self.chance(0.3),
            "null_sender": self.chance(0.7),
            "any_domain": self.chance(0.3),
            "delimiters": self.r.choice(["+", "+", "", "+-"]),
            "qualify_domain": self.r.choice(["", "", "example.com"]),
            "login_realms": self.some(["realm.example", "example.com"], 2),
            "login_domains": self.some(["corp"], 1),
            "login_default_realm": self.r.choice(["", "", "example.com"]),
            "local_domains": self.some(["example.net", ".foreign.test",
                                        "localhost"], 2),
            "mta": self.r.choice(["auto", "auto", "postfix", "sendmail"]),
            "login_attrs": self.r.choice([["uid"], ["uid"],
                                          ["uid", "mail"]]),
            "address_attrs": ["mail"],
            "status_attr": self.r.choice([None, "employeeType"]),
            "delegate_attr": self.r.choice([None, "manager"]),
            "group_attr": self.r.choice([None, "seeAlso"]),
            "recipient_attr": self.r.choice([None, "title"]),
        }

    # -- questions --------------------------------------------------------

    def client(self):
        n = self.r.random()
        if n < 0.06:
            return "local", None, 0
        if n < 0.12:
            return "unknown", None, 0
        pool = CLIENTS4 if n < 0.7 else CLIENTS6
        port = 0 if self.chance(0.03) else self.r.randint(1024, 65000)
        return "ip", ipaddress.ip_address(self.r.choice(pool)), port

    def login(self):
        if self.chance(0.35):
            return ""
        if self.chance(0.05):
            return self.r.choice(["nobody", "joe@else.example", "x" * 256,
                                  "joe\x01", "CORP\\joe", "corp\\ann",
                                  "ann@REALM.example", "+", "a@b@c"])
        return self.case(self.r.choice(LOGINS))

    def own_sender(self, addresses):
        """An address of somebody, or one that looks like it."""
        local, _, domain = self.r.choice(addresses).rpartition("@")
        if self.chance(0.15):
            local += "" if local.endswith('"') else "+x"
        if self.chance(0.15):
            domain = self.domain()
        return "<%s@%s>" % (local, domain)

    def argument(self):
        """A MAIL or RCPT argument."""
        n = self.r.random()
        if n < 0.8:
            text = "<%s>" % self.address()
        elif n < 0.86:
            text = "<>"
        else:
            text = self.r.choice([
                "<postmaster>", "<joe>", "joe@example.com",
                "<@hop.example:joe@example.com>", "<joe%foreign.test@example.com>",
                "<foreign.test!joe@example.com>", "<joe@example.com",
                "<joe@example.com> SIZE=1", "<joe@example.com>,<x@foreign.test>",
                "<\"x@foreign.test\"@example.com>", "<\"joe\"@example.com>",
                "<joe@example.com.>", "<joe@example..com>", "<.joe@example.com>",
                "<joe@B\u00dcCHER.example>", "<joe@b\u00fccher.example>",
                "<joe@\uff45xample.com>", "<joe@example\u3002com>",
                "<joe@[192.0.2.1]>", "<joe@[192.0.2.01]>", "<joe @example.com>",
                "<joe@example.com (@foreign.test)>", "<\"jo\\e\"@example.com>",
                "<m\u00fcller@example.com>", "<joe@localhost>", "<a@b@example.com>",
                "<joe+tag+more@example.com>", "<+odd+x@example.com>",
                "<%s@example.com>" % ("l" * 256), "<\"\"@example.com>"])
        return text

    def question(self):
        login = self.login()
        mailer, host, addr = self.r.choice([
            (None, None, None), ("smtp", "foreign.test", "x@foreign.test"),
            ("esmtp", "foreign.test", "x@foreign.test"),
            ("local", "", "joe"), ("relay", "hub", "x@foreign.test"),
            ("error", "5.1.1 User unknown in virtual alias table",
             "joe@example.com"),
            ("error", "5.1.1 User unknown", "joe%x@example.com"),
            ("error", "5.1.2 bad host", "joe@example.com"),
            ("error", "5.1.1 User unknown", None),
            ("smtp", "h", "y@example.com"), ("smtp", "h", "y@example.com"),
            ("Local", "h", "y@example.com"), ("*file*", "", "/x")])
        if self.chance(0.6):
            mailer, host, addr = "smtp", "foreign.test", "x@foreign.test"
        auth_type = "PLAIN"
        if self.chance(0.03):
            auth_type = self.r.choice(["ANONYMOUS", "anonymous"])
        sender = self.argument()
        if self.people and self.chance(0.5):
            logins, addresses = self.r.choice(self.people)
            login = self.r.choice(logins) if logins else login
            if addresses and self.chance(0.7):
                sender = self.own_sender(addresses)
        recipient = self.argument()
        if self.chance(0.6):
            recipient = "<%s@%s>" % (self.r.choice(LOCALS), self.r.choice(
                ["foreign.test", "a.foreign.test", "else.test"]))
        return {"client": self.client(), "raw_login": login,
                "auth_type": auth_type, "sender": sender,
                "recipient": recipient, "mailer": mailer, "host": host,
                "addr": addr}
