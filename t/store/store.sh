# shellcheck shell=bash
# t/store/store.sh: a store and mayrelay-feed without mayrelayd.  To be sourced
# after t/lib.sh, by the scripts beside it.
storeread=$BIN/tools/storeread
feed_log=$W/feed.log
feed_pid=
fifo=$W/ticks
cp "$storeread" "$P/" || cannot_run "needs $storeread"
storeread=$P/storeread

# Before a command: as the user that mayrelayd drops to.
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid="$user"
    --regid="$(id -g "$user")" --clear-groups)

# USERS accounts and a domain that all bear MARK.
policy_of()		# USERS MARK
{
	awk -v n="$1" -v m="$2" 'BEGIN {
		relay = ",ou=relay,dc=example,dc=com\n"
		print "version: 1\n"
		print "dn: relayDomainName=" m ".example" relay \
		    "objectClass: relayDomain\n" \
		    "relayDomainName: " m ".example\n"
		for (i = 0; i < n; i++)
			print "dn: uid=u" i ",ou=people,dc=example,dc=com\n" \
			    "objectClass: inetOrgPerson\nuid: u" i "\n" \
			    "mail: u" i "@" m ".example\n"
	}'
}

make_store()
{
	write_conf && "${as_user[@]}" "$storeread" make "$store"
}

# Its own ticks are all that ever comes out of the fifo.
start_feed()
{
	[ -p "$fifo" ] || { mkfifo "$fifo" && chmod 666 "$fifo"; } || return 1
	"${as_user[@]}" "$P/mayrelay-feed" -c "$conf" -f 3 3<> "$fifo" \
	    >> "$feed_log" 2>&1 < /dev/null &
	feed_pid=$!
	at_exit "kill_feed $feed_pid"
}

kill_feed()		# PID
{
	kill -KILL "$1" 2> /dev/null
	wait "$1" 2> /dev/null
}

stop_feed()
{
	kill -TERM "$feed_pid"
	wait "$feed_pid" 2> /dev/null
}

show()			# KEY
{
	"${as_user[@]}" "$storeread" show "$store" 2>&1 | sed -n "s/^$1=//p"
}

shows()			# KEY EXTENDED-REGEX
{
	[[ $(show "$1") =~ $2 ]]
}

# Readers in processes of their own; what they saw is in $W/watch.N.
watchers=()
start_watchers()	# HOW-MANY USERS
{
	local i
	for ((i = 0; i < $1; i++)); do
		"${as_user[@]}" "$storeread" watch "$store" "$2" "$W/stop" \
		    > "$W/watch.$i" 2>&1 &
		watchers+=($!)
		at_exit "kill_feed $!"
	done
}

watchers_agree()	# TEXT: each saw whole generations only
{
	local i text=$1
	touch "$W/stop"
	for i in "${!watchers[@]}"; do
		if wait "${watchers[i]}" && file_has "$W/watch.$i" \
		    '^looks=[1-9][0-9]* later=0 torn=0 generations=[1-9]'; then
			ok "$text: reader $i"
		else
			not_ok "$text: reader $i" "$(cat "$W/watch.$i")"
		fi
		echo "# $(cat "$W/watch.$i")"
	done
	watchers=()
	rm -f "$W/stop"
}
