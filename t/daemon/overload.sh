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
