#!/usr/bin/env python3
"""Put random cases to a real mayrelayd and to the model; they must agree.

usage: run.py [--cases N] [--per-policy N] [--seed N] [--bin DIR] [--jobs N]

Each round makes a random policy and settings, starts mayrelayd (linked with
the scripted clock) on them, and puts its questions over the milter protocol.
Compared are the reply and, from the log line, verdict, reason, rule, match,
code, enforce_from and policy_age.  A disagreement prints the seed of its
round, the policy, the settings and the question, and the run fails.
"""

import argparse
import base64
import collections
import ipaddress
import json
import os
import pwd
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate             # noqa: E402
import model                # noqa: E402

LOCAL_MAILERS = ["local", "virtual", "lmtp", "dovecot", "cyrus", "cyrusv2",
                 "maildrop", "mailman", "prog", "*file*", "discard"]
MAX_STALE = 24 * 3600
BATCH = 400             # fewer lines than the log's ring holds
USER = "nobody"


# ---- writing what the daemon reads ------------------------------------------

def ldif(entries):
    out = ["version: 1"]
    for dn, attrs in entries:
        out += ["", "dn: " + dn]
        for name, values in attrs.items():
            for v in values:
                safe = v.isascii() and v and v[0] not in " :<" and \
                    v[-1] != " " and all(32 <= ord(c) < 127 for c in v)
                out.append("%s: %s" % (name, v) if safe else "%s:: %s" % (
                    name, base64.b64encode(v.encode()).decode()))
    return "\n".join(out) + "\n"


def words(values):
    return "[ %s ]" % ", ".join('"%s"' % v for v in values)


def account_map(s):
    """What these settings map, as libconfig reads it."""
    maps = ["login = %s;" % words(s["login_attrs"])]
    if s["status_attr"]:
        maps.append('status = ( { attr = "%s"; type = "keyword"; '
                    'enabled = [ "active" ]; absent = "enabled"; } );'
                    % s["status_attr"])
    if s["delegate_attr"]:
        maps.append('delegate = ( { attr = "%s"; type = "dn"; }, '
                    '{ attr = "secretary"; type = "login"; } );'
                    % s["delegate_attr"])
    if s["group_attr"]:
        maps.append('group = ( { attr = "%s"; type = "dn"; } );'
                    % s["group_attr"])
    if s["recipient_attr"]:
        maps.append('recipient = ( { attr = "%s"; type = "pattern"; '
                    'negative = "-"; local_only = "local"; } );'
                    % s["recipient_attr"])
    return "map = { %s };" % " ".join(maps)


def from_files(s, folder, overrides):
    """The settings of directory for policy.ldif (and overrides.ldif)."""
    return """source = "ldif:%s/policy.ldif";
  poll_interval = "23h";
  accounts = { %s };
  %s""" % (folder, account_map(s), 'overrides = "ldif:%s/overrides.ldif";'
           % folder if overrides else "")


def conf(s, folder, directory, log="permits = true; repeats = 0"):
    return """
milter = { socket = "unix:%(dir)s/run/milter.sock"; socket_mode = "0666";
  user = "%(user)s"; mta = "%(mta)s"; };
policy = {
  role = "%(role)s"; enforce_from = "%(enforce_from)s";
  on_unavailable = "%(unavailable)s"; max_stale = "24h";
  null_sender = "%(null)s"; sender_scope = "%(scope)s";
  extension_delimiters = "%(delimiters)s";
  qualify_domain = "%(qualify_domain)s";
  login_realms = %(realms)s; login_domains = %(domains)s;
  login_default_realm = "%(login_default_realm)s";
  local_domains = %(locals)s;
};
directory = {
  store = "%(dir)s/store";
  %(directory)s
};
reply = { help_url = "https://mail.example.com/smtp-auth"; };
log = { target = "stderr"; %(log)s; };
""" % dict(s, dir=folder, user=USER, directory=directory, log=log,
           role="authority" if s["authority"] else "narrowing",
           unavailable="permit" if s["permit_unavailable"] else "tempfail",
           null="permit" if s["null_sender"] else "reject",
           scope="any" if s["any_domain"] else "local",
           realms=words(s["login_realms"]), domains=words(s["login_domains"]),
           locals=words(s["local_domains"]))


def effective(settings):
    """The settings as the model wants them."""
    s = dict(settings)
    s["enforce_from"] = {"now": model.NOW, "never": model.NEVER}.get(
        s["enforce_from"], 1780272000)
    s["local_mailers"] = LOCAL_MAILERS
    s["max_stale"] = MAX_STALE
    return s


# ---- a daemon ----------------------------------------------------------------

class Daemon:
    """One mayrelayd with its folder, its client and its clock."""

    def __init__(self, bindir, folder):
        self.bin, self.dir = bindir, folder
        self.log_at = 0
        os.chmod(folder, 0o755)
        user = pwd.getpwnam(USER)
        os.mkdir(folder + "/run")
        os.chown(folder + "/run", user.pw_uid, user.pw_gid)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(text)

    def clock(self, utc, boot):
        subprocess.run([self.bin + "/tools/setclock", self.dir + "/clock",
                        str(utc), str(boot), "diff-boot"], check=True)

    def start(self, now):
        self.clock(now, 10 ** 9)
        self.spawn(self.bin + "/scripted/mayrelayd", dict(
            os.environ, MAYRELAY_CLOCK=self.dir + "/clock"))

    def spawn(self, program, env):
        self.log = open(self.dir + "/log", "ab", buffering=0)
        self.proc = subprocess.Popen(
            [program, "-c", self.dir + "/mayrelay.conf"],
            env=env, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)

    def lines(self):
        """New complete log lines."""
        with open(self.dir + "/log", "rb") as f:
            f.seek(self.log_at)
            data = f.read()
        end = data.rfind(b"\n") + 1
        self.log_at += end
        return data[:end].decode("utf-8", "replace").splitlines()

    def wait_for(self, pattern):
        seen = []
        for _ in range(6000):
            seen += self.lines()
            if any(re.search(pattern, l) for l in seen):
                return seen
            if self.proc.poll() is not None:
                raise RuntimeError("mayrelayd ended:\n" + "\n".join(seen))
            time.sleep(0.01)
        raise RuntimeError("no %r in the log:\n%s" % (pattern,
                                                      "\n".join(seen)))

    def client(self, version):
        for _ in range(3000):
            if os.path.exists(self.dir + "/run/milter.sock"):
                break
            time.sleep(0.01)
        self.miltc = subprocess.Popen(
            [self.bin + "/tools/miltc"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8")
        for command in ("open unix:%s/run/milter.sock" % self.dir,
                        "negotiate", "macro C \"v=%s\"" % version):
            self.say(command)

    def say(self, command):
        self.miltc.stdin.write(command + "\n")
        self.miltc.stdin.flush()

    def stop(self):
        if self.miltc:
            self.miltc.stdin.close()
            self.miltc.wait()
        self.proc.send_signal(signal.SIGTERM)
        status = self.proc.wait(60)
        self.log.close()
        if status != 0 and sys.exc_info()[0] is None:
            raise RuntimeError("mayrelayd ended with %d:\n%s" % (
                status, "\n".join(self.lines())))


# ---- questions ---------------------------------------------------------------

def escape(text):
    if text is None:
        return "-"
    out = "".join(chr(b) if 33 <= b < 127 and b != 92 else "\\x%02x" % b
                  for b in text.encode())
    return "\\x2d" if out == "-" else out


def xtext(text):
    return "".join(chr(b) if 33 <= b < 127 and chr(b) not in '+\\(<>")'
                   else "+%02X" % b for b in text.encode())


def case_line(q, login):
    kind, ip, port = q["client"]
    if kind == "ip":
        where = "%d %s %d" % (ip.version, ip, port)
    else:
        where = "%s - 0" % {"local": "L", "unknown": "U"}[kind]
    return "\t".join(["case " + where, escape(login or None),
                      escape(q["auth_type"])] +
                     [escape(q[k]) for k in ("sender", "recipient", "mailer",
                                             "host", "addr")])


def complete(q, settings, sendmail):
    """What the decision sees of a question; and the login as it is sent."""
    q = dict(q)
    kind, ip, port = q["client"]
    if kind == "ip" and ip.version == 6 and ip.ipv4_mapped:
        q["client"] = (kind, ip.ipv4_mapped, port)
    login, sent = q["raw_login"], q["raw_login"]
    q["login_usable"] = model.read_login(login) is not None
    if sendmail:
        sent = xtext(login)
        if login == "+":
            # Malformed on purpose: a + that no two digits follow.
            sent, q["login_usable"] = "joe+2", False
    q["login"] = login if model.fold(q["auth_type"]) != "anonymous" else ""
    return q, sent


FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')


def parse_log(line):
    m = re.search(r"NOQUEUE: (\S+) (reason=.*)", line)
    if not m:
        return None
    fields = {k: v for k, v in FIELD.findall(m.group(2))}
    for k, v in fields.items():
        if v.startswith('"'):
            raw = re.sub(r"\\x([0-9a-f]{2})",
                         lambda h: chr(int(h.group(1), 16)), v[1:-1])
            fields[k] = re.sub(r'\\(["\\])', r"\1", raw)
    fields["word"] = m.group(1)
    return fields


CODES = {"account-ambiguous": "451 4.3.5", "directory-unavailable":
         "451 4.3.0"}


def compare(answer, age, reply, log):
    """What differs, as text; empty if they agree."""
    wrong = []

    def check(what, want, got):
        good = got in want if isinstance(want, set) else got == want
        if not good:
            wrong.append("%s: model %r, mayrelayd %r" % (what, want, got))

    code = CODES.get(answer.reason, "550 5.7.1")
    if answer.word in ("reject", "tempfail"):
        check("reply", code, reply[:9])
    else:
        check("reply", "continue", reply)
    if answer.word == "pass":
        check("log", None, log)
        return wrong
    if log is None:
        return wrong + ["no log line; model: %s %s" % (answer.word,
                                                       answer.reason)]
    check("verdict", answer.word, log["word"])
    check("reason", answer.reason, log["reason"])
    check("rule", answer.rule, log["rule"])
    check("match", answer.match, log.get("match", ""))
    check("policy_age", "" if age is None else str(age), log["policy_age"])
    refused = answer.word not in ("pass", "permit")
    check("code", code if refused else "", log["code"])
    date = answer.enforce_from
    if date is not None:
        date = "never" if date == model.NEVER else time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(date))
    check("enforce_from", date, log.get("enforce_from"))
    return wrong


# ---- rounds ------------------------------------------------------------------

def show(entries, overrides, settings, q, wrong, seed):
    print("disagreement (seed %d):" % seed)
    for w in wrong:
        print("    " + w)
    print("question: %s" % {k: str(v) for k, v in q.items()})
    print("settings: %s" % json.dumps(settings, default=str))
    print(ldif(entries))
    print("overrides:\n" + ldif(overrides))


SEEN = collections.Counter()


class Round:
    def __init__(self, seed, bindir, folder):
        self.seed = seed
        self.g = generate.Generator(seed)
        self.entries, self.overrides = self.g.policy()
        self.settings = self.g.settings()
        self.unloaded = self.g.chance(0.04)
        self.sendmail = self.g.chance(0.4)
        self.daemon = Daemon(bindir, folder)

    def begin(self):
        d = self.daemon
        d.write("policy.ldif", "broken\n" if self.unloaded
                else ldif(self.entries))
        if self.overrides:
            d.write("overrides.ldif", ldif(self.overrides))
        d.write("mayrelay.conf", conf(self.settings, d.dir, from_files(
            self.settings, d.dir, self.overrides)))
        self.start = self.g.r.choice(generate.NOWS)
        d.start(self.start)
        self.loaded(d)
        d.client("8.17.1.9" if self.sendmail else "Postfix 3.7.11")

    def loaded(self, d):
        """Wait until all files have been read, or have been refused."""
        wanted = ["policy.ldif:1" if self.unloaded else
                  "policy generation .*/policy.ldif"]
        if self.overrides:
            wanted.append("policy generation .*/overrides.ldif")
        seen = []
        for pattern in wanted:
            if not any(re.search(pattern, l) for l in seen):
                seen += d.wait_for(pattern)

    def xtext(self):
        return self.settings["mta"] == "sendmail" or \
            (self.settings["mta"] == "auto" and self.sendmail)

    def batch(self, policy, s, n):
        """Put n questions at one time of day; return disagreements."""
        d, r = self.daemon, self.g.r
        now = r.choice(generate.NOWS)
        age = r.choice([0] * 6 + [100, 100, MAX_STALE, MAX_STALE + 1, 10 ** 6])
        d.clock(now, 10 ** 9 + age * 1000)
        age = None if self.unloaded else age
        d.lines()
        asked = []
        for _ in range(n):
            q, sent = complete(self.g.question(), self.settings,
                               self.xtext())
            d.miltc.stdin.write(case_line(q, sent) + "\n")
            asked.append(q)
        d.miltc.stdin.flush()
        replies = [d.miltc.stdout.readline().rstrip("\n") for _ in asked]
        answers = [model.Decision(policy, s, now, age, q).answer()
                   for q in asked]
        logs = self.collect(sum(a.word != "pass" for a in answers))
        for q, answer, reply in zip(asked, answers, replies):
            log = None
            if answer.word != "pass" and logs:
                log = logs.pop(0)
            SEEN[answer.word, answer.reason] += 1
            wrong = compare(answer, age, reply, log)
            if wrong:
                show(self.entries, self.overrides, self.settings, q,
                     ["now %d, age %s" % (now, age)] + wrong, self.seed)
                return False
        return True

    def collect(self, wanted):
        logs = []
        for _ in range(3000):
            logs += [l for l in map(parse_log, self.daemon.lines()) if l]
            if len(logs) >= wanted:
                break
            time.sleep(0.002)
        return logs

    def run(self, cases):
        self.daemon.miltc = None
        try:
            self.begin()
            entries = [model.Entry(model.fold(dn), attrs)
                       for dn, attrs in self.entries]
            overrides = [model.Entry(model.fold(dn), attrs)
                         for dn, attrs in self.overrides]
            s = effective(self.settings)
            policy = model.Policy(entries, overrides, s)
            if self.unloaded:
                policy = model.Policy([], overrides, s)
            for at in range(0, cases, BATCH):
                if not self.batch(policy, s, min(BATCH, cases - at)):
                    return False
            return True
        finally:
            self.daemon.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--per-policy", type=int, default=800)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--bin", required=True)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else \
        struct.unpack("<I", os.urandom(4))[0]
    print("# seed %d" % seed)
    done = 0
    while done < args.cases:
        folder = tempfile.mkdtemp(prefix="differential.")
        good = Round(seed, os.path.abspath(args.bin), folder).run(
            args.per_policy)
        if not good:
            print("not ok - differential: seed %d (kept: %s)" % (seed,
                                                                  folder))
            return 1
        shutil.rmtree(folder)
        done += args.per_policy
        seed = (seed * 1103515245 + 12345) % 2 ** 32
    for (word, reason), n in sorted(SEEN.items()):
        print("# %8d %s %s" % (n, word, reason))
    print("ok - differential: %d random cases agree" % done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
