#!/bin/bash
# What Postfix logs, and its clients hear, when it does not get through to
# mayrelayd: what mayrelayd(8) says under "When the MTA does not reach it".
MTA=postfix
. "$(dirname "$0")/cases.sh"

stranger=203.0.113.9

# Whoever asks is put off, and the log says why.
unreached()		# TEXT LOG-REGEX
{
	local mark
	mark=$(wc -l < "${postfix_log:?}")
	mail $stranger "" a@example.net b@example.com
	is "$(reply_to 'MAIL')" "451 4.7.1 Service unavailable - try again later" \
	    "$1: what clients hear"
	becomes "$1: what the log says" logged_since "$mark" "$2"
}

logged_since()		# LINES-BEFORE EXTENDED-REGEX
{
	tail -n "+$(($1 + 1))" "$postfix_log" | grep -Eq -- "$2"
}

reached()		# TEXT
{
	mail $stranger "" a@example.net b@example.org
	like "$(rcpt_text)" '^550 5\.7\.1 Relay is not permitted' "$1"
}

service="warning: connect to Milter service unix:mayrelay/mayrelay.sock"

role=authority
mta_up "milter_connect_timeout = 2s" "milter_command_timeout = 2s" || exit 1
reached "up: mayrelayd judges"

freeze "$daemon_pid"
unreached "it hangs" "warning: milter unix:mayrelay/mayrelay.sock: \
can't read .*: Connection timed out"
kill -CONT "$daemon_pid"

kill -KILL "$daemon_pid"
wait "$daemon_pid" 2> /dev/null
unreached "it was killed" "$service: Connection refused"

start_mayrelayd && wait_policy
reached "it runs again"
stop_mayrelayd
unreached "it has stopped" "$service: No such file or directory"

socket_group=
write_conf && start_mayrelayd && wait_policy
unreached "a socket without Postfix's group" "$service: Permission denied"
stop_mayrelayd

socket_group=postfix
write_conf && start_mayrelayd && wait_policy
reached "socket_group: it is let in"
folder=$(dirname "$socket")
chmod 750 "$folder"
unreached "a folder of mode 750 and another group" "$service: Permission denied"
chgrp postfix "$folder"
reached "a folder of mode 750 and its group"
