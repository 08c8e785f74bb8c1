#!/bin/bash
# limit: 300
# mayrelay-feed is killed at any moment of a refresh of 200,000 entries: what
# is read is the old generation or the new one, never half of one, and in the
# end the new one is in force.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/store.sh"

users=200000
rounds=15

policy_of "$users" a > "$W/a.ldif"
policy_of "$users" b > "$W/b.ldif"
poll_interval=1h

swap_policy()		# MARK
{
	ln -f "$W/$1.ldif" "$policy"
}

milliseconds()
{
	echo $(($(date +%s%N) / 1000000))
}

nap()			# MILLISECONDS
{
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}

make_store || exit 1
swap_policy a
began=$(milliseconds)
start_feed
becomes "the first generation comes into force" shows generation '^1$'
took=$(($(milliseconds) - began))
stop_feed
start_watchers 2 "$users"

cut_short=0
mark=b
for ((round = 0; round < rounds; round++)); do
	before=$(show generation)
	swap_policy "$mark"
	start_feed
	nap $((RANDOM % (took * 5 / 4)))
	kill_feed "$feed_pid"
	[ "$(show generation)" != "$before" ] || cut_short=$((cut_short + 1))
	[ "$mark" = a ] && mark=b || mark=a
done
echo "# a refresh takes $took ms; $cut_short of $rounds were cut short"
holds "kills fell into refreshes" test "$cut_short" -ge 3
is "$(show accounts)" "$users" "what is in force is whole"

before=$(show generation)
swap_policy "$mark"
start_feed
becomes "the next one is read and in force" \
    shows generation "^$((before + 1))\$"
is "$(show accounts)" "$users" "all its accounts are there"
is "$(show error)" "" "and nothing is wrong"
watchers_agree "only whole generations were seen"
