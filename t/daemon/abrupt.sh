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

abrupt()		# SOCKET [ATTEMPT...]
{
	python3 "$TOP/t/daemon/abrupt.py" "$1" "$daemon_pid" "$P/mayrelay" \
	    "$conf" "${@:2}"
}
abrupt "$socket" || failures=1
# RCPT can come without a client, which only a lack of memory should explain.
is "$(grep -v 'reject reason=\|: policy generation\|: no relayDomain\|serves on' \
    "$daemon_log" | sort -u)" \
    "mayrelayd: a recipient cannot be judged (is memory short?): put off" \
    "the log says nothing else"

# A stop with all of them there.
mkfifo "$W/hold"
abrupt "$socket" stay < "$W/hold" > "$W/crowd" 2>&1 &
crowd=$!
exec 9> "$W/hold"
becomes "hundreds are there, at every byte" file_has "$W/crowd" '^there$'
stops "SIGTERM ends it all the same"
exec 9>&-
wait "$crowd"

# Over TCP, where hanging up is a reset.
port=$(free_port)
sed -i "s,unix:[^\"]*,inet:$port@127.0.0.1," "$conf"
"$P/mayrelayd" -c "$conf" >> "$daemon_log" 2>&1 < /dev/null &
daemon_pid=$!
at_exit "end_process $daemon_pid"
becomes "it listens on TCP" listening "$port"
wait_policy
abrupt "$port" whole prefixes prefixes_at_once idle deaf || failures=1
stops "SIGTERM ends it there"
