"""What happens to slapd, mayrelay-feed and mayrelayd in the soak.

Each event returns something true if it took place; what it broke is mended
after some seconds (soon()), or before the next catching up.
"""

import os
import signal
import time

import ldap

import tree
import world

FEED_DEAD = 36              # s; by then a feed that hangs has been replaced


class Failed(Exception):
    pass


def wait_silently(what, condition, patience=world.PATIENCE):
    try:
        world.wait_for(what, condition, patience)
    except RuntimeError:
        return False
    return True


class Events:
    """The part of soak.Soak that lets things happen."""

    def soon(self, least, most, what):
        """To be done some seconds from now, or before the next catching
        up."""
        self.later.append((time.monotonic() + least +
                           self.r.random() * (most - least), what))

    def victim(self):
        """A slapd that may go away now.  If there are two, both know all
        that was done, so that the other one can go on."""
        slapd = self.r.choice(self.slapds)
        if self.pending or any(not s.running() or s in self.frozen()
                               for s in self.slapds) or \
                not self.wait_asking("mirror", self.in_step, 10):
            return None
        return slapd

    def come_back(self, slapd):
        self.configure(slapd)
        slapd.start()
        self.did("slapd %s started" % slapd.dir)
        if self.pending and self.pending[2] is slapd:
            self.resolve()
        if len(self.slapds) > 1 and all(s.running() for s in self.slapds) \
                and not self.frozen():
            self.wait_asking("mirror", self.in_step, 10)

    def slapd_stops(self):
        slapd = self.victim()
        if slapd:
            slapd.end()
            self.soon(0.1, 4, lambda: self.come_back(slapd))
        return slapd

    def slapd_killed(self):
        """Perhaps while it does something; not if there are two: the other one
        would go on from a state before that, which nobody else was in."""
        slapd = self.victim()
        op = self.g.operation() if slapd and len(self.slapds) == 1 and \
            self.g.chance(0.7) else None
        if slapd:
            self.doubts = True
            self.soon(0.1, 4, lambda: self.come_back(slapd))
        if op and slapd is self.writer():
            self.apply(op, self.kill_in_a_moment)
        elif slapd:
            slapd.end(signal.SIGKILL)
        return slapd

    def kill_in_a_moment(self, slapd):
        time.sleep(self.r.choice([0, 0, 0.0005, 0.002, 0.01]))
        slapd.signal(signal.SIGKILL)
        # A result that was sent before counts.
        try:
            slapd.result(self.pending[3], 0.2)
            self.n["operations"] += 1
            self.pending = None
        except world.GONE:
            self.pending = self.pending[:3] + (None,)
        except ldap.LDAPError:
            self.tree.take_back(*self.pending[1])
            self.pending = None
        slapd.end(signal.SIGKILL)

    def slapd_hangs(self):
        """A change may wait in it."""
        slapd = self.victim()
        if slapd is None:
            return None

        def go_on():
            slapd.frozen = False
            slapd.signal(signal.SIGCONT)

        def freeze(_):
            slapd.frozen = True
            slapd.signal(signal.SIGSTOP)

        op = self.g.operation()
        if op and slapd is self.writer() and self.g.chance(0.5):
            self.apply(op, freeze)
        else:
            freeze(None)
        self.soon(0.1, 7, go_on)
        return slapd

    def feed_killed(self):
        feed = self.daemon.proc and self.daemon.feed()
        if feed:
            os.kill(feed, signal.SIGKILL)
        return feed

    def feed_hangs(self):
        """mayrelayd must replace it; or it goes on in time."""
        feed = self.daemon.proc and self.daemon.feed()
        left = self.end - time.monotonic()
        if not feed or self.held > time.monotonic():
            return None
        os.kill(feed, signal.SIGSTOP)
        self.unheard()
        if self.g.chance(0.4) and left > 2 * FEED_DEAD:
            self.held = time.monotonic() + FEED_DEAD
            self.soon(FEED_DEAD, FEED_DEAD, lambda: self.replaced(feed))
        else:
            self.soon(0.5, 6, lambda: self.goes_on(feed))
        return feed

    def slapd_restarts_unheard(self):
        """The feed learns of that and of the changes before it by its cookies
        alone."""
        slapd = self.victim()
        feed = slapd and self.daemon.proc and self.daemon.feed()
        if not feed:
            return None
        os.kill(feed, signal.SIGSTOP)
        self.unheard()
        wait_silently("mirror", self.in_step, 10)
        how = self.r.choice([signal.SIGTERM, signal.SIGTERM, signal.SIGKILL])
        self.doubts = self.doubts or how == signal.SIGKILL
        slapd.end(how)
        self.come_back(slapd)
        self.unheard()
        self.goes_on(feed)      # unless that took so long that it was replaced
        return slapd

    def goes_on(self, feed):
        if self.daemon.proc and self.daemon.feed() == feed:
            os.kill(feed, signal.SIGCONT)

    def replaced(self, feed):
        if self.daemon.proc and self.daemon.feed() == feed:
            raise Failed("a feed that hung for %d s was not replaced" %
                         FEED_DEAD)
        self.n["feeds replaced"] += 1

    def daemon_stops(self, how=signal.SIGTERM):
        if self.daemon.proc is None or self.held > time.monotonic():
            return None
        self.count_refreshes()
        self.daemon.end(how)
        self.unheard()
        self.soon(0, 3, self.daemon.start)
        return self.daemon

    def daemon_killed(self):
        return self.daemon_stops(signal.SIGKILL)

    def reload(self):
        if self.daemon.proc:
            self.daemon.proc.send_signal(signal.SIGHUP)
        return self.daemon.proc

    def refresh(self):
        """While entries are written to without a difference to what is read
        of them, and then with one."""
        slapd = self.writer()
        if self.daemon.proc is None or slapd is None or \
                self.held > time.monotonic():
            return None
        noise = slapd.noise()
        for _ in range(self.r.randint(1, 5)):
            self.refreshes.append(self.daemon.refresh())
            while self.refreshes[-1].poll() is None:
                self.look()
            for _ in range(3):
                self.look()
        noise()
        self.refreshes.append(self.daemon.refresh())
        self.unheard()
        self.look()
        return slapd

    def parent_renamed(self):
        """No increment tells of what lies below: nothing counts until a
        complete refresh is over."""
        if self.held > time.monotonic():
            return None
        self.catch_up()
        slapd, old = self.slapds[0], self.g.homes[3]
        new = self.g.team(self.r.randrange(1000))
        slapd.conn.rename_s(old, new[:new.index(",")])
        self.g.homes[3] = new
        for dn in [dn for dn in self.tree.records if tree.below(dn, old)]:
            record = self.tree.records[dn]
            self.tree.change(dn, tree.Record(dn[:-len(old)] + new,
                                             record.attrs))
        wait_silently("mirror", self.in_step)
        self.daemon.tool("refresh")
        self.catch_up(asking=False)
        return new

    EVENTS = [("slapd_stops", 3), ("slapd_killed", 3), ("slapd_hangs", 2),
              ("slapd_restarts_unheard", 4),
              ("feed_killed", 3), ("feed_hangs", 0.6), ("daemon_stops", 2),
              ("daemon_killed", 1), ("reload", 1), ("refresh", 3),
              ("parent_renamed", 0.6)]

    def event(self):
        names, weights = zip(*self.EVENTS)
        name = self.r.choices(names, weights)[0]
        if getattr(self, name)():
            self.did(name)
            self.n["events"] += 1
            self.n["event " + name] += 1
