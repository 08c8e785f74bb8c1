#!/usr/bin/python3
"""Change a real directory at random, stop and kill everything in turn, and ask
mayrelayd questions all the while.

usage: soak.py --bin DIR [--seconds N] [--seed N] [--servers 1|2]

A private slapd (or two in mirror mode) is followed by a private mayrelayd.
Each answer of mayrelayd must be what the model (t/differential/model.py) says
of a state that the directory was in, since the replica was last seen to have
caught up with it: one state for each search, because each is followed by
itself.  Every few seconds, and at the end, the replica is compared with slapd
entry by entry.  t/README.md says what counts.
"""

import argparse
import collections
import os
import shutil
import signal
import struct
import sys
import tempfile
import time

import ldap

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree                 # noqa: E402
import world                # noqa: E402
from events import Events, Failed, wait_silently   # noqa: E402
import model                # noqa: E402
import run                  # noqa: E402

FULL_REFRESH = 25           # s
WINDOW_MOST = 40            # states of a part; then no changes for a while
COMBINATIONS = 200000       # of states that one answer is compared with
MIXTURES = 3000
AGE_MOST = 300              # s; nothing here keeps the source away so long


class Soak(Events):
    def __init__(self, args, folder):
        self.args, self.dir = args, folder
        os.chmod(folder, 0o755)
        self.n = collections.Counter()
        self.last_ops = collections.deque(maxlen=60)
        self.began = time.monotonic()
        self.later = []         # (when, what) to be undone
        self.pending = None     # a request whose result is not known
        self.held = 0           # no catching up before that
        self.doubts = False     # a slapd was killed since all agreed
        self.tallies = {}
        self.daemon = self.tree = None
        self.refreshes = []
        self.slapds = [world.Slapd("%s/slapd%d" % (folder, i), i)
                       for i in range(1, args.servers + 1)]
        if args.servers == 2:
            a, b = self.slapds
            a.peer, b.peer = b, a
        self.g = tree.Changes(args.seed, None)
        self.r = self.g.r
        self.note("seed %d, %d server(s), in %s" % (
            args.seed, args.servers, folder))

    def note(self, text):
        print("# %6.1f %s" % (time.monotonic() - self.began, text),
              flush=True)

    def did(self, text):
        self.last_ops.append("%8.3f %s" % (time.monotonic() - self.began,
                                           text))

    # -- slapd ------------------------------------------------------------

    def configure(self, slapd):
        # Two in mirror mode do not always learn of all that the other one
        # knew before it was killed, unless it writes that down at once.
        slapd.write_conf(self.r.choice([None, None, 3, 20, 500]),
                         1 if slapd.peer else self.r.choice([None, 1, 10]))

    def skeleton(self):
        """What the leaf entries stand on."""
        people = tree.PEOPLE
        out = [(tree.BASE, {"objectClass": ["organization", "dcObject"],
                            "o": ["Example"], "dc": ["example"]}),
               (world.READER, {
                   "objectClass": ["organizationalRole",
                                   "simpleSecurityObject"],
                   "cn": ["mayrelay"],
                   "userPassword": [world.READER_PASSWORD]})]
        for dn in (people, tree.RELAY, tree.GROUPS, tree.ELSEWHERE,
                   "ou=inner," + people, "ou=inner," + tree.RELAY,
                   self.g.team(0)):
            out.append((dn, {"objectClass": ["organizationalUnit"],
                             "ou": [dn[3:dn.index(",")]]}))
        return out + [tree.filler(i) for i in range(tree.FILLERS)]

    def writer(self):
        """The slapd that changes go to, or None.  While one is away the
        other takes them; it is in step by then."""
        if self.pending:
            return None
        return next((s for s in self.slapds
                     if s.running() and s not in self.frozen()), None)

    def frozen(self):
        return [s for s in self.slapds if getattr(s, "frozen", False)]

    def in_step(self):
        return all(s.running() for s in self.slapds) and \
            len({tuple(s.context()) for s in self.slapds}) == 1

    # -- changes ------------------------------------------------------------

    def apply(self, op, meanwhile=None):
        """Send one change.  ${meanwhile} happens before its result comes."""
        slapd = self.writer()
        mark = self.tree.mark()
        self.tree.change(op.removed, op.added)
        self.did(str(op))
        number = slapd.send(op)
        self.pending = (op, mark, slapd, number)
        if meanwhile:
            meanwhile(slapd)
        else:
            self.resolve()

    def resolve(self):
        """Learn what came of the request under way; slapd must run."""
        op, mark, slapd, number = self.pending
        try:
            if number is None:
                raise ldap.SERVER_DOWN
            slapd.result(number, 20)
            self.n["operations"] += 1
        except world.GONE:
            self.pending = (op, mark, slapd, None)
            if not slapd.running():
                return
            slapd.bind()
            self.learn(slapd, mark)
        except ldap.LDAPError as e:
            self.did("    refused: %s" % type(e).__name__)
            self.n["refused"] += 1
            self.tree.take_back(*mark)
        self.pending = None

    def learn(self, slapd, mark):
        """Has it been done, or not?"""
        have = slapd.entries()
        if same(have, self.tree.records):
            self.did("    was done")
            self.n["done, unknown"] += 1
            return
        self.tree.take_back(*mark)
        if not same(have, self.tree.records):
            raise Failed("slapd is in neither state: " + different(
                have, self.tree.records))
        self.did("    was not done")
        self.n["lost, unknown"] += 1

    def change(self):
        if self.writer() is None or max(self.tree.window()) > WINDOW_MOST:
            return
        op = self.g.operation()
        if op and (op.kind == "modify" or not self.away()):
            self.apply(op)

    def away(self):
        """Is one of two slapds behind?  What it is told when it comes back of
        renames and deletions it may make something else of (slapd 2.5)."""
        return len(self.slapds) > 1 and (self.frozen() or any(
            not s.running() for s in self.slapds))

    def unheard(self):
        """Changes that somebody learns of when he comes back."""
        for _ in range(self.r.randint(2, 8)):
            self.change()

    def burst(self):
        """Several changes, now and then with a question among them."""
        for _ in range(self.r.choice([1, 1, 2, 3, 6, 12])):
            self.change()
            if self.g.chance(0.3):
                self.ask(self.r.randint(1, 3))
            if self.g.chance(0.1):
                self.look()
            if self.g.chance(0.3):
                time.sleep(self.r.random() * 0.03)

    # -- questions ------------------------------------------------------------

    def ask(self, count):
        """Put questions; each answer must have an explanation."""
        d = self.daemon
        if d.proc is None:
            return
        if d.miltc is None:
            d.client(self.version)
        asked = [self.question(i, i == count - 1) for i in range(count)]
        end = "end%d" % self.n["questions"]
        for q, sent in asked:
            d.miltc.stdin.write(run.case_line(q, sent) + "\n")
        d.say("case U - 0\t-\t-\t<a@else.test>\t<b@else.test>\t%s\t-\t-" %
              end)
        now = time.time()
        replies = [d.miltc.stdout.readline().rstrip("\n")
                   for _ in range(count + 1)]
        logs = self.logged(end)
        for (q, _), reply in zip(asked, replies):
            self.n["questions"] += 1
            if reply in ("", "closed", "timeout") or \
                    reply.startswith("error"):
                raise Failed("no reply (%r) to %s" % (reply, q))
            self.explain(q, int(now), reply, logs.get(
                q["mailer"] if named(q) else None))

    def look(self):
        """What each search has put in force must be one of its states, as a
        whole."""
        dump = self.args.servers == 1 and not self.doubts and \
            self.daemon.proc and self.daemon.dump()
        if not dump:
            return
        self.n["looks"] += 1
        wrong = self.tree.is_state(dump)
        if wrong:
            raise Failed("the replica is in none of the %s states of %s; "
                         "against the newest it\n%s" % (
                             self.tree.window(), wrong[0],
                             difference(wrong[1], wrong[2])))

    def question(self, i, last):
        """Only the last one may have a mailer that does not name it."""
        q, sent = run.complete(self.g.question(), self.settings, self.xtext)
        if q["mailer"] in ("smtp", "esmtp", "relay") or not last:
            q["mailer"] = "smtp%d" % i
        return q, sent

    def logged(self, end):
        """{mailer: fields} of the lines up to ${end}; None: of the one
        question whose mailer does not name it."""
        logs = {}
        deadline = time.monotonic() + world.PATIENCE
        while time.monotonic() < deadline:
            for fields in map(run.parse_log, self.daemon.lines()):
                if fields and fields["mailer"] == end:
                    return logs
                if fields:
                    logs[fields["mailer"] if named(fields) else None] = fields
            time.sleep(0.001)
        raise Failed("no log line of " + end)

    def judge(self, policy, now, q, reply, log):
        """What differs from what the model says of this policy."""
        age = 0
        if log is not None:
            if not log["policy_age"] or int(log["policy_age"]) > AGE_MOST:
                return ["the policy's age is %r" % log["policy_age"]]
            age = int(log["policy_age"])
        answer = model.Decision(policy, self.effective, now, age, q).answer()
        return run.compare(answer, age, reply, log)

    def explain(self, q, now, reply, log):
        if log and log["mailer"] != (q["mailer"] or ""):
            raise Failed("a log line of another question: %s" % log)
        t = self.tree
        wrong = self.judge(t.policy(t.newest()), now, q, reply, log)
        if not wrong:
            self.n["explained at once"] += 1
            return
        seen = {}
        for count, index in enumerate(t.indices()):
            w = self.judge(t.policy(index), now, q, reply, log)
            if not w:
                self.n["explained by the window"] += 1
                return
            seen.setdefault(tuple(w), index)
            if count >= COMBINATIONS:
                break
        mixed = any(not self.judge(p, now, q, reply, log)
                    for p in t.mixtures(MIXTURES))
        if mixed and (self.args.servers == 2 or self.doubts):
            self.n["explained by a mixture"] += 1
            return
        self.unexplained(q, reply, log, seen, mixed)

    def unexplained(self, q, reply, log, seen, mixed):
        lines = ["an answer that no state explains", "question: %s" % {
            k: str(v) for k, v in q.items()},
            "reply: %s" % reply, "log: %s" % log,
            "states in the window: %s" % self.tree.window(),
            "a mixture of states %s explain it" % (
                "would" if mixed else "does not")]
        for wrong, index in list(seen.items())[:12]:
            lines.append("state %s: %s" % (index, "; ".join(wrong)))
        dump = self.daemon.dump()
        if dump is not None:
            lines.append("replica and newest state: " + difference(
                dump, self.tree.expected()))
        raise Failed("\n".join(lines))

    # -- catching up -------------------------------------------------------

    def undo(self, all_of_it):
        """Undo what is due, or everything."""
        for item in sorted(self.later, key=lambda i: i[0]):
            if all_of_it or item[0] <= time.monotonic():
                self.later.remove(item)
                item[1]()
        if self.pending and self.pending[2].running() and \
                self.pending[2] not in self.frozen():
            self.resolve()

    def wait_asking(self, what, condition, patience=world.PATIENCE):
        end = time.monotonic() + patience
        while not condition():
            if time.monotonic() > end:
                return False
            self.ask(2)
            time.sleep(0.03)
        return True

    def catch_up(self, asking=True):
        """Everything runs and is quiet: the replica must become what slapd
        holds."""
        self.undo(True)
        wait = self.wait_asking if asking else wait_silently
        agree = wait("mirror", self.in_step)
        for op in self.g.mark():
            self.apply(op)
        agree = agree and wait("mirror", self.in_step)
        wrong = self.wrong_slapd()
        if len(self.slapds) == 2 and (wrong or not agree):
            self.repair_mirror()
            wrong = self.wrong_slapd()
        if wrong:
            raise Failed("%s is not in the state it should be in: %s" % (
                wrong.uri, different(wrong.entries(), self.tree.records)))
        want = self.tree.expected()
        self.settle(wait, lambda: self.daemon.dump() == want)
        self.count_refreshes()
        self.rebase()
        self.doubts = False
        self.caught_up = time.monotonic()
        self.n["catch-ups"] += 1
        self.did("caught up")

    def rebase(self):
        """What is asked from now on is answered by this state or later."""
        self.tree.rebase()

    def wrong_slapd(self):
        """One that does not hold what was done, or None."""
        return next((s for s in self.slapds
                     if not same(s.entries(), self.tree.records)), None)

    def repair_mirror(self):
        """slapd 2.5 does not always bring two of it in step again."""
        good = next((s for s in self.slapds
                     if same(s.entries(), self.tree.records)), None)
        if good is None:
            raise Failed("neither slapd is in the state it should be in")
        self.n["mirrors repaired"] += 1
        self.did("mirror repaired")
        self.doubts = True
        for slapd in self.slapds:
            slapd.end()
        self.slapds[good is self.slapds[0]].take_from(good)
        for slapd in self.slapds:
            slapd.start()
        if not wait_silently("mirror", self.in_step):
            raise Failed("the servers do not agree with each other")

    def settle(self, wait, equal):
        if wait("equal", equal, 15):
            return
        status = self.daemon.status() or {}
        if any(s and s["held_back"]
               for s in status.get("searches", {}).values()):
            self.n["held back"] += 1
            self.did("refresh --accept")
            self.refreshes.append(self.daemon.refresh("--accept"))
        elif self.doubts:
            # After a kill slapd may not know of its own last deletions, and
            # then tells nobody: only a complete refresh finds them.
            self.n["refresh after a kill"] += 1
            self.did("refresh, because slapd was killed")
            self.refreshes.append(self.daemon.refresh())
        if wait("equal", equal):
            return
        raise Failed("the replica does not become what slapd holds: %s\n%s" %
                     (difference(self.daemon.dump() or set(),
                                 self.tree.expected()),
                      self.daemon.tool("status").stdout))

    def count_refreshes(self):
        status = self.daemon.status()
        for name in ("full", "resumed"):
            now = status["ldap"][name]["done"] if status else 0
            before = self.tallies.get(name, 0)
            self.n[name + " refreshes"] += now - (
                before if now >= before else 0)
            self.tallies[name] = now
        self.refreshes = [p for p in self.refreshes if p.poll() is None]

    # -- epochs -----------------------------------------------------------

    def epoch(self):
        """Other settings and filters; the store is kept, or not."""
        self.undo(True)
        records = [] if self.tree is None else \
            list(self.tree.records.values())
        self.settings = self.g.settings()
        self.effective = run.effective(self.settings)
        sendmail = self.g.chance(0.4)
        self.version = "8.17.1.9" if sendmail else "Postfix 3.7.11"
        self.xtext = self.settings["mta"] == "sendmail" or \
            (self.settings["mta"] == "auto" and sendmail)
        with_filter = self.g.chance(0.6)
        self.tree = self.g.tree = tree.Tree(self.settings, with_filter)
        for record in records:
            self.tree.change(None, tree.Record(record.dn, record.attrs))
        if self.daemon.proc:
            self.count_refreshes()
        self.daemon.end()
        if self.g.chance(0.4):
            self.daemon.new_store()
        self.daemon.write_conf(self.settings, with_filter, FULL_REFRESH)
        self.daemon.start()
        self.n["epochs"] += 1
        self.did("epoch: %s" % self.settings)

    def begin(self):
        for slapd in self.slapds:
            self.configure(slapd)
        self.slapds[0].load(self.skeleton())
        for slapd in self.slapds:
            slapd.start()
        self.daemon = world.Mayrelay(self.args.bin, self.dir, self.slapds)
        self.epoch()
        for dn, attrs in self.g.many():
            self.apply(tree.Op("add", dn, None, tree.Record(dn, attrs)))
        self.catch_up(asking=False)

    # -- all of it ---------------------------------------------------------

    def step(self):
        n = self.r.random()
        if n < 0.45:
            self.burst()
        elif n < 0.88:
            self.ask(self.r.randint(1, 12))
        elif n < 0.93 and len(self.later) < 3:
            self.event()
        else:
            time.sleep(self.r.random() * 0.2)

    def show(self):
        names = ("operations", "refused", "events", "questions",
                 "explained at once", "explained by the window",
                 "explained by a mixture", "looks", "catch-ups",
                 "full refreshes", "resumed refreshes")
        self.note(", ".join("%s %d" % (name, self.n[name])
                            for name in names))

    def run(self):
        self.end = time.monotonic() + self.args.seconds
        self.begin()
        shown = epoch = time.monotonic()
        while time.monotonic() < self.end:
            self.undo(False)
            self.step()
            now = time.monotonic()
            if now > self.held and (
                    now > self.caught_up + 2 + 3 * self.r.random() or
                    max(self.tree.window()) > WINDOW_MOST):
                self.catch_up()
            if now > epoch + 100 and now > self.held:
                epoch = now
                self.epoch()
                self.catch_up(asking=False)
            if now > shown + 30:
                shown = now
                self.show()
        self.catch_up()

    def finish(self):
        for p in self.refreshes:
            if p.poll() is None:
                p.terminate()
            p.wait()
        self.daemon.end()
        for slapd in self.slapds:
            slapd.end()

    def abandon(self):
        """After a failure, whatever state things are in."""
        for p in self.refreshes:
            p.kill()
            p.wait()
        for x in [self.daemon, *self.slapds]:
            if x is not None and x.proc is not None:
                if x is self.daemon and x.feed():
                    os.kill(x.feed(), signal.SIGKILL)
                x.proc.kill()
                x.proc.wait()


def named(fields):
    """Does the mailer of a question, or of its log line, name it?"""
    return (fields["mailer"] or "").startswith("smtp")


# ---- comparing ---------------------------------------------------------------

def plain(entries):
    """As sets without case: an LDAP server may write values otherwise."""
    return {(dn.lower(), name.lower(), value.lower())
            for dn, attrs in entries.items()
            for name, values in attrs.items() for value in values}


def attributes(records):
    return {dn: r.attrs for dn, r in records.items()}


def same(have, records):
    return plain(have) == plain(attributes(records))


def different(have, records):
    return difference(plain(have), plain(attributes(records)))


def difference(have, want):
    return "\n".join(["has %s" % (x,) for x in sorted(have - want)[:20]] +
                     ["lacks %s" % (x,) for x in sorted(want - have)[:20]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--servers", type=int, choices=(1, 2), default=1)
    parser.add_argument("--bin", required=True)
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    if args.seed is None:
        args.seed = struct.unpack("<I", os.urandom(4))[0]
    folder = tempfile.mkdtemp(prefix="soak.")
    soak = Soak(args, folder)
    try:
        soak.run()
        soak.finish()
    except BaseException as e:
        print("\n".join(["the last that was done:"] + list(soak.last_ops)))
        soak.show()
        print("%s: %s" % (type(e).__name__, e), flush=True)
        soak.abandon()
        print("not ok - soak: seed %d (kept: %s)" % (args.seed, folder))
        if not isinstance(e, (Failed, RuntimeError)):
            raise
        return 1
    shutil.rmtree(folder)
    soak.show()
    for name in sorted(n for n in soak.n if n.startswith("event ")):
        print("# %8d %s" % (soak.n[name], name[6:]))
    for name in ("done, unknown", "lost, unknown", "refresh after a kill",
                 "held back", "feeds replaced", "mirrors repaired", "epochs"):
        print("# %8d %s" % (soak.n[name], name))
    print("ok - soak: %d answers explained in %d s, and the replica is what "
          "slapd holds" % (soak.n["questions"], args.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
