#!/usr/bin/python3
"""Cross the address forms with logins, networks and ages of the directory.

usage: crossing.py --bin DIR [--resolved FILE] LABEL

Puts each form as recipient, and without FILE as sender too, to a mayrelayd with
the scripted clock, over the milter protocol.  FILE is what battery.py wrote of
how an MTA resolved the forms; without it nothing is said of that, as by an MTA
that sends no macros.  Each answer must be that of the rule below, and that of
the model of t/differential.
"""
import argparse
import collections
import functools
import ipaddress
import json
import os
import re
import shutil
import sys
import tempfile

import forms
import house

sys.path.insert(0, forms.HERE + "/../differential")
import model                # noqa: E402
import run                  # noqa: E402

CLIENTS = ("inside", "outside", "v6", "mapped", "local", "unknown")
NOW = 1795000000
AGES = {"fresh": 0, "stale": 3600, "too old": 24 * 3600 + 1}
STRANGER = b"<a@example.net>"
ELSEWHERE = (b"smtp", b"elsewhere.example", b"b@elsewhere.example")
BATCH = 400

# What those forms mean that name a hosted domain beyond ASCII: as U-labels, and
# by IDNA's mapping only.
ALABELS = {
    "b\u00fccher.example": "xn--bcher-kva.example",
    "b\u00fccher.example.": "xn--bcher-kva.example",
    "B\u00dcCHER.EXAMPLE": "xn--bcher-kva.example",
    "stra\u00dfe.example": "xn--strae-oqa.example",
}
MAPPED = {
    "bu\u0308cher.example": "xn--bcher-kva.example",
    "\uff45xample.com": "example.com",
    "example\u3002com": "example.com",
    "example.com\u3002": "example.com",
    "exam\u00adple.com": "example.com",
    "\u1d49xample.com": "example.com",
}

SETTINGS = {
    "authority": True, "enforce_from": "now", "permit_unavailable": False,
    "null_sender": True, "any_domain": False, "delimiters": "+",
    "qualify_domain": "", "login_realms": [], "login_domains": [],
    "login_default_realm": "", "local_domains": [], "mta": "auto",
    "login_attrs": ["uid"], "address_attrs": ["mail"], "status_attr": None,
    "delegate_attr": None, "group_attr": None, "recipient_attr": None,
}


class Question:
    """One recipient of one message, written with a hosted domain INSIDE."""

    def __init__(self, form, sender, recipient, triple, inside):
        self.form, self.sender, self.recipient = form, sender, recipient
        self.triple, self.inside = triple, inside

    def key(self):
        return self.sender, self.recipient, self.triple

    def is_home(self):
        return house.is_home(self.inside, self.recipient, self.triple)

    def __str__(self):
        return "%s: %r to %r, resolved to %r" % (
            self.form.text, self.sender, self.recipient, self.triple)


def as_recipients(resolved):
    """Each form as recipient: as it is, or as an MTA resolved it."""
    table = {f.text: f for f in forms.all_forms()}
    if resolved is None:
        for form in table.values():
            yield Question(form, None, form.fill("example.com", "t1"),
                           (None, None, None), "example.com")
        return
    with open(resolved, encoding="ascii") as f:
        for line in f:
            name, inside, *told = json.loads(line)
            argument, *triple = [
                t if t is None else
                re.sub(rb"t\d+", b"t1", t.encode("latin-1")) for t in told]
            yield Question(table[name], None, argument, tuple(triple), inside)


def as_senders():
    """Each form as sender to somewhere else."""
    for form in forms.all_forms():
        yield Question(form, form.fill("example.com", "anna"),
                       b"<b@elsewhere.example>", ELSEWHERE, "example.com")


@functools.cache
def escape(value):
    if value is None:
        return "-"
    out = "".join(chr(b) if 33 <= b < 127 and b != 92 else "\\x%02x" % b
                  for b in value)
    return "\\x2d" if out == "-" else out


@functools.cache
def text(value):
    """Bytes as the model wants them: what is no UTF-8 does not read."""
    if value is None:
        return None
    try:
        return value.partition(b"\0")[0].decode()
    except UnicodeDecodeError:
        return "does not read"


class Crossing:
    """A mayrelayd, and what it is asked."""

    def __init__(self, bindir):
        self.folder = tempfile.mkdtemp(prefix="forms.")
        self.daemon = run.Daemon(bindir, self.folder)
        self.daemon.miltc = None
        model.ALABELS.update(ALABELS | MAPPED)
        model.MAPPED_DOMAINS.update(MAPPED)
        self.settings = run.effective(SETTINGS)
        self.policy = model.Policy(
            [model.Entry(model.fold(dn), attrs)
             for dn, attrs in house.ENTRIES], [], self.settings)
        self.wrong, self.asked = [], collections.Counter()

    def begin(self):
        d = self.daemon
        d.write("policy.ldif", house.ldif())
        d.write("mayrelay.conf", run.conf(
            SETTINGS, d.dir, run.from_files(SETTINGS, d.dir, False),
            log="repeats = 1"))
        d.start(NOW)
        d.wait_for("policy generation .*/policy.ldif")
        d.client("Postfix 3.7.11")

    def end(self):
        self.daemon.stop()
        shutil.rmtree(self.folder)

    def client(self, name):
        """As miltc's case wants it, and as the model does."""
        addr = house.CLIENTS[name]
        if addr is None:
            return name[0].upper() + " - 0", (name, None, 0)
        ip = ipaddress.ip_address(addr)
        line = "%d %s 4711" % (ip.version, ip)
        if ip.version == 6 and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        return line, ("ip", ip, 4711)

    def ask(self, questions, client, login, age):
        """Put them all, and hold each answer against rule and model."""
        d = self.daemon
        where, kind = self.client(client)
        who = house.LOGINS[login]
        for at in range(0, len(questions), BATCH):
            some = questions[at:at + BATCH]
            for q in some:
                sender = q.sender if q.sender is not None else \
                    house.GOOD_SENDER if login == "good" else STRANGER
                d.miltc.stdin.write("\t".join(
                    ["case " + where, who or "-", "PLAIN" if who else "-",
                     *map(escape, (sender, q.recipient, *q.triple))]) + "\n")
            d.miltc.stdin.flush()
            for q in some:
                reply = d.miltc.stdout.readline().rstrip("\n")
                self.judge(q, client, login, age, kind, reply)

    def judge(self, q, client, login, age, kind, reply):
        sender = q.sender if q.sender is not None else \
            house.GOOD_SENDER if login == "good" else STRANGER
        want = self.rule(q, client, login, age, sender)
        self.asked[want] += 1
        got = reply if reply == "continue" else reply[:9]
        answer = model.Decision(self.policy, self.settings, NOW, AGES[age], {
            "client": kind, "raw_login": house.LOGINS[login] or "",
            "login": house.LOGINS[login] or "", "login_usable": True,
            "auth_type": "PLAIN", "sender": text(sender),
            "recipient": text(q.recipient), "mailer": text(q.triple[0]),
            "host": text(q.triple[1]), "addr": text(q.triple[2])}).answer()
        refused = answer.word not in ("pass", "permit")
        reason = re.search(r"#([a-z-]+)", reply)
        if got != want or refused != (got != "continue") or \
                refused and (reason is None or reason[1] != answer.reason):
            self.wrong.append(
                "%s %s, %s: %s: %s; the rule: %s; the model: %s %s" % (
                    login, client, age, q, reply, want, answer.word,
                    answer.reason))

    def rule(self, q, client, login, age, sender):
        """The answer that is due, said without mayrelay's own terms."""
        if q.is_home():
            return "continue"
        if age == "too old":
            return "451 4.3.0"
        owns = sender in OWN
        if house.may_send_out(client, login, owns):
            return "continue"
        return "550 5.7.1"

    def cross(self, questions):
        for age in AGES:
            self.daemon.clock(NOW, 10 ** 9 + AGES[age] * 1000)
            for client in CLIENTS:
                for login in house.LOGINS:
                    self.ask(questions, client, login, age)


OWN = house.anna_writes()


def unique(questions):
    return list({q.key(): q for q in questions}.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("label")
    parser.add_argument("--bin", required=True)
    parser.add_argument("--resolved")
    args = parser.parse_args()
    asked = [("recipient", unique(as_recipients(args.resolved)))]
    if args.resolved is None:
        asked.append(("sender", unique(as_senders())))
    failed = False
    crossing = Crossing(os.path.abspath(args.bin))
    try:
        crossing.begin()
        for what, questions in asked:
            crossing.wrong.clear()
            crossing.asked.clear()
            crossing.cross(questions)
            failed |= report("%s: %d forms as %s" % (
                args.label, len(questions), what), crossing)
    finally:
        crossing.end()
    return 1 if failed else 0


def report(label, crossing):
    """Print it; return whether anything is wrong."""
    wrong = crossing.wrong
    # Of each answer there must have been some.
    bad = bool(wrong) or len(crossing.asked) < 3
    print("%s - %s, with every login, network and age: %s" % (
        "not ok" if bad else "ok", label, ", ".join(
            "%d %s" % (n, k) for k, n in sorted(crossing.asked.items()))))
    for w in wrong[:12]:
        print("#   " + w)
    if len(wrong) > 12:
        print("#   and %d more" % (len(wrong) - 12))
    return bad


if __name__ == "__main__":
    sys.exit(main())
