#!/bin/bash
# mayrelay-feed by itself: what it reads and when, what it keeps when a file is
# broken, what it holds back, how it ends.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/store.sh"
need python3

run_feed()		# OPTION...: its exit status, and what it says
{
	local said
	said=$("${as_user[@]}" "$P/mayrelay-feed" "$@" 2>&1 < /dev/null)
	echo "$? $said"
}

said()			# EXTENDED-REGEX: how often the feed's log says that
{
	grep -Ec -- "$1" "$feed_log"
}

# ---- options ------------------------------------------------------------------

like "$(run_feed -V)" '^0 mayrelay [0-9]' "-V: the version"
like "$(run_feed -h)" '^0 usage: mayrelay-feed' "-h: how to call it"
like "$(run_feed)" '^64 .*-f is missing' "without -f: usage"
like "$(run_feed -f 77)" '^64 .*no open descriptor: 77' "-f closed: usage"
like "$(run_feed -f x)" '^64 .*no open descriptor: x' "-f x: usage"
like "$(run_feed -z)" '^64 ' "unknown option: usage"
like "$(run_feed -f 0 more)" '^64 .*too many: more' "an argument: usage"
like "$(run_feed -c "$W/none.conf" -f 0)" "^78 .*none\\.conf" \
    "no configuration: EX_CONFIG"
write_conf
like "$(run_feed -c "$conf" -f 0)" '^69 ' "no store: EX_UNAVAILABLE"
if [ "$(id -u)" -eq 0 ]; then
	like "$("$P/mayrelay-feed" -f 0 2>&1; echo $?)" 'not as root.*77$' \
	    "as root: refused"
fi

# ---- what it reads --------------------------------------------------------------

overrides=$W/overrides.ldif
networks=$W/networks.ldif
poll_interval=2s
conf_directory="overrides = \"ldif:$overrides\";"
make_store || exit 1
policy_of 20 a | write_policy
write_policy "$overrides" <<'LDIF'
version: 1

dn: cn=attack,dc=example
objectClass: relayNetwork
cn: attack
relayClient: 203.0.113.0/24
relayAccess: deny
LDIF

start_feed
becomes "both files come into force" shows generation '^2$'
is "$(show loaded)" yes "the policy is loaded"
is "$(show accounts) $(show domains) $(show overrides)" "20 1 1" \
    "with what is in them"
is "$(said "generation [12] in force: 20 accounts, . network")" 2 \
    "each file is one generation, and one line in the log"
is "$(said 'no relayDomain')" 0 "a domain may come from the other file"
like "$(run_feed -c "$conf" -f 0)" '^69 .*another mayrelay-feed' \
    "a second one is refused"
becomes "that is seen in the counters" shows error another

policy_of 25 b | write_policy
becomes "a changed file is read again" shows accounts '^25$'
is "$(show overrides)" 1 "the other one's entries are carried over"
generation=$(show generation)
sleep 3
is "$(show generation)" "$generation" "a file that rests is not read again"
holds "but keeps the policy young" shows age '^[0-2]$'
is "$("${as_user[@]}" "$storeread" ask "$store")" "done" \
    "unless it is asked for"
is "$(show generation)" "$((generation + 2))" "both are read then"

# ---- broken files ---------------------------------------------------------------

generation=$(show generation)
{ policy_of 25 c; printf 'dn: uid=x\nthis is no line\n'; } | write_policy
becomes "a broken file is an error" shows error 'policy\.ldif:[0-9]+: '
is "$(show generation) $(show accounts)" "$generation 25" \
    "the policy stays as it was"
sleep 3
is "$(said 'policy\.ldif:[0-9]+: ')" 1 "that is logged once"
holds "and the policy ages" shows age '^([2-9]|[1-9][0-9])$'
is "$("${as_user[@]}" "$storeread" ask "$store")" "failed" \
    "a request says that it failed"
# The overrides were read by that.
generation=$(show generation)
policy_of 26 c | write_policy
becomes "repaired, it is read" shows accounts '^26$'
becomes "and the error is gone" shows error '^$'

rm "$policy"
becomes "a missing file is an error" shows error 'No such file'
is "$(show accounts)" 26 "the policy stays as it was"
policy_of 27 c | write_policy
becomes "back again, it is read" shows accounts '^27$'

: | write_policy "$overrides"
becomes "broken overrides are an error" shows error 'overrides\.ldif'
sleep 3
is "$(show overrides)" 1 "the last good ones stay"
holds "and do not age the policy" shows age '^[0-2]$'
printf 'version: 1\n' | write_policy "$overrides"
becomes "an empty list of overrides is valid" shows overrides '^0$'

# ---- values that cannot be read ---------------------------------------------------

{
	policy_of 27 d
	for i in {1..25}; do
		printf 'dn: uid=x%s,ou=people,dc=example,dc=com\n' "$i"
		printf 'objectClass: relayAccount\nuid: x%s\n' "$i"
		printf 'relayClient: bad\n\n'
	done
} | write_policy
becomes "entries with such values come into force" shows accounts '^52$'
is "$(said 'policy\.ldif:[0-9]+: uid=x[0-9]+,.*relayClient: bad: ')" 20 \
    "twenty are logged, by file, line, DN, attribute and value"
is "$(said 'policy\.ldif: and 5 more values')" 1 "the rest is counted"
like "$(show unusable)" '^accounts 25' "all are counted for status"
is "$(said '\(25 values could not be read\)')" 1 "and in the log"

# ---- max_shrink -----------------------------------------------------------------------

generation=$(show generation)
policy_of 26 d | write_policy
becomes "52 to 26 accounts is not too much" shows accounts '^26$'
policy_of 12 d | write_policy
becomes "26 to 12 is held back" shows held_back '^accounts 14 of 26$'
is "$(show accounts)" 26 "the policy stays as it was"
like "$(show error)" 'held back: .* 14 of 26 accounts' "the error says so"
sleep 3
is "$(said 'held back')" 1 "it is logged once"
holds "the policy ages" shows age '^([2-9]|[1-9][0-9])$'
is "$("${as_user[@]}" "$storeread" ask "$store")" "held back" \
    "a request says so too"
policy_of 26 d | write_policy
becomes "a file that removes less is read" shows error '^$'
is "$(show held_back)" "" "and nothing is held back any more"
policy_of 9 d | write_policy
becomes "too much again" shows held_back '^accounts 17 of 26$'
is "$("${as_user[@]}" "$storeread" ask "$store" accept)" "done" \
    "accepted, it is applied"
is "$(show accounts) $(show held_back) $(show error)" "9  " \
    "and nothing is held back any more"
policy_of 0 d | write_policy
becomes "of fewer than ten any number may go" shows accounts '^0$'

# ---- another configuration ---------------------------------------------------------------

policy_of 15 e | write_policy
becomes "accounts again" shows accounts '^15$'
write_policy "$overrides" <<'LDIF'
version: 1

dn: cn=attack,dc=example
objectClass: relayNetwork
cn: attack
relayClient: 203.0.113.0/24
relayAccess: deny
LDIF
becomes "and overrides" shows overrides '^1$'
stop_feed
conf_directory=
write_conf
rm "$policy"
start_feed
becomes "overrides that are configured no more are dropped, \
though no file can be read" shows overrides '^0$'
is "$(show accounts)" 15 "the rest stays"
stop_feed

conf_directory="overrides = \"ldif:$policy\";"
write_conf
policy_of 15 f | write_policy
: > "$feed_log"
start_feed
becomes "one file for everything" shows domains '^1$'
wait_for shows error '^$'
is "$(said 'in force')" 1 "is read once"
stop_feed

# ---- the authority role ----------------------------------------------------------------------

role=authority
write_conf
{
	policy_of 15 f
	for i in 15 16; do
		printf 'dn: uid=u%s,ou=people,dc=example,dc=com\n' "$i"
		printf 'objectClass: relayAccount\nuid: u%s\n' "$i"
		printf 'relayEnforceFrom: 20300101000000Z\n\n'
	done
} | write_policy
: > "$feed_log"
start_feed
becomes "in the authority role a policy is read" shows accounts '^17$'
wait_for shows error '^$'
is "$(said 'policy\.ldif:[0-9]+: relayEnforceFrom .*authority.*\(2 entries')" 1 \
    "relayEnforceFrom is warned of"
stop_feed
role=narrowing
write_conf
: > "$feed_log"
start_feed
becomes "in the narrowing role it is read" \
    file_has "$feed_log" 'in force'
is "$(said relayEnforceFrom)" 0 "without a warning"
stop_feed

# ---- no domain ------------------------------------------------------------------------------

start_feed
for n in 16 17; do
	policy_of "$n" f | sed '/^dn: relayDomain/,/^$/d' | write_policy
	becomes "$n accounts without a domain" shows accounts "^$n\$"
done
wait_for shows error '^$'
is "$(said 'no relayDomain in the policy: recipients are local only')" \
    2 "each generation without a domain is warned of"
stop_feed

# ---- started without stdin, stdout and stderr ------------------------------------------------

generation=$(show generation)
"${as_user[@]}" "$P/mayrelay-feed" -c "$conf" -f 3 3<> "$fifo" \
    <&- >&- 2>&- &
feed_pid=$!
at_exit "kill_feed $feed_pid"
becomes "nothing is open: it works" shows generation "^$((generation + 1))\$"
is "$(readlink "/proc/$feed_pid/fd/"{0,1,2} | sort -u)" /dev/null \
    "and nothing of the store is in their place"
stop_feed

# ---- ticks and the end ----------------------------------------------------------------------

policy_of 100000 g | write_policy
heard=$(python3 "$TOP/t/store/ticks.py" 8 "${as_user[@]}" \
    "$P/mayrelay-feed" -c "$conf" 2>> "$feed_log")
echo "# $heard"
is "$(show accounts)" 100000 "a large file was read meanwhile"
like "$heard" '^ticks=([6-9]|[1-9][0-9]) ' "it ticks all the time"
like "$heard" ' silence=[0-9]{1,4} ' "and is never silent for long"
like "$heard" ' status=0 ' "it ends when nobody listens"
heard=$(python3 "$TOP/t/store/ticks.py" 0.7 "${as_user[@]}" \
    "$P/mayrelay-feed" -c "$conf" 2>> "$feed_log")
echo "# $heard"
like "$heard" ' status=0 end=[0-9]{1,4}$' "also in the middle of its work"
