"""An independent model of the decision: spec sections 2 to 5, in Python.

It shares nothing with the C sources but the specification.  It reads the raw
attribute values of an LDIF policy (dictionaries of lists) and answers one
question at a time, the slow and obvious way: every lookup walks over all
entries.

Where the specification says that several patterns may be named as the one
that decided, the answer carries the set of them.
"""

import ipaddress
import re
from datetime import datetime, timezone

NEVER = float("inf")
NOW = float("-inf")

ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]"
DOT_STRING = re.compile(r"%s+(\.%s+)*\Z" % (ATEXT, ATEXT))
LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
ROUTING = set("%!@:,;\\|")

# The only non-ASCII domains that the generator uses, and their A-labels.
ALABELS = {
    "b\u00fccher.example": "xn--bcher-kva.example",
    "B\u00dcCHER.example": "xn--bcher-kva.example",
    "B\u00dcCHER.EXAMPLE": "xn--bcher-kva.example",
    "\uff45xample.com": "example.com",
    "example\u3002com": "example.com",
}


# Those that are no U-labels: the MTA may take them for other domains.
MAPPED_DOMAINS = {"\uff45xample.com", "example\u3002com"}


def fold(text):
    """Fold A-Z, and nothing else."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def read_domain(text):
    """A domain in normal form, or None."""
    if text in ALABELS:
        return ALABELS[text]
    if text.startswith("["):
        if not text.endswith("]"):
            return None
        inner = text[1:-1]
        try:
            if fold(inner).startswith("ipv6:"):
                return "[IPv6:%s]" % ipaddress.IPv6Address(inner[5:])
            return "[%s]" % ipaddress.IPv4Address(inner)
        except ValueError:
            return None
    if text.endswith("."):
        text = text[:-1]
    if not text.isascii() or len(text) > 253:
        return None
    labels = text.split(".")
    if not all(LABEL.match(label) for label in labels):
        return None
    return fold(text)


class Address:
    def __init__(self, local, domain, mapped=False):
        self.local = fold(local)
        self.domain = domain
        self.mapped = mapped
        self.routing = any(c in ROUTING or ord(c) < 32 or ord(c) == 127
                           for c in local)

    def key(self):
        return self.local + "@" + self.domain


def split_local(text):
    """(dequoted local part, rest) or None."""
    if not text.startswith('"'):
        i = text.find("@")
        local, rest = (text, "") if i < 0 else (text[:i], text[i:])
        return (local, rest) if DOT_STRING.match(local) else None
    out, i = "", 1
    while i < len(text):
        c = text[i]
        if c == '"':
            return out, text[i + 1:]
        if c == "\\":
            i += 1
            if i >= len(text):
                return None
            c = text[i]
        if ord(c) < 32 or ord(c) == 127:
            return None
        out += c
        i += 1
    return None


def read_mailbox(text):
    """An Address, "null", or None if it is not exactly one mailbox."""
    if text.startswith("<"):
        if not text.endswith(">"):
            return None
        text = text[1:-1]
    if text == "":
        return "null"
    parts = split_local(text)
    if parts is None:
        return None
    local, rest = parts
    if len(local.encode()) > 255:
        return None
    if rest == "":
        return Address(local, "")
    if not rest.startswith("@"):
        return None
    domain = read_domain(rest[1:])
    if domain is None:
        return None
    return Address(local, domain, rest[1:] in MAPPED_DOMAINS)


def read_time(text):
    m = re.match(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z\Z", text)
    if not m:
        return None
    try:
        return int(datetime(*map(int, m.groups()),
                            tzinfo=timezone.utc).timestamp())
    except ValueError:
        return None


class Pattern:
    """any, null, address, domain or subdomains."""

    negative = False

    def __init__(self, kind, local="", domain=""):
        self.kind, self.local, self.domain = kind, local, domain

    def text(self):
        return {"any": "*", "null": "null",
                "address": self.local + "@" + self.domain,
                "domain": "@" + self.domain,
                "subdomains": "@." + self.domain}[self.kind]

    def matches(self, subject, domain=None):
        """With ${domain}: as if the subject were in that alias domain."""
        if self.kind == "any":
            return domain is None
        if self.kind == "null":
            return domain is None and subject == "null"
        if not isinstance(subject, Address):
            return False
        at = subject.domain if domain is None else domain
        if self.kind == "subdomains":
            return domain is None and at.endswith("." + self.domain)
        if self.kind == "address" and self.local != subject.local:
            return False
        return self.domain == at


def read_pattern(text):
    if text == "*":
        return Pattern("any")
    if text == "<>" or fold(text) == "null":
        return Pattern("null")
    if text.startswith("@."):
        domain = read_domain(text[2:])
        return Pattern("subdomains", "", domain) if domain else None
    if text.startswith("@"):
        domain = read_domain(text[1:])
        return Pattern("domain", "", domain) if domain else None
    address = read_mailbox(text) if "<" not in text else None
    if not isinstance(address, Address) or not address.domain \
            or address.routing or address.local == "*":
        return None
    return Pattern("address", address.local, address.domain)


MAPPED = ipaddress.ip_network("::ffff:0:0/96")


def read_network(text):
    """(network, host bits were set) or None."""
    addr, _, length = text.partition("/")
    try:
        ip = ipaddress.ip_address(addr)
        if (length == "" and "/" in text) or "%" in text:
            return None
        if length and (not length.isdigit() or
                       (len(length) > 1 and length[0] == "0")):
            return None
        bits = int(length) if length else ip.max_prefixlen
        if bits > ip.max_prefixlen:
            return None
        net = ipaddress.ip_network((ip, bits), strict=False)
    except ValueError:
        return None
    dirty = net.network_address != ip
    if net.version == 6 and net.prefixlen >= 96 and net.subnet_of(MAPPED):
        v4 = ipaddress.ip_address(int(net.network_address) & 0xffffffff)
        net = ipaddress.ip_network((v4, net.prefixlen - 96))
    return net, dirty


def holds(net, ip):
    return net.version == ip.version and ip in net


KNOWN = {"relayclient", "relayaccess", "relaysender", "relayrecipient",
         "relaydomainname", "relaydomainalias", "relaylogin", "relaymember",
         "relaynotbefore", "relaynotafter", "relayenforcefrom",
         "relaycontact", "relayreviewafter"}


class Entry:
    """Raw attributes: {name: [values]}, plus a DN in normal form."""

    def __init__(self, dn, attrs):
        self.dn = dn
        self.attrs = {fold(k): v for k, v in attrs.items()}

    def get(self, name):
        return self.attrs.get(fold(name), [])

    def classes(self):
        return {fold(c) for c in self.get("objectClass")}

    def foreign(self):
        return any(a.startswith("relay") and a not in KNOWN
                   for a in self.attrs)

    def dates(self):
        """(not_before, not_after, all readable)"""
        begin, end, good = NOW, NEVER, True
        for name in ("relayNotBefore", "relayNotAfter"):
            values = self.get(name)
            if not values:
                continue
            t = read_time(values[0]) if len(values) == 1 else None
            if t is None:
                good = False
            elif name == "relayNotBefore":
                begin = t
            else:
                end = t
        return begin, end, good

    def enforce(self):
        values = self.get("relayEnforceFrom")
        return read_time(values[0]) if len(values) == 1 else None

    def access(self, known):
        """What relayAccess says: None if it is missing."""
        values = self.get("relayAccess")
        if not values:
            return None
        if len(values) > 1 or fold(values[0]) not in known:
            return "deny"
        return fold(values[0])


def read_login(text):
    """The form a login is stored in, or None."""
    if not 0 < len(text.encode()) <= 255 or \
            any(ord(c) < 32 or ord(c) == 127 for c in text):
        return None
    return fold(text)


class Network:
    def __init__(self, e, override=False):
        self.dn, self.override = e.dn, override
        self.access = e.access(("allow", "authenticate", "deny")) or "deny"
        self.begin, self.end, good = e.dates()
        self.vouches = True
        if not good:
            self.begin, self.end = NOW, NEVER
            self.vouches = self.access != "allow"
        if e.foreign() and self.access == "allow":
            self.vouches = False
        self.enforce = None if override else e.enforce()
        self.nets = []
        for text in e.get("relayClient"):
            read = read_network(text)
            if read is None or (read[1] and self.access == "allow"):
                continue
            self.nets.append(read[0])
        self.senders = self.recipients = None
        if self.access == "allow":
            if e.get("relaySender"):
                self.senders = patterns(e.get("relaySender"))
            if e.get("relayRecipient"):
                self.recipients = patterns(e.get("relayRecipient"))

    def active(self, now):
        return self.begin <= now < self.end


def patterns(values):
    return [p for p in map(read_pattern, values) if p is not None]


def domain_name(text):
    """relayDomainName in normal form, or None."""
    dot = text.startswith(".")
    name = read_domain(text[1:] if dot else text)
    if name is None or (dot and name.startswith("[")):
        return None
    if not name.startswith("[") and "." not in name:
        return None
    return "." + name if dot else name


class Domain:
    def __init__(self, e):
        self.dn = e.dn
        names = e.get("relayDomainName")
        self.name = domain_name(names[0]) if len(names) == 1 else None
        self.aliases = []
        if self.name and not self.name.startswith("."):
            for text in e.get("relayDomainAlias"):
                name = domain_name(text)
                if name and not name.startswith("."):
                    self.aliases.append(name)
        self.enforce = e.enforce()


def restriction(e, name):
    """None without the attribute, else its patterns; one that cannot be read
    matches nothing."""
    return [read_pattern(v) or Pattern("address") for v in e.get(name)] \
        if e.get(name) else None


def clients(e):
    if not e.get("relayClient"):
        return None
    read = [read_network(v) for v in e.get("relayClient")]
    return [r[0] for r in read if r is not None and not r[1]]


class Account:
    def __init__(self, e, settings):
        self.dn = e.dn
        self.logins = {read_login(v) for name in settings["login_attrs"]
                       for v in e.get(name)}
        self.logins |= {read_login(v) for v in e.get("relayLogin")}
        self.logins -= {None}
        self.addresses = []
        for name in settings["address_attrs"]:
            for v in e.get(name):
                a = read_mailbox(v) if "<" not in v else None
                if isinstance(a, Address) and a.domain and not a.routing:
                    self.addresses.append(a.key())
        self.is_account = bool(self.logins or self.addresses)
        self.senders = patterns(e.get("relaySender"))
        self.recipients = restriction(e, "relayRecipient")
        if settings["recipient_attr"]:
            self.mapped_recipients(e, settings["recipient_attr"])
        self.clients = clients(e)
        self.access = e.access(("allow", "deny"))
        self.begin, self.end, good = e.dates()
        self.expired = not good
        self.enabled = True
        if settings["status_attr"]:
            self.enabled = all(fold(v) == "active"
                               for v in e.get(settings["status_attr"]))
        self.vouches = not e.foreign()
        self.enforce = e.enforce()
        self.delegates = {fold(v) for v in e.get("manager")} \
            if settings["delegate_attr"] else set()
        self.delegate_logins = {read_login(v) for v in e.get("secretary")} \
            if settings["delegate_attr"] else set()
        self.groups = {fold(v) for v in e.get("seeAlso")} \
            if settings["group_attr"] else set()

    def mapped_recipients(self, e, name):
        """A list with negative values (-...) and the keyword "local"."""
        values = e.get(name)
        if not values:
            return
        self.recipients = self.recipients or []
        for v in values:
            if v.startswith("-"):
                p = read_pattern(v[1:]) or Pattern("any")
                p.negative = True
            elif fold(v) == "local":
                p = Pattern("address")
            else:
                p = read_pattern(v) or Pattern("address")
            self.recipients.append(p)

    def valid(self, now):
        return not self.expired and self.begin <= now < self.end


class Group:
    def __init__(self, e):
        self.dn = e.dn
        self.members = {fold(re.sub(r"#'[01]*'B\Z", "", v))
                        for name in ("member", "uniqueMember")
                        for v in e.get(name)}
        self.member_logins = {read_login(v)
                              for name in ("memberUid", "relayMember")
                              for v in e.get(name)} - {None}
        self.access = e.access(("allow", "deny"))
        self.begin, self.end, good = e.dates()
        self.senders = patterns(e.get("relaySender"))
        if not good:
            self.begin, self.end = NOW, NEVER
            self.senders = []
        self.undated = not good
        self.vouches = not e.foreign()
        self.recipients = restriction(e, "relayRecipient")
        self.clients = clients(e)
        self.enforce = e.enforce()

    def active(self, now):
        return self.begin <= now < self.end


class Deny:
    def __init__(self, e):
        self.dn = e.dn
        self.logins = {read_login(v) for v in e.get("relayLogin")} - {None}


class Policy:
    def __init__(self, entries, overrides, settings):
        self.networks, self.domains, self.accounts = [], [], []
        self.groups, self.denies = [], []
        for e in entries:
            c = e.classes()
            if c & {"relaynetwork", "relaynetworkaux"}:
                self.networks.append(Network(e))
            if c & {"relaydomain", "relaydomainaux"}:
                d = Domain(e)
                if d.name:
                    self.domains.append(d)
            account = Account(e, settings)
            if account.is_account:
                self.accounts.append(account)
            if "relaygroup" in c or any(e.get(a) for a in
                    ("member", "uniqueMember", "memberUid", "relayMember")):
                self.groups.append(Group(e))
        for e in overrides:
            c = e.classes()
            access = e.access(("allow", "authenticate", "deny")) or "deny"
            if access != "deny":
                continue
            if c & {"relaynetwork", "relaynetworkaux"}:
                self.networks.append(Network(e, True))
            if "relayaccount" in c:
                self.denies.append(Deny(e))


class Answer:
    def __init__(self, word, reason, rule="", match=None):
        self.word, self.reason, self.rule = word, reason, rule
        self.match = match or {""}
        self.enforced = word
        self.enforce_from = None


class Decision:
    """One question put to one policy."""

    def __init__(self, policy, settings, now, age, q):
        self.p, self.s, self.now, self.age, self.q = \
            policy, settings, now, age, q

    # -- domains ----------------------------------------------------------

    def entries_for(self, name):
        """The relayDomain entries that make a domain local."""
        out = []
        for d in self.p.domains:
            if d.name == name or name in d.aliases:
                out.append(d)
            elif d.name.startswith(".") and name.endswith(d.name) \
                    and not name.startswith("["):
                out.append(d)
        return out

    def local_domain(self, name):
        for own in self.s["local_domains"]:
            if own == name or (own.startswith(".") and name.endswith(own)):
                return True
        return bool(self.entries_for(name))

    def same_domain(self, name):
        """All names of the domain, itself first."""
        def claims(n):
            return [d for d in self.p.domains
                    if d.name == n or n in d.aliases]
        mains = {d.name for d in self.p.domains if d.name == name}
        if not mains:
            by_alias = claims(name)
            if len(by_alias) != 1:
                return [name]
            mains = {by_alias[0].name}
        out = [name]
        for main in mains:
            for d in self.p.domains:
                if d.name != main:
                    continue
                for n in [d.name] + d.aliases:
                    good = n == d.name or len(claims(n)) == 1
                    if good and n not in out:
                        out.append(n)
        return out

    # -- step 1 -----------------------------------------------------------

    def local_recipient(self):
        q = self.q
        if q["mailer"] is not None and q["mailer"] in self.s["local_mailers"]:
            return True
        a = read_mailbox(q["recipient"])
        if isinstance(a, Address) and not a.routing and not a.mapped and \
                (not a.domain or self.local_domain(a.domain)):
            return True
        if q["mailer"] == "error" and \
                (q["host"] or "").startswith("5.1.1 User unknown"):
            b = read_mailbox(q["addr"]) if q["addr"] is not None else None
            return all(isinstance(x, Address) and not x.routing
                       for x in (a, b))
        return False

    # -- step 3 -----------------------------------------------------------

    def find_networks(self):
        """([networks], "loopback" or "entries" or "none", prefix length)"""
        kind, ip, _ = self.q["client"]
        if kind == "local":
            return [], "loopback", 0
        if kind == "unknown":
            return [], "none", 0
        loop = ip.is_loopback
        self.behind = []
        overrides = [n for n in self.p.networks if n.override]
        others = [n for n in self.p.networks if not n.override]
        best, length = self.strictest(ip, overrides)
        if best:
            # An override denies at any prefix length.
            self.behind = self.strictest(ip, others)[0]
        else:
            best, length = self.strictest(ip, others)
        if not best:
            return [], "loopback" if loop else "none", 0
        return best, "entries", length

    def strictest(self, ip, networks):
        """([networks of the strictest access], their prefix length)"""
        best, length = self.holding(ip, networks)
        order = ["allow", "authenticate", "deny"]
        worst = max([order.index(n.access) for n in best], default=0)
        best = [n for n in best if order.index(n.access) == worst]
        best.sort(key=lambda n: n.dn.encode())
        return best, length

    def holding(self, ip, networks):
        """([active networks with the longest prefix], its length or -1)"""
        loop = ip.is_loopback
        best, length = [], -1
        for n in networks:
            if not n.active(self.now):
                continue
            for net in n.nets:
                if not holds(net, ip):
                    continue
                if loop and not (net.version == 6 and net.prefixlen == 128
                                 or net.version == 4 and net.prefixlen >= 8):
                    continue
                if net.prefixlen > length:
                    best, length = [], net.prefixlen
                if net.prefixlen == length and n not in best:
                    best.append(n)
        return best, length

    # -- step 4 -----------------------------------------------------------

    def login_forms(self):
        login = fold(self.q["login"])
        forms = [login]
        if "@" in login:
            user, _, realm = login.rpartition("@")
            if realm in self.s["login_realms"]:
                forms.append(user)
        if "\\" in login:
            domain, _, user = login.partition("\\")
            if domain in self.s["login_domains"]:
                forms.append(user)
        if "@" not in login and self.s["login_default_realm"]:
            forms.append(login + "@" + self.s["login_default_realm"])
        return [f for f in forms if f]

    def find_accounts(self):
        if not self.q["login_usable"]:
            return []
        for form in self.login_forms():
            found = [a for a in self.p.accounts if form in a.logins]
            if found:
                return found
        return []

    def groups_of(self, account, undated=True):
        """The active groups, to depth 8; perhaps without the undated."""
        found, front = [], [account]
        known = {g.dn for g in self.p.groups}
        nameless = [Group(Entry(dn, {})) for dn in
                    sorted(account.groups - known)]
        for _ in range(8):
            nxt = []
            for g in self.p.groups + nameless:
                if g in found or not g.active(self.now) or \
                        (g.undated and not undated):
                    continue
                for who in front:
                    if who.dn in g.members or (
                            who is account and
                            (account.logins & g.member_logins or
                             g.dn in account.groups)):
                        found.append(g)
                        nxt.append(g)
                        break
            front = nxt
        return found

    def denied_by_override(self, accounts):
        forms = set(self.login_forms()) if self.q["login_usable"] else set()
        account = accounts[0] if len(accounts) == 1 else None
        if account:
            taken = {l for a in self.p.accounts for l in a.logins}
            for login in account.logins:
                forms |= {login} | (self.spellings(login) - taken)
        hits = [d for d in self.p.denies
                if d.logins & forms or (account and d.dn == account.dn)]
        return {d.dn for d in hits}

    def spellings(self, login):
        """Every way to write an account's login that finds it."""
        out = {login}
        out |= {login + "@" + r for r in self.s["login_realms"]}
        out |= {d + "\\" + login for d in self.s["login_domains"]}
        user, at, realm = login.rpartition("@")
        if at and realm == self.s["login_default_realm"]:
            out.add(user)
        return {l for l in out if l}

    def denied(self, account, groups):
        if not account.enabled or account.access == "deny":
            return True
        return account.access != "allow" and \
            any(g.access == "deny" for g in groups)

    def both(self, allowed, account, groups):
        """With and without the groups whose dates cannot be read."""
        return allowed(account, groups) and \
            allowed(account, self.groups_of(account, undated=False))

    def client_allowed(self, account, groups):
        lists = [x.clients for x in [account] + groups
                 if x.clients is not None]
        if not lists:
            return True
        kind, ip, _ = self.q["client"]
        return kind == "ip" and any(holds(n, ip) for l in lists for n in l)

    def recipient_allowed(self, account, groups):
        lists = [x.recipients for x in [account] + groups
                 if x.recipients is not None]
        if not lists:
            return True
        subject = self.recipient_subject()
        united = [p for l in lists for p in l]
        # What does not read may be what is excluded.
        if any(p.negative and (subject == "opaque" or p.matches(subject))
               for p in united):
            return False
        # Only exclusions: all else is allowed.
        if all(p.negative for p in united):
            return True
        return any(not p.negative and p.matches(subject) for p in united)

    def recipient_subject(self):
        a = read_mailbox(self.q["recipient"])
        if not isinstance(a, Address) or a.routing or a.mapped or \
                not a.domain:
            return "opaque"
        return a

    def sender_subject(self):
        a = read_mailbox(self.q["sender"])
        if a == "null":
            return "null", True
        if a is None or a.routing:
            return "opaque", a is not None and not a.domain
        if not a.domain:
            if not self.s["qualify_domain"]:
                return "opaque", True
            return Address(a.local, self.s["qualify_domain"]), \
                self.local_domain(self.s["qualify_domain"])
        return a, self.local_domain(a.domain)

    def held_by_other(self, account, keys):
        return any(k in a.addresses and a.dn != account.dn
                   for a in self.p.accounts for k in keys)

    def delegate_addresses(self, account, groups):
        names = {account.dn} | {g.dn for g in groups}
        out = set()
        for a in self.p.accounts:
            if a.vouches and (a.delegates & names or
                              a.delegate_logins & account.logins):
                out |= set(a.addresses)
        return out

    def owned(self, account, groups):
        """The set of matches that may be named, empty if not owned."""
        subject, in_scope = self.sender_subject()
        if subject == "null":
            hits = {p.text() for x in [account] + groups for p in x.senders
                    if p.matches("null")}
            if hits:
                # A pattern may be named; it need not be where all own <>.
                return hits | ({""} if self.s["null_sender"] else set())
            return {""} if self.s["null_sender"] else set()
        pats = [p for x in [account] + groups for p in x.senders] \
            if in_scope or self.s["any_domain"] else []
        if subject == "opaque":
            return {"*" for p in pats if p.kind == "any"}
        delegated = self.delegate_addresses(account, groups)
        names = self.same_domain(subject.domain)
        cut = None
        for i, c in enumerate(subject.local):
            if i > 0 and c in self.s["delimiters"]:
                cut = Address(subject.local[:i], subject.domain)
                break

        def direct(form):
            hits = {p.text() for p in pats if p.matches(form)}
            if form.key() in account.addresses or form.key() in delegated:
                hits.add(form.key())
            return hits

        def by_alias(form):
            hits = set()
            for name in names[1:]:
                key = form.local + "@" + name
                if key in account.addresses or key in delegated:
                    hits.add(key)
                hits |= {p.text() for p in pats if p.matches(form, name)}
            return hits

        hits = direct(subject)
        if hits:
            return hits
        if not self.held_by_other(account, [subject.key()]):
            hits = by_alias(subject)
            if hits:
                return hits
        if cut is None:
            return set()
        if self.held_by_other(account,
                              [subject.local + "@" + n for n in names]):
            return set()
        hits = direct(cut)
        if hits:
            return hits
        if not self.held_by_other(account, [cut.key()]):
            return by_alias(cut)
        return set()

    # -- step 5 -----------------------------------------------------------

    def network_votes(self, nets, length):
        """(permit Answer or None, remembered (reason, rule) or None)"""
        remembered = None
        subject, _ = self.sender_subject()
        for n in nets:
            ip = self.q["client"][1]
            if not n.vouches:
                continue
            if open_relay(ip, length) and (n.recipients is None or any(
                    p.kind == "any" for p in n.recipients)):
                continue
            hits = {""}
            if n.senders is not None:
                hits = {p.text() for p in n.senders if p.matches(subject)}
                if not hits and isinstance(subject, Address):
                    hits = {p.text() for p in n.senders
                            for name in self.same_domain(subject.domain)[1:]
                            if p.matches(subject, name)}
                if not hits:
                    remembered = remembered or ("network-sender", n.dn)
                    continue
            if n.recipients is not None and not any(
                    p.matches(self.recipient_subject())
                    for p in n.recipients):
                remembered = remembered or ("network-recipient", n.dn)
                continue
            return Answer("permit", "network", n.dn, hits), None
        return None, remembered

    # -- enforcement ------------------------------------------------------

    def real(self, entries):
        """Their dates that are past: these put nothing off."""
        return [x.enforce for x in entries
                if x.enforce is not None and x.enforce <= self.now]

    def enforce_date(self, reason, account, groups, nets):
        if account is not None and reason != "account-denied" and (
                not account.vouches or reason == "account-unknown"):
            account, groups = None, []
        if not self.s["authority"]:
            a = n = d = None
            if account is not None:
                a = account.enforce
                if a is None:
                    dated = self.groups_of(account, undated=False)
                    dates = [g.enforce for g in dated
                             if g.enforce is not None] + self.real(groups)
                    a = min(dates) if dates else None
                domains = [e.enforce for key in account.addresses
                           for e in self.entries_for(key.rpartition("@")[2])
                           if e.enforce is not None]
                d = min(domains) if domains else None
            dates = [x.enforce for x in nets if x.enforce is not None]
            # An override puts off nothing that was real without it.
            dates += self.real(self.behind if nets else [])
            n = min(dates) if dates else None
            if reason == "network-denied":
                order = [n]
            elif reason == "account-denied":
                order = [a]
            else:
                order = [a, n, d]
            for date in order:
                if date is not None:
                    return date
        return self.s["enforce_from"]

    def finish(self, answer, account, groups, nets):
        if answer.word in ("reject", "tempfail"):
            if self.age is None:
                account, groups, nets = None, [], []
            date = self.enforce_date(answer.reason, account, groups, nets)
            if self.now < date:
                answer.word = "would-reject"
                answer.enforce_from = date
        return answer

    # -- all of it --------------------------------------------------------

    def answer(self):
        kind, ip, port = self.q["client"]
        if (kind == "ip" and ip.is_loopback and port == 0 and
                not self.q["login"]):
            return Answer("pass", "not-smtp")
        if self.local_recipient():
            return Answer("pass", "local-recipient")
        nets, net_kind, length = self.find_networks()
        accounts = self.find_accounts() if self.q["login"] else []
        account = accounts[0] if len(accounts) == 1 else None
        groups = self.groups_of(account) if account else []
        stale = self.age is None or self.age > self.s["max_stale"]
        context = (account, groups, nets)
        if stale and not self.s["permit_unavailable"]:
            return self.finish(Answer("tempfail", "directory-unavailable"),
                               *context)
        if nets and nets[0].access == "deny":
            return self.finish(
                Answer("reject", "network-denied", nets[0].dn), *context)
        remembered = None
        if self.q["login"]:
            denies = self.denied_by_override(accounts)
            if denies:
                answer = Answer("reject", "account-denied")
                answer.rule = denies
                return self.finish(answer, *context)
            if account and self.denied(account, groups):
                return self.finish(
                    Answer("reject", "account-denied", account.dn), *context)
            if stale:
                return Answer("permit", "directory-unavailable")
            if len(accounts) > 1:
                return self.finish(
                    Answer("tempfail", "account-ambiguous"), *context)
            if account is None or not account.vouches:
                remembered = ("account-unknown", "")
            elif not account.valid(self.now):
                remembered = ("account-expired", account.dn)
            elif not all(g.vouches for g in groups):
                remembered = ("account-unknown", "")
            elif not self.both(self.client_allowed, account, groups):
                remembered = ("account-network", account.dn)
            else:
                hits = self.owned(
                    account, self.groups_of(account, undated=False))
                if not hits:
                    remembered = ("sender-not-owned", account.dn)
                elif not self.both(self.recipient_allowed, account, groups):
                    remembered = ("account-recipient", account.dn)
                else:
                    return Answer("permit", "account", account.dn, hits)
        if stale:
            return Answer("permit", "directory-unavailable")
        if net_kind == "loopback" and not self.q["login"]:
            return Answer("permit", "network", "loopback")
        if nets and nets[0].access == "allow":
            permit, vote = self.network_votes(nets, length)
            if permit:
                return permit
            remembered = remembered or vote
        if remembered is None:
            remembered = ("auth-required", nets[0].dn if nets else "")
        return self.finish(Answer("reject", *remembered), *context)


def open_relay(ip, length):
    if ip.version == 4:
        return length < 8
    if ip in ipaddress.ip_network("fc00::/7") and length >= 7:
        return False
    return length < 16
