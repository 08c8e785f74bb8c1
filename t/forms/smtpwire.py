"""SMTP as bytes: a client that says anything, and a server that takes all.

The client is not that of t/tools/smtpclient.py, which waits for each reply and
prints a dialogue: thousands of probes are sent in batches here, and a caller
wants their replies.
"""
import base64
import re
import socket
import socketserver
import threading

PATIENCE_S = 120
PASSWORD = "secret"


class Gone(Exception):
    """The server has hung up."""


class Client:
    """One connection from a source address, perhaps signed in."""

    def __init__(self, target, source, login=None):
        self.sock = socket.create_connection(target, PATIENCE_S, (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = self.sock.makefile("rb")
        self.reply()
        self.say(b"EHLO client.example")
        if login:
            word = base64.b64encode(
                ("\0%s\0%s" % (login, PASSWORD)).encode())
            said = self.say(b"AUTH PLAIN " + word)
            if not said.startswith("235"):
                raise Gone("AUTH: " + said)

    def reply(self):
        """One reply, its lines joined by a blank."""
        lines = []
        while True:
            try:
                line = self.heard.readline()
            except ConnectionError:
                line = b""
            if not line:
                raise Gone(" ".join(lines))
            line = line.decode("latin-1").rstrip("\r\n")
            lines.append(line)
            if line[3:4] != "-":
                return " ".join(lines)

    def say(self, command):
        self.sock.sendall(command + b"\r\n")
        return self.reply()

    def batch(self, commands):
        """Send them at once; their replies.  A line feed inside a command
        makes two of it, for servers that are lenient."""
        self.sock.sendall(b"".join(c + b"\r\n" for c in commands))
        return [" / ".join(self.reply() for _ in c.split(b"\n"))
                for c in commands]

    def message(self, sender, recipient, probe):
        """A message for one recipient; the replies to RCPT and to its end."""
        said = self.batch([b"RSET", b"MAIL FROM:" + sender,
                           b"RCPT TO:" + recipient, b"DATA"])
        if not said[3].startswith("354"):
            return said[2], said[3]
        return said[2], self.say(
            b"X-Probe: %s\r\nFrom: <>\r\nSubject: probe\r\n\r\nprobe\r\n."
            % probe.encode())

    def close(self):
        self.batch([b"QUIT"])
        self.heard.close()
        self.sock.close()


class Mail:
    """What a sink has taken: one message."""

    def __init__(self):
        self.sender, self.recipients, self.probe = None, [], None


class SinkDialogue(socketserver.StreamRequestHandler):
    """One client of a sink."""

    disable_nagle_algorithm = True
    OFFER = ("here.example", "PIPELINING", "8BITMIME", "SMTPUTF8", "DSN")

    def answer(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def offer(self):
        for word in self.OFFER[:-1]:
            self.answer("250-" + word)
        self.answer("250 " + self.OFFER[-1])

    def take(self, mail):
        self.answer("354 go on")
        in_head = True
        for line in self.rfile:
            if line == b".\r\n":
                break
            in_head = in_head and line != b"\r\n"
            m = re.match(rb"X-Probe: (\S+)", line)
            if m and in_head:
                mail.probe = m[1].decode()
        with self.server.lock:
            self.server.mails.append(mail)
        self.answer("250 2.0.0 taken")

    def handle(self):
        self.answer("220 here.example")
        mail = Mail()
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.offer()
            elif verb == b"DATA":
                self.take(mail)
                mail = Mail()
            elif verb == b"QUIT":
                self.answer("221 2.0.0 bye")
                return
            else:
                if verb == b"MAIL":
                    mail.sender = line[10:].strip()
                elif verb == b"RCPT":
                    mail.recipients.append(line[8:].strip())
                self.answer("250 2.0.0 ok")


class Sink(socketserver.ThreadingTCPServer):
    """A server that takes every mail, and keeps who it was for."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), SinkDialogue)
        self.mails, self.lock = [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()
