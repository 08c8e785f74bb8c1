#!/bin/bash
# Who restarts goes on from the cookie: the feed, mayrelayd, slapd; with a
# session log (slapd says what has gone) and without one (slapd says what is
# still there).  What was changed meanwhile is in force afterwards.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

round=0

# One of each, while nobody follows; in each round with names of its own.
change_everything()
{
	round=$((round + 1))
	{
		person "new$round"
		person "gone$((round + 1))"
		network "net$round" deny "203.0.113.$round/32"
	} | ldap_add "$name"
	ldap_delete "$name" "uid=gone$round,$people"
	ldap_modrdn "$name" "uid=name$round,$people" "uid=name$((round + 1))"
	ldap_set "$name" uid=joe,$people mail "joe$round@example.com"
	ldap_set "$name" cn=staff,$groups memberUid pete "new$round"
}

changes_hold()		# TEXT
{
	comes "permit account" "$1: added" \
	    $desk "new$round" "staff@example.com"
	comes "reject account-unknown" "$1: deleted" \
	    $desk "gone$round" "gone$round@example.com"
	comes "reject account-unknown" "$1: renamed: the old login" \
	    $desk "name$round" name1@example.com
	comes "permit account" "$1: renamed: the new login" \
	    $desk "name$((round + 1))" name1@example.com
	comes "permit account" "$1: modified" \
	    $desk joe "joe$round@example.com"
	comes "reject network-denied" "$1: a network that denies" \
	    "203.0.113.$round" joe "joe$round@example.com"
	equals_slapd "$name" "$1"
}

slapd_restarts()
{
	local text="$log: slapd restarts"
	count
	stop_slapd "$name"
	start_slapd "$name"
	change_everything
	changes_hold "$text"
	resumed_only "$text"
}

# slapd cannot be changed while it is down, but the feed can be away.
feed_restarts()
{
	local text="$log: the feed is killed" feed
	feed=$(feed_pid)
	count
	# A stopped feed hears nothing.
	freeze "$feed"
	change_everything
	kill -KILL "$feed"
	becomes "$text: it is started again" feed_runs "$feed"
	changes_hold "$text"
	resumed_only "$text"
}

daemon_restarts()
{
	local text="$log: mayrelayd restarts"
	stops "$text: it stops"
	change_everything
	start_mayrelayd
	count_from_start
	changes_hold "$text"
	resumed_only "$text"
}

# Nothing has changed: nothing is lost, either.
nothing_changed()
{
	local text="$log: nothing has changed"
	count
	stop_slapd "$name"
	start_slapd "$name"
	resumed_only "$text"
	equals_slapd "$name" "$text"
}

# With more changes than the log holds slapd says what is still there.
overflow()
{
	local text="$log: more changes than the session log holds" i
	stops "$text: mayrelayd stops"
	for i in {1..60}; do
		person "many$i"
	done | ldap_add "$name"
	for i in {1..60..3}; do
		printf '%s\n' "dn: uid=many$i,$people" "changetype: delete" ""
	done | ldap_modify "$name"
	ldap_delete "$name" uid=ann,$people
	start_mayrelayd
	count_from_start
	comes "reject account-unknown" "$text: deleted" \
	    $desk ann ann@example.com
	equals_slapd "$name" "$text"
	resumed_only "$text"
	person ann | ldap_add "$name"
}

play()			# NAME LOG OPTION...
{
	local name=$1 log=$2
	round=0
	start_ldap "$name" "${@:3}" || return 1
	{
		person gone1
		person name1
	} | ldap_add "$name"
	equals_slapd "$name" "$log"
	becomes "$log: slapd is followed" followed
	start_mail
	slapd_restarts
	feed_restarts
	nothing_changed
	slapd_restarts
	mail_went_on "$log: while slapd and feed restart"
	daemon_restarts
	overflow
	stops "$log: mayrelayd stops"
	stop_slapd "$name"
	rm -rf "$store"
}

play one "with a session log" sessionlog=50
play two "without one"
