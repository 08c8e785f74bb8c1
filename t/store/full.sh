#!/bin/bash
# The store's disk is full: the old policy stays in force and says so; when
# there is room again the new one comes into force by itself.
if [ "${1:-}" != inside ] && [ "$(id -u)" -eq 0 ]; then
	unshare -m true 2> /dev/null || {
		echo "cannot run: needs a mount namespace (unshare -m)"
		exit 77
	}
	exec unshare -m --propagation private "$0" inside
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/store.sh"
need_root

small=2000
large=100000

mkdir "$store"
mount -t tmpfs -o size=6m,mode=700 mayrelay "$store" 2> /dev/null ||
    cannot_run "needs to mount a tmpfs"
at_exit "umount -l '$store'"
make_store || exit 1
policy_of "$small" a | write_policy
start_feed
becomes "a small policy comes into force" shows generation '^1$'
start_watchers 2 "$small"

policy_of "$large" b | write_policy
becomes "a policy too large for the disk is an error" \
    shows error 'disk full'
sleep 3
is "$(grep -c 'disk full' "$feed_log")" 1 "that is logged once, not each time"
is "$(show generation)" 1 "the old generation stays in force"
is "$(show accounts)" "$small" "with all its accounts"
holds "and it ages" shows age '^[1-9]'
watchers_agree "the old policy can be read all the time"

policy_of "$small" c | write_policy
becomes "a policy that fits comes into force on the full disk" \
    shows generation '^2$'
is "$(show error)" "" "and the error is gone"

policy_of "$large" d | write_policy
becomes "too large again" shows error 'disk full'
mount -o remount,size=400m "$store"
becomes "with room on the disk it comes into force by itself" \
    shows generation '^3$'
is "$(show accounts)" "$large" "with all its accounts"
is "$(show error)" "" "and the error is gone again"
holds "it is young again" shows age '^[0-3]$'
