#!/usr/bin/python3
"""The house that the batteries break into: its policy, and who may what.

Run, it prints the policy as LDIF.  What the batteries hold answers against
(is_home, may_send_out and anna_writes) is said here by itself, and not learnt
from mayrelay.
"""
import functools
import re
import sys

import forms

BASE = "dc=example,dc=com"

# Hosted by an entry.  Those of Postfix's and Sendmail's own knowledge alone
# (box.example, alias.example) have none.
DOMAINS = ["example.com", "mx.example.com", "backup.example",
           "b\u00fccher.example", "stra\u00dfe.example", forms.LITERAL,
           forms.LITERAL6]

# Client addresses by name.
CLIENTS = {
    "inside": "192.0.2.70",
    "outside": "203.0.113.9",
    "v6": "2001:db8:2::9",
    "loopback": "127.0.0.1",
    "mapped": "::ffff:203.0.113.9",
    "local": None,
    "unknown": None,
}
MAY_UNSIGNED = {"inside", "loopback", "local"}

# Logins by name; all but "stranger" sign in.
LOGINS = {"stranger": None, "good": "anna", "disabled": "ben",
          "unknown": "mallory"}
GOOD_SENDER = b"<anna@example.com>"

ENTRIES = [("cn=d%d,ou=relay,%s" % (i, BASE),
            {"objectClass": ["relayDomain"], "relayDomainName": [name]})
           for i, name in enumerate(DOMAINS)] + [
    ("cn=servers,ou=relay," + BASE, {
        "objectClass": ["relayNetwork"], "cn": ["servers"],
        "relayClient": ["192.0.2.64/28"], "relayAccess": ["allow"]}),
    ("uid=anna,ou=people," + BASE, {
        "objectClass": ["inetOrgPerson"], "uid": ["anna"], "cn": ["Anna"],
        "sn": ["Example"], "mail": ["anna@example.com"]}),
    ("uid=ben,ou=people," + BASE, {
        "objectClass": ["inetOrgPerson", "relayAccount"], "uid": ["ben"],
        "cn": ["Ben"], "sn": ["Example"], "mail": ["ben@example.com"],
        "relayAccess": ["deny"]}),
]


# What TOKEN was filled with: new each time.
NUMBERED = re.compile(rb"t\d+")


@functools.cache
def ours(*domains):
    """The arguments that are addresses of ours in those domains, as the table
    of forms says; their numbers are left out."""
    return {NUMBERED.sub(b"t", form.fill(domain, "t1"))
            for domain in domains for form in forms.all_forms()
            if "i" in form.marks}


def is_home(inside, argument, triple):
    """Is a recipient for us?  The forms were filled with the hosted domain
    INSIDE, TRIPLE is how the MTA resolved this one.

    The MTA's own mailers say so for themselves.  A relay or a hub may still
    route what it is given, and an alias is expanded only later (Postfix calls
    it an error until then): there the table of forms must say so too."""
    mailer, host, _ = triple
    if mailer in (b"local", b"virtual"):
        return True
    argument = NUMBERED.sub(b"t", argument)
    alias = mailer == b"error" and host.startswith(b"5.1.1 User unknown")
    return alias and argument in ours(inside) or \
        argument in ours("example.com", "backup.example")


def may_send_out(client, login, owns_sender):
    """Is this one allowed to send to a recipient that is not ours?"""
    if login == "disabled":
        return False
    if client == "inside":
        return True
    if login == "stranger":
        return client in MAY_UNSIGNED
    return login == "good" and owns_sender


def anna_writes():
    """Every way in which anna may write her own address, and none."""
    own = {form.fill("example.com", "anna") for form in forms.all_forms()
           if "s" in form.marks}
    return own | {b"<>", b""}


def ldif():
    """The policy as text."""
    sys.path.insert(0, forms.HERE + "/../differential")
    import run
    return run.ldif(ENTRIES)


if __name__ == "__main__":
    sys.stdout.write(ldif())
