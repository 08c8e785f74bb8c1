#!/bin/bash
# Several readers in several processes look on while one generation follows the
# other; readers that die do no harm.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/store.sh"

users=3000
rounds=12

make_store || exit 1
policy_of "$users" g1 | write_policy
start_feed
becomes "the first generation comes into force" shows generation '^1$'
start_watchers 5 "$users"

for ((round = 2; round <= rounds; round++)); do
	# One that is killed while it looks.
	"${as_user[@]}" "$storeread" watch "$store" "$users" "$W/stop" \
	    > /dev/null &
	doomed=$!
	policy_of "$users" "g$round" | write_policy
	wait_for shows generation "^$round\$" || break
	kill_feed "$doomed"
done
is "$(show generation)" "$rounds" "each change came into force"
is "$(show error)" "" "without an error"
watchers_agree "only whole generations were seen"

# Old generations' pages are used again.
size=$(stat -c %s "$store/data.mdb")
holds "the file stays small ($size bytes)" test "$size" -lt 60000000
