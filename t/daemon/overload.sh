#!/bin/bash
# Beyond milter.max_connections a recipient is put off, and one line says so.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

conf_milter='max_connections = 3;'
start_small || exit 1

# Connections that stay open: each has its fifo and its file of answers.
open_one()		# NUMBER
{
	mkfifo "$W/hold.$1" && : > "$W/said.$1"
	talk host.example 4 203.0.113.9 4711 < "$W/hold.$1" > "$W/said.$1" &
	clients[$1]=$!
	eval "exec $((10 + $1))> '$W/hold.$1'"
	say "$1" "mail <a@example.org>" "rcpt <b@example.net>"
	wait_for test -s "$W/said.$1"
}

say()			# NUMBER COMMAND...
{
	local n=$1
	shift
	printf '%s\n' "$@" >&$((10 + n))
}

# The last one first: it holds what the others' fifos are fed by.
close_one()		# NUMBER
{
	eval "exec $((10 + $1))>&-"
	wait "${clients[$1]}"
}

overloads()
{
	grep -c 'overloaded: more than' "$daemon_log"
}

outsider_answered()
{
	[ "$(outsider)" = continue ]
}

clients=()
for i in 1 2 3; do
	open_one $i
	like "$(cat "$W/said.$i")" '^550 5\.7\.1 ' "connection $i is served"
done
for i in 4 5; do
	open_one $i
	like "$(cat "$W/said.$i")" '^451 4\.3\.2 ' "connection $i is put off"
done
is "$(overloads)" 1 "one line for the episode"
like "$(grep 'overloaded: more' "$daemon_log")" 'milter.max_connections = 3' \
    "it names the setting"
say 1 "rcpt <c@example.net>"
served()
{
	[ "$(grep -c '^550' "$W/said.1")" -eq 2 ]
}
becomes "those within the limit go on" served

for i in 5 4 3 2 1; do
	close_one $i
done
becomes "later there is room again" outsider_refused
for i in 6 7 8 9; do
	open_one $i
done
is "$(overloads)" 2 "the next episode has its own line"
for i in 9 8 7 6; do
	close_one $i
done
stop_mayrelayd

# A crowd at once: as many as there is room for, and one line.
conf_milter='max_connections = 100;'
write_conf && start_mayrelayd && wait_policy
mark=$(log_mark)
guests=()
for ((i = 0; i < 200; i++)); do
	{
		echo "mail <a@example.org>"
		echo "rcpt <b@example.net>"
		until [ -e "$W/leave" ]; do
			sleep 0.5
		done
	} | talk host.example 4 203.0.113.9 4711 > "$W/guest.$i" &
	guests+=($!)
done
all_answered()
{
	[ "$(cat "$W"/guest.* | wc -l)" -eq 200 ]
}
becomes "200 connections at once are answered" all_answered
is "$(cat "$W"/guest.* | grep -c '^550 5\.7\.1 ')" 100 \
    "100 of them are served, with max_connections = 100"
is "$(cat "$W"/guest.* | grep -c '^451 4\.3\.2 ')" 100 "the others are put off"
is "$(log_since "$mark" | grep -c 'overloaded: more than')" 1 \
    "and one line says so"
: > "$W/leave"
wait "${guests[@]}"
becomes "when they have gone there is room again" outsider_refused
stop_mayrelayd
conf_milter='max_connections = 3;'

# Refusals that are not in force yet: nobody is put off either.
enforce_from=2099-01-01T00:00:00Z
write_conf && start_mayrelayd && wait_policy
for i in 10 11 12 13; do
	open_one $i
	is "$(cat "$W/said.$i")" continue \
	    "before enforce_from: connection $((i - 9)) goes on"
done
for i in 13 12 11 10; do
	close_one $i
done
stops "SIGTERM ends it"

# Without descriptors libmilter would try to accept for ever: the daemon waits,
# says so, and serves again when some are free.
cat > "$W/crowd.py" <<'END'
import socket, sys, time
crowd = []
for i in range(200):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    crowd.append(s)
print("there", flush=True)
time.sleep(600)
END
cpu_ticks()
{
	awk '{ print $14 + $15 }' "/proc/$daemon_pid/stat"
}
(
	ulimit -n 131
	exec "$P/mayrelayd" -c "$conf"
) >> "$daemon_log" 2>&1 < /dev/null &
daemon_pid=$!
at_exit "end_process $daemon_pid"
wait_for daemon_up_or_gone
wait_policy
python3 "$W/crowd.py" "$socket" > "$W/crowd" &
crowd=$!
at_exit "end_process $crowd"
becomes "out of descriptors: the log says so" log_has \
    'no more connections can be accepted .*open files'
before=$(cpu_ticks)
sleep 2
used=$(($(cpu_ticks) - before))
holds "it does not spin ($used ticks in 2 s)" test "$used" -lt 40
is "$(grep -c 'can be accepted' "$daemon_log")" 1 "one line a minute"
end_process "$crowd"
becomes "then it serves again" outsider_answered
stops "SIGTERM ends it then"
