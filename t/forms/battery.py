#!/usr/bin/python3
"""Play every address form to a real MTA in the authority role.

usage: battery.py [OPTION...] LABEL

    --inside DOMAIN     the hosted domain of the forms (example.com)
    --queue DIR         empty of files when all mail has gone; may repeat
    --all               not only strangers: every login and every network,
                        and every form as sender too, from inside and outside
    --innocents MTA     those of innocents.txt for "postfix" or "sendmail" must
                        reach us, and may go out
    --resolved FILE     add how the MTA resolved the forms, for crossing.py

The MTA listens on port 25; its filters are the recorder (RECORDER) and, after
it, mayrelayd; it delivers to the sinks HERE and OUT (ports of 127.0.0.1; all
of it as t/smtp.sh has it).  Prints "ok" and "not ok" lines.
"""
import argparse
import collections
import json
import os
import sys
import time

import forms
import house
import recorder
import smtpwire

OUT, HERE = 2526, 2527
RECORDER = "/run/recorder.sock"
TARGETS = {"loopback": "127.0.0.1", "v6": "2001:db8:25::25"}
CLIENTS = ("outside", "v6", "inside", "loopback")
PERSIST_S = 120
BATCH = 15
# The marks of innocents.txt for each.
INNOCENTS = {"postfix": "-p", "sendmail": "-"}
REFUSED = "Relay is not permitted"


class Probe:
    """One form, as recipient or as sender, by one client and login."""

    count = 0

    def __init__(self, form, inside, client, login, as_sender=False,
                 utf8=False, token=None, sender=None):
        Probe.count += 1
        self.id = "p%d" % Probe.count
        self.form, self.client, self.login = form, client, login
        self.as_sender = as_sender
        text = form.fill(inside, token or "t%d" % Probe.count)
        if as_sender:
            self.sender = text
            self.recipient = b"<%s@example.org>" % self.id.encode()
        else:
            who = "anna+%s@example.com" if login == "good" else \
                "%s@example.net"
            self.sender = sender or b"<%s>" % (who % self.id).encode()
            self.recipient = text
        if utf8:
            self.sender += b" SMTPUTF8"
        self.reply = ""
        self.heard = []

    def key(self):
        """The argument that is not the form has the probe's number."""
        return self.recipient if self.as_sender else \
            self.sender.partition(b" ")[0]

    def commands(self):
        return [b"RSET", b"MAIL FROM:" + self.sender,
                b"RCPT TO:" + self.recipient]

    def told(self, replies):
        self.reply = replies[2] if replies[1].startswith("2") else \
            "MAIL: " + replies[1]

    def replies(self):
        return self.reply.split(" / ")

    def accepted(self):
        return any(r.startswith("2") for r in self.replies())

    def resolved(self):
        """How the MTA resolved what it accepted.  (A form with a line feed
        may be two recipients for it.)"""
        if len(self.heard) != len(self.replies()):
            return self.heard
        return [h for h, r in zip(self.heard, self.replies())
                if r.startswith("2")]

    def __str__(self):
        return "%s as %s by %s %s: %s; the MTA: %s" % (
            self.form.text, "sender" if self.as_sender else "recipient",
            self.login, self.client, self.reply,
            "; ".join(map(str, self.heard)) or "did not ask")


class Judge:
    """Counts what holds, and says what does not."""

    def __init__(self, label):
        self.label, self.failed = label, 0

    def hold(self, text, wrong, seen):
        """One statement: it holds if nothing is wrong, and if it has been
        seen to be about something."""
        text = "%s: %s (%d)" % (self.label, text, seen)
        if wrong or not seen:
            self.failed += 1
            print("not ok - " + text)
            for w in list(wrong)[:12]:
                print("#   %s" % w)
            if len(wrong) > 12:
                print("#   and %d more" % (len(wrong) - 12))
        else:
            print("ok - " + text)


class Battery:
    """One MTA in one configuration."""

    def __init__(self, args):
        self.args = args
        self.judge = Judge(args.label)
        self.here, self.out = smtpwire.Sink(HERE), smtpwire.Sink(OUT)
        self.recorder = recorder.start(RECORDER)

    # -- asking ------------------------------------------------------------

    def connect(self, client, login):
        return smtpwire.Client((TARGETS.get(client, "192.0.2.25"), 25),
                               house.CLIENTS[client], house.LOGINS[login])

    def ask(self, client, login, probes):
        """Put them all in one session; the MTA is not told to deliver."""
        talk = self.connect(client, login)
        for at in range(0, len(probes), BATCH):
            some = probes[at:at + BATCH]
            try:
                replies = talk.batch([c for p in some for c in p.commands()])
                for i, p in enumerate(some):
                    p.told(replies[3 * i:3 * i + 3])
            except smtpwire.Gone:
                self.ask_each(client, login, some)
                talk = self.connect(client, login)
        talk.close()

    def ask_each(self, client, login, probes):
        """Each in a session of its own: one of them ends a session."""
        for p in probes:
            self.recorder.heard = [h for h in self.recorder.heard
                                   if p.key() not in (h.mail[0],
                                                      h.rcpt[0])]
            talk = self.connect(client, login)
            try:
                p.told(talk.batch(p.commands()))
                talk.close()
            except smtpwire.Gone:
                p.reply = "hung up"

    def collect(self, probes):
        """What the recorder heard of each."""
        heard = collections.defaultdict(list)
        for r in self.recorder.heard:
            heard[r.mail[0]].append(r)
            heard[r.rcpt[0]].append(r)
        self.recorder.heard.clear()
        for p in probes:
            p.heard = heard[p.key()]

    def deliver(self, probes):
        """Send a message for each, and wait until all have left."""
        talk = self.connect(probes[0].client, probes[0].login)
        for p in probes:
            talk.message(p.sender, p.recipient, p.id)
        talk.close()
        end = time.monotonic() + PERSIST_S
        while self.waiting() and time.monotonic() < end:
            time.sleep(0.05)
        left = self.waiting()
        self.judge.hold("all that was accepted has left the queue", left,
                        len(probes))

    def waiting(self):
        return [os.path.join(d, f) for q in self.args.queue
                for d, _, files in os.walk(q) for f in files]

    # -- strangers ---------------------------------------------------------

    def probes(self, client, login, as_sender=False, table=None):
        """Each form; those beyond ASCII with SMTPUTF8 and without."""
        out = []
        token = "anna" if as_sender else None
        for form in table or forms.all_forms():
            ascii_only = form.fill(self.args.inside, "t").isascii()
            for utf8 in (False,) if ascii_only else (False, True):
                out.append(Probe(form, self.args.inside, client, login,
                                 as_sender, utf8, token))
        return out

    def strangers(self):
        """Nothing but what is for us is accepted, and it goes nowhere else."""
        probes = self.probes("outside", "stranger")
        self.ask("outside", "stranger", probes)
        self.collect(probes)
        taken = [p for p in probes if p.accepted()]
        self.judge.hold("a stranger is refused what is not for us",
                        [p for p in taken if not self.is_home(p)],
                        len(probes))
        self.judge.hold("mayrelayd lets through what the MTA keeps",
                        [p for p in probes if REFUSED in p.reply and
                         all(h.mailer in (b"local", b"virtual")
                             for h in p.heard)],
                        len(taken))
        self.deliver(taken)
        self.follow(taken)
        self.keep(probes)
        return probes

    def is_home(self, p):
        """By where the MTA says that it would go."""
        return bool(p.heard) and all(
            house.is_home(self.args.inside, h.rcpt[0], h.triple())
            for h in p.resolved())

    def follow(self, taken):
        """By where it really went."""
        arrived = {m.probe for m in self.here.mails}
        left = {m.probe: m for m in self.out.mails if m.probe}
        bounced = {m.recipients[0][1:].partition(b"@")[0].decode()
                   for m in self.out.mails if m.sender[:2] == b"<>"}
        self.judge.hold("nothing that a stranger sent went out",
                        ["%s -> %s" % (p, left[p.id].recipients)
                         for p in taken if p.id in left], len(taken))
        self.judge.hold("all that a stranger sent us came",
                        [p for p in taken if p.id not in arrived], len(taken))
        self.judge.hold("nothing bounces to the sender that he typed",
                        [p for p in taken if p.id in bounced], len(taken))

    def keep(self, probes):
        if not self.args.resolved:
            return
        with open(self.args.resolved, "a", encoding="ascii") as f:
            for p in probes:
                for h in p.heard:
                    told = [t if t is None else t.decode("latin-1")
                            for t in (h.rcpt[0], *h.triple())]
                    f.write(json.dumps(
                        [p.form.text, self.args.inside, *told]) + "\n")

    # -- everybody ---------------------------------------------------------

    # Each form as recipient is asked of every client and of every login, but
    # not of every pair: how the MTA resolves it is the same for them all, and
    # crossing.py asks mayrelayd for each pair what comes of that.
    def everybody(self):
        for client in CLIENTS:
            for login in house.LOGINS:
                self.one(client, login, False)
        for client in ("outside", "inside"):
            for login in house.LOGINS:
                self.one(client, login, True)

    def one(self, client, login, as_sender):
        probes = self.probes(client, login, as_sender)
        if not as_sender:
            at = CLIENTS.index(client) + list(house.LOGINS).index(login)
            probes = probes[at % len(CLIENTS)::len(CLIENTS)]
        self.ask(client, login, probes)
        self.collect(probes)
        who = "%s, %s, as %s" % (client, login,
                                 "senders" if as_sender else "recipients")
        wrong, refused = [], []
        for p in probes:
            may = house.may_send_out(client, login, self.owns(p))
            if p.accepted() and not may and (as_sender or
                                             not self.is_home(p)):
                wrong.append(p)
            if REFUSED in p.reply and may:
                refused.append(p)
        self.judge.hold(who + ": nobody gets what is not due", wrong,
                        len(probes))
        self.judge.hold(who + ": who may is not refused by mayrelayd",
                        refused, len(probes))

    def owns(self, p):
        if not p.as_sender:
            return True
        return bool(p.heard) and all(h.mail[0] in OWN for h in p.heard)

    # -- innocents ---------------------------------------------------------

    def innocents(self):
        """What must reach us, from <> too; and what may go out."""
        table = [f for f in forms.read_table("innocents.txt")
                 if f.marks in INNOCENTS[self.args.innocents]]
        for text, sender in (("a stranger", None), ("the null sender", b"<>")):
            self.innocents_in(text, table, sender)
        out = [f.swapped() for f in table if "IN" in f.text or
               "MIXED" in f.text]
        plain = [f for f in out if f.text == "<TOKEN@OUT>"]
        self.innocents_out("anna", out, [None])
        self.innocents_out("anna's ways to say who she is", plain,
                           ANNA_SAYS)

    def take(self, text, probes):
        """They are all accepted, and what was is delivered."""
        self.here.mails.clear()
        self.out.mails.clear()
        self.ask(probes[0].client, probes[0].login, probes)
        self.collect(probes)
        self.judge.hold(text + " is accepted",
                        [p for p in probes if not p.accepted()], len(probes))
        taken = [p for p in probes if p.accepted()]
        self.deliver(taken)
        return taken

    def innocents_in(self, text, table, sender):
        taken = self.take(
            text + "'s innocent mail for us",
            [Probe(form, self.args.inside, "outside", "stranger",
                   utf8=not form.fill("", "").isascii() and
                   self.args.innocents == "postfix", sender=sender)
             for form in table])
        self.follow(taken)

    def innocents_out(self, text, table, senders):
        taken = self.take(
            text + ": innocent mail to the world",
            [Probe(form, self.args.inside, "outside", "good",
                   utf8=not form.fill("", "").isascii() and
                   self.args.innocents == "postfix", sender=sender)
             for form in table for sender in senders])
        left = {m.probe for m in self.out.mails}
        self.judge.hold(text + ": it went out",
                        [p for p in taken if p.id not in left], len(taken))


# Besides plain, what a mail program makes of anna@example.com in MAIL FROM.
ANNA_SAYS = [b"<anna@example.com> SIZE=1000", b"<anna@EXAMPLE.COM>",
             b"<anna@example.com> BODY=8BITMIME SIZE=10", b"<>",
             b"<anna@example.com> AUTH=<>", b" <anna@example.com>",
             b"<Anna@Example.com> RET=HDRS ENVID=QQ", b"anna@example.com",
             b'<"anna"@example.com>', b"<anna@example.com.>",
             b"<anna+news@example.com>"]
OWN = house.anna_writes()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("label")
    parser.add_argument("--inside", default="example.com")
    parser.add_argument("--queue", action="append", default=[])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--innocents", choices=list(INNOCENTS))
    parser.add_argument("--resolved")
    args = parser.parse_args()
    battery = Battery(args)
    battery.strangers()
    if args.innocents:
        battery.innocents()
    if args.all:
        battery.everybody()
    return 1 if battery.judge.failed else 0


if __name__ == "__main__":
    sys.exit(main())
