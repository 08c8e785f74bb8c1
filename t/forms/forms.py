"""The tables of address forms (README.md has their format)."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))

# What a thief would have us relay to, and whom a probe comes from.
OUTSIDE = "example.org"
HOST = "mx.example.com"
LITERAL = "[192.0.2.25]"
LITERAL6 = "[IPv6:2001:db8:25::25]"

REPEAT = re.compile(r"\{([^{}]*)\}\*(\d+)")
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


def mixed(domain):
    """A domain in mixed case."""
    return "".join(c.upper() if i % 2 else c for i, c in enumerate(domain))


class Form:
    """One argument of MAIL FROM: or RCPT TO:, with its blanks to fill in."""

    def __init__(self, marks, text):
        self.marks, self.text = marks, text

    def swapped(self):
        """The same with the hosted and the foreign domain exchanged."""
        text = self.text.replace("MIXED", "\0").replace("IN", "\1")
        text = text.replace("OUT", "IN").replace("\1", "OUT")
        ours = "IN" in self.text or "MIXED" in self.text
        return Form("." if ours else self.marks,
                    text.replace("\0", "MIXED-OUT"))

    def fill(self, inside, token, outside=OUTSIDE):
        """Its bytes."""
        text = self.text
        for name, value in (("MIXED-OUT", mixed(outside)),
                            ("MIXED", mixed(inside)), ("IN", inside),
                            ("OUT", outside), ("HOST", HOST),
                            ("LIT6", LITERAL6), ("LIT", LITERAL),
                            ("TOKEN", token)):
            text = text.replace(name, value)
        text = REPEAT.sub(lambda m: m[1] * int(m[2]), text)
        return ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), text.encode())


def read_table(name):
    """The forms of a table, as they stand there."""
    forms = []
    with open(os.path.join(HERE, name), encoding="ascii") as f:
        for line in f.read().splitlines():
            if line and not line.startswith("#"):
                marks, text = line.split("\t")
                forms.append(Form(marks, text))
    return forms


def all_forms():
    """forms.txt, and each of its forms the other way round."""
    forms = read_table("forms.txt")
    known = {f.text for f in forms}
    if len(known) != len(forms):
        raise ValueError("a form stands twice in forms.txt")
    for form in list(forms):
        other = form.swapped()
        if other.text not in known:
            known.add(other.text)
            forms.append(other)
    return forms
