#!/bin/bash
# What Sendmail does while mayrelayd is down or hangs, by F= and T= of the
# filter, in both roles; which settings mayrelay.m4 refuses; which sockets
# Sendmail does; and that a list of filters that is set too late asks nobody.
# README has the table.
MTA=sendmail
. "$(dirname "$0")/cases.sh"

near=203.0.113.9

flags()			# TEXT: define confMAYRELAY_FLAGS
{
	echo "define(\`confMAYRELAY_FLAGS', \`$1')dnl"
}

# What becomes of a stranger's mail outside, and of one for us.
outcome()
{
	mail $near "" a@example.net b@example.org
	printf '%s, ' "$(class_of_reply)"
	mail $near "" a@example.net b@example.com
	class_of_reply
}

# The first refusal of $said, or "taken".
class_of_reply()
{
	if taken; then
		echo taken
	else
		sed -n 's/^S: \([45][0-9][0-9]\).*/\1/p' <<< "$said" | head -n 1
	fi
}

table()			# the role is set
{
	reload_sendmail "$(flags 'F=T')"
	is "$(outcome)" "451, 451" "$role, down, F=T: deferred"
	reload_sendmail "$(flags 'F=4')"
	is "$(outcome)" "421, 421" "$role, down, F=4: the session ends"
	reload_sendmail "$(flags 'F=R')"
	is "$(outcome)" "554, 554" "$role, down, F=R: refused"
}

# What m4 says of $role (none if it is empty) and FLAGS, after its exit status.
m4_says()		# FLAGS
{
	local error status=0
	error=$(sendmail_mc "$(flags "$1")" | sed '/confMAYRELAY_ROLE.,...)/d' |
	    m4 -D_CF_DIR_="${sendmail_files:?}/cf/" - 2>&1 > /dev/null) ||
	    status=$?
	echo "$status${error:+: ${error#*mayrelay.m4: }}"
}

# What Sendmail says of the socket when it starts: after its exit status.
start_refused()
{
	local said status=0
	said=$(timeout 20 "${sendmail_etc:?}/sendmail" \
	    -C "$sendmail_etc/sendmail.cf" -bD 2>&1 < /dev/null) || status=$?
	echo "$((status > 0)): ${said#*mayrelay.sock unsafe: }"
}

role=narrowing
mta_up || exit 1
is "$(outcome)" "550, taken" "up: mayrelayd judges"
stop_mayrelayd
table
reload_sendmail "$(flags '')"
is "$(outcome)" "taken, taken" \
    "narrowing, down, no F=: Sendmail's own rules alone"
mail 198.51.100.9 "" a@example.net b@example.org
is "$(rcpt_text)" "$mta_denies" "narrowing, down, no F=: which still deny"
is "$(m4_says 'T=R:30s')" \
    "1: confMAYRELAY_FLAGS is F=T, F=4, F=R or empty" \
    "narrowing: m4 refuses other flags"
role=authority
table
is "$(m4_says '')" "1: authority without F= is an open relay" \
    "authority, no F=: m4 refuses it"
is "$(m4_says 'T=R:30s')" \
    "1: confMAYRELAY_FLAGS is F=T, F=4, F=R or empty" \
    "authority: m4 refuses other flags"
role=
is "$(m4_says 'F=T')" "1: confMAYRELAY_ROLE must be said" \
    "no role: m4 refuses it"
for role in narrow Authority 'narrowing authority'; do
	is "$(m4_says 'F=T')" \
	    "1: confMAYRELAY_ROLE is narrowing or authority" \
	    "the role $role: m4 refuses it"
done
role=authority

# A mayrelayd that hangs is as one that is down, after R:.
start_mayrelayd && wait_policy
reload_sendmail "define(\`confMAYRELAY_TIMEOUTS', \`C:4s;S:4s;R:4s;E:8s')dnl"
is "$(outcome)" "550, taken" "up again: mayrelayd judges"
freeze "$daemon_pid"
is "$(outcome)" "451, 451" "it hangs: deferred"
kill -CONT "$daemon_pid"
is "$(outcome)" "550, taken" "it goes on: mayrelayd judges"

# Where the socket may be, and whose.
for mode in 755 750 700; do
	chmod "$mode" /run/mayrelay
	is "$(outcome)" "550, taken" "a folder of mode $mode"
done
for mode in 600 660; do
	chmod "$mode" "$socket"
	is "$(outcome)" "550, taken" "a socket of mode $mode"
done
for mode in 775 777 1777; do
	chmod "$mode" /run/mayrelay
	is "$(outcome)" "451, 451" "a folder of mode $mode: refused, deferred"
done
reload_sendmail "define(\`confDONT_BLAME_SENDMAIL', \`TrustStickyBit')dnl"
is "$(outcome)" "550, taken" "a folder of mode 1777 with TrustStickyBit"
stop_sendmail
sendmail_cf
is "$(start_refused)" "1: World writable directory" \
    "a folder of mode 1777: Sendmail does not start, and says why"
chmod 755 /run/mayrelay
becomes "the log says that the socket is unsafe" \
    file_has "$mta_log" 'Milter .mayrelay.: local socket name .* unsafe'

# With confRUN_AS_USER it is that user who must get to the socket.
stop_mayrelayd
socket_group=mail
write_conf && start_mayrelayd && wait_policy
chown -R mail:mail "${sendmail_queue:?}" "$sendmail_etc/statistics"
chgrp mail "$sendmail_etc/sasldb2" && chmod 640 "$sendmail_etc/sasldb2"
reload_sendmail "define(\`confRUN_AS_USER', \`mail:mail')dnl" \
    "define(\`confDONT_BLAME_SENDMAIL', \`GroupReadableSASLDBFile')dnl"
is "$(stat -c %U:%G "$socket")" "nobody:mail" "socket_group: whose socket"
is "$(outcome)" "550, taken" "confRUN_AS_USER: socket_group, folder 755"
chmod 750 /run/mayrelay
is "$(outcome)" "451, 451" "confRUN_AS_USER: folder 750 of another group"
chgrp mail /run/mayrelay
is "$(outcome)" "550, taken" "confRUN_AS_USER: folder 750 of its group"
chmod 600 "$socket"
is "$(outcome)" "451, 451" "confRUN_AS_USER: a socket that is not its"
chown -R root:root "$sendmail_queue"
chmod 660 "$socket"
chmod 755 /run/mayrelay

# Setting the list of filters after mayrelay.m4 clears it.
sendmail_late="define(\`confINPUT_MAIL_FILTERS', \`')dnl"
reload_sendmail
is "$(outcome)" "taken, taken" \
    "confINPUT_MAIL_FILTERS said afterwards: nobody is asked"
