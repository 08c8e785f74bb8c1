#!/usr/bin/env python3
"""LDIF of one search, as ldapsearch prints it -> the lines that storedump
prints for a replica that holds the same: "search DN name value".

usage: entries.py SEARCH < LDIF"""

import base64
import datetime
import ipaddress
import sys

KINDS = {"accounts": "account", "networks": "network", "domains": "domain",
         "groups": "group"}
# Of each search: attribute (in lower case) -> name.
COMMON = {"relayaccess": "access", "relaysender": "sender",
          "relayrecipient": "recipient", "relayclient": "client",
          "relaynotbefore": "not_before", "relaynotafter": "not_after",
          "relayenforcefrom": "enforce_from"}
NAMES = {
    "accounts": dict(COMMON, uid="login", relaylogin="login", mail="address"),
    "networks": COMMON,
    "domains": {"relaydomainname": "name", "relaydomainalias": "alias",
                "relayenforcefrom": "enforce_from"},
    "groups": dict(COMMON, member="member", uniquemember="member",
                   memberuid="member_login", relaymember="member_login"),
}


def entries(lines):
    """Each entry as a list of (attribute, value)."""
    entry = []
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if entry:
                yield entry
            entry = []
        elif not line.startswith("#"):
            name, value = line.split(":", 1)
            if value.startswith(":"):
                value = base64.b64decode(value[1:]).decode()
            entry.append((name.lower(), value.strip()))
    if entry:
        yield entry


def normal(name, value):
    """A value as the replica has it."""
    if name in ("not_before", "not_after", "enforce_from"):
        date = datetime.datetime.strptime(value, "%Y%m%d%H%M%SZ")
        return "%d" % date.replace(
            tzinfo=datetime.timezone.utc).timestamp()
    if name == "client":
        return str(ipaddress.ip_network(value))
    return value.lower()


def main():
    search = sys.argv[1]
    found = set()
    for entry in entries(sys.stdin):
        dn = dict(entry)["dn"].lower()
        found.add((dn, "is", KINDS[search]))
        for attribute, value in entry:
            name = NAMES[search].get(attribute)
            if name:
                found.add((dn, name, normal(name, value)))
    for line in sorted(found):
        print(search, *line)


main()
