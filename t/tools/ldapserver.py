#!/usr/bin/env python3
"""ldapserver: an LDAP server that behaves as it is told, well or badly.

usage: ldapserver.py [--cert FILE --key FILE] PORT-FILE PLAY-FILE POLICY-FILE

Listens on a port of 127.0.0.1, which it writes into PORT-FILE, serves what
POLICY-FILE (LDIF) says, by plain searches and by RFC 4533, and tells on
standard error what it is asked.  A changed POLICY-FILE is news to those who
follow it.

PLAY-FILE says what goes wrong, and is looked at anew each time; an empty one
is a server that is well.  A line is WHEN ACTION [ARGUMENT]:

    when         it is the turn of
    listen       the socket: `full' lets no further connection come about
    accept       a connection that was just accepted
    bind         the answer to a bind
    starttls     the answer to StartTLS
    tls          the TLS handshake after it
    KIND.start   the answer to a search, at its beginning
    KIND.middle  ... when half of the entries are told
    KIND.end     ... when all are, instead of its end
    persist      those who follow: now

KIND is `list' (refreshOnly), `follow' (refreshAndPersist), `plain' (without
RFC 4533), `probe' (of one entry) or `any' (but probe).

    action       what happens
    silent       nothing, ever again on this connection
    half         half a message; then nothing, ever again
    drip         a message (of TLS in its handshake), byte by byte, that
                 never ends
    close rst    the connection is closed, or reset
    garbage      bytes that are no LDAP
    result CODE  that result instead of the right one
    referral     result 10, with the address of another server
    reference    a search reference; then the answer goes on
    empty        (start) the answer is complete, and nothing was found
    no-done      (end) success without the control that should be there
    no-cookie    (end) the refresh ends without a cookie
    no-state     (start) entries come without the control that names them
    bad-state    (start) they come with one that cannot be read
    bad-info     a sync info message that cannot be read; then it goes on
    bad-entry    an entry that cannot be read; then it goes on
    disconnect   a Notice of Disconnection, and the end
    nameless     an unsolicited notice whose name is empty, and nothing more
    nameless-info   an intermediate response whose name is; then it goes on
"""
import argparse
import base64
import hashlib
import os
import select
import signal
import socket
import ssl
import struct
import sys
import threading
import uuid

sys.dont_write_bytecode = True

import ldapwire as wire		# noqa: E402 (nothing is to be left behind)

TURN = 0.1		# seconds between two looks at the files
ELSEWHERE = b"ldap://198.51.100.1/dc=example,dc=com"
GARBAGE = (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
           b"<p>Your browser sent a request that this server could not "
           b"understand.</p>\r\n")
TLS_RECORD = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb"	# a long ServerHello
UUIDS = uuid.UUID("89804912-3059-4188-a476-465026231876")


class Over(Exception):
    """This connection has come to its end."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def contents_of(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return b""


# ---- what is served --------------------------------------------------------

class Entry:
    """A DN, its entryUUID, and attributes in their order."""

    def __init__(self, lines):
        self.attributes = {}
        names = {}
        for name, value in lines:
            names.setdefault(name.lower(), name)
            self.attributes.setdefault(name.lower(), []).append(value)
        self.names = names
        self.dn = self.attributes.pop(b"dn")[0]
        self.uuid = uuid.uuid5(UUIDS, self.dn.decode().lower()).bytes
        self.attributes[b"entryuuid"] = [str(uuid.UUID(
            bytes=self.uuid)).encode()]
        names[b"entryuuid"] = b"entryUUID"

    def below(self, base):
        dn = self.dn.lower()
        return not base or dn == base or dn.endswith(b"," + base)

    def asked_for(self, wanted):
        wanted = [w.lower() for w in wanted]
        every = not wanted or b"*" in wanted
        return [(self.names[name], values)
                for name, values in self.attributes.items()
                if name in wanted or (every and name != b"entryuuid")]


def read_ldif(data):
    """The entries of a file that a test has written, and so is good."""
    entries = []
    for record in data.replace(b"\n ", b"").split(b"\n\n"):
        lines = []
        for line in record.split(b"\n"):
            if not line or line.startswith((b"#", b"version:")):
                continue
            name, value = line.split(b":", 1)
            if value.startswith(b":"):
                value = base64.b64decode(value[1:])
            lines.append((name, value.strip()))
        if lines:
            entries.append(Entry(lines))
    return entries


class Policy:
    """The entries of the file, and a cookie that goes with them."""

    def __init__(self, data):
        self.data = data
        self.entries = read_ldif(data)
        self.cookie = b"digest=" + hashlib.sha256(data).hexdigest().encode()


class Served:
    """What the files say now; for all connections."""

    def __init__(self, args):
        self.args = args
        self.lock = threading.Lock()
        self.policy_seen = Policy(contents_of(args.policy))

    def policy(self):
        with self.lock:
            data = contents_of(self.args.policy)
            if data != self.policy_seen.data:
                self.policy_seen = Policy(data)
            return self.policy_seen

    def play(self):
        """{when: [action, argument...]}, and the words it is made of."""
        words = contents_of(self.args.play).decode()
        lines = [line.split() for line in words.splitlines() if line.strip()]
        return {line[0]: line[1:] for line in lines}, words


# ---- one connection --------------------------------------------------------

class Search:
    """What was asked, and what of the answer was told already."""

    def __init__(self, ident, operation, controls):
        fields = wire.read_all(operation)
        self.ident = ident
        self.base = fields[0][1].lower()
        self.scope = wire.read_number(fields[1][1])
        self.filter = fields[6]
        self.wanted = [v for _, v in wire.read_all(fields[7][1])]
        self.paged = wire.PAGED in controls
        self.mode, self.cookie = 0, b""
        if wire.SYNC_REQUEST in controls:
            self.mode, self.cookie = wire.read_sync_request(
                controls[wire.SYNC_REQUEST])
        self.policy = None
        self.stateless = None

    def kind(self):
        if self.scope == 0:
            return "probe"
        if self.mode == 0:
            return "plain"
        return "follow" if self.cookie else "list"

    def found(self, policy):
        return [e for e in policy.entries
                if (e.below(self.base) if self.scope else
                    e.dn.lower() == self.base) and
                wire.matches(self.filter, e.attributes)]

    def entry(self, e, state=wire.ADD):
        controls = []
        if self.mode and self.stateless == "bad-state":
            controls = [wire.control(wire.SYNC_STATE, b"\x30\x03\x0a\x01")]
        elif self.mode and self.stateless is None:
            controls = [wire.sync_state(state, e.uuid)]
        attributes = [] if state == wire.DELETE else e.asked_for(self.wanted)
        return wire.message(self.ident, wire.entry(e.dn, attributes),
                            *controls)

    def end(self, cookie, control=True):
        """The last message of the refresh; [] if there is none of it."""
        success = wire.result(wire.SEARCH_DONE, 0)
        if self.mode == 0:
            controls = [wire.page(b"")] if self.paged and control else []
            return wire.message(self.ident, success, *controls)
        if self.mode == 1:
            controls = [wire.sync_done(cookie)] if control else []
            return wire.message(self.ident, success, *controls)
        if not control:
            return wire.message(self.ident, success)
        current = self.cookie and self.cookie == self.policy.cookie
        return wire.message(self.ident, wire.refresh_ends(
            cookie, present=bool(self.cookie) and not current))


class Connection(threading.Thread):
    """Answers one client until one of both has enough."""

    def __init__(self, sock, served, number):
        super().__init__(daemon=True)
        self.sock = sock
        self.served = served
        self.name = "connection %d" % number
        self.following = {}		# id: Search
        self.played = None		# the play that `persist' was done for
        self.buffer = b""

    def run(self):
        try:
            self.act("accept")
            while True:
                self.turn()
        except (Over, OSError):
            pass
        finally:
            self.sock.close()
            say(f"{self.name}: over")

    def turn(self):
        if self.readable(TURN):
            data = self.sock.recv(65536)
            if not data:
                raise Over
            self.buffer += data
            self.requests()
        self.persist()

    def readable(self, wait):
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return True
        return bool(select.select([self.sock], [], [], wait)[0])

    def requests(self):
        while True:
            try:
                _, contents, at = wire.read_tlv(self.buffer)
            except wire.Incomplete:
                return
            self.buffer = self.buffer[at:]
            self.request(*wire.read_message(contents))

    def request(self, ident, tag, operation, controls):
        if tag == wire.BIND_REQUEST:
            self.bind(ident, operation)
        elif tag == wire.EXTENDED_REQUEST:
            self.start_tls(ident)
        elif tag == wire.SEARCH_REQUEST:
            self.search(Search(ident, operation, controls))
        elif tag == wire.ABANDON_REQUEST:
            self.following.pop(wire.read_number(operation), None)
        elif tag == wire.UNBIND_REQUEST:
            raise Over

    def send(self, *messages):
        for m in messages:
            self.sock.sendall(m)

    # -- what is asked --

    def bind(self, ident, operation):
        say(f"{self.name}: bind {wire.read_all(operation)[1][1].decode()}")
        if not self.act("bind", ident, wire.BIND_RESPONSE):
            self.send(wire.message(ident, wire.result(wire.BIND_RESPONSE, 0)))

    def start_tls(self, ident):
        say(f"{self.name}: starttls")
        if self.act("starttls", ident, wire.EXTENDED_RESPONSE):
            return
        self.send(wire.message(ident, wire.result(wire.EXTENDED_RESPONSE, 0)))
        self.act("tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.served.args.cert, self.served.args.key)
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def search(self, search):
        kind = search.kind()
        say("%s: %s %s cookie=%s" % (self.name, kind, search.base.decode(),
                                     search.cookie.decode("latin-1")))
        search.policy = self.served.policy()
        whens = [kind] if kind == "probe" else [kind, "any"]
        found = search.found(search.policy)
        if search.cookie and search.cookie == search.policy.cookie:
            found = []
        if self.stage(search, whens, "start", found):
            return
        half = (len(found) + 1) // 2
        self.send(*map(search.entry, found[:half]))
        if self.stage(search, whens, "middle", found):
            return
        self.send(*map(search.entry, found[half:]))
        if not self.stage(search, whens, "end", found):
            self.send(search.end(search.policy.cookie))
            self.follow(search)

    def stage(self, search, whens, part, found):
        """What the play has for this part; true: the search is over."""
        play, _ = self.served.play()
        for when in whens:
            action = play.get(f"{when}.{part}")
            if not action:
                continue
            if action[0] in ("no-state", "bad-state"):
                search.stateless = action[0]
            elif action[0] == "empty":
                found.clear()
                # Else it would say that nothing has changed.
                if search.cookie:
                    search.cookie = b"another"
            elif action[0] in ("no-done", "no-cookie"):
                self.send(search.end(b"", action[0] == "no-cookie"))
                if action[0] == "no-cookie":
                    self.follow(search)
                return True
            else:
                return self.do(action, search.ident, wire.SEARCH_DONE)
        return False

    # -- those who follow --

    def follow(self, search):
        # Who has no cookie yet leaves when all is told.
        if search.kind() == "follow":
            self.following[search.ident] = search

    def persist(self):
        play, words = self.served.play()
        if self.following and "persist" in play and words != self.played:
            self.played = words
            say(f"{self.name}: {' '.join(play['persist'])}")
            for ident in list(self.following):
                if self.do(play["persist"], ident, wire.SEARCH_DONE):
                    self.following.pop(ident, None)
        policy = self.served.policy()
        for search in self.following.values():
            if search.policy is not policy:
                self.news(search, policy)

    def news(self, search, policy):
        old = {e.dn: e for e in search.found(search.policy)}
        new = {e.dn: e for e in search.found(policy)}
        for dn, e in new.items():
            if dn not in old:
                self.send(search.entry(e))
            elif e.attributes != old[dn].attributes:
                self.send(search.entry(e, wire.MODIFY))
        for dn, e in old.items():
            if dn not in new:
                self.send(search.entry(e, wire.DELETE))
        search.policy = policy
        self.send(wire.message(search.ident, wire.new_cookie(policy.cookie)))

    # -- what goes wrong --

    def act(self, when, ident=0, tag=0):
        action = self.served.play()[0].get(when)
        return bool(action) and self.do(action, ident, tag)

    def do(self, action, ident, tag):
        """Do it; true if that was the (last) answer."""
        name = action[0]
        arguments = action[1:]
        say(f"{self.name}: plays {' '.join(action)}")
        return getattr(self, "do_" + name.replace("-", "_"))(
            ident, tag, *arguments)

    def stay_silent(self):
        while self.sock.recv(65536):
            pass
        raise Over

    def do_silent(self, _ident, _tag):
        self.stay_silent()

    def do_half(self, ident, tag):
        whole = wire.message(ident, wire.result(tag or wire.SEARCH_DONE, 0))
        self.send(whole[:len(whole) // 2])
        self.stay_silent()

    def do_drip(self, ident, tag):
        long = wire.message(ident, wire.entry(
            b"cn=long", [(b"cn", [b"x" * 100000])]))
        self.send(long[:40] if tag else TLS_RECORD)
        while True:
            if self.readable(TURN) and not self.sock.recv(65536):
                raise Over
            self.send(b"x")

    def do_close(self, _ident, _tag):
        raise Over

    def do_rst(self, _ident, _tag):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        raise Over

    def do_garbage(self, _ident, _tag):
        self.send(GARBAGE)
        self.stay_silent()

    def do_result(self, ident, tag, code):
        self.send(wire.message(ident, wire.result(
            tag, int(code), b"as it was told")))
        return True

    def do_referral(self, ident, tag):
        self.send(wire.message(ident, wire.result(
            tag, 10, b"", [ELSEWHERE])))
        return True

    def do_reference(self, ident, _tag):
        self.send(wire.message(ident, wire.reference(ELSEWHERE)))
        return False

    def do_bad_info(self, ident, _tag):
        self.send(wire.message(ident, wire.intermediate(
            wire.SYNC_INFO, b"\xa3\x05\x04\x7fabc")))
        return False

    def do_bad_entry(self, ident, _tag):
        self.send(wire.message(ident, wire.tlv(
            wire.SEARCH_ENTRY, b"\x04\x02cn\x30\x7f\x30")))
        return False

    def do_disconnect(self, _ident, _tag):
        self.send(wire.message(0, wire.result(
            wire.EXTENDED_RESPONSE, 52, b"going down",
            more=wire.tlv(0x8a, wire.DISCONNECTION))))
        raise Over

    def do_nameless(self, _ident, _tag):
        self.send(wire.message(0, wire.result(
            wire.EXTENDED_RESPONSE, 52, more=wire.tlv(0x8a))))
        self.stay_silent()

    def do_nameless_info(self, ident, _tag):
        self.send(wire.message(ident, wire.intermediate(b"", b"")))
        return False


# ---- the server ------------------------------------------------------------

class Server:
    """The listening socket, and who fills its queue when it is to be full."""

    def __init__(self, args):
        self.served = Served(args)
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.fillers = []
        self.number = 0
        with open(args.port_file + ".new", "w", encoding="ascii") as f:
            f.write("%d\n" % self.sock.getsockname()[1])
        os.rename(args.port_file + ".new", args.port_file)

    def full(self):
        """Nobody is accepted, so that the next SYN is dropped."""
        while len(self.fillers) < 3:
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.sock.getsockname())
            self.fillers.append(filler)

    def run(self):
        while True:
            if self.served.play()[0].get("listen") == ["full"]:
                self.full()
                select.select([], [], [], TURN)
                continue
            while self.fillers:
                self.fillers.pop().close()
            if select.select([self.sock], [], [], TURN)[0]:
                sock, _ = self.sock.accept()
                self.number += 1
                say(f"connection {self.number}: begins")
                Connection(sock, self.served, self.number).start()


def main():
    parser = argparse.ArgumentParser(description="an LDAP server that behaves "
                                     "as it is told")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("port_file")
    parser.add_argument("play")
    parser.add_argument("policy")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    Server(parser.parse_args()).run()


if __name__ == "__main__":
    main()
