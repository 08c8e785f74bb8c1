#!/bin/bash
# mayrelay-feed is started, watched, killed when it hangs, and started again;
# mail goes on meanwhile.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

start_small || exit 1
feed=$(feed_pid)

# ---- what it inherits ------------------------------------------------------

# It is started anew while an MTA is connected: libmilter's sockets are not
# close-on-exec.
mkfifo "$W/hold" && : > "$W/said"
talk host.example 4 203.0.113.9 4711 < "$W/hold" > "$W/said" &
client=$!
exec 9> "$W/hold"
printf '%s\n' "mail <a@example.org>" "rcpt <b@example.net>" >&9
wait_for file_has "$W/said" 550

kill -KILL "$feed"
becomes "a feed that was killed is started again" feed_runs "$feed"
becomes "the log tells of it" log_has 'was killed by signal 9 .*started again'
feed=$(feed_pid)
sockets_of()		# PID
{
	find "/proc/$1/fd" -lname 'socket:*' | wc -l
}
is "$(sockets_of "$feed")" 1 "it holds no socket but the one to mayrelayd"
holds "standard input is /dev/null" \
    test "$(readlink "/proc/$feed/fd/0")" = /dev/null
is "$(proc_field "$feed" SigBlk)" 0000000000000000 "no signal is blocked"
echo quit >&9
exec 9>&-
wait "$client"
holds "mail goes on" outsider_refused

# ---- one that ends at once -------------------------------------------------

restarts_since()	# LINES
{
	tail -n "+$(($1 + 1))" "$daemon_log" | grep -c 'started again in'
}
lines=$(wc -l < "$daemon_log")
mv "$P/mayrelay-feed" "$P/mayrelay-feed.away"
printf '#!/bin/sh\nexit 3\n' > "$P/mayrelay-feed"
chmod 755 "$P/mayrelay-feed"
kill -KILL "$feed"
becomes "one that ends by itself is told of" log_has \
    'ended with status 3; it is started again in'
sleep 4
n=$(restarts_since "$lines")
holds "it is started again less and less often ($n times in 4 s)" \
    test "$n" -le 6
holds "mail goes on" outsider_refused

rm "$P/mayrelay-feed"
becomes "one that is not there is told of" log_has 'cannot run .*mayrelay-feed'
holds "mail goes on" outsider_refused
mv "$P/mayrelay-feed.away" "$P/mayrelay-feed"
kill -HUP "$daemon_pid"
becomes "a reload starts it at once" feed_runs
feed=$(feed_pid)

# ---- a configuration that was edited and not reloaded ----------------------

cp "$conf" "$W/good.conf"
sed 's/ou=people/ou=nobody/' "$W/good.conf" > "$conf"
lines=$(wc -l < "$daemon_log")
kill -KILL "$feed"
becomes "a feed started again does not follow it" log_has \
    'says something else than what mayrelayd has in force: reload it'
like "$(mayrelay status)" 'accounts  *2 accounts' "the old policy stays"
like "$(mayrelay status)" 'last error .*reload it' "status says why"
is "$(tail -n "+$((lines + 1))" "$daemon_log" | grep -c 'in force: 0 acc')" 0 \
    "nothing else was in force"
kill -HUP "$daemon_pid"
becomes "after a reload it does" log_has 'in force: 0 accounts'
cp "$W/good.conf" "$conf"
kill -HUP "$daemon_pid"
two_accounts()
{
	[[ $(mayrelay status) =~ accounts\ *2\ accounts ]]
}
becomes "and goes back" two_accounts
wait_for feed_runs
feed=$(feed_pid)

# ---- one that hangs (PULSE_DEAD_MS) -----------------------------------------

freeze "$feed"
holds "mail goes on" outsider_refused
becomes "a feed that hangs is killed and started again" feed_runs "$feed"
becomes "the log tells of it" log_has 'no sign of life for [0-9]+ seconds'
becomes "the new one reads the policy" wait_policy

# ---- the end ---------------------------------------------------------------

feed=$(feed_pid)
freeze "$feed"
stops "SIGTERM ends mayrelayd though its feed hangs"
becomes "and the feed" gone "$feed"
