#!/usr/bin/python3
"""A milter that does nothing, and keeps what the MTA tells of recipients.

usage: recorder.py PATH         do nothing, on that socket, until killed
"""
import contextlib
import os
import socketserver
import struct
import sys
import threading

# Protocol version 6: nothing is wanted but RCPT (and MAIL without an answer).
STEPS = 0x2 | 0x10 | 0x20 | 0x40 | 0x100 | 0x200 | 0x1000 | 0x4000


class Recipient:
    """What was told of one: the arguments of MAIL and RCPT, and macros."""

    def __init__(self, mail, rcpt, macros):
        self.mail, self.rcpt = mail, rcpt
        self.mailer = macros.get(b"{rcpt_mailer}")
        self.host = macros.get(b"{rcpt_host}")
        self.addr = macros.get(b"{rcpt_addr}")

    def triple(self):
        return self.mailer, self.host, self.addr

    def __str__(self):
        def text(value):
            return "-" if value is None else repr(value)[1:]
        return "mailer=%s host=%s addr=%s argument=%s" % (
            *map(text, self.triple()), text(self.rcpt[0]))


class Dialogue(socketserver.StreamRequestHandler):
    """One connection of the MTA."""

    def packet(self):
        head = self.rfile.read(4)
        if len(head) < 4:
            return b""
        return self.rfile.read(struct.unpack(">I", head)[0])

    def answer(self, data):
        self.wfile.write(struct.pack(">I", len(data)) + data)

    def handle(self):
        mail, macros = None, {}
        while data := self.packet():
            words = data[1:].split(b"\0")[:-1]
            command = data[:1]
            if command == b"O":
                self.answer(b"O" + struct.pack(">III", 6, 0, STEPS))
            elif command == b"D" and words:
                if words[0] == b"R":
                    macros = {}
                words[0] = words[0][1:]
                macros.update(zip(words[::2], words[1::2]))
            elif command == b"M":
                mail = words
            elif command == b"R":
                self.server.heard.append(Recipient(mail, words, macros))
                macros = {}
                self.answer(b"c")
            elif command == b"E":
                self.answer(b"c")
            elif command == b"Q":
                return


class Recorder(socketserver.ThreadingUnixStreamServer):
    """Keeps, in heard, a Recipient for every RCPT that it is asked of."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, path):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        super().__init__(path, Dialogue)
        os.chmod(path, 0o666)
        self.heard = []


def start(path):
    recorder = Recorder(path)
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    return recorder


if __name__ == "__main__":
    Recorder(sys.argv[1]).serve_forever()
