#!/usr/bin/env python3
"""Play an SMTP client: commands from standard input, told as a dialogue.

usage: smtpclient.py [--from ADDR] --to ADDR [--port N] [--timeout S]

The connection comes from the address ADDR.  Each line of standard input is a
command, sent as it is (any bytes) with CR LF; each is followed by the server's
reply before the next is sent.  After DATA come the lines of the message, up to
and with a single dot; they are skipped if the server does not want them.
Without a QUIT at the end the connection is simply closed.

It prints "C: ..." for each command and "S: ..." for each line of a reply;
"S: (nothing)" is a server that went away or said nothing for S seconds.
"""
import argparse
import socket
import sys


class Gone(Exception):
    """The server has gone, or says nothing."""


class Client:
    def __init__(self, arguments):
        self.out = sys.stdout.buffer
        source = (arguments.source, 0) if arguments.source else None
        self.sock = socket.create_connection(
            (arguments.to, arguments.port), arguments.timeout, source)
        self.hello = self.sock.makefile("rb")

    def tell(self, who, line):
        self.out.write(who + b": " + line + b"\n")
        self.out.flush()

    def hear(self):
        """One reply, of several lines perhaps; its last line."""
        while True:
            try:
                line = self.hello.readline()
            except OSError:
                line = b""
            if not line:
                self.tell(b"S", b"(nothing)")
                raise Gone
            line = line.rstrip(b"\r\n")
            self.tell(b"S", line)
            if line[3:4] != b"-":
                return line

    def send(self, line):
        try:
            self.sock.sendall(line + b"\r\n")
        except OSError:
            self.tell(b"S", b"(nothing)")
            raise Gone from None

    def say(self, line):
        self.tell(b"C", line)
        self.send(line)
        return self.hear()

    def message(self, lines, wanted):
        """The message up to its dot; whether a reply is to come."""
        for line in lines:
            if wanted:
                self.send(line)
            if line == b".":
                break
        if wanted:
            self.tell(b"C", b".")
            self.hear()

    def play(self, lines):
        self.hear()
        for line in lines:
            reply = self.say(line)
            if line.upper() == b"DATA":
                self.message(lines, reply.startswith(b"354"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="source")
    parser.add_argument("--to", required=True)
    parser.add_argument("--port", type=int, default=25)
    parser.add_argument("--timeout", type=float, default=60)
    arguments = parser.parse_args()
    lines = (line.rstrip(b"\n") for line in sys.stdin.buffer)
    try:
        Client(arguments).play(lines)
    except Gone:
        return
    except OSError as error:
        sys.exit(f"smtpclient: {error}")


if __name__ == "__main__":
    main()
