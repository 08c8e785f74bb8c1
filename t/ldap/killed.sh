#!/bin/bash
# A feed that is killed at any time of its first refresh, between two searches
# too, leaves a store that knows that it has not been loaded, and the next one
# reads everything.  Later, at any time of a refresh: the old policy or the new.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

many=2000

# Accounts and groups, which are two searches, of some size.
many_of_each()
{
	local i
	for ((i = 0; i < many; i++)); do
		person "p$i"
		entry "cn=g$i,$groups" "objectClass: groupOfNames" "cn: g$i" \
		    "member: uid=p$i,$people"
	done
}

# How many searches slapd has answered since: the feed leaves those that it has
# heard all of.
answered()		# LINES
{
	tail -n "+$(($1 + 1))" "$(slapd_log one)" | grep -c ' ABANDON msg='
}

make_slapd one sessionlog=100 || exit 1
{
	standard_tree
	many_of_each
} | load_slapd one
start_slapd one && write_ldap_conf one && make_store || exit 1

# ---- the first refresh -----------------------------------------------------------

# Each time a little later, until it comes into force before the kill.
between=0
kills=0
wait_ms=20
while [ "$(show loaded)" != yes ] && [ "$kills" -lt 200 ]; do
	mark=$(wc -l < "$(slapd_log one)")
	start_feed
	sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
	kill_feed "$feed_pid"
	kills=$((kills + 1))
	wait_ms=$((wait_ms * 11 / 10 + 5))
	n=$(answered "$mark")
	if [ "$(show loaded)" != yes ]; then
		[ "$n" -eq 0 ] || between=$((between + 1))
		[ -z "$(replica_lines)" ] || break
	fi
done
is "$(show loaded)" yes "killed $kills times, the feed came through"
is "$(replica_lines | grep -c ' is account$')" "$((many + 4))" \
    "nothing was in force before"
echo "# killed $between times between two searches"
holds "some of that between the refreshes of two searches" \
    test "$between" -gt 0
start_feed
equals_slapd one "after that"

# ---- a refresh by cookie ------------------------------------------------------------

# What is changed while it is away is in two searches; a reader must see none
# of it or all of it.
marked()		# N: people with the mark of round N
{
	replica_lines | grep -c "address mark$1-"
}

change_all()		# N
{
	local i
	for ((i = 0; i < 300; i++)); do
		printf '%s\n' "dn: uid=p$i,$people" "changetype: modify" \
		    "replace: mail" "mail: mark$1-$i@example.com" ""
		printf '%s\n' "dn: cn=g$i,$groups" "changetype: modify" \
		    "replace: member" "member: uid=p$i,$people" \
		    "member: cn=mark$1-$i@example.com" ""
	done | ldap_modify one
}

in_groups()		# N
{
	replica_lines | grep -c "member cn=mark$1-"
}

kill_feed "$feed_pid"
torn=0
wait_ms=20
kills=0
change_all 1
while [ "$(marked 1)" -eq 0 ] && [ "$kills" -lt 100 ]; do
	start_feed
	sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
	kill_feed "$feed_pid"
	kills=$((kills + 1))
	wait_ms=$((wait_ms * 11 / 10 + 5))
	[ "$(marked 1)/$(in_groups 1)" = 0/0 ] ||
	    [ "$(marked 1)/$(in_groups 1)" = 300/300 ] ||
	    torn=$((torn + 1))
done
is "$(marked 1)" 300 "killed $kills times while it catches up: it came through"
is "$torn" 0 "and never was one search's half in force"
start_feed
equals_slapd one "after that"
stop_feed || :
