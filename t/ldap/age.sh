#!/bin/bash
# The policy's age with an LDAP source: how long ago slapd was last known to
# agree.  Whoever is followed and has no news is asked every poll_interval;
# whoever is polled agreed at the last complete search.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

# The time is a file's, and stands still: see t/tools/clock_file.h.
export MAYRELAY_CLOCK=$W/clock
cp "$BIN"/scripted/{mayrelayd,mayrelay-feed} "$P/" ||
    cannot_run "needs $BIN/scripted (make tools)"
"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "$(date +%s)" 86400000 scripted
chmod 644 "$MAYRELAY_CLOCK"

pass()			# SECONDS
{
	"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "+$1"
}

# What a stranger is told, and how old the policy was that said so.
answer()
{
	local mark said
	mark=$(log_mark)
	said=$(rcpt 203.0.113.9 "" a@example.org b@unknown.example)
	echo "${said:0:9} $(decision_lines "$mark" |
	    sed -n 's/.* policy_age=\([0-9]*\).*/\1/p')"
}

answers()		# WANTED
{
	[ "$(answer)" = "$1" ]
}

may()			# CLIENT LOGIN SENDER
{
	[ "$(rcpt "$@")" = continue ]
}

polled()
{
	status_is ldap.servers.0.state '"polled"'
}

full_refresh=7d
conf_policy='max_stale = "2h";'
poll_interval=1s
start_ldap one sessionlog=100 || exit 1
becomes "slapd is followed" followed

# ---- followed -----------------------------------------------------------------

is "$(answer)" "550 5.7.1 0" "a policy just read"
count
for seconds in 100 7201 86400; do
	pass "$seconds"
	becomes "no news for $seconds s: slapd is asked, and agrees" \
	    answers "550 5.7.1 0"
done
is "$(full) $(resumed)" "$full_before $resumed_before" \
    "by the connection that is there"

# Nobody is asked meanwhile.
poll_interval=1h
write_ldap_conf one
restart_mayrelayd
becomes "poll_interval is an hour: slapd is followed" followed
becomes "it has just agreed" answers "550 5.7.1 0"
pass 100
is "$(answer)" "550 5.7.1 100" "it grows old"
# slapd tells each search how far it is.
ldap_set one uid=joe,$people mail joe2@example.com
becomes "an account changes" may $desk joe joe2@example.com
becomes "what is heard makes it young" answers "550 5.7.1 0"
pass 50
stop_slapd one
becomes "slapd is down" status_is ldap.servers.0.state '"failed"'
pass 7200
is "$(answer)" "451 4.3.0 7250" "too old, nothing is decided by it"
start_slapd one
becomes "slapd is back" followed
is "$(answer)" "550 5.7.1 0" "and agrees"

# ---- polled --------------------------------------------------------------------

conf_directory='refresh = "poll";'
poll_interval=1s
write_ldap_conf one
restart_mayrelayd
becomes "slapd is polled" polled
pass 100
becomes "polled: it is searched, and agrees" answers "550 5.7.1 0"
stop_slapd one
becomes "polled: slapd is down" status_is ldap.servers.0.state '"failed"'
pass 7201
is "$(answer)" "451 4.3.0 7201" "polled: the last complete search is too old"
start_slapd one
becomes "polled: slapd is back, and agrees" answers "550 5.7.1 0"
stops "mayrelayd ends"
