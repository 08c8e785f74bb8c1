#!/bin/bash
# A configuration is reloaded whole or not at all, and no signal stops what
# it should not.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

# A reload is over when the log has one more line that says so.
times()			# REGEX
{
	grep -Ec -- "$1" "$daemon_log"
}

more_than()		# N REGEX
{
	[ "$(times "$2")" -gt "$1" ]
}

reload_good()		# SIGNAL
{
	local n
	n=$(times 'was reloaded$')
	kill "-$1" "$daemon_pid"
	wait_for more_than "$n" 'was reloaded$'
}

reload_bad()		# SIGNAL
{
	local n
	n=$(times 'was not reloaded')
	kill "-$1" "$daemon_pid"
	wait_for more_than "$n" 'was not reloaded'
}

last_error()
{
	grep 'was not reloaded' "$daemon_log" | tail -n 1
}

help_of()		# REPLY
{
	sed -n 's/.*(see \([^ #]*\)#.*/\1/p' <<< "$1"
}

start_small || exit 1
pid=$daemon_pid

# ---- a good one ------------------------------------------------------------

is "$(help_of "$(outsider)")" "https://mail.example.com/smtp-auth" \
    "before: the old text"
mkfifo "$W/hold" && : > "$W/said"
talk host.example 4 203.0.113.9 4711 < "$W/hold" > "$W/said" &
client=$!
exec 9> "$W/hold"
printf '%s\n' "mail <a@example.org>" "rcpt <b@example.net>" >&9
wait_for file_has "$W/said" 550

help_url=https://new.example.com/help
feed=$(feed_pid)
write_conf
holds "SIGHUP reloads" reload_good HUP
becomes "the feed is started anew" feed_runs "$feed"
is "$(help_of "$(outsider)")" "https://new.example.com/help" \
    "new connections have the new text"
printf '%s\n' "rcpt <c@example.net>" quit >&9
exec 9>&-
wait "$client"
is "$(help_of "$(tail -n 1 "$W/said")")" \
    "https://mail.example.com/smtp-auth" \
    "a connection keeps the configuration that it began with"

help_url=https://newer.example.com/help
write_conf
holds "SIGUSR1 reloads" reload_good USR1
is "$(help_of "$(outsider)")" "https://newer.example.com/help" \
    "that one is in force"

# ---- bad ones --------------------------------------------------------------

keeps()			# REGEX TEXT: after a change of $conf
{
	holds "$2: refused" reload_bad HUP
	like "$(last_error)" "$1" "$2: the reason is said"
	is "$(help_of "$(outsider)")" "https://newer.example.com/help" \
	    "$2: what was in force stays"
}

cp "$conf" "$W/good.conf"
sed -i 's/enforce_from/enforce_form/' "$conf"
keeps 'mayrelay.conf:[0-9]+: .*enforce_from' "a mistyped name"

echo 'milter = {' > "$conf"
keeps 'mayrelay.conf:[0-9]+: ' "half a file"

rm "$conf"
keeps 'No such file' "no file"

mkdir "$W/folder"
{
	printf '@include "%s"\n' "$W/folder"
	cat "$W/good.conf"
} > "$conf"
keeps . "@include of a folder, for which libconfig calls exit()"

sed "s,unix:[^\"]*,unix:$W/socket/other.sock," "$W/good.conf" > "$conf"
keeps 'socket' "another socket"
like "$(mayrelay status)" 'force: restart mayrelayd' \
    "another socket: status says that it takes a restart"
sed "s/role = .*/role = \"authority\";/" "$W/good.conf" > "$conf"
keeps 'role' "another role"
sed "s,store = .*,store = \"$W/store2\";," "$W/good.conf" > "$conf"
keeps 'store' "another store"
sed "s,user = .*,user = \"daemon\";," "$W/good.conf" > "$conf"
keeps 'user' "another user"
sed "s,user = .*,& max_connections = 100000000;," "$W/good.conf" > "$conf"
keeps 'max_connections' "more connections than there are descriptors"

cp "$W/good.conf" "$conf"
holds "a good one again" reload_good HUP

# ---- a storm ---------------------------------------------------------------

for i in {1..40}; do
	for j in {1..25}; do
		kill -HUP "$pid"
		kill -USR1 "$pid"
	done
	outsider_refused || break
done
is "$i.$j" 40.25 "a thousand SIGHUPs and SIGUSR1s: every answer is right"
holds "it is still there" kill -0 "$pid"
help_url=https://newest.example.com/help
write_conf
kill -HUP "$pid"
newest()
{
	[ "$(help_of "$(outsider)")" = "$help_url" ]
}
becomes "and what the file said at the end is in force" newest
becomes "with one feed" feed_runs
stops "SIGTERM still ends it"
