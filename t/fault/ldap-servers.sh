#!/bin/bash
# Several LDAP servers: tried in order, with back-off, back to the first when it
# is well again; and no wrong verdict while two slapds in mirror mode take turns
# at being down and their entries change.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd

# ---- order and back-off --------------------------------------------------------

for name in first second third; do
	start_player "$name" < <(standard_tree) || exit 1
done
ldap_timeout=1s
write_ldap_conf "$(player_uri first)" "ldap://127.0.0.1:$(free_port)" \
    "$(player_uri second)" "$(player_uri third)"
play first 'accept silent'
start_mayrelayd && wait_policy || exit 1

becomes "the first that is well is followed" server_is 2 followed
is "$(status_value ldap servers 3 state)" idle "the one behind it was not tried"
holds "nor heard of it" test "$(player_lines third)" -eq 0

# While it is being tried, there is no next time.
server_shows()		# NUMBER EXTENDED-REGEX
{
	[[ $(status_value ldap servers "$1") =~ $2 ]]
}
becomes "status says what is wrong with the one that says nothing, and when it is tried again" \
    server_shows 0 "'failed'.*'next': '20.*'error': 'no answer to the bind"
becomes "and with the one that is not there" \
    server_shows 1 "'failed'.*'next': '20.*'error': '.*refused"

tried()			# TIMES
{
	[ "$(grep -c 'plays silent' "$(player_log first)")" -ge "$1" ]
}
becomes "it is tried again and again" tried 4
holds "without touching the one in use" server_is 2 followed

play second 'persist close' 'accept close'
becomes "when that fails too, the next is followed" server_is 3 followed
holds "and tells news" news_arrive third

play first 'follow.middle silent'
becomes "one that says something again, but not enough, is left again" \
    said_since 0 "$(player_uri first): no answer for"
becomes "for the one that is well" server_is 3 followed
holds "which still tells news" news_arrive third

play first
standard_tree | player_policy first
becomes "the first is gone back to when it is well again" server_is 0 followed
is "$(status_value ldap servers 3 state)" idle "the other one is left"
holds "and its news are heard" news_arrive first
stops "mayrelayd ends"

# ---- mirror mode -----------------------------------------------------------------

# The account "turn" has one address, t1@example.com, then t2@ ...; whoever
# sends as the one that is in force is permitted.
rm -rf "$store"
make_mirror a b sessionlog=100 || exit 1
{ standard_tree; person turn; } | load_slapd a
turn_dn="uid=turn,ou=people,$suffix"
if ! { start_slapd a && start_slapd b && wait_for same_csn a b; }; then
	not_ok "two slapds in mirror mode start"
	exit 1
fi

last=0
turn()			# NAME: the next address, told to that slapd
{
	last=$((last + 1))
	ldap_set "$1" "$turn_dn" mail "t$last@example.com"
}

# Asks as the address last seen and as the next one: the one must be permitted,
# or else the other.  Besides, what never changes is asked.
ask_turns()
{
	local seen=1 said=() line
	coproc MTA { miltc; }
	# shellcheck disable=SC2153 # coproc sets it
	exec 8<&"${MTA[0]}" 9>&"${MTA[1]}"
	printf '%s\n' "open unix:$socket" negotiate >&9
	while [ -e "$W/asking" ]; do
		asking 203.0.113.9 turn "t$seen@example.com" >&9
		asking 203.0.113.9 turn "t$((seen + 1))@example.com" >&9
		asking 203.0.113.9 joe joe@example.com >&9
		asking 203.0.113.9 turn a@example.org \
		    ann@example.com >&9
		asking 203.0.113.9 old old@example.com >&9
		asking 198.51.100.9 joe joe@example.com >&9
		said=()
		for _ in 1 2 3 4 5 6; do
			read -r -u 8 line
			said+=("${line:0:9}")
		done
		# The next may have come between the two questions.
		case ${said[0]},${said[1]} in
		"continue,550 5.7.1"|continue,continue)
			;;
		"550 5.7.1,continue")
			seen=$((seen + 1))
			echo "$seen" > "$W/seen.new"
			mv "$W/seen.new" "$W/seen"
			;;
		*)	echo "t$seen: ${said[*]}" >> "$W/wrong" ;;
		esac
		[ "${said[*]:2}" = "continue continue 550 5.7.1 550 5.7.1" ] ||
		    echo "others: ${said[*]:2}" >> "$W/wrong"
		echo >> "$W/rounds"
		sleep 0.02
	done
	eval "exec 9>&- 8<&- ${MTA[1]}>&- ${MTA[0]}<&-"
}

seen()			# NUMBER: that address was permitted
{
	[ "$(cat "$W/seen")" = "$1" ]
}

turn a
wait_for same_csn a b
write_ldap_conf a b
start_mayrelayd && wait_policy || exit 1
wait_for server_is 0 followed
echo 1 > "$W/seen"
: > "$W/wrong"
: > "$W/rounds"
: > "$W/asking"
at_exit "rm -f '$W/asking'"
ask_turns &
asking_pid=$!

takes_over()		# NUMBER NAME OTHER: the other goes down
{
	wait_for same_csn a b
	"$4" "$3"
	becomes "$3 is down ($4): $2 is followed" server_is "$1" followed
	for _ in 1 2 3; do
		turn "$2"
		becomes "what changes on $2 is in force (t$last)" seen "$last"
	done
}

for _ in 1 2; do
	takes_over 1 b a stop_slapd
	turn b
	start_slapd a
	becomes "a is gone back to" server_is 0 followed
	becomes "with all that changed meanwhile" seen "$last"
	turn a
	becomes "and with what changes now" seen "$last"
done

# One that comes back without what has changed meanwhile, and does not get it.
wait_for same_csn a b
stop_slapd a
for _ in 1 2; do
	turn b
	becomes "a is down: what changes on b is in force (t$last)" seen "$last"
done
make_slapd a sid=1 sessionlog=100
mark=$(log_mark)
start_slapd a
becomes "a is back, and lags behind" said_since "$mark" 'has not caught up'
becomes "b is gone on with" server_is 1 followed
turn b
becomes "what changes on b is in force (t$last)" seen "$last"
stop_slapd a
make_mirror a b sessionlog=100
start_slapd a
wait_for same_csn a b
becomes "it catches up, and is gone back to" server_is 0 followed
turn a
becomes "what changes on a is in force (t$last)" seen "$last"

# The other way round: the one in use stays.
wait_for same_csn a b
stop_slapd b
turn a
becomes "b is down: that changes nothing" seen "$last"
start_slapd b
wait_for same_csn a b

takes_over 1 b a freeze_slapd
thaw_slapd a
becomes "thawed, a is gone back to" server_is 0 followed
becomes "with all that changed meanwhile" seen "$last"

rm -f "$W/asking"
wait "$asking_pid"
is "$(cat "$W/wrong")" "" \
    "no verdict was wrong ($(wc -l < "$W/rounds") times six)"
stops "mayrelayd ends as always"

# ---- only the one that lags answers ----------------------------------------------

# The old policy stays, however it is read, until somebody says that what there
# is will do.
turn_is()		# NUMBER: that address is permitted
{
	explain --client 203.0.113.9 --login turn \
	    --sender "t$1@example.com" --recipient b@example.net
}

turn_is_not()		# NUMBER
{
	! turn_is "$1"
}

wait_for same_csn a b
stop_slapd a
turn b
poll_interval=600s
write_ldap_conf a b
start_mayrelayd && wait_policy
becomes "b alone is followed" server_is 1 followed
turn b
becomes "what changes on b is in force (t$last)" turn_is "$last"
stop_slapd b
make_slapd a sid=1 sessionlog=100
start_slapd a
becomes "only a answers, and lags behind" \
    server_shows 0 "'failed'.*has not caught up"
holds "what is in force stays (t$last)" turn_is "$last"
mayrelay refresh > "$W/said" 2>&1
is "$?" 75 "it is not read anew"
like "$(status_value ldap servers 0 error)" "has not caught up" \
    "and that is the reason given"
holds "what is in force stays (t$last)" turn_is "$last"
mayrelay refresh --accept > "$W/said" 2>&1
is "$?" 0 "unless that is accepted"
holds "then it is what a has" turn_is_not "$last"
stops "and mayrelayd ends as always"
