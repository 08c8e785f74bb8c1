#!/bin/bash
# The socket that the MTA connects to: its place, mode, owner and group; what
# is in its way; TCP.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

# mayrelayd must give up at once; $said is what it said.
refuses()		# STATUS REGEX TEXT
{
	local status
	said=$(timeout 60 "$P/mayrelayd" -c "$conf" 2>&1 < /dev/null)
	status=$?
	is "$status" "$1" "$3: exit status $1"
	like "$said" "$2" "$3: says so"
}

small_policy && write_conf

# ---- mode and group --------------------------------------------------------

for socket_mode in 0600 0666 0660; do
	write_conf && start_mayrelayd
	is "0$(stat -c %a "$socket")" "$socket_mode" "mode $socket_mode"
	stop_mayrelayd
done

if [ "$(id -u)" -eq 0 ]; then
	socket_group=daemon
	write_conf && start_mayrelayd
	is "$(stat -c '%U:%G %a' "$socket")" "$user:daemon 660" \
	    "root gives it to socket_group"
	stop_mayrelayd
fi
socket_group=no-such-group-here
write_conf
refuses 78 'no group "no-such-group-here"' "an unknown group"
holds "no socket is left" test ! -e "$socket"
socket_group=

# ---- what is in its way ----------------------------------------------------

write_conf
cat > "$W/stale.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
END
python3 "$W/stale.py" "$socket"
holds "a stale socket is there" test -S "$socket"
start_mayrelayd && wait_policy
holds "it is replaced" outsider_refused
stop_mayrelayd

echo precious > "$socket"
refuses 78 'is no socket' "a file in its place"
is "$(cat "$socket")" precious "it is left alone"
rm "$socket"

ln -s "$W/elsewhere" "$socket"
refuses 78 'is no socket' "a symbolic link in its place"
rm "$socket"

python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(1)
print("up", flush=True)
time.sleep(600)' "$socket" > "$W/holder" &
holder=$!
at_exit "end_process $holder"
wait_for file_has "$W/holder" up
refuses 69 'serves on .* already' "another program that serves there"
holds "its socket is left alone" test -S "$socket"
end_process "$holder"
rm -f "$socket"

rmdir "$(dirname "$socket")"
refuses 78 'install -d -o .* -m 0755 .*/socket' "a folder that is missing"
socket_group=daemon
write_conf && rmdir "$(dirname "$socket")"
refuses 78 'install -d -o .* -g daemon -m 0750 .*/socket' \
    "the same when it is for a group"
socket_group=
write_conf

# ---- a folder that others can write to -------------------------------------

for mode in 755 750 775 777 1777; do
	: > "$daemon_log"
	chmod "$mode" "$(dirname "$socket")"
	start_mayrelayd
	case $mode in
	755 | 750)
		is "$(grep -c 'can be written to' "$daemon_log")" 0 \
		    "a folder of mode $mode: nothing is said" ;;
	1777)
		becomes "one of mode $mode: a warning, and no chmod" log_has \
		    "/socket .*mode $mode\).*: give it a folder of its own\$"
		;;
	*)
		becomes "one of mode $mode: a warning, and its cure" log_has \
		    "/socket .*mode 0*$mode\).*: chmod go-w .*/socket\$" ;;
	esac
	stop_mayrelayd
done
chmod 755 "$(dirname "$socket")"

long=$W/$(printf 'x%.0s' {1..120})
sed "s,unix:[^\"]*,unix:$long," "$conf" > "$conf.long"
said=$("$P/mayrelayd" -c "$conf.long" 2>&1)
is "$?" 78 "a path that is too long"

# ---- TCP -------------------------------------------------------------------

port=$(free_port)
sed -i "s,unix:[^\"]*,inet:$port@127.0.0.1," "$conf"
"$P/mayrelayd" -c "$conf" >> "$daemon_log" 2>&1 < /dev/null &
daemon_pid=$!
at_exit "end_process $daemon_pid"
becomes "it listens on inet:PORT@HOST" listening "$port"
wait_policy
is "$(printf '%s\n' "open inet:$port@127.0.0.1" negotiate \
    "connect host.example 4 198.51.100.1 1" "mail <>" "rcpt <b@example.net>" |
    miltc | cut -c 1-9)" "550 5.7.1" "and answers there"
awk -v p="$(printf '%04X' "$port")" '$4 == "0A" && $2 ~ (":" p "$") {
    print $2 }' /proc/net/tcp > "$W/bound"
like "$(cat "$W/bound")" '^0100007F:' "on that address only"

cp "$conf" "$W/second.conf"
sed -i "s,store = .*,store = \"$W/second\";," "$W/second.conf"
own_folder "$W/second" 700
conf=$W/second.conf refuses 69 'serves on .* already' "a port that is taken"
stops "SIGTERM ends it there too"

sed "s,inet:[^\"]*,inet:$port@no-such-host.invalid," "$W/second.conf" \
    > "$W/host.conf"
conf=$W/host.conf refuses 78 'no-such-host.invalid' "a host that is not there"
