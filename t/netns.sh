# shellcheck shell=bash
# t/netns.sh: a machine of its own for a scenario: host mx.example.com, whose
# network is a loopback interface on which every documentation address lives.
# To be sourced first, before t/lib.sh; needs root.
#
#	. "$(dirname "$0")/../netns.sh"
#	. "$(dirname "$0")/../lib.sh"
#
# The script is run again in namespaces of its own (network, host name,
# mounts), so that a client has the source address that it binds to, servers
# have the ports that they have in life, and no name is looked up outside:
#
#	127.0.0.1, ::1				the host itself
#	192.0.2.25, 2001:db8:25::25		mx.example.com ($mx4, $mx6)
#	the rest of 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 and of
#	2001:db8::/32				anybody; any of them can be bound
#
# 203.0.113.9 and 2001:db8:2::9 are host.example by name, 198.51.100.9 is
# far.example; the others have no name.
# /run is empty, no folder above it can be written to by others (Sendmail
# insists), and /dev has little but a log, once somebody listens on /dev/log.

mx4=192.0.2.25
mx6=2001:db8:25::25

netns_enter()		# SCRIPT ARGUMENT...
{
	if [ "$(id -u)" -ne 0 ]; then
		echo "cannot run: needs root, for namespaces of its own"
		exit 77
	fi
	if ! unshare --net --uts --mount true 2> /dev/null; then
		echo "cannot run: this machine lets nobody make namespaces"
		exit 77
	fi
	exec unshare --net --uts --mount --propagation private \
	    env MAYRELAY_NETNS="$$" "$@"
}

netns_network()
{
	hostname mx.example.com &&
	    ip link set lo up &&
	    ip addr add "$mx4/32" dev lo &&
	    ip -6 addr add "$mx6/128" dev lo nodad || return 1
	local net
	for net in 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24; do
		ip route add local "$net" dev lo || return 1
	done
	# For IPv6 a route alone lets nobody bind to an address.
	ip -6 route add local 2001:db8::/32 dev lo &&
	    echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind
}

# A file of /etc as this machine has it; nobody else sees it.
netns_file()		# NAME, and its text on standard input
{
	cat > "/run/machine/$1" || return 1
	[ -e "/etc/$1" ] || return 0
	mount --bind "/run/machine/$1" "/etc/$1"
}

netns_names()
{
	mkdir /run/machine || return 1
	netns_file hosts <<-END || return 1
	127.0.0.1	localhost
	::1		localhost ip6-localhost
	$mx4	mx.example.com mx
	$mx6	mx.example.com mx
	203.0.113.9	host.example
	198.51.100.9	far.example
	2001:db8:2::9	host.example
	END
	netns_file nsswitch.conf <<-'END' || return 1
	passwd:		files
	group:		files
	shadow:		files
	hosts:		files
	networks:	files
	protocols:	files
	services:	files
	END
	netns_file resolv.conf < /dev/null || return 1
	netns_file hostname <<< mx.example.com
}

# A /dev whose log is nobody else's.
netns_dev()
{
	local node
	mkdir /run/dev /run/dev/pts /run/dev/shm || return 1
	for node in null zero full random urandom tty; do
		touch "/run/dev/$node" &&
		    mount --bind "/dev/$node" "/run/dev/$node" || return 1
	done
	mount --bind /dev/pts /run/dev/pts &&
	    mount -t tmpfs -o mode=1777 shm /run/dev/shm &&
	    ln -s /proc/self/fd /run/dev/fd &&
	    ln -s fd/0 /run/dev/stdin && ln -s fd/1 /run/dev/stdout &&
	    ln -s fd/2 /run/dev/stderr &&
	    mount --rbind /run/dev /dev
}

netns_become()
{
	mount -t tmpfs -o mode=755 run /run &&
	    netns_names && netns_dev && netns_network || return 1
	# For t/run, which looks for processes that were left behind.
	echo "${TMPDIR:-/tmp}" > /run/machine/whose
}

# unshare and env are the same process: what runs below has the id that was
# noted, and its children have not.
[ "${MAYRELAY_NETNS:-}" = "$$" ] || netns_enter "$0" "$@"
unset MAYRELAY_NETNS
PATH=$PATH:/usr/sbin:/sbin
if ! netns_become; then
	echo "cannot run: a namespace of its own cannot be furnished"
	exit 77
fi
