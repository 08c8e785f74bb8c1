#!/bin/bash
# "Don't know" is never "no": an answer that is not complete, or from which too
# much is missing, leaves the policy in force that was there, ageing, and with a
# loud error; what is held back is in force when it is accepted, or goes away
# by itself when the server is mended.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd

# Enough people for max_shrink to look at.
tree()
{
	standard_tree
	for i in {1..12}; do
		person "p$i"
	done
}

status_exit()
{
	mayrelay status > "$W/status" 2>&1
	echo "$?"
}

# p12 is the last that a server tells.
verdicts()
{
	{
		explain --client 192.0.2.9 --sender a@example.org \
		    --recipient b@example.net
		echo "$?"
		explain --client 203.0.113.9 --login p12 \
		    --sender p12@example.com --recipient b@example.net
		echo "$?"
		explain --client 203.0.113.9 --sender a@example.org \
		    --recipient ann@example.com
		echo "$?"
	} | grep -Ex '[0-9]+' | paste -sd' '
}
by_policy='0 0 0'

followed()		# and all is well
{
	server_is 0 followed && [ "$(status_exit)" = 0 ]
}

# ---- answers that are not complete ---------------------------------------------

start_player one < <(tree) || exit 1
ldap_timeout=1s
write_ldap_conf "$(player_uri one)"
start_mayrelayd && wait_policy || exit 1
wait_for followed
is "$(verdicts) $(status_exit)" "$by_policy 0" "a policy is in force"

# A refresh that brings this is none.
no_refresh()		# TEXT LINE-OF-A-PLAY...
{
	local text=$1 mark said
	mark=$(log_mark)
	play one "${@:2}"
	said=$(mayrelay refresh 2>&1)
	is "$?" 75 "$text: the refresh fails"
	becomes "$text: the log says what is wrong" said_since "$mark" \
	    "$(player_uri one)"
	is "$(status_exit)" 1 "$text: so does the status, with exit status 1"
	is "$(verdicts)" "$by_policy" "$text: the policy is as it was"
	play one
	said=$(mayrelay refresh 2>&1)
	is "$?" 0 "$text: it is done when the server is well"
	wait_for followed
}

no_refresh "time limit" 'list.end result 3'
no_refresh "size limit" 'list.end result 4'
no_refresh "administrative limit" 'list.end result 11'
no_refresh "insufficient rights" 'list.start result 50'
no_refresh "busy" 'list.start result 51'
no_refresh "unavailable" 'list.start result 52'
no_refresh "unwilling" 'list.start result 53'
no_refresh "no such base" 'list.start result 32'
no_refresh "refresh required" 'list.start result 4096'
no_refresh "a referral" 'list.end referral'
no_refresh "a reference to more elsewhere" 'list.middle reference'
no_refresh "success without the control" 'list.end no-done'
no_refresh "entries without a name" 'list.start no-state'
no_refresh "an entry that cannot be read" 'list.middle bad-entry'

# An answer that goes on from a cookie, with news in it, and then this.
no_news()		# TEXT LINE-OF-A-PLAY...
{
	local lines
	play one 'persist close' 'accept close'
	wait_for server_is 0 failed
	{ tree | grep -v '^mail: p12@'; } | player_policy one
	lines=$(player_lines one)
	play one "${@:2}"
	mayrelay refresh > /dev/null 2>&1
	becomes "$1: it is told so" player_heard_since one "$lines" \
	    "plays ${2#* }|follow"
	becomes "$1: going on fails" server_is 0 failed
	is "$(verdicts)" "$by_policy" "$1: the policy is as it was"
	tree | player_policy one
	play one
	mayrelay refresh > /dev/null 2>&1
	becomes "$1: later it goes on" followed
	is "$(verdicts)" "$by_policy" "$1: by the policy"
}

# What comes before the end of the answer is half a policy.
for code in 4 51 80; do
	no_news "result $code instead of an end" "follow.end result $code" \
	    'list.start result 51'
done
no_news "a referral instead of an end" 'follow.end referral' \
    'list.start result 51'
no_news "a reference" 'follow.end reference' 'list.start result 51'
no_news "an end without its control" 'follow.end no-done' \
    'list.start result 51'
no_news "a message that cannot be read" 'follow.end bad-info' \
    'list.start result 51'

# ---- too much is missing ---------------------------------------------------------

play one 'list.start empty'
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 1 "an empty answer: the refresh is held back"
is "$(status_exit)" 1 "the status is one to look at"
like "$(cat "$W/status")" 'held back' "and says so"
is "$(verdicts)" "$by_policy" "the policy is as it was"
play one
becomes "mended at the server, it goes on by itself" followed
stops "mayrelayd ends"

# ---- an ACL slip in a real slapd --------------------------------------------------

rm -rf "$store"
# The people are there, but not for the feed's user.
slip()
{
	stop_slapd slapd
	make_slapd slapd "$@" acl=- <<-END
	access to dn.one="ou=people,$suffix" filter=(mail=*)
	    by anonymous auth by * none
	$(least_rights)
	END
	start_slapd slapd
}

mended()		# [OPTION...]
{
	stop_slapd slapd
	make_slapd slapd "$@" && start_slapd slapd
}

grown_old()		# nothing is heard that keeps it young
{
	[ "$(status_value policy_age)" -ge 4 ]
}

held_back()
{
	status_says 'held back'
}

make_slapd slapd && tree | load_slapd slapd && start_slapd slapd || exit 1
write_ldap_conf slapd
start_mayrelayd && wait_policy || exit 1
wait_for followed
is "$(verdicts) $(status_exit)" "$by_policy 0" "slapd: its policy is in force"

slip
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 1 "an ACL slip: a complete refresh is held back"
holds "the status says so" held_back
is "$(status_exit)" 1 "with exit status 1"
holds "the log says so" log_has 'held back'
is "$(verdicts)" "$by_policy" "the policy is as it was"
becomes "and grows old" grown_old
restart_mayrelayd()
{
	stop_mayrelayd && start_mayrelayd
}
restart_mayrelayd
becomes "after a restart as well" held_back
is "$(verdicts)" "$by_policy" "the policy is still as it was"
mended
becomes "the ACL mended, it goes on by itself" followed
is "$(verdicts) $(status_exit)" "$by_policy 0" "and all is well"

# By a present phase: there is no session log, and something has changed.
slip_live()		# OPTION...
{
	stop_mayrelayd
	slip "$@"
	ldap_set slapd "cn=office,ou=relay,$suffix" description "change $RANDOM"
	start_mayrelayd
}
slip_live
becomes "going on from a cookie is held back, too" held_back
is "$(verdicts)" "$by_policy" "the policy is as it was"
# Counted a moment after the store knows of it.
resumed_held_back()
{
	test "$(status_value ldap resumed held_back)" -ge 1
}
becomes "that was by a present phase" resumed_held_back
becomes "and it grows old" grown_old
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 1 "a refresh does not help"
mended
becomes "the ACL mended, that goes on by itself, too" followed
is "$(verdicts) $(status_exit)" "$by_policy 0" "and all is well"

slip
mayrelay refresh > "$W/refreshed" 2>&1
mayrelay refresh --accept > "$W/refreshed" 2>&1
is "$?" 0 "what was held back can be accepted"
is "$(verdicts)" "0 1 0" "then it is in force"
becomes "and all is well" followed
mended
mayrelay refresh > "$W/refreshed" 2>&1
is "$? $(verdicts)" "0 $by_policy" "what comes back needs no leave"

# Nothing can be seen, and that is accepted: somebody should look all the same.
stop_slapd slapd
make_slapd slapd acl=- <<-END
access to dn.children="ou=people,$suffix"
    by anonymous auth by * none
$(least_rights)
END
start_slapd slapd
mayrelay refresh --accept > "$W/refreshed" 2>&1
is "$?" 0 "no account at all can be accepted"
becomes "the log says what to look at" log_has \
    'no accounts found below ou=people,.*: look at base, filter and'
becomes "it is followed" server_is 0 followed
is "$(status_exit)" 1 "the status is one to look at"
like "$(head -n 1 "$W/status")" 'warning: no accounts found below ou=people,' \
    "and says why"
mended
mayrelay refresh > "$W/refreshed" 2>&1
is "$? $(verdicts)" "0 $by_policy" "they are back"

# All entries are there, but one attribute is hidden from the feed's user.
hide()			# ATTRIBUTE
{
	stop_slapd slapd
	make_slapd slapd acl=- <<-END
	access to attrs=$1 by * none
	$(least_rights)
	END
	start_slapd slapd
}

hidden()		# ATTRIBUTE WHAT
{
	local said mark
	mark=$(log_mark)
	hide "$1"
	said=$(mayrelay refresh 2>&1)
	is "$?" 1 "$1 hidden: a complete refresh is held back"
	like "$said" "Held back: .*look at the source.*refresh --accept" \
	    "and what to do"
	holds "the log says so" said_since "$mark" \
	    "would remove ([0-9]+) of [0-9]+ $2, .*look at the source"
	holds "the status says so" held_back
	is "$(status_exit)" 1 "with exit status 1"
	is "$(verdicts)" "$by_policy" "the policy is as it was"
}

hidden mail 'addresses of accounts'
mended
becomes "mended, it goes on by itself" followed
hidden uid 'logins of accounts'
mayrelay refresh --accept > "$W/refreshed" 2>&1
is "$? $(verdicts)" "0 0 1 0" "accepted, it is in force"
mended
mayrelay refresh > "$W/refreshed" 2>&1
is "$? $(verdicts)" "0 $by_policy" "what comes back needs no leave"

# ---- limits in a real slapd -----------------------------------------------------------

mended size=5
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 75 "slapd's size limit: the refresh fails"
becomes "the status says why" status_says '[Ss]ize ?[Ll]imit'
is "$(verdicts)" "$by_policy" "the policy is as it was"
mended
becomes "without the limit it goes on" followed

ldap_modrdn slapd "ou=groups,$suffix" ou=teams
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 75 "a base that is gone: the refresh fails"
is "$(verdicts)" "$by_policy" "the policy is as it was"
becomes "and grows old" grown_old
ldap_modrdn slapd "ou=teams,$suffix" ou=groups
mayrelay refresh > "$W/refreshed" 2>&1
is "$? $(verdicts)" "0 $by_policy" "it is back: so is the policy"

# What lies below is another server's.
entry "ou=away,ou=people,$suffix" "objectClass: referral" \
    "objectClass: extensibleObject" "ou: away" \
    "ref: ldap://ldap.example.net/ou=away,$suffix" | ldap_add slapd
slapd_refers()
{
	stop_slapd slapd
	make_slapd slapd acl=- <<-END
	access to attrs=ref by * read
	$(least_rights)
	END
	start_slapd slapd
}
slapd_refers
mayrelay refresh > "$W/refreshed" 2>&1
is "$?" 75 "slapd refers to another server: the refresh fails"
becomes "the status says why" status_says 'referral'
is "$(verdicts)" "$by_policy" "the policy is as it was"
stop_slapd slapd
dump_slapd slapd | awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^dn: ou=away,/' \
    > "$W/without.ldif"
load_slapd slapd < "$W/without.ldif"
start_slapd slapd
becomes "without that it goes on" followed

policy_empty()
{
	[ "$(status_value policy_loaded)" = False ]
}

# Nothing was ever read: nothing can be decided.
stops "mayrelayd ends"
rm -rf "$store"
mended size=5
start_mayrelayd
becomes "a first refresh that fails: the log says why" log_has \
    '[Ss]ize ?[Ll]imit'
becomes "and there is a store, with nothing in it" policy_empty
is "$(verdicts)" "75 75 75" "and mail is put off"
mended
becomes "without the limit it is in force" followed
is "$(verdicts)" "$by_policy" "and decides"
