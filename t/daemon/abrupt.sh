#!/bin/bash
# An MTA may go away at any byte, and whoever finds the socket may say anything:
# mayrelayd lives, leaks neither session nor descriptor, permits nothing, and
# answers the next one rightly.  abrupt.py says what is tried.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
need python3

# Nobody may do anything here: no answer but a refusal is right.
write_policy <<'LDIF'
version: 1

dn: cn=banned,ou=relay,dc=example,dc=com
objectClass: relayNetwork
cn: banned
relayClient: 198.51.100.0/24
relayAccess: deny
LDIF
conf_log='repeats = 1;'
ulimit -n 8192
write_conf && start_mayrelayd && wait_policy || exit 1
if [ -n "${LIBMILTER:-}" ]; then
	holds "mayrelayd runs with $LIBMILTER" \
	    grep -q "$LIBMILTER" "/proc/$daemon_pid/maps"
fi

python3 "$(dirname "$0")/abrupt.py" "$socket" "$daemon_pid" "$P/mayrelay" \
    "$conf" || failures=1
# RCPT can come without a client, which only a lack of memory should explain.
is "$(grep -v 'reject reason=\|: policy generation\|: no relayDomain\|serves on' \
    "$daemon_log" | sort -u)" \
    "mayrelayd: a recipient cannot be judged (is memory short?): put off" \
    "the log says nothing else"
stops "SIGTERM ends it"
