"""The directory as it should be: its entries, what each search of mayrelay
reads of them, every state that they have been in, and random changes.

The states are kept for each part by itself, because each part is a search of
its own and may be put in force by itself: accounts, relay (networks and
domains), groups.
"""

import itertools
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "differential"))
import generate             # noqa: E402
import model                # noqa: E402

BASE = generate.BASE
PARTS = ("accounts", "relay", "groups")
PEOPLE, RELAY, GROUPS, ELSEWHERE = (
    "ou=%s,%s" % (ou, BASE) for ou in ("people", "relay", "groups",
                                       "elsewhere"))
BASES = {"accounts": PEOPLE, "relay": RELAY, "groups": GROUPS}
SEARCHES = {"accounts": ["accounts"], "relay": ["networks", "domains"],
            "groups": ["groups"]}
MOST = {"accounts": 16, "network": 12, "domain": 7, "groups": 10}
FILTER_ATTR, FILTER_VALUE = "departmentNumber", "mail"
# How storedump shows a pattern that matches nothing, as what cannot be read
# may leave behind.
NOTHING = '""@'
MEMBERS = ("member", "uniqueMember", "memberUid", "relayMember")
# A further class of the test's own, so that one entry may have everything
# that the generator thinks of.
CLASS = "soakAnything"
SCHEMA = """objectclass ( 1.3.6.1.4.1.4203.666.11.99.1 NAME '%s'
  SUP top AUXILIARY MAY ( cn $ mail $ departmentNumber $ member $ uniqueMember $
  memberUid ) )
""" % CLASS


# Accounts that no question touches, and that are always there: a search takes
# some time.
FILLERS = 400


def filler(i):
    """(DN, attributes); no cn, unlike all others."""
    uid = "f%d" % i
    return "uid=%s,%s" % (uid, PEOPLE), {
        "objectClass": ["account", CLASS], "uid": [uid],
        FILTER_ATTR: [FILTER_VALUE], "mail": [uid + "@filler.example"]}


def below(dn, base):
    return dn.lower().endswith("," + base.lower())


class Record:
    """One entry in one state, and what the model makes of it."""

    def __init__(self, dn, attrs):
        self.dn, self.attrs = dn, attrs
        self.entry = model.Entry(model.fold(dn), attrs)
        self.made = {}

    def as_(self, kind, settings=None):
        """The entry as the model's Account, Network, ...; made once."""
        if kind not in self.made:
            self.made[kind] = kind(self.entry, settings) \
                if settings else kind(self.entry)
        return self.made[kind]

    def has_class(self, *names):
        return bool(self.entry.classes() & set(names))


class Tree:
    """Entries now, and the states of each part since the last rebase()."""

    def __init__(self, settings, with_filter):
        self.settings, self.with_filter = settings, with_filter
        self.records = {}       # dn -> Record, all leaf entries
        self.states = {part: [{}] for part in PARTS}
        self.policies = {}

    # -- what the searches read -------------------------------------------

    def part_of(self, record):
        """The part whose search finds the entry, or None."""
        for part in PARTS:
            if below(record.dn, BASES[part]):
                break
        else:
            return None
        e = record.entry
        if part == "accounts":
            if self.with_filter:
                good = FILTER_VALUE in e.get(FILTER_ATTR)
            else:
                good = record.has_class("relayaccount") or any(
                    e.get(a) for a in self.settings["login_attrs"] +
                    self.settings["address_attrs"] + ["relayLogin"])
        elif part == "relay":
            good = record.has_class("relaynetwork", "relaydomain")
        else:
            good = record.has_class("relaygroup") or \
                any(e.get(a) for a in MEMBERS)
        return part if good else None

    def change(self, removed, added=None):
        """Put a Record in place of the entry of a DN (either may be None);
        true if a search notices."""
        if removed is not None:
            del self.records[removed]
        if added is not None:
            self.records[added.dn] = added
        now = {part: {} for part in PARTS}
        for dn, record in self.records.items():
            part = self.part_of(record)
            if part:
                now[part][dn] = record
        noticed = False
        for part in PARTS:
            if now[part] != self.states[part][-1]:
                self.states[part].append(now[part])
                noticed = True
        return noticed

    def take_back(self, before, states):
        """The last change has not taken place after all."""
        self.records = before
        for part in PARTS:
            del self.states[part][states[part]:]
        self.policies.clear()

    def mark(self):
        """For take_back()."""
        return dict(self.records), {p: len(self.states[p]) for p in PARTS}

    def rebase(self):
        """The replica is at the newest state, and will not go back."""
        for part in PARTS:
            del self.states[part][:-1]
        self.policies.clear()

    def window(self):
        """How many states of each part the replica may be in."""
        return [len(self.states[part]) for part in PARTS]

    # -- the model of a state ---------------------------------------------

    def policy_of(self, accounts, relay, groups):
        """The model's Policy of three lists of Records."""
        p = model.Policy([], [], self.settings)
        p.accounts = [a for a in (r.as_(model.Account, self.settings)
                                  for r in accounts) if a.is_account]
        p.networks = [r.as_(model.Network) for r in relay
                      if r.has_class("relaynetwork")]
        p.domains = [d for d in (r.as_(model.Domain) for r in relay
                                 if r.has_class("relaydomain")) if d.name]
        p.groups = [r.as_(model.Group) for r in groups]
        return p

    def policy(self, index):
        """The Policy of a state of each part, by number."""
        if index not in self.policies:
            self.policies[index] = self.policy_of(*(
                self.states[part][i].values()
                for part, i in zip(PARTS, index)))
        return self.policies[index]

    def newest(self):
        return tuple(len(self.states[part]) - 1 for part in PARTS)

    def indices(self):
        """Every combination, the newest ones first."""
        return itertools.product(*(range(n - 1, -1, -1)
                                   for n in self.window()))

    def mixtures(self, most):
        """Policies that no search ever saw: each entry in any of its states.
        At most so many, at random if there are more."""
        choices = []
        for part in PARTS:
            dns = {dn for s in self.states[part] for dn in s}
            choices += [(part, list({id(s.get(dn)): s.get(dn)
                                     for s in self.states[part]}.values()))
                        for dn in sorted(dns)]
        count = 1
        for _, versions in choices:
            count *= len(versions)
        every = itertools.product(*(v for _, v in choices)) \
            if count <= most else ([random.choice(v) for _, v in choices]
                                   for _ in range(most))
        for chosen in every:
            yield self.policy_of(*(
                [r for (p, _), r in zip(choices, chosen) if r and p == part]
                for part in PARTS))

    # -- what the replica should hold --------------------------------------

    def lines(self, part, i):
        """The lines of t/tools/storedump for a state of a part, as a set."""
        key = part, i
        if key not in self.policies:
            records = [self.states[p][i].values() if p == part else []
                       for p in PARTS]
            self.policies[key] = policy_lines(self.policy_of(*records))
            if part == "accounts":
                self.policies[key].add(fillers_line(FILLERS))
        return self.policies[key]

    def expected(self):
        """Those of the newest state of all."""
        return set().union(*(self.lines(part, i) for part, i in
                             zip(PARTS, self.newest())))

    def is_state(self, dump):
        """The part of a dump that is no state of the window, and how it
        differs from the newest; None: there is no such part."""
        for part in PARTS:
            have = {line for line in dump if line[0] in SEARCHES[part]}
            if not any(have == self.lines(part, i) for i in
                       range(len(self.states[part]) - 1, -1, -1)):
                return part, have, self.lines(part,
                                              len(self.states[part]) - 1)
        return None


# ---- an entry as t/tools/storedump shows it ----------------------------------

def fillers_line(n):
    """Stands for all their lines."""
    return "accounts", "fillers", "are", n


def policy_lines(p):
    out = set()
    for search, entries, lines_of in (
            ("accounts", p.accounts, account_lines),
            ("networks", p.networks, network_lines),
            ("domains", p.domains, domain_lines),
            ("groups", p.groups, group_lines)):
        for x in entries:
            out |= {(search, x.dn) + line for line in lines_of(x)}
    return out


def texts(name, values):
    return {(name, v) for v in values}


def pattern_lines(name, pats):
    """Those that can be read; what cannot has no lines."""
    return {(name, p.text()) for p in pats or []
            if p.kind != "address" or p.local}


def client_lines(nets):
    return {("client", str(n)) for n in nets or []}


def date_lines(x):
    out = set()
    if x.begin != model.NOW:
        out.add(("not_before", str(x.begin)))
    if x.end != model.NEVER:
        out.add(("not_after", str(x.end)))
    return out | enforce_lines(x)


def enforce_lines(x):
    return set() if x.enforce is None else {("enforce_from", str(x.enforce))}


def common_lines(x):
    return date_lines(x) | client_lines(x.clients) | \
        pattern_lines("sender", x.senders) | \
        pattern_lines("recipient", x.recipients) | \
        ({("access", x.access)} if x.access else set())


def account_lines(a):
    return common_lines(a) | {("is", "account")} | \
        texts("login", a.logins) | texts("address", a.addresses) | \
        texts("delegate", a.delegates) | texts("group", a.groups) | \
        (set() if a.enabled else {("status", "disabled")})


def network_lines(n):
    return date_lines(n) | client_lines(n.nets) | \
        pattern_lines("sender", n.senders) | \
        pattern_lines("recipient", n.recipients) | \
        {("is", "network"), ("access", n.access)}


def domain_lines(d):
    return {("is", "domain"), ("name", d.name)} | enforce_lines(d) | \
        texts("alias", [a for a in d.aliases if a != d.name])


def group_lines(g):
    return common_lines(g) | {("is", "group")} | \
        texts("member", g.members) | texts("member_login", g.member_logins)


# ---- random changes ----------------------------------------------------------

class Op:
    """One request to a server: what is sent, and the Records that it takes
    away and brings if it succeeds."""

    def __init__(self, kind, dn, removed, added, **more):
        self.kind, self.dn, self.removed, self.added = \
            kind, dn, removed, added
        self.more = more

    def __str__(self):
        return "%s %s %s" % (self.kind, self.dn, self.more or "")


class Changes(generate.Generator):
    """Random operations on a Tree; most of them are such as a server takes."""

    def __init__(self, seed, tree):
        super().__init__(seed)
        self.tree = tree
        self.homes = [PEOPLE, PEOPLE, "ou=inner," + PEOPLE,
                      self.team(0)]
        self.number = 0
        self.marks = 0

    def team(self, n):
        return "ou=team%d,%s" % (n, PEOPLE)

    # -- entries a server takes ---------------------------------------------

    def account_dn(self, i):
        """Where account i is now, or was at first."""
        rdn = "cn=a%d," % i
        for dn in self.tree.records:
            if dn.startswith(rdn):
                return dn
        return rdn + PEOPLE

    def account(self, i, groups):
        _, attrs = super().account(i, groups)
        attrs.pop("secretary", None)
        attrs["sn"] = ["x"]
        if self.chance(0.85):
            attrs[FILTER_ATTR] = [FILTER_VALUE]
        if not any(a.startswith("relay") for a in attrs) and \
                self.chance(0.6):
            attrs["objectClass"] = ["inetOrgPerson"]
        self.people = self.people[-40:]
        return "cn=a%d,%s" % (i, self.r.choice(self.homes)), attrs

    def network_entry(self, i):
        dn, attrs = self.network(i)
        return self.r.choice(["", "", "", "ou=inner,"]).join(
            [dn[:dn.index(",") + 1], RELAY]), attrs

    def domain_entry(self, i):
        dn, attrs = super().domain_entry(i)
        attrs["objectClass"] = ["relayDomain", CLASS]
        attrs["cn"] = ["d%d" % i]
        return dn, attrs

    def group(self, i, accounts, groups):
        dn, attrs = super().group(i, accounts, groups)
        attrs["objectClass"] = ["organizationalRole", "relayGroup", CLASS]
        return dn, attrs

    def entry(self, kind, i):
        make = {"accounts": lambda: self.account(i, 10),
                "network": lambda: self.network_entry(i),
                "domain": lambda: self.domain_entry(i),
                "groups": lambda: self.group(i, 16, 10)}
        dn, attrs = make[kind]()
        # A value twice is an error to a server, whatever its case.
        return dn, {name: list({v.lower(): v for v in values}.values())
                    for name, values in attrs.items()}

    # -- operations -----------------------------------------------------------

    def of_kind(self, kind):
        letter = {"accounts": "a", "network": "n", "domain": "d",
                  "groups": "g"}[kind]
        return [r for dn, r in self.tree.records.items()
                if dn.startswith("cn=" + letter)]

    def add(self, kind):
        letter = {"accounts": "a", "network": "n", "domain": "d",
                  "groups": "g"}[kind]
        taken = {r.dn[:r.dn.index(",")] for r in self.of_kind(kind)}
        free = [i for i in range(MOST[kind])
                if "cn=%s%d" % (letter, i) not in taken]
        if not free:
            return None
        dn, attrs = self.entry(kind, self.r.choice(free))
        return Op("add", dn, None, Record(dn, attrs))

    def delete(self, kind):
        have = self.of_kind(kind)
        if len(have) < 3:
            return None
        dn = self.r.choice(have).dn
        return Op("delete", dn, dn, None)

    def modify_to(self, record, attrs):
        """Replace what is different."""
        mods = [("replace", name, attrs.get(name, []))
                for name in sorted(set(attrs) | set(record.attrs))
                if attrs.get(name) != record.attrs.get(name)]
        if not mods:
            return None
        return Op("modify", record.dn, record.dn,
                  Record(record.dn, attrs), mods=mods)

    def modify(self, kind):
        """Some attributes of an entry, as if it were made anew."""
        have = self.of_kind(kind)
        if not have:
            return None
        record = self.r.choice(have)
        rdn = record.dn[:record.dn.index(",")]
        _, new = self.entry(kind, int(rdn[4:]))
        attrs = dict(record.attrs)
        names = sorted((set(new) | set(attrs)) - {"cn", "objectClass", "sn"})
        for name in self.r.sample(names, min(len(names),
                                             self.r.randint(1, 3))):
            attrs.pop(name, None)
            if name in new:
                attrs[name] = new[name]
        if kind == "accounts" and any(
                a.startswith("relay") for a in attrs):
            attrs["objectClass"] = ["inetOrgPerson", "relayAccount"]
        return self.modify_to(record, attrs)

    def member(self):
        """Somebody comes into a group, or goes."""
        have = self.of_kind("groups")
        if not have:
            return None
        record = self.r.choice(have)
        name = self.r.choice(["member"] * 3 + list(MEMBERS))
        values = record.attrs.get(name, [])
        if values and self.chance(0.5):
            value, how = self.r.choice(values), "delete"
            left = [v for v in values if v != value]
        else:
            value, how = {
                "member": lambda: self.account_dn(self.r.randrange(16)),
                "uniqueMember": lambda: self.account_dn(
                    self.r.randrange(16)) + "#'0101'B",
                "memberUid": lambda: self.r.choice(generate.LOGINS),
                "relayMember": lambda: self.r.choice(generate.LOGINS),
            }[name](), "add"
            left = values + [value]
        attrs = dict(record.attrs)
        attrs.pop(name, None)
        if left:
            attrs[name] = left
        return Op("modify", record.dn, record.dn, Record(record.dn, attrs),
                  mods=[(how, name, [value])])

    def toggle(self, name, values):
        """One attribute of an account: there, or not."""
        have = self.of_kind("accounts")
        if not have:
            return None
        record = self.r.choice(have)
        attrs = dict(record.attrs)
        if attrs.pop(name, None) is None or self.chance(0.3):
            attrs[name] = [self.r.choice(values)]
        return self.modify_to(record, attrs)

    def rename(self):
        """Another name, another place inside the base, or out of it."""
        kind = self.r.choice(["accounts", "accounts", "groups", "network"])
        have = self.of_kind(kind)
        if not have:
            return None
        record = self.r.choice(have)
        rdn, _, parent = record.dn.partition(",")
        places = {"accounts": self.homes, "groups": [GROUPS],
                  "network": [RELAY, "ou=inner," + RELAY]}[kind]
        attrs = dict(record.attrs)
        if self.chance(0.4):
            rdn = rdn[:4] + str(self.r.randrange(MOST[kind]))
            attrs["cn"] = [rdn[3:]]
        if self.chance(0.3):
            parent = ELSEWHERE
        elif self.chance(0.6) or parent == ELSEWHERE:
            parent = self.r.choice(places)
        dn = rdn + "," + parent
        if dn == record.dn or dn in self.tree.records:
            return None
        return Op("rename", record.dn, record.dn, Record(dn, attrs),
                  rdn=rdn, parent=parent)

    def operation(self):
        """An Op that may be sent now; None: there is none this time."""
        kind = self.r.choice(["accounts", "accounts", "network", "domain",
                              "groups"])
        n = self.r.random()
        if n < 0.18:
            return self.add(kind)
        if n < 0.31:
            return self.delete(kind)
        if n < 0.62:
            return self.modify(kind)
        if n < 0.75:
            return self.member()
        if n < 0.80:
            return self.toggle("employeeType", ["active", "locked"])
        if n < 0.85:
            return self.toggle(FILTER_ATTR, [FILTER_VALUE, "other"])
        return self.rename()

    def many(self):
        """The entries to begin with."""
        out = []
        for kind, most in MOST.items():
            out += [self.entry(kind, i) for i in range(most * 2 // 3)]
        return out

    # -- marks: a change that each search must tell as its last ---------------

    def mark(self):
        """Ops after which each part differs from all its states before."""
        self.marks += 1
        n = self.marks
        for dn, attrs in (
                ("cn=m0," + PEOPLE, {
                    "objectClass": ["inetOrgPerson"], "sn": ["x"],
                    "cn": ["m0"], FILTER_ATTR: [FILTER_VALUE],
                    "mail": ["mark-%d@mark.example" % n]}),
                ("cn=m1," + RELAY, {
                    "objectClass": ["relayDomain", CLASS], "cn": ["m1"],
                    "relayDomainName": ["mark-%d.example" % n]}),
                ("cn=m2," + GROUPS, {
                    "objectClass": ["organizationalRole", "relayGroup",
                                    CLASS], "cn": ["m2"],
                    "relayMember": ["mark-%d" % n]})):
            record = self.tree.records.get(dn)
            yield Op("add", dn, None, Record(dn, attrs)) if record is None \
                else self.modify_to(record, attrs)
