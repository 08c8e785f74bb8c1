#!/bin/bash
# A syslogd that has stopped reading holds neither mail nor the end of
# mayrelayd.  Its /dev/log is a private one.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
need_root
need unshare python3

# A socket whose reader hears a few lines, writes them to a file, and stops.
cat > "$W/syslogd.py" <<'END'
import os, signal, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], "wb", buffering=0) as f:
    while True:
        f.write(s.recv(65536) + b"\n")
END

mkdir "$W/dev"
python3 "$W/syslogd.py" "$W/dev/log" "$W/syslog" &
syslogd=$!
at_exit "kill -KILL $syslogd 2> /dev/null"
wait_for test -S "$W/dev/log"

conf_log='repeats = 0;'
small_policy && write_conf
sed -i 's/target = "stderr"/target = "syslog"/' "$conf"
# The daemon sees $W/dev as /dev; what else it needs is there too.
for node in null zero random urandom; do
	touch "$W/dev/$node"
done
# shellcheck disable=SC2016 # the inner shell expands
unshare -m sh -c '
	for node in null zero random urandom; do
		mount --bind "/dev/$node" "$1/$node"
	done
	mount --rbind "$1" /dev && shift && exec "$@"' \
    sh "$W/dev" "$P/mayrelayd" -c "$conf" >> "$daemon_log" 2>&1 < /dev/null &
daemon_pid=$!
at_exit "end_process $daemon_pid"
wait_for daemon_up_or_gone
wait_policy

outsider > /dev/null
becomes "lines go to syslog" file_has "$W/syslog" \
    'mayrelayd.*: NOQUEUE: reject reason=auth-required '
like "$(grep -a 'reason=auth-required' "$W/syslog")" '^<21>' \
    "as notices of the facility mail"

freeze "$syslogd"
# Enough to fill its socket; each recipient has its own line.
{
	echo "mail <a@example.org>"
	for i in {1..2000}; do
		echo "rcpt <$i@example.net>"
	done
	echo quit
} > "$W/many"
refused_all()
{
	[ "$(talk host.example 4 203.0.113.9 4711 < "$W/many" |
	    grep -c '^550 5\.7\.1 ')" -eq 2000 ]
}
for i in 1 2 3; do
	holds "with a stopped syslogd, 2000 recipients are answered ($i)" \
	    refused_all
done
holds "which it has heard next to nothing of" \
    test "$(grep -ac 'reason=auth-required' "$W/syslog")" -lt 100
stops "SIGTERM ends mayrelayd all the same"
kill -KILL "$syslogd"
wait "$syslogd" 2> /dev/null || :
