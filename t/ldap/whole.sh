#!/bin/bash
# A complete refresh finds every entry that is there all the time, also one that
# is changed while it is read.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

crowd=1500
make_slapd one || exit 1
{
	standard_tree
	for ((i = 0; i < crowd; i++)); do
		person "crowd$i"
	done
} | load_slapd one
start_slapd one && write_ldap_conf one && start_mayrelayd && wait_policy ||
	exit 1
becomes "slapd is followed" followed

# Somebody keeps writing, until $W/changing goes.
keep_changing()
{
	while [ -e "$W/changing" ]; do
		printf 'dn: uid=crowd%d,%s\nchangetype: modify\n' \
		    $((RANDOM % crowd)) "$people"
		printf 'replace: sn\nsn: %d\n\n' "$RANDOM"
		sleep 0.002
	done | ldap_modify one
}

: > "$W/changing"
at_exit "rm -f $W/changing"
keep_changing &
changing=$!
for _ in 1 2 3 4 5 6; do
	mayrelay refresh > "$W/out" 2>&1 ||
	    not_ok "it is read anew" "$(cat "$W/out")"
done
rm "$W/changing"
wait "$changing"
in_force='s/.*generation [0-9]* in force: \([0-9]*\) accounts.*/\1/p'
is "$(sed -n "$in_force" "$daemon_log" | sort -u)" $((crowd + 4)) \
    "each time all accounts were found"
becomes "what is followed is so to the end" followed
equals_slapd one "in the end"
