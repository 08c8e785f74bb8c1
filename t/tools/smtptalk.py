#!/usr/bin/env python3
"""Talk SMTP as smtpclient.py does, and in ways that no mail program would.

usage: smtptalk.py [--from ADDR] [--to ADDR] [--port N] < SCRIPT
       smtptalk.py --socket PATH < SCRIPT

Lines that begin with a colon are for this program:

    :first TEXT         send TEXT before the greeting is heard (PROXY); only
                        as the first line
    :tls [PEM]          STARTTLS; with PEM as the client's certificate and key
    :auth LOGIN WORD    AUTH PLAIN
    :send COMMAND       send it, and hear its reply at the next :hear
    :raw TEXT           send the bytes of TEXT; no reply is due
    :hear               hear the replies that are due, or one if none is
    :again              go away, and come again as another connection
    :drop               the same with a reset of the old one
    :signal NAME PID    send a process a signal: STOP, CONT, ...; after a STOP
                        go on when it has stopped

In LOGIN, COMMAND and TEXT \\xHH is a byte, \\r\\n a line's end, \\s a blank.
"""
import argparse
import base64
import os
import pathlib
import re
import signal
import socket
import ssl
import struct
import sys
import time

import smtpclient

ESCAPES = {b"s": b" ", b"r": b"\r", b"n": b"\n"}


def plain(text):
    """The bytes that a word of the script stands for."""
    return re.sub(rb"\\(x..|[rns])", lambda found: ESCAPES.get(
        found[1]) or bytes.fromhex(found[1][1:].decode()), text)


def frozen(pid):
    """Whether each thread of the process has stopped: a signal is under way
    when kill() comes back."""
    states = set()
    for stat in pathlib.Path("/proc", pid).glob("task/*/stat"):
        try:
            states.add(stat.read_text().rpartition(") ")[2][0])
        except (FileNotFoundError, ProcessLookupError):
            pass        # a thread that has ended
    return states == {"T"}


class Talk(smtpclient.Client):
    """Connections, one after the other."""

    def __init__(self, arguments, first=b""):
        self.arguments = arguments
        if arguments.socket:
            self.out = sys.stdout.buffer
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(arguments.timeout)
            self.sock.connect(arguments.socket)
            self.hello = self.sock.makefile("rb")
        else:
            super().__init__(arguments)
        self.due = []
        if first:
            self.send(plain(first))
        self.hear()

    def tls(self, pem):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if pem:
            context.load_cert_chain(pem)
        if self.say(b"STARTTLS").startswith(b"220"):
            self.hello.close()
            self.sock = context.wrap_socket(self.sock)
            self.hello = self.sock.makefile("rb")

    def auth(self, words):
        login, word = words.split(b" ")
        text = b"\0" + plain(login) + b"\0" + plain(word)
        self.say(b"AUTH PLAIN " + base64.b64encode(text))

    def send_alone(self, command):
        self.send(plain(command))
        self.due.append(command)

    def raw(self, text):
        self.sock.sendall(plain(text))

    def hear_due(self, _):
        if not self.due:
            self.hear()
        while self.due:
            self.tell(b"C", self.due.pop(0))
            self.hear()

    def again(self, _):
        self.hello.close()
        self.sock.close()
        self.__init__(self.arguments)

    def drop(self, _):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.again(_)

    def signal(self, words):
        name, pid = words.decode().split()
        os.kill(int(pid), getattr(signal, "SIG" + name))
        end = time.monotonic() + self.arguments.timeout
        while name == "STOP" and not frozen(pid):
            if time.monotonic() > end:
                raise OSError(f"process {pid} does not stop")
            time.sleep(0.01)

    def act(self, line):
        word, _, rest = line.partition(b" ")
        {b":tls": self.tls, b":auth": self.auth, b":send": self.send_alone,
         b":raw": self.raw, b":hear": self.hear_due, b":drop": self.drop,
         b":again": self.again, b":signal": self.signal}[word](rest)

    def play(self, lines):
        for line in lines:
            if line.startswith(b":"):
                self.act(line)
            elif self.say(line).startswith(b"354") and line == b"DATA":
                self.message(lines, True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="source")
    parser.add_argument("--to", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=25)
    parser.add_argument("--socket")
    parser.add_argument("--timeout", type=float, default=60)
    arguments = parser.parse_args()
    lines = sys.stdin.buffer.read().splitlines()
    first = b""
    if lines and lines[0].startswith(b":first "):
        first = lines.pop(0)[7:]
    try:
        Talk(arguments, first).play(iter(lines))
    except smtpclient.Gone:
        return
    except OSError as error:
        sys.exit(f"smtptalk: {error}")


main()
