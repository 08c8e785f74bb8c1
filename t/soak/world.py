"""What the soak runs: private slapds, and a mayrelayd that follows them."""

import itertools
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time

import ldap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "differential"))
import run                  # noqa: E402
import tree                 # noqa: E402

BASE = tree.BASE
ADMIN, ADMIN_PASSWORD = "cn=admin," + BASE, "Admin-of-a-soak"
READER, READER_PASSWORD = "cn=mayrelay," + BASE, "Reader-of-a-soak"
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
NOISE = "description"
PATIENCE = 60               # for what will never happen
GONE = (ldap.SERVER_DOWN, ldap.CONNECT_ERROR, ldap.TIMEOUT, ldap.BUSY,
        ldap.UNAVAILABLE)


def wait_for(what, condition, patience=PATIENCE, pause=0.02):
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise RuntimeError("never came: " + what)
        time.sleep(pause)


def ldap_attrs(attrs):
    return {name: [v.encode() for v in values]
            for name, values in attrs.items()}


class Slapd:
    """One slapd with its folder; all that is changed is changed by it."""

    def __init__(self, folder, sid=None):
        self.dir, self.sid, self.peer = folder, sid, None
        self.proc = self.conn = None
        os.makedirs(folder + "/db")
        self.socket = folder + "/ldapi"
        self.uri = "ldapi://" + self.socket.replace("/", "%2F")

    def write_conf(self, sessionlog, checkpoint):
        """${sessionlog}, ${checkpoint}: None, or how many changes."""
        lines = ["include /etc/ldap/schema/%s.schema" % name
                 for name in ("core", "cosine", "nis", "inetorgperson")]
        lines += [
            "include %s/etc/mayrelay.schema" % TOP, tree.SCHEMA,
            "modulepath /usr/lib/ldap", "moduleload back_mdb",
            "moduleload syncprov", "pidfile %s/pid" % self.dir,
            "sizelimit unlimited",
            "serverID %d" % self.sid if self.sid else "",
            "database mdb", "suffix " + BASE, "rootdn " + ADMIN,
            "rootpw " + ADMIN_PASSWORD, "directory %s/db" % self.dir,
            "maxsize 268435456", "dbnosync",
            "index objectClass,entryUUID,entryCSN eq",
            'access to attrs=userPassword by anonymous auth by * none',
            'access to * by dn.exact="%s" read by * none' % READER]
        if self.peer:
            lines += [
                "syncrepl rid=001 provider=%s type=refreshAndPersist "
                'retry="1 +" searchbase="%s" bindmethod=simple '
                'binddn="%s" credentials=%s' % (
                    self.peer.uri, BASE, ADMIN, ADMIN_PASSWORD),
                "multiprovider on"]
        lines.append("overlay syncprov")
        if sessionlog is not None:
            lines.append("syncprov-sessionlog %d" % sessionlog)
        if checkpoint is not None:
            lines.append("syncprov-checkpoint %d 1" % checkpoint)
        with open(self.dir + "/slapd.conf", "w") as f:
            f.write("\n".join(line for line in lines if line) + "\n")

    def load(self, entries):
        # slapadd does not know "version: 1".
        text = run.ldif(entries).partition("\n\n")[2]
        with open(self.dir + "/log", "ab") as log:
            subprocess.run(
                ["slapadd", "-q", "-w", "-f", self.dir + "/slapd.conf"],
                input=text.encode(), check=True, stdout=log,
                stderr=log)

    def take_from(self, other):
        """Everything anew; neither runs."""
        text = subprocess.run(
            ["slapcat", "-f", other.dir + "/slapd.conf"], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for name in os.listdir(self.dir + "/db"):
            os.unlink(self.dir + "/db/" + name)
        with open(self.dir + "/log", "ab") as log:
            subprocess.run(
                ["slapadd", "-q", "-w", "-f", self.dir + "/slapd.conf"],
                input=text, check=True, stdout=log, stderr=log)

    # -- its life -----------------------------------------------------------

    def start(self):
        log = open(self.dir + "/log", "ab")
        self.proc = subprocess.Popen(
            ["slapd", "-d", "stats,sync" if os.environ.get("KEEP") else "0",
             "-h", self.uri,
             "-f", self.dir + "/slapd.conf"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_for("slapd in " + self.dir, self.answers)

    def answers(self):
        if self.proc.poll() is not None:
            raise RuntimeError("slapd ended, see %s/log" % self.dir)
        try:
            self.bind()
            return True
        except GONE:
            return False

    def bind(self):
        self.unbind()
        conn = ldap.initialize(self.uri)
        conn.network_timeout = conn.timeout = 20
        conn.simple_bind_s(ADMIN, ADMIN_PASSWORD)
        self.conn = conn

    def unbind(self):
        if self.conn is not None:
            try:
                self.conn.unbind_s()
            except ldap.LDAPError:
                pass
        self.conn = None

    def running(self):
        return self.proc is not None

    def end(self, how=signal.SIGTERM):
        """Whatever state it is in."""
        if self.proc is None:
            return
        self.signal(how)
        if how == signal.SIGTERM:
            self.signal(signal.SIGCONT)
        try:
            self.proc.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        self.proc = None
        self.unbind()

    def signal(self, number):
        self.proc.send_signal(number)

    # -- what it is asked ---------------------------------------------------

    def send(self, op):
        """Send a tree.Op; return the number of the request."""
        conn = self.conn
        if op.kind == "add":
            return conn.add_ext(op.dn, list(ldap_attrs(
                op.added.attrs).items()))
        if op.kind == "delete":
            return conn.delete_ext(op.dn)
        if op.kind == "rename":
            return conn.rename(op.dn, op.more["rdn"], op.more["parent"], 1)
        hows = {"replace": ldap.MOD_REPLACE, "add": ldap.MOD_ADD,
                "delete": ldap.MOD_DELETE}
        return conn.modify_ext(op.dn, [
            (hows[how], name, [v.encode() for v in values] or None)
            for how, name, values in op.more["mods"]])

    def result(self, number, timeout):
        """Raises what the server said, ldap.TIMEOUT if nothing."""
        self.conn.result4(number, all=1, timeout=timeout)

    def noise(self):
        """Go on writing to an attribute of the fillers that nobody reads,
        until what is returned is called."""
        conn = ldap.initialize(self.uri)
        conn.simple_bind_s(ADMIN, ADMIN_PASSWORD)
        over = threading.Event()

        def write():
            for i in itertools.count():
                if over.is_set():
                    break
                try:
                    conn.modify_s(tree.filler(i % tree.FILLERS)[0], [(
                        ldap.MOD_REPLACE, NOISE, [b"%d" % i])])
                except ldap.LDAPError:
                    pass
            conn.unbind_s()

        thread = threading.Thread(target=write)
        thread.start()

        def end():
            over.set()
            thread.join()
        return end

    def entries(self):
        """{dn: attributes} of all the leaf entries that have a cn."""
        out = {}
        for dn, attrs in self.conn.search_s(
                BASE, ldap.SCOPE_SUBTREE, "(cn=*)", ["*"]):
            if dn != READER:
                out[dn] = {name: [v.decode() for v in values]
                           for name, values in attrs.items()}
        return out

    def context(self):
        (_, attrs), = self.conn.search_s(BASE, ldap.SCOPE_BASE,
                                         attrlist=["contextCSN"])
        return sorted(attrs.get("contextCSN", []))


class Mayrelay(run.Daemon):
    """mayrelayd with the LDAP source, on the real clock."""

    def __init__(self, bindir, folder, slapds):
        super().__init__(bindir, folder)
        # Whom mayrelayd becomes may not be let into that folder.
        self.programs = folder + "/bin"
        os.mkdir(self.programs)
        for name in ("mayrelayd", "mayrelay", "mayrelay-feed"):
            shutil.copy(os.path.join(bindir, name), self.programs)
        self.slapds = slapds
        self.proc = self.miltc = None
        user = pwd.getpwnam(run.USER)
        self.new_store()
        self.write("secret", READER_PASSWORD + "\n")
        os.chmod(folder + "/secret", 0o600)
        os.chown(folder + "/secret", user.pw_uid, user.pw_gid)

    def new_store(self):
        user = pwd.getpwnam(run.USER)
        shutil.rmtree(self.dir + "/store", ignore_errors=True)
        os.mkdir(self.dir + "/store", 0o700)
        os.chown(self.dir + "/store", user.pw_uid, user.pw_gid)

    def write_conf(self, settings, with_filter, full_refresh):
        accounts = 'base = "%s"; %s' % (
            tree.PEOPLE, run.account_map(dict(settings)))
        if with_filter:
            accounts += ' filter = "(%s=%s)";' % (tree.FILTER_ATTR,
                                                  tree.FILTER_VALUE)
        self.write("mayrelay.conf", run.conf(settings, self.dir, """
  source = "ldap"; uris = [ %s ];
  bind = { method = "simple"; dn = "%s"; password_file = "%s/secret"; };
  refresh = "sync"; poll_interval = "1s"; timeout = "2s";
  full_refresh = "%ds"; max_shrink = 60;
  accounts = { %s };
  networks = { base = "%s"; }; domains = { base = "%s"; };
  groups = { base = "%s"; };""" % (
            ", ".join('"%s"' % s.uri for s in self.slapds), READER, self.dir,
            full_refresh, accounts, tree.RELAY, tree.RELAY, tree.GROUPS)))

    # -- its life -----------------------------------------------------------

    def start(self):
        self.spawn(self.programs + "/mayrelayd", dict(os.environ))
        self.wait_listening()

    def wait_listening(self):
        def listening():
            if self.proc.poll() is not None:
                raise RuntimeError("mayrelayd ended with %d" %
                                   self.proc.returncode)
            with open("/proc/net/unix") as f:
                return any(l.endswith(" %s/run/milter.sock\n" % self.dir) and
                           l.split()[3] == "00010000" for l in f)
        wait_for("mayrelayd", listening)

    def hang_up(self):
        if self.miltc is not None:
            self.miltc.stdin.close()
            self.miltc.wait()
            self.miltc.stdout.close()
        self.miltc = None

    def end(self, how=signal.SIGTERM):
        if self.proc is None:
            return
        self.hang_up()
        self.proc.send_signal(how)
        status = self.proc.wait(PATIENCE)
        self.proc = None
        self.log.close()
        if status not in (0, -signal.SIGKILL):
            raise RuntimeError("mayrelayd ended with %d" % status)

    # -- what it is asked ---------------------------------------------------

    def tool(self, *args):
        return subprocess.run(
            [self.programs + "/mayrelay", "-c", self.dir + "/mayrelay.conf"] +
            list(args), capture_output=True, text=True, timeout=PATIENCE * 2)

    def status(self):
        """`mayrelay status --json`; None: there is nothing to show."""
        said = self.tool("status", "--json")
        return json.loads(said.stdout) if said.stdout else None

    def refresh(self, *args):
        """Ask for a complete refresh and let it run."""
        return subprocess.Popen(
            [self.programs + "/mayrelay", "-c", self.dir + "/mayrelay.conf",
             "refresh"] + list(args), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def feed(self):
        """The process id of mayrelay-feed, or None."""
        children = []
        for task in os.listdir("/proc/%d/task" % self.proc.pid):
            try:
                with open("/proc/%d/task/%s/children" % (
                        self.proc.pid, task)) as f:
                    children += f.read().split()
            except OSError:     # a thread that has ended
                pass
        for pid in children:
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    if b"mayrelay-feed" in f.read():
                        return int(pid)
            except OSError:
                pass
        return None

    def dump(self):
        """What the replica holds, as tree.Tree.expected() says it."""
        said = subprocess.run([self.bin + "/tools/storedump",
                               self.dir + "/store"], capture_output=True)
        if said.returncode != 0:
            return None
        out, fillers = set(), set()
        for text in said.stdout.decode().splitlines():
            line = tuple(text.split(" ", 3))
            if line[1].startswith("uid=f"):
                fillers.add(line[1])
            elif line[3] != tree.NOTHING:
                out.add(line)
        return out | {tree.fillers_line(len(fillers))}
