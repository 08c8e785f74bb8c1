#!/usr/bin/python3
"""Two hundred MTAs ask mayrelayd all the time, while its directory is changed,
stops, hangs, is killed and comes back, and its configuration is reloaded.

usage: load.py --bin DIR [--seconds N] [--seed N] [--connections N]

The directory's life is that of t/soak, and so is what counts: each answer and
its log line must be what the model says of a state that the directory was in
since the replica was last seen to have caught up with it, by one configuration
(each connection keeps what it began with, and a reload brings another).
Besides, no reply and no log line may be missing, and memory, descriptors and
threads must stay what they were.
"""

import argparse
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "soak"))
import soak                 # noqa: E402
import events               # noqa: E402
import model                # noqa: E402
import run                  # noqa: E402
import world                # noqa: E402

POOL = 250                  # different questions at a time
EACH = 4                    # that a connection is given at once
BATCHES = 40                # that may wait to be judged
# KiB more than after a quarter of the time: the log's ring holds up to 4 MiB
# when it has to wait, and malloc does not give back what lies between.  (What
# is lost with each connection or answer shows in connections.sh.)
HEAP_MOST = 8192
IDLE_WORKERS = 2            # that libmilter's pool keeps
HELD = "the configuration was not reloaded"
RELOADED = " was reloaded"


def unique(configs):
    return list({id(c): c for c in configs}.values())


class Question:
    """One of the pool; asked under many names (mailers)."""

    def __init__(self, q, sent):
        self.q = q
        self.named = q["mailer"] in ("smtp", "esmtp", "relay")
        self.fields = run.case_line(q, sent).split("\t")

    def line(self, name):
        if self.named:
            self.fields[5] = name
        return "\t".join(self.fields) + "\n"


class Client:
    """One MTA: t/tools/miltc with its connection."""

    def __init__(self, daemon, version):
        self.proc = subprocess.Popen(
            [daemon.bin + "/tools/miltc"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.say("open unix:%s/run/milter.sock\nnegotiate\n"
                 "macro C \"v=%s\"\n" % (daemon.dir, version))

    def say(self, text):
        self.proc.stdin.write(text)
        self.proc.stdin.flush()

    def hear(self):
        return self.proc.stdout.readline().rstrip("\n")

    def end(self):
        self.proc.stdin.close()
        self.proc.wait()
        self.proc.stdout.close()


class Crowd(threading.Thread):
    """All of them, in rounds: each is given some questions, then all are
    heard.  What came of a round goes to ${batches}: the configurations that
    were perhaps in force, and [(Question, reply, fields of the log line or
    None)].  Each begins a round with a new connection."""

    def __init__(self, daemon, version, count, seed):
        super().__init__(daemon=True)
        self.mayrelayd, self.version = daemon, version
        self.r = random.Random(seed)
        self.batches = queue.Queue(BATCHES)
        self.pool, self.number, self.rounds = [], 0, 0
        self.configs = ()       # any of them may be in force
        self.others = []        # lines that are no decisions
        self.failed = None
        self.may_ask, self.rests = threading.Event(), threading.Event()
        self.over = False
        self.clients = [Client(daemon, version) for _ in range(count)]
        self.last = Client(daemon, version)

    def run(self):
        try:
            while not self.over:
                self.rests.set()
                self.may_ask.wait()
                self.rests.clear()
                if not self.over:
                    self.batches.put(self.round())
                    self.rounds += 1
        except Exception as e:
            self.failed = e
            self.rests.set()

    def round(self):
        asked, configs = [], self.configs
        for client in self.clients:
            if self.rounds > 0:
                client.say("quit_nc\n")
            questions = self.r.choices(self.pool, k=EACH)
            for question in questions:
                self.number += 1
                asked.append((client, question, "smtp%d" % self.number))
            client.say("".join(question.line(name) for _, question, name in
                               asked[-EACH:]))
        replies = [client.hear() for client, _, _ in asked]
        logs = self.logged()
        return configs + self.configs, [
            (question, reply, logs.get(name))
            for (_, question, name), reply in zip(asked, replies)]

    def logged(self):
        """{mailer: fields}: a line that is asked for now comes after them."""
        logs, end = {}, "end%d" % self.number
        self.last.say("case U - 0\t-\t-\t<a@else.test>\t<b@else.test>\t%s"
                      "\t-\t-\n" % end)
        self.last.hear()
        deadline = time.monotonic() + world.PATIENCE
        while time.monotonic() < deadline:
            for line in self.mayrelayd.lines():
                fields = run.parse_log(line)
                if fields is None:
                    self.others.append(line)
                elif fields["mailer"] == end:
                    return logs
                else:
                    logs[fields["mailer"]] = fields
            time.sleep(0.002)
        raise events.Failed("no log line of " + end)

    def end(self):
        self.over = True
        self.may_ask.set()
        while self.is_alive():
            try:
                self.batches.get(timeout=0.1)
            except queue.Empty:
                pass
        for client in self.clients + [self.last]:
            client.end()


class Load(soak.Soak):
    EVENTS = [("slapd_stops", 3), ("slapd_killed", 2), ("slapd_hangs", 3),
              ("slapd_restarts_unheard", 2), ("feed_killed", 3),
              ("feed_hangs", 0.5), ("reload", 4), ("reload_broken", 2),
              ("refresh", 1)]

    def __init__(self, args, folder):
        super().__init__(args, folder)
        self.crowd = self.full = None
        self.path = []          # where the directory was since rebase()
        self.believed = None    # where the replica was found last
        self.configs = []       # [(settings, as the model wants them)]

    # -- asking and judging -------------------------------------------------

    def come(self):
        self.bare = self.measure()
        self.crowd = Crowd(self.daemon, self.version, self.args.connections,
                           self.args.seed)
        self.crowd.configs = (self.effective,)
        # Seen in many answers, and nothing that the policy is read by.
        other = dict(self.settings, local_domains=[
            name for name in ("example.net", ".foreign.test", "localhost")
            if name not in self.settings["local_domains"]])
        self.configs = [(self.settings, self.effective),
                        (other, run.effective(other))]
        self.new_pool()
        self.crowd.start()
        self.crowd.may_ask.set()

    def new_pool(self):
        self.crowd.pool = [Question(*run.complete(
            self.g.question(), self.settings, self.xtext))
            for _ in range(POOL)]

    def ask(self, count):
        """Judge what has been answered."""
        if self.crowd is None:
            return
        if self.crowd.failed:
            raise events.Failed("%s: %s" % (
                type(self.crowd.failed).__name__, self.crowd.failed))
        try:
            configs, batch = self.crowd.batches.get(timeout=0.2)
        except queue.Empty:
            return
        self.judge_batch(batch, unique(configs))

    def judge_batch(self, batch, configs):
        self.note_path()
        seen = set()
        for question, reply, log in batch:
            self.n["questions"] += 1
            if reply in ("", "closed", "timeout") or \
                    reply.startswith("error"):
                raise events.Failed("no reply (%r) to %s" % (
                    reply, question.q))
            outcome = (question, reply) + self.signature(log)
            if outcome not in seen:
                seen.add(outcome)
                self.explain_outcome(question, reply, log, configs)

    def signature(self, log):
        """What a log line says, but for the time and the name."""
        if log is None:
            return ()
        if not log["policy_age"] or \
                int(log["policy_age"]) > soak.AGE_MOST:
            raise events.Failed("the policy's age is %r" % log["policy_age"])
        return tuple(log.get(key) for key in (
            "word", "reason", "client", "login", "from", "to", "rule",
            "match", "code", "enforce_from"))

    def differs(self, policy, config, question, reply, log):
        """From what the model says of this policy and configuration."""
        now = int(time.time())
        # No date in the policies is within a day of the next one.
        key = question, now // 86400, id(config)
        answers = policy.__dict__.setdefault("answers", {})
        if key not in answers:
            answers[key] = model.Decision(policy, config, now, 0,
                                          question.q).answer()
        age = int(log["policy_age"]) if log else 0
        wrong = run.compare(answers[key], age, reply, log)
        if question.named:
            return wrong
        return [w for w in wrong if not w.startswith("no log line")]

    def likely(self):
        """States of all, the likeliest first; some come twice."""
        window = self.tree.window()
        for index in [self.believed, self.tree.newest()] + self.path[::-1]:
            if index and all(i < n for i, n in zip(index, window)):
                yield index
        yield from self.tree.indices()

    def explain_outcome(self, question, reply, log, configs):
        t, seen = self.tree, {}
        for count, index in enumerate(self.likely()):
            wrong = min((self.differs(t.policy(index), c, question, reply, log)
                         for c in configs), key=len)
            if not wrong:
                self.believed = index
                self.n["explained by the window" if count > 1 else
                       "explained at once"] += 1
                return
            seen.setdefault(tuple(wrong), index)
            if count >= soak.COMBINATIONS:
                break
        mixed = any(not self.differs(p, c, question, reply, log)
                    for p in t.mixtures(soak.MIXTURES) for c in configs)
        if not mixed or not self.doubts:
            self.unexplained(question.q, reply, log, seen, mixed)
        self.n["explained by a mixture"] += 1

    # -- what else happens ----------------------------------------------------

    def change(self):
        super().change()
        self.note_path()

    def note_path(self):
        if not self.path or self.path[-1] != self.tree.newest():
            self.path.append(self.tree.newest())

    def rebase(self):
        """While nobody asks, and all that was answered is judged."""
        if self.crowd is not None:
            self.crowd.may_ask.clear()
            while not self.crowd.rests.is_set() or \
                    not self.crowd.batches.empty():
                self.ask(0)
        super().rebase()
        self.path.clear()
        self.believed = None
        if self.crowd is not None:
            self.new_pool()
            self.crowd.may_ask.set()

    def reload_broken(self):
        """What was in force stays."""
        path = self.daemon.dir + "/mayrelay.conf"
        with open(path) as f:
            good = f.read()
        before = self.told(HELD)
        self.daemon.write("mayrelay.conf", good.replace("role", "rôle"))
        self.daemon.proc.send_signal(signal.SIGHUP)
        told = self.wait_asking(HELD, lambda: self.told(HELD) > before)
        self.daemon.write("mayrelay.conf", good)
        if not told:
            raise events.Failed("a broken configuration was not refused")
        return good

    def reload(self):
        """The other of two configurations."""
        self.configs.reverse()
        self.settings, self.effective = self.configs[0]
        self.daemon.write_conf(self.settings, self.tree.with_filter,
                               soak.FULL_REFRESH)
        self.crowd.configs = tuple(c for _, c in self.configs)
        before = self.told(RELOADED)
        self.daemon.proc.send_signal(signal.SIGHUP)
        if not self.wait_asking("reload",
                                lambda: self.told(RELOADED) > before):
            raise events.Failed("the configuration was not reloaded")
        self.crowd.configs = (self.effective,)
        return True

    def told(self, text):
        return sum(text in line for line in self.crowd.others)

    # -- what must not grow -----------------------------------------------------

    def measure(self):
        """{what: how much} of mayrelayd."""
        proc = "/proc/%d/" % self.daemon.proc.pid
        heap = 0
        with open(proc + "smaps") as f:
            for line in f:
                words = line.split()
                if not words[0].endswith(":"):
                    in_heap = words[-1] == "[heap]"
                elif in_heap and words[0] == "Rss:":
                    heap = int(words[1])
        return {"heap": heap, "descriptors": len(os.listdir(proc + "fd")),
                "threads": len(os.listdir(proc + "task"))}

    def flat(self):
        now = self.measure()
        self.note("after a quarter of the time: %s; in the end: %s" % (
            self.full, now))
        if now["heap"] > self.full["heap"] + HEAP_MOST:
            raise events.Failed("memory grows")
        self.crowd.end()
        self.crowd = None

        def same():
            now = self.measure()
            return now["descriptors"] == self.bare["descriptors"] and \
                now["threads"] <= self.bare["threads"] + IDLE_WORKERS
        try:
            world.wait_for("as many descriptors and threads as before", same)
        except RuntimeError:
            raise events.Failed("left: %s, before all came %s" % (
                self.measure(), self.bare))
        self.note("before they came: %s; now: %s" % (
            self.bare, self.measure()))
        lost = self.daemon.status()["counters"]["log_lost"]
        if lost:
            raise events.Failed("%d log lines were lost" % lost)

    def run(self):
        self.end = time.monotonic() + self.args.seconds
        self.begin()
        self.come()
        shown = time.monotonic()
        quarter = shown + self.args.seconds / 4
        while time.monotonic() < self.end:
            self.undo(False)
            self.step()
            now = time.monotonic()
            if now > self.held and (
                    now > self.caught_up + 2 + 3 * self.r.random() or
                    max(self.tree.window()) > soak.WINDOW_MOST):
                self.catch_up()
            if self.full is None and now > quarter:
                self.full = self.measure()
            if now > shown + 30:
                shown = now
                self.show()
        self.catch_up()
        self.flat()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--bin", required=True)
    args = parser.parse_args()
    args.bin, args.servers = os.path.abspath(args.bin), 1
    if args.seed is None:
        args.seed = random.SystemRandom().randrange(2 ** 32)
    folder = tempfile.mkdtemp(prefix="load.")
    load = Load(args, folder)
    try:
        load.run()
        load.finish()
    except BaseException as e:
        print("\n".join(["the last that was done:"] + list(load.last_ops)))
        load.show()
        print("%s: %s" % (type(e).__name__, e), flush=True)
        load.abandon()
        print("not ok - load: seed %d (kept: %s)" % (args.seed, folder))
        if not isinstance(e, (events.Failed, RuntimeError)):
            raise
        return 1
    shutil.rmtree(folder)
    load.show()
    for name in sorted(n for n in load.n if n.startswith("event ")):
        print("# %8d %s" % (load.n[name], name[6:]))
    print("ok - load: %d answers on %d connections explained in %d s, none "
          "lost, and nothing grew" % (load.n["questions"], args.connections,
                                      args.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
