#!/bin/bash
# A bind user with less than the least rights.  slapd finds what has changed
# since a cookie by entryCSN, in the user's name: one that may not read it is
# told of no change, and of no error.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

play()			# NAME LOG OPTION...
{
	local name=$1 log=$2
	make_slapd "$name" acl=- "${@:3}" < "$W/acl" &&
	standard_tree | load_slapd "$name" && start_slapd "$name" &&
	write_ldap_conf "$name" && start_mayrelayd && wait_policy || return
	becomes "$log: the log says so" log_has 'entryCSN'
	ldap_set "$name" uid=joe,$people mail joe2@example.com
	comes "permit account" "$log: a change" $desk joe joe2@example.com
	stops "$log: mayrelayd stops"
	network worm deny "$desk/32" | ldap_add "$name"
	ldap_set "$name" uid=ann,$people mail ann2@example.com
	start_mayrelayd
	comes "reject network-denied" "$log: added meanwhile" \
	    $desk joe joe2@example.com
	comes "permit account" "$log: changed meanwhile" \
	    203.0.113.21 ann ann2@example.com
	equals_slapd "$name" "$log"
	stops "$log: mayrelayd stops"
	stop_slapd "$name"
	rm -rf "$store"
}

least_rights | sed 's/entryCSN,//' > "$W/acl"
play one "without entryCSN, with a session log" sessionlog=100
play two "without entryCSN"

# Of some entries only.
{
	echo "access to dn.subtree=\"$relay\" attrs=entryCSN by * none"
	least_rights
} > "$W/acl"
play three "without entryCSN somewhere"
