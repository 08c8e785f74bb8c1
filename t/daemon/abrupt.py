#!/usr/bin/python3
"""Break off, mix up and garble milter dialogues with a running mayrelayd.

usage: abrupt.py SOCKET PID MAYRELAY CONFIGURATION [ATTEMPT...]

SOCKET is a path, or a port of 127.0.0.1, where hanging up is a reset.  Prints
"ok - text" and "not ok - text".  By the policy in force nobody may send anything
anywhere, so that a single permit is a hole.  ATTEMPT `stay' prints "there" and
keeps its connections until its standard input ends.
"""

import itertools
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

PATH, PID, TOOL, CONF = sys.argv[1:5]
PATIENCE = 60

failures = 0


def ok(good, text, *seen):
    global failures
    print(("ok - " if good else "not ok - ") + text, flush=True)
    if not good:
        failures += 1
        for line in seen:
            print("#   %s" % (line,), flush=True)


# ---- packets ---------------------------------------------------------------

def packet(command, data=b""):
    return struct.pack(">I", len(data) + 1) + command + data


def macros(stage, *pairs):
    return packet(b"D", stage + b"".join(
        name + b"\0" + value + b"\0" for name, value in pairs))


def negotiate(version=6, actions=0x1ff, steps=0x1fffff):
    return packet(b"O", struct.pack(">III", version, actions, steps))


OPEN = negotiate()
CONNECT = (macros(b"C", (b"v", b"Postfix 3.7.11"), (b"j", b"mx.example.com"))
           + packet(b"C", b"host.example\0004" + struct.pack(">H", 4711)
                    + b"203.0.113.9\0"))
HELO = macros(b"H", (b"{tls_version}", b"TLSv1.3")) + packet(
    b"H", b"host.example\0")
MAIL = (macros(b"M", (b"i", b"A1"), (b"{auth_type}", b"PLAIN"),
               (b"{auth_authen}", b"joe"))
        + packet(b"M", b"<joe@example.com>\0SIZE=100\0"))
RCPT = (macros(b"R", (b"{rcpt_mailer}", b"smtp"), (b"{rcpt_addr}", b"b"))
        + packet(b"R", b"<b@example.net>\0"))
REST = (packet(b"T") + packet(b"L", b"Subject\0hello\0") + packet(b"N")
        + packet(b"B", b"some text\r\n") + packet(b"E"))

# All that an MTA says in a session with two messages and two clients.
WHOLE = (OPEN + CONNECT + HELO + MAIL + RCPT + RCPT + REST + MAIL + RCPT
         + packet(b"A") + packet(b"K") + CONNECT + MAIL + RCPT + packet(b"A")
         + packet(b"Q"))
# Four refusals, and an answer to each of DATA, header, EOH, body and EOM.
WHOLE_ANSWERS = b"Oyycccccyy"


# ---- connections -----------------------------------------------------------

def connect():
    if PATH.isdigit():
        s = socket.socket(socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    else:
        s = socket.socket(socket.AF_UNIX)
    s.settimeout(PATIENCE)
    s.connect(("127.0.0.1", int(PATH)) if PATH.isdigit() else PATH)
    return s


def send(s, data):
    """Send; False if the filter has hung up."""
    try:
        s.sendall(data)
        return True
    except OSError:
        return False


def heard(s):
    """All that is said until the filter hangs up."""
    data = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return data
            data += more
    except ConnectionError:
        return data


def answers(data):
    """The commands of a stream of packets; None for what is none."""
    codes = b""
    while data:
        if len(data) < 5:
            return None
        length = struct.unpack(">I", data[:4])[0]
        if length < 1 or len(data) < 4 + length:
            return None
        codes += data[4:5]
        data = data[4 + length:]
    return codes


def say(data):
    """Say it, end, and return the answers."""
    with connect() as s:
        if send(s, data):
            try:
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return answers(heard(s))


# ---- what must hold after all of it ----------------------------------------

def status():
    said = subprocess.run([TOOL, "-c", CONF, "status", "--json"],
                          stdout=subprocess.PIPE, check=False).stdout
    return json.loads(said)["counters"]


def descriptors():
    return len(os.listdir("/proc/%s/fd" % PID))


def becomes(what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()


def lives():
    try:
        with open("/proc/%s/stat" % PID) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def still(text):
    """The daemon is as it was before, and serves."""
    if not lives():
        ok(False, text, "mayrelayd is gone")
        sys.exit(1)
    try:
        good = say(OPEN + CONNECT + MAIL + RCPT + packet(b"Q"))
    except OSError as error:
        good = error
    ok(good == b"Oy", text + ": the next dialogue", good)
    ok(becomes(lambda: status()["connections"] == 0),
       text + ": no session stays", status())
    ok(becomes(lambda: descriptors() <= BEFORE),
       text + ": no descriptor stays", descriptors(), BEFORE)
    others = [d for d in status()["decisions"]
              if d["verdict"] not in ("reject", "tempfail")]
    ok(not others, text + ": nothing is permitted", others)


# ---- what is tried ---------------------------------------------------------

def whole():
    ok(say(WHOLE) == WHOLE_ANSWERS, "a whole dialogue in one piece",
       say(WHOLE))
    with connect() as s:
        for i in range(len(WHOLE)):
            send(s, WHOLE[i:i + 1])
        said = answers(heard(s))
    ok(said == WHOLE_ANSWERS, "and byte by byte", said)


def prefixes():
    """Hang up after each byte, having heard what there is to hear."""
    bad = []
    for i in range(len(WHOLE)):
        said = say(WHOLE[:i])
        if said is None or not WHOLE_ANSWERS.startswith(said):
            bad.append((i, said))
    ok(not bad, "broken off at each of %d bytes" % len(WHOLE), *bad[:5])
    still("broken off at each byte")


def crowd_of_prefixes():
    crowd = []
    for i in range(len(WHOLE)):
        s = connect()
        send(s, WHOLE[:i])
        crowd.append(s)
    return crowd


def hang_up(crowd):
    for s in crowd:
        s.close()


def prefixes_at_once():
    """The same, all at the same time, and deaf."""
    hang_up(crowd_of_prefixes())
    still("broken off at all bytes at once")


def crowd_of_deaf():
    """Who asks until no more can be written, and never reads."""
    crowd = []
    for _ in range(3):
        s = connect()
        send(s, OPEN + CONNECT + MAIL)
        s.setblocking(False)
        while select.select([], [s], [], 0.3)[1]:
            s.send(RCPT * 100)
        crowd.append(s)
    return crowd


def deaf():
    crowd = crowd_of_deaf()
    said = say(WHOLE)
    ok(said == WHOLE_ANSWERS, "who never reads keeps nobody waiting", said)
    hang_up(crowd)
    still("who never reads")


def stay():
    crowd = crowd_of_prefixes() + crowd_of_deaf()
    print("there", flush=True)
    sys.stdin.read()
    hang_up(crowd)


def at_each_stage():
    """Where a dialogue may stand."""
    said = b""
    for more in (b"", OPEN, CONNECT, MAIL, RCPT, packet(b"A")):
        said += more
        yield said


def lengths():
    """Packets that say that they are longer or shorter than they are."""
    for stage in at_each_stage():
        for length in (0, 1, 2, 65535, 65536, 65537, 0x100000, 0x7fffffff,
                       0x80000000, 0xfffffffe, 0xffffffff):
            for rest in (b"", b"R", b"R<b@example.net>\0", b"DM\0",
                         b"R" * 70000):
                say(stage + struct.pack(">I", length) + rest)
    still("lengths that are wrong")


def commands():
    """Each byte as a command, empty, and with what looks like contents."""
    for stage in at_each_stage():
        for c in range(256):
            for data in (b"", b"\0", b"<b@example.net>\0x\0"):
                say(stage + packet(bytes([c]), data) + RCPT)
    still("each byte as a command")


def disorder():
    """Commands in every order, three in a row, and at random."""
    # What is answered for a recipient only.
    silent = (OPEN, CONNECT, MAIL, RCPT, packet(b"A"), packet(b"K"),
              packet(b"Q"), macros(b"X", (b"{auth_authen}", b"x")))
    words = silent + (HELO, packet(b"T"), packet(b"L", b"To\0you\0"),
                      packet(b"N"), packet(b"B", b"x"), packet(b"E"),
                      packet(b"U", b"VRFY\0"))
    permits = []
    for row in itertools.product(words, repeat=3):
        for begin in (b"", OPEN):
            said = say(begin + b"".join(row) + RCPT)
            if set(row) <= set(silent) and b"c" in said:
                permits.append(row)
    ok(not permits, "no order of commands is answered by a permit",
       *permits[:5])
    still("commands in every order")
    draw = random.Random(1)
    for _ in range(500):
        say(OPEN + CONNECT + b"".join(draw.choice(words)
                                      for _ in range(40)))
    still("commands at random")


def garbled():
    """A dialogue in which one byte is another: but none of a packet of macros,
    where libmilter (8.17) itself reads too far if a NUL is missing."""
    plain = OPEN + packet(b"C", b"host.example\0004\x12\x67203.0.113.9\0") + \
        packet(b"M", b"<a@example.org>\0") + packet(b"R", b"<b@example.net>\0")
    for i in range(len(plain)):
        for c in (0, 1, 0x7f, 0x80, 0xff, plain[i] ^ 0x20):
            # A recipient without a domain is local.
            if c != ord("D") and plain[i] != ord("@"):
                say(plain[:i] + bytes([c]) + plain[i + 1:])
    still("one byte is another")


def arguments():
    """Commands whose contents are not what they should be."""
    for data in (b"", b"\0", b"\0\0", b"@", b"x@example.net",
                 b"x@example.net\0y", b"\xff@\0", b"<>" * 9 + b"\0",
                 b"<a@" + b"a" * 60000 + b">\0", b"\0" * 65000):
        say(OPEN + CONNECT + packet(b"M", data) + RCPT)
        say(OPEN + CONNECT + MAIL + packet(b"R", data) + RCPT)
        say(OPEN + packet(b"C", data) + MAIL + RCPT)
        say(OPEN + CONNECT + packet(b"H", data) + MAIL + RCPT)
        say(packet(b"O", data) + CONNECT + MAIL + RCPT)
        say(OPEN + CONNECT + packet(b"O", data) + MAIL + RCPT)
    still("contents that are wrong")


def idle():
    """Hundreds that say nothing more, while others are served."""
    # None in mid-command: libmilter's pool (8.17) gives more sessions to a free
    # worker than one, and while the first does not come to its end the next
    # waits, until anything happens anywhere else.
    crowd = []
    for said in (b"", OPEN, OPEN + CONNECT, OPEN + CONNECT + MAIL) * 150:
        s = connect()
        send(s, said)
        crowd.append(s)
    said = say(WHOLE)
    ok(said == WHOLE_ANSWERS, "600 that say nothing keep nobody waiting", said)
    hang_up(crowd)
    still("600 that say nothing")


ATTEMPTS = (whole, prefixes, prefixes_at_once, lengths, commands, disorder,
            garbled, arguments, idle, deaf)
BEFORE = descriptors()
for attempt in [globals()[name] for name in sys.argv[5:]] or ATTEMPTS:
    attempt()
sys.exit(1 if failures else 0)
