#!/bin/bash
# flavour: plain
# After 100,000 connections, most of them cut off somewhere or refused often,
# mayrelayd holds as much memory, and as many descriptors and threads, as after
# 20,000.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

rounds=5
crowd=8			# MTAs that come at the same time
each=2500		# connections of one of them in a round

# All of malloc in one piece, which /proc/PID/smaps names: stacks are another
# matter, as libmilter has as many threads as it thinks it needs.
export MALLOC_ARENA_MAX=1
# Less than 16 bytes lost with every fourth of 80,000 connections: malloc needs
# 32 for them.
heap_bound=512		# KiB
all_bound=4096		# of stacks, tables of libraries, and heap together
threads_bound=8

# What one of the crowd does, over and over again.
dialogues()		# NUMBER
{
	awk -v socket="$socket" -v salt="$1" -v n="$each" \
	    -f "$TOP/t/load/dialogues.awk"
}

# What they are answered in a round, each "NUMBER KIND".
wanted_answers()
{
	local of_a_kind=$((crowd * each / 10))
	cat <<-END
	$((6 * of_a_kind)) 550 5.7.1 sign in to
	$((8 * of_a_kind)) 550 5.7.1 the login that
	$((of_a_kind)) 550 5.7.1 the account that
	$((3 * of_a_kind)) continue
	END
}

answers_of_round()
{
	cat "$W"/answers.* |
	    sed 's/Relay is not permitted: \([^ ]* [^ ]* [^ ]*\).*/\1/' |
	    sort | uniq -c | sed 's/^ *//' | sort -k 2
}

come()			# what they were answered goes to answers.N
{
	local i pids=()
	for ((i = 0; i < crowd; i++)); do
		dialogues "$i" | miltc > "$W/answers.$i" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
}

connections()		# that mayrelayd knows of
{
	mayrelay status --json | sed -n 's/^ *"connections": \([0-9]*\),*$/\1/p'
}

nobody_is_left()
{
	[ "$(connections)" = 0 ]
}

heap()			# KiB in memory
{
	awk '/\[heap\]$/ { heap = 1 } heap && $1 == "Rss:" { print $2; exit }' \
	    "/proc/$daemon_pid/smaps"
}

anonymous()		# KiB, of everything
{
	sed -n 's/^Anonymous: *\([0-9]*\) kB/\1/p' \
	    "/proc/$daemon_pid/smaps_rollup"
}

entries()		# FOLDER
{
	find "$1" -mindepth 1 -maxdepth 1 | wc -l
}

measure()
{
	heap=$(heap)
	all=$(anonymous)
	descriptors=$(entries "/proc/$daemon_pid/fd")
	threads=$(entries "/proc/$daemon_pid/task")
	echo "# after $1 connections: heap $heap KiB, memory $all KiB," \
	    "$descriptors descriptors, $threads threads"
}

grew_by_at_most()	# TEXT FIRST NOW BOUND
{
	if [ -n "$2" ] && [ "$(($3 - $2))" -le "$4" ]; then
		ok "$1: at most $4 more than after the first 20,000"
	else
		not_ok "$1: at most $4 more than after the first 20,000" \
		    "then: $2" "now:  $3"
	fi
}

conf_log='repeats = 2;'
start_small || exit 1
wanted_answers | sort -k 2 > "$W/wanted"
wrong=0
for ((round = 1; round <= rounds; round++)); do
	come
	wait_for nobody_is_left || not_ok "connections end" "$(connections)"
	answers_of_round > "$W/got"
	diff "$W/wanted" "$W/got" || wrong=$((wrong + 1))
	measure "$((round * crowd * each))"
	if [ "$round" -eq 1 ]; then
		first=("$heap" "$all" "$descriptors" "$threads")
	fi
done
is "$wrong" 0 "each recipient has its answer, in each round"
grew_by_at_most "KiB of heap" "${first[0]}" "$heap" "$heap_bound"
grew_by_at_most "KiB of memory" "${first[1]}" "$all" "$all_bound"
grew_by_at_most "descriptors" "${first[2]}" "$descriptors" 0
grew_by_at_most "threads" "${first[3]}" "$threads" "$threads_bound"
stops "SIGTERM ends it"
