#!/usr/bin/python3
"""Talk SMTP as a script says, also in ways that no mail program would.

usage: smtptalk.py [-s SOURCE] HOST PORT < SCRIPT
       smtptalk.py SOCKET < SCRIPT

Prints "C: ..." and "S: ..." lines.  Each line of the script is sent, and its
reply heard; after DATA come the lines of the message up to the dot.  Lines
that begin with a colon are for this program:

    :first TEXT         send TEXT before the greeting is heard (PROXY); only
                        as the first line
    :tls [PEM]          STARTTLS; with PEM as the client's certificate and key
    :auth LOGIN WORD    AUTH PLAIN; \\xHH in LOGIN is a byte, \\s a blank
    :send COMMAND       send it, and hear the reply at the next :hear only
    :raw TEXT           send the bytes of TEXT (\\r\\n\\xHH); no reply is due
    :hear               hear the replies that are due, or one if none is
    :drop               go away without a word (a reset)
    :close              go away without QUIT
"""
import argparse
import base64
import socket
import ssl
import struct
import sys

PATIENCE_S = 120


def plain(text):
    """The bytes that a word of the script stands for."""
    text = text.replace("\\s", "\\x20")
    return text.encode("latin-1", "backslashreplace").decode(
        "unicode_escape").encode("latin-1")


class Talk:
    """One connection."""

    def __init__(self, host, port, source):
        if port is None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(PATIENCE_S)
            self.sock.connect(host)
        else:
            self.sock = socket.create_connection(
                (host, port), PATIENCE_S, (source, 0) if source else None)
        self.heard = self.sock.makefile("rb")
        self.due = []
        self.in_body = False
        self.gone = False

    def put(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            self.gone = True

    def reply(self):
        """One reply, of several lines perhaps; its code."""
        while True:
            try:
                line = self.heard.readline()
            except OSError:
                line = b""
            if not line:
                self.gone = True
                print("S: (nothing)")
                return ""
            line = line.decode("latin-1").rstrip("\r\n")
            print("S:", line)
            if line[3:4] != "-":
                return line[:3]

    def hear(self):
        if not self.due:
            return self.reply()
        for command in self.due:
            print("C:", command)
            self.reply()
        self.due = []
        return ""

    def command(self, text):
        self.put(plain(text) + b"\r\n")
        print("C:", text)
        if self.in_body:
            self.in_body = text != "."
            if self.in_body:
                return ""
        code = self.reply()
        if text == "DATA":
            self.in_body = code == "354"
        return code

    def tls(self, pem):
        if self.command("STARTTLS") != "220":
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if pem:
            context.load_cert_chain(pem)
        self.sock = context.wrap_socket(self.sock)
        self.heard = self.sock.makefile("rb")

    def auth(self, words):
        login, word = words.split(" ")
        text = b"\0" + plain(login) + b"\0" + plain(word)
        self.command("AUTH PLAIN " + base64.b64encode(text).decode())

    def send(self, text):
        self.put(plain(text) + b"\r\n")
        self.due.append(text)

    def drop(self, _):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.close()

    def close(self, _=""):
        self.heard.close()
        self.sock.close()
        self.gone = True

    def act(self, line):
        name, _, rest = line.partition(" ")
        {":tls": self.tls, ":auth": self.auth, ":send": self.send,
         ":raw": lambda text: self.put(plain(text)),
         ":hear": lambda _: self.hear(),
         ":drop": self.drop, ":close": self.close}[name](rest)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("-s", dest="source")
    words.add_argument("host")
    words.add_argument("port", type=int, nargs="?")
    words = words.parse_args()
    lines = [line.rstrip("\n") for line in sys.stdin]
    talk = Talk(words.host, words.port, words.source)
    if lines and lines[0].startswith(":first "):
        talk.put(plain(lines.pop(0)[7:]) + b"\r\n")
    talk.reply()
    for line in lines:
        if talk.gone:
            break
        if line.startswith(":") and not talk.in_body:
            talk.act(line)
        else:
            talk.command(line)
    if not talk.gone:
        talk.close()


main()
