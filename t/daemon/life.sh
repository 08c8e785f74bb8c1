#!/bin/bash
# mayrelayd starts, drops root, keeps a second one out, and stops.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

says_and_exits()	# STATUS REGEX TEXT COMMAND...
{
	local wanted=$1 regex=$2 text=$3 said status
	shift 3
	said=$(timeout 60 "$@" 2>&1 < /dev/null)
	status=$?
	is "$status" "$wanted" "$text: exit status $wanted"
	like "$said" "$regex" "$text: says so"
}

# ---- the command line ------------------------------------------------------

small_policy && write_conf
cp "$conf" "$W/good.conf"
sed 's/enforce_from/enforce_form/' "$conf" > "$W/bad.conf"
sed "s,unix:$socket,inet:8891," "$conf" > "$W/bare.conf"

says_and_exits 0 '^mayrelay [0-9.]+$' "-V" "$P/mayrelayd" -V
says_and_exits 0 'usage: mayrelayd' "-h" "$P/mayrelayd" -h
says_and_exits 0 '^mayrelay [0-9.]+$' "--version" "$P/mayrelayd" --version
says_and_exits 0 'usage: mayrelayd' "--help" "$P/mayrelayd" --help
says_and_exits 64 'usage: mayrelayd' "--hepl" "$P/mayrelayd" --hepl
says_and_exits 64 'usage: mayrelayd' "an unknown option" "$P/mayrelayd" -x
says_and_exits 64 'too many' "an argument" "$P/mayrelayd" -t now
says_and_exits 0 '^$' "-t of a good configuration" \
    "$P/mayrelayd" -t -c "$W/good.conf"
says_and_exits 78 'bad.conf:[0-9]+: .*enforce_from' \
    "-t of a mistyped setting" "$P/mayrelayd" -t -c "$W/bad.conf"
says_and_exits 78 'bad.conf:[0-9]+: ' "a start with a mistyped setting" \
    "$P/mayrelayd" -c "$W/bad.conf"
says_and_exits 78 'inet:8891@127.0.0.1' "a bare inet:PORT" \
    "$P/mayrelayd" -c "$W/bare.conf"
says_and_exits 78 'No such file' "a configuration that is not there" \
    "$P/mayrelayd" -t -c "$W/none.conf"

if [ "$(id -u)" -eq 0 ]; then
	install -m 600 "$conf" "$W/root.conf"
	says_and_exits 78 "\"$user\" must .* read .*root.conf: Permission" \
	    "a configuration that milter.user cannot read" \
	    "$P/mayrelayd" -c "$W/root.conf"
	holds "no socket stays behind" test ! -e "$socket"

	none="none-such"
	sed "s/user = .*/user = \"$none\";/" "$conf" > "$W/user.conf"
	sed "s/user = .*/user = \"root\";/" "$conf" > "$W/rootuser.conf"
	sed "s/socket_group = .*/socket_group = \"$none\";/" "$conf" \
	    > "$W/group.conf"
	says_and_exits 78 "^there is no user \"$none\" \(milter.user\): create" \
	    "-t of a user that is not there" \
	    "$P/mayrelayd" -t -c "$W/user.conf"
	says_and_exits 78 '^milter.user "root" is root' "-t of root as user" \
	    "$P/mayrelayd" -t -c "$W/rootuser.conf"
	says_and_exits 78 "^milter.socket_group: there is no group \"$none\"" \
	    "-t of a group that is not there" \
	    "$P/mayrelayd" -t -c "$W/group.conf"
	says_and_exits 0 '^$' "-t as milter.user leaves that alone" \
	    setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
	    "$P/mayrelayd" -t -c "$W/group.conf"
fi

# ---- start -----------------------------------------------------------------

start_mayrelayd -v && wait_policy
becomes "-v tells of the feed" log_has 'mayrelay-feed runs as process'
feed=$(feed_pid)

is "$(stat -c %A "$socket")" srw-rw---- "the socket has its mode"
is "$(stat -c %U "$socket")" "$user" "the socket has its owner"
is "$(stat -c %a "$store")" 700 "the store's folder is private"
is "$(find "$store" -type f ! -perm 600)" "" "so are the files in it"
is "$(find "$store" ! -user "$user")" "" "all belong to milter.user"

if [ "$(id -u)" -eq 0 ]; then
	uid=$(id -u "$user") gid=$(id -g "$user")
	for pid in "$daemon_pid" "$feed"; do
		name=$(proc_field "$pid" Name)
		is "$(proc_field "$pid" Uid)" "$uid $uid $uid $uid" \
		    "$name is not root in any way"
		is "$(proc_field "$pid" Gid)" "$gid $gid $gid $gid" \
		    "$name has the group of $user"
		unlike " $(proc_field "$pid" Groups) " " 0 " \
		    "$name has no group of root's"
		is "$(proc_field "$pid" CapEff)" 0000000000000000 \
		    "$name has no capability"
	done
fi

# ---- a second one ----------------------------------------------------------

sed "s,unix:$socket,unix:$W/socket/second.sock," "$conf" > "$W/second.conf"
says_and_exits 69 . "a second one with the same store" \
    "$P/mayrelayd" -c "$W/second.conf"
holds "it leaves no socket" test ! -e "$W/socket/second.sock"
first_socket=$socket first_store=$store
mkdir "$W/other"
store=$W/other/store conf=$W/other/mayrelay.conf
write_conf
says_and_exits 69 'serves on .* already' "a second one with the same socket" \
    "$P/mayrelayd" -c "$conf"
socket=$first_socket store=$first_store conf=$W/mayrelay.conf
holds "the first one still answers" outsider_refused

# ---- stop ------------------------------------------------------------------

stops "SIGTERM ends it"
holds "its feed is gone" gone "$feed"
holds "its socket is gone" test ! -e "$socket"
like "$(tail -n 3 "$daemon_log")" "stopping" "the log says so"

start_mayrelayd && wait_policy
holds "it starts again, on the same store" outsider_refused
stops "SIGINT ends it too" INT

# While an MTA is connected and while nobody is: libmilter looks for itself
# only every 5 s, and the MTA may stay for hours.
start_mayrelayd && wait_policy
mkfifo "$W/hold"
talk host.example 4 203.0.113.9 4711 < "$W/hold" > /dev/null &
client=$!
exec 9> "$W/hold"
echo "mail <a@example.org>" >&9
stops "SIGTERM ends it while an MTA is connected"
exec 9>&-
wait "$client"

# While it answers all the time: what an MTA was told is in the log.
conf_log='repeats = 0;'
write_conf && start_mayrelayd && wait_policy
mark=$(log_mark)
clients=()
for i in 1 2 3 4; do
	{
		printf '%s\n' "open unix:$socket" negotiate
		yes "$(asking 203.0.113.9 - a@example.org)" | head -n 100000
	} | miltc > "$W/asked.$i" &
	clients+=($!)
done
all_answered()
{
	local i
	for i in 1 2 3 4; do
		[ "$(head -n 100 "$W/asked.$i" | wc -l)" -eq 100 ] || return 1
	done
}
becomes "four MTAs are answered" all_answered
stops "SIGTERM ends it while they are"
wait "${clients[@]}"
told=$(cat "$W"/asked.? | grep -c '^550 5\.7\.1 ')
logged=$(log_since "$mark" | grep -c 'reject reason=auth-required')
holds "each answer is in the log ($told answers, $logged lines)" \
    test "$logged" -ge "$told"
conf_log=
write_conf

# ---- killed ----------------------------------------------------------------

start_mayrelayd && wait_policy
wait_for feed_runs
feed=$(feed_pid)
freeze "$feed"
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2> /dev/null
becomes "the feed of a killed mayrelayd ends, even one that hangs" gone "$feed"
holds "the socket was left behind" test -S "$socket"
start_mayrelayd && wait_policy
holds "the next one removes it and serves" outsider_refused
stops "it ends as well"
