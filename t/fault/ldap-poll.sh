#!/bin/bash
# Without RFC 4533 a directory is searched now and then, in pages: because the
# configuration says so, or because slapd has no syncprov.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd

# More than a page of people, and a limit that only pages get past.
tree()
{
	standard_tree
	for i in {1..1200}; do
		person "p$i"
	done
}
limit='size=500 size.prtotal=unlimited'

polled()
{
	server_is 0 polled && mayrelay status > /dev/null
}

sends()			# LOGIN SENDER: prints what is said to that
{
	explain --client 203.0.113.9 --login "$1" --sender "$2" \
	    --recipient b@example.net > "$W/explained" 2>&1
	echo "$?"
}

may()			# LOGIN SENDER
{
	[ "$(sends "$@")" = 0 ]
}

may_not()
{
	[ "$(sends "$@")" = 1 ]
}

searched_since()	# GENERATION
{
	[ "$(status_value generation)" -ge $(($1 + 2)) ]
}

# What is found again is not logged again, unless somebody asks.
routine()		# WHAT-KIND-OF-POLLING
{
	local mark before
	mark=$(log_mark)
	before=$(status_value generation)
	becomes "$1: it is searched again" searched_since "$before"
	is "$(log_since "$mark" | grep -c 'in force')" 0 \
	    "$1: the log says nothing of that"
	mayrelay refresh > /dev/null
	is "$(log_since "$mark" | grep -c 'in force')" 1 \
	    "$1: but of a refresh that was asked for"
}

# A change of each kind is in force after the next search; and so on.
changes()		# WHAT-KIND-OF-POLLING
{
	local people="ou=people,$suffix"
	wait_for polled
	is "$(sends p1 p1@example.com) $(sends p1200 p1200@example.com)" \
	    "0 0" "$1: everybody is there, in pages"
	routine "$1"
	person new | ldap_add slapd
	becomes "$1: who is added may send" may new new@example.com
	ldap_set slapd "uid=new,$people" mail newer@example.com
	becomes "$1: as another, when that is changed" \
	    may new newer@example.com
	ldap_modrdn slapd "uid=new,$people" uid=other
	becomes "$1: by another login, when renamed" may other newer@example.com
	is "$(sends new newer@example.com)" 1 "$1: and not by the old one"
	ldap_delete slapd "uid=other,$people"
	becomes "$1: who is deleted may not" may_not other newer@example.com

	stop_slapd slapd
	becomes "$1: slapd is down: the status says so" server_is 0 failed
	holds "$1: and is one to look at" test \
	    "$(mayrelay status > /dev/null; echo $?)" = 1
	is "$(sends joe joe@example.com)" 0 "$1: the replica decides"
	start_slapd slapd
	becomes "$1: slapd is up: it goes on" polled

	freeze_slapd slapd
	becomes "$1: slapd hangs: the status says so" server_is 0 failed
	is "$(sends joe joe@example.com)" 0 "$1: the replica decides"
	thaw_slapd slapd
	becomes "$1: slapd is well: it goes on" polled
}

conf_of()		# REFRESH
{
	conf_directory="refresh = \"$1\";"
	write_ldap_conf slapd
}

ldap_timeout=1s
make_slapd slapd "$limit" && tree | load_slapd slapd && start_slapd slapd ||
    exit 1
conf_of poll
start_mayrelayd && wait_policy || exit 1
changes "told to poll"
holds "nobody followed it" test \
    "$(grep -c 'is followed' "$daemon_log")" = 0
stops "mayrelayd ends"

# ---- no syncprov -------------------------------------------------------------------

rm -rf "$store"
stop_slapd slapd
make_slapd slapd nosyncprov "$limit" && start_slapd slapd
conf_of sync
start_mayrelayd
becomes "told to follow one that cannot: the log says so" log_has \
    'ritical extension'
is "$(sends joe joe@example.com)" 75 "and nothing is decided"

conf_of auto
kill -HUP "$daemon_pid"
wait_policy
changes "without syncprov"

# It gets it: noticed by the next complete refresh at the latest.
stop_slapd slapd
make_slapd slapd && start_slapd slapd
kill -HUP "$daemon_pid"
becomes "with syncprov it is followed" server_is 0 followed
stops "mayrelayd ends as always"
