#!/bin/bash
# While LDAP says nothing, or nothing of use, mail is decided from the replica:
# also by a daemon that was started meanwhile, until the policy is too old;
# then as policy.on_unavailable says.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd

# The time is a file's: see t/tools/clock_file.h.
export MAYRELAY_CLOCK=$W/clock
cp "$BIN"/scripted/{mayrelayd,mayrelay-feed} "$P/" ||
    cannot_run "needs $BIN/scripted (make tools)"
"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "$(date +%s)" 86400000 scripted
chmod 644 "$MAYRELAY_CLOCK"

pass()			# SECONDS
{
	"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "+$1"
}

# Who is refused, who permitted?
verdicts()
{
	miltc <<-END | cut -c 1-9 | paste -sd,
	open unix:$socket
	negotiate
	$(asking 203.0.113.9 - a@example.org)
	$(asking 203.0.113.9 joe joe@example.com)
	$(asking 203.0.113.9 joe ann@example.com)
	$(asking 198.51.100.9 joe joe@example.com)
	END
}
by_policy='550 5.7.1,continue,550 5.7.1,550 5.7.1'
too_old='451 4.3.0,451 4.3.0,451 4.3.0,451 4.3.0'
# What denies goes on to do so.
permit='continue,continue,continue,550 5.7.1'

young()
{
	[ "$(verdicts)" = "$by_policy" ]
}

restart()
{
	stop_mayrelayd && start_mayrelayd
}

outage()		# TEXT ERROR BREAK MEND [WHEN-TOO-OLD]
{
	local text=$1 error=$2 mend=$4 mark
	mark=$(log_mark)
	eval "$3"
	becomes "$text: the log says so" said_since "$mark" "$error"
	becomes "$text: so does the status" status_says "$error"
	pass 1800
	is "$(verdicts)" "$by_policy" "$text: the replica decides"
	restart
	is "$(verdicts)" "$by_policy" "$text: after a restart too"
	pass 1800
	is "$(verdicts)" "$by_policy" "$text: up to max_stale"
	pass 1
	is "$(verdicts)" "${5:-$too_old}" "$text: not longer"
	restart
	is "$(verdicts)" "${5:-$too_old}" "$text: nor after a restart"
	eval "$mend"
	becomes "$text: it comes to an end" young
}

make_slapd one || exit 1
standard_tree | load_slapd one && start_slapd one || exit 1
conf_policy='max_stale = "1h";'
ldap_timeout=1s
write_ldap_conf one
start_mayrelayd && wait_policy || exit 1
is "$(verdicts)" "$by_policy" "slapd is well: its policy decides"

outage "slapd is down" "$(slapd_uri one)" 'stop_slapd one' 'start_slapd one'
outage "slapd hangs" 'answer|timed? ?out' 'freeze_slapd one' 'thaw_slapd one'

renew_slapd()		# [OPTION of make_slapd...]
{
	stop_slapd one && make_slapd one "$@" && start_slapd one
}
let_nobody_in()
{
	write_password wrong
	renew_slapd
}
let_in()
{
	write_password "$bind_password"
}
outage "slapd lets nobody in" '49' let_nobody_in let_in

nobody_reads()
{
	renew_slapd acl=- <<-END
	access to attrs=userPassword by anonymous auth by * none
	access to * by * none
	END
}
outage "slapd shows nothing" '32' nobody_reads renew_slapd

stop_mayrelayd
rm -rf "$store"
conf_policy+=' on_unavailable = "permit";'
start_player bad < <(standard_tree) || exit 1
write_ldap_conf "$(player_uri bad)"
start_mayrelayd
becomes "another server's policy decides" young
outage "a server speaks nonsense" "$(player_uri bad)" \
    'play bad "accept garbage" "persist garbage"' 'play bad' "$permit"
stops "it ends as always"
