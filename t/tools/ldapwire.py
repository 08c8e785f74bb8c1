"""ldapwire: LDAP messages as bytes, as far as t/tools/ldapserver.py needs.

BER (X.690) with definite lengths, the messages of RFC 4511 and the controls
of RFC 4533: what goes out is put together by functions named like the types,
what comes in is read into tuples (tag, contents).
"""

SYNC_REQUEST = b"1.3.6.1.4.1.4203.1.9.1.1"
SYNC_STATE = b"1.3.6.1.4.1.4203.1.9.1.2"
SYNC_DONE = b"1.3.6.1.4.1.4203.1.9.1.3"
SYNC_INFO = b"1.3.6.1.4.1.4203.1.9.1.4"
PAGED = b"1.2.840.113556.1.4.319"
START_TLS = b"1.3.6.1.4.1.1466.20037"
DISCONNECTION = b"1.3.6.1.4.1.1466.20036"

BOOLEAN, INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 1, 2, 4, 10, 0x30, 0x31
BIND_REQUEST, BIND_RESPONSE, UNBIND_REQUEST = 0x60, 0x61, 0x42
SEARCH_REQUEST, SEARCH_ENTRY, SEARCH_DONE = 0x63, 0x64, 0x65
SEARCH_REFERENCE, ABANDON_REQUEST = 0x73, 0x50
EXTENDED_REQUEST, EXTENDED_RESPONSE, INTERMEDIATE = 0x77, 0x78, 0x79
CONTROLS = 0xa0

ADD, MODIFY, DELETE = 1, 2, 3		# of a sync state


class Incomplete(Exception):
    """There is more to come."""


# ---- writing ---------------------------------------------------------------

def tlv(tag, *parts):
    contents = b"".join(parts)
    n = len(contents)
    if n < 0x80:
        return bytes([tag, n]) + contents
    length = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + contents


def octets(value):
    return tlv(OCTETS, value)


def number(value, tag=INTEGER):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def boolean(value):
    return tlv(BOOLEAN, b"\xff" if value else b"\0")


def message(ident, operation, *controls):
    tail = tlv(CONTROLS, *controls) if controls else b""
    return tlv(SEQUENCE, number(ident), operation, tail)


def control(oid, value):
    return tlv(SEQUENCE, octets(oid), octets(value))


def result(tag, code, text=b"", referral=(), more=b""):
    uris = tlv(0xa3, *map(octets, referral)) if referral else b""
    return tlv(tag, number(code, ENUMERATED), octets(b""), octets(text), uris,
               more)


def entry(dn, attributes):
    return tlv(SEARCH_ENTRY, octets(dn), tlv(SEQUENCE, *(
        tlv(SEQUENCE, octets(name), tlv(SET, *map(octets, values)))
        for name, values in attributes)))


def reference(uri):
    return tlv(SEARCH_REFERENCE, octets(uri))


def sync_state(state, uuid):
    return control(SYNC_STATE, tlv(SEQUENCE, number(state, ENUMERATED),
                                   octets(uuid)))


def sync_done(cookie, deletes=False):
    return control(SYNC_DONE, tlv(SEQUENCE, octets(cookie) if cookie else b"",
                                  boolean(deletes)))


def intermediate(oid, value):
    return tlv(INTERMEDIATE, tlv(0x80, oid), tlv(0x81, value))


def new_cookie(cookie):
    return intermediate(SYNC_INFO, tlv(0x80, cookie))


def refresh_ends(cookie, present):
    """refreshPresent or refreshDelete, with refreshDone TRUE by default."""
    return intermediate(SYNC_INFO, tlv(0xa2 if present else 0xa1,
                                       octets(cookie) if cookie else b""))


def page(cookie):
    return control(PAGED, tlv(SEQUENCE, number(0), octets(cookie)))


# ---- reading ---------------------------------------------------------------

def read_tlv(data, at=0):
    """Return tag, contents, and where the next one begins."""
    if len(data) < at + 2:
        raise Incomplete
    tag, n, at = data[at], data[at + 1], at + 2
    if n & 0x80:
        size = n & 0x7f
        if len(data) < at + size:
            raise Incomplete
        n, at = int.from_bytes(data[at:at + size], "big"), at + size
    if len(data) < at + n:
        raise Incomplete
    return tag, data[at:at + n], at + n


def read_all(data):
    """What a constructed value is made of: [(tag, contents)]."""
    parts, at = [], 0
    while at < len(data):
        tag, contents, at = read_tlv(data, at)
        parts.append((tag, contents))
    return parts


def read_number(contents):
    return int.from_bytes(contents, "big", signed=True)


def read_message(contents):
    """Return its number, the operation's tag and contents, {oid: value}."""
    parts = read_all(contents)
    controls = {}
    if len(parts) > 2 and parts[2][0] == CONTROLS:
        for _, value in read_all(parts[2][1]):
            fields = read_all(value)
            last = fields[-1]
            controls[fields[0][1]] = last[1] if last[0] == OCTETS else b""
    return read_number(parts[0][1]), parts[1][0], parts[1][1], controls


def read_sync_request(value):
    """Return mode (1 refreshOnly, 3 refreshAndPersist) and cookie."""
    fields = read_all(read_tlv(value)[1])
    cookie = b"".join(v for tag, v in fields if tag == OCTETS)
    return read_number(fields[0][1]), cookie


def matches(filter_, attributes):
    """Is the filter (tag, contents) true of {lower name: [value]}?

    Values compare as text without case; what is not understood is false.
    """
    tag, contents = filter_
    if tag == 0xa0:
        return all(matches(f, attributes) for f in read_all(contents))
    if tag == 0xa1:
        return any(matches(f, attributes) for f in read_all(contents))
    if tag == 0xa2:
        return not matches(read_all(contents)[0], attributes)
    if tag == 0x87:
        return contents.lower() in attributes
    if tag == 0xa3:
        (_, name), (_, value) = read_all(contents)
        values = attributes.get(name.lower(), [])
        return value.lower() in (v.lower() for v in values)
    return False
