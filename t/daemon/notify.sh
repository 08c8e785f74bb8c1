#!/bin/bash
# What a supervisor hears by sd_notify.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
need python3

cat > "$W/supervisor.py" <<'END'
import os, socket, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + name[1:] if name[0] == "@" else name)
if name[0] != "@":
    os.chmod(name, 0o666)
with open(sys.argv[2], "wb", buffering=0) as f:
    while True:
        f.write(s.recv(65536))
END

supervise()		# NAME: of the socket
{
	heard=$W/heard
	: > "$heard"
	python3 "$W/supervisor.py" "$1" "$heard" &
	supervisor=$!
	at_exit "kill $supervisor 2> /dev/null"
	export NOTIFY_SOCKET=$1
}

bound()			# NAME
{
	awk -v p="$1" '$8 == p { f = 1 } END { exit !f }' /proc/net/unix
}

supervise "$W/notify"
wait_for bound "$W/notify"
export WATCHDOG_USEC=600000
small_policy && write_conf && start_mayrelayd
becomes "READY=1 once it listens" file_has "$heard" '^READY=1$'
becomes "with a line for status" file_has "$heard" '^STATUS=serving'
kicks()			# N
{
	[ "$(grep -c '^WATCHDOG=1$' "$heard")" -ge "$1" ]
}
becomes "WATCHDOG=1 again and again" kicks 3
wait_policy
unlike "$(tr '\0' ' ' < "/proc/$(feed_pid)/environ")" \
    'NOTIFY_SOCKET|WATCHDOG' "the feed does not speak for it"

: > "$heard"
kill -HUP "$daemon_pid"
becomes "RELOADING=1 at a reload" file_has "$heard" '^RELOADING=1$'
becomes "then READY=1" file_has "$heard" '^READY=1$'
usec=$(sed -n 's/^MONOTONIC_USEC=//p' "$heard")
holds "with the time since boot" test "${usec:-0}" -gt 1000000

: > "$heard"
echo nonsense > "$conf"
kill -HUP "$daemon_pid"
becomes "READY=1 after a reload that failed, too" file_has "$heard" '^READY=1$'

stops "SIGTERM ends it"
becomes "STOPPING=1 before" file_has "$heard" '^STOPPING=1$'
kill "$supervisor"

unset WATCHDOG_USEC
name="@mayrelay-test-$$"
supervise "$name"
wait_for bound "$name"
write_conf && start_mayrelayd
becomes "an abstract socket will do" file_has "$heard" '^READY=1$'
unlike "$(cat "$heard")" WATCHDOG "no watchdog, no WATCHDOG=1"
stops "SIGTERM ends it"
kill "$supervisor"

export NOTIFY_SOCKET=$W/nobody-there
write_conf && start_mayrelayd && wait_policy
holds "a supervisor that is not there does no harm" outsider_refused
stops "SIGTERM ends it"
