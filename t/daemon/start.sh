#!/bin/bash
# What mayrelayd may find at its start: a parent that ignores SIGCHLD, a
# configuration that only root may read, a store that is a link.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

small_policy && write_conf

# ---- a parent that ignores SIGCHLD -----------------------------------------

(
	trap '' CHLD
	exec "$P/mayrelayd" -c "$conf"
) >> "$daemon_log" 2>&1 < /dev/null &
daemon_pid=$!
at_exit "end_process $daemon_pid"
wait_for daemon_up_or_gone
wait_policy
kill -HUP "$daemon_pid"
becomes "SIGCHLD ignored by the parent: a reload" log_has \
    'configuration .* was reloaded'
kill -KILL "$(feed_pid)"
becomes "and the end of the feed is seen" log_has 'was killed by signal 9'
stops "it ends as always"

# ---- only root may read ----------------------------------------------------

[ "$(id -u)" -eq 0 ] || exit 0

refuses()		# STATUS REGEX TEXT
{
	local said status
	said=$(timeout 60 "$P/mayrelayd" -c "$conf" 2>&1 < /dev/null)
	status=$?
	is "$status" "$1" "$3: exit status $1"
	like "$said" "$2" "$3: says so"
}

chmod 600 "$conf"
refuses 78 "user \"$user\" must be able to read" \
    "a configuration that only root may read"
holds "no socket is left" test ! -e "$socket"
chmod 644 "$conf"

# ---- a store that is a link ------------------------------------------------

# Whoever owns the folder that the store lies in could put a link there.
mkdir "$W/root"
own_folder "$W/parent"
ln -s "$W/root" "$W/parent/store"
sed -i "s,store = .*,store = \"$W/parent/store\";," "$conf"
refuses 73 'a link is not followed' "a store that is a link"
is "$(stat -c '%U %a' "$W/root")" "root 755" \
    "root's folder behind it is not handed over"
