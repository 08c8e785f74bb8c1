#!/bin/bash
# mayrelayd starts on a full disk: with an old policy it serves by that one,
# without one it says what is wrong; it is never killed by SIGBUS.
if [ "${1:-}" != inside ] && [ "$(id -u)" -eq 0 ]; then
	unshare -m true 2> /dev/null || {
		echo "cannot run: needs a mount namespace (unshare -m)"
		exit 77
	}
	exec unshare -m --propagation private "$0" inside
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
need_root

mkdir "$store"
mount -t tmpfs -o size=1m,mode=700 mayrelay "$store" 2> /dev/null ||
    cannot_run "needs to mount a tmpfs"
at_exit "umount -l '$store'"

fill()			# KIB-LEFT
{
	rm -f "$store/fill"
	dd if=/dev/zero of="$store/fill" bs=1k 2> /dev/null
	truncate -s "-${1}K" "$store/fill"
}

small_policy && write_conf
for left in 0 4 8 16 32; do
	find "$store" -type f -delete
	fill "$left"
	said=$(timeout 60 "$P/mayrelayd" -c "$conf" 2>&1 < /dev/null)
	is "$?" 73 "no policy and $left KiB: exit status 73"
	like "$said" 'is the disk full' "and it says why"
done

find "$store" -type f -delete
start_mayrelayd && wait_policy
fill 0
stop_mayrelayd
start_mayrelayd
holds "an old policy and no room: it serves" outsider_refused
becomes "and says what is wrong" log_has 'cannot write .*is the disk full'
rm "$store/fill"
becomes "with room again the policy comes into force" log_has \
    'generation 2 in force'
stops "it ends as always"
