#!/bin/bash
# Every wait for an LDAP server has an end: whatever it is that does not come,
# the feed goes on ticking, status and log say what is wrong, mail is decided
# from the replica, and a server that is well again is followed again.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd
need openssl

make_certificates || cannot_run "cannot make certificates"
start_player one --cert "$certificates/right.pem" \
    --key "$certificates/right.key" < <(standard_tree) || exit 1
ldap_timeout=1s
write_ldap_conf "$(player_uri one)"
start_mayrelayd && wait_policy || exit 1
feed=$(feed_pid)

# Nobody may notice anything of all that follows.
keep_asking "$(asking 198.51.100.9 - a@example.org)" \
    "$(asking 192.0.2.9 joe joe@example.com)"

no_answer='no answer'
no_ldap='did not speak LDAP'
reset='reset by peer'

# The feed cannot go on, says why, goes on living, and is well again.
ends()			# TEXT REGEX-OF-THE-ERROR LINE-OF-A-PLAY...
{
	local text=$1 error=$2 mark
	shift 2
	mark=$(log_mark)
	play one "$@"
	if ! { wait_for said_since "$mark" "$error" &&
	    wait_for status_says "$error"; }; then
		play one
		not_ok "$text has an end" \
		    "$(log_since "$mark" | grep -v reason=)" \
		    "$(mayrelay status | head -n 9)"
		return
	fi
	play one
	mayrelay refresh > "$W/refreshed" 2>&1
	if wait_for server_is 0 followed && news_arrive one; then
		ok "$text has an end, and a new beginning"
	else
		not_ok "$text: well again, it is followed again" \
		    "$(log_since "$mark" | grep -v reason=)" \
		    "$(mayrelay status | head -n 9)"
	fi
}

becomes "a server that is well is followed" server_is 0 followed
holds "and its news arrive" news_arrive one

# ---- a connection ------------------------------------------------------------

ends "a connection that does not come about" 'cannot connect.*timed out' \
    'listen full' 'persist close'
ends "one on which nothing is said" "$no_answer to the bind" \
    'accept silent' 'persist close'
ends "one that is reset at once" "$reset" 'accept rst' 'persist close'
ends "one that is closed at once" 'connection is lost' \
    'accept close' 'persist silent'

# ---- a bind --------------------------------------------------------------------

ends "a bind that is not answered" "$no_answer to the bind" \
    'bind silent' 'persist close'
ends "an answer to a bind that never ends" "$no_answer to the bind" \
    'bind drip' 'persist close'
ends "an answer to a bind that is none" "$no_ldap" 'bind garbage' 'persist rst'

# ---- searches ------------------------------------------------------------------

ends "a search that falls silent" "$no_answer for" \
    'follow.middle silent' 'persist close'
ends "a search that stops in a message" "$no_answer for" \
    'follow.start half' 'persist close'
ends "a search whose message never ends" "$no_answer for" \
    'follow.start drip' 'persist close'
ends "a search that is reset" "$reset" 'follow.end rst' 'persist close'

refresh_ends()		# TEXT LINE-OF-A-PLAY...
{
	local text=$1 status
	play one "${@:2}"
	mayrelay refresh > "$W/refreshed" 2>&1
	status=$?
	is "$status" 75 "$text: it ends, and says that it failed"
	play one
	mayrelay refresh > "$W/refreshed" 2>&1
	is "$?" 0 "$text: later it is done"
	wait_for server_is 0 followed
}

refresh_ends "a refresh that falls silent" 'list.middle silent'
refresh_ends "a refresh that never ends" 'list.middle drip'
refresh_ends "a refresh that is reset" 'list.middle rst'

# ---- news --------------------------------------------------------------------

ends "an idle connection that is dead" "$no_answer for" 'persist silent'
ends "news that never end" "$no_answer for" 'persist drip'
ends "news that are none" "$no_ldap" 'persist garbage'
ends "a connection that is reset" "$reset" 'persist rst'
ends "a server that says that it ends" 'ended the connection.*\(52\)' \
    'persist disconnect'
is "$(feed_pid)" "$feed" "so far it is the same feed"

# ---- StartTLS --------------------------------------------------------------------

ldap_starttls=true
ldap_ca_file=$certificates/ca.pem
write_ldap_conf "$(player_uri one)"
kill -HUP "$daemon_pid"
becomes "StartTLS: the server is followed" player_heard one starttls
wait_for server_is 0 followed
feed=$(feed_pid)
began=$SECONDS
ends "StartTLS that is not answered" "$no_answer to the StartTLS" \
    'starttls silent' 'persist close'
ends "StartTLS that is refused" 'StartTLS was refused' \
    'starttls result 52' 'persist close'
ends "a TLS handshake that is not answered" 'handshake did not end' \
    'tls silent' 'persist close'
ends "a TLS handshake that never ends" 'handshake did not end' \
    'tls drip' 'persist close'
ends "a TLS handshake with somebody else" 'handshake failed|certificate' \
    'tls garbage' 'persist close'
is "$(feed_pid)" "$feed" "all of that is the same feed's"
# It could not have told the time otherwise: libldap may spin in there.
cpu_s()
{
	awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, "");
	    print int(($12 + $13) / hz) }' "/proc/$1/stat"
}
holds "which has not spun meanwhile" \
    test "$(cpu_s "$feed")" -le "$(((SECONDS - began) / 2))"

stop_asking
is "$(answers 1 | cut -c 1-9)" '550 5.7.1' \
    "mail has gone on: who is refused ($(times_asked) times)"
is "$(answers 2)" continue "and who is permitted"
stops "mayrelayd ends"

# ---- a real slapd that hangs -------------------------------------------------------

make_slapd two && standard_tree | load_slapd two && start_slapd two || exit 1
rm -rf "$store"
ldap_starttls=false
write_ldap_conf two
start_mayrelayd && wait_policy || exit 1
becomes "slapd is followed" server_is 0 followed
feed=$(feed_pid)
freeze_slapd two
becomes "a slapd that hangs is noticed" server_is 0 failed
becomes "status says why" status_says "$no_answer"
holds "mail goes on" outsider_refused
thaw_slapd two
becomes "it is followed again" server_is 0 followed
network fresh allow 203.0.113.77/32 | ldap_add two
becomes "and its news arrive" permitted_from 203.0.113.77
is "$(feed_pid)" "$feed" "by the same feed"

stops "mayrelayd ends as always"
