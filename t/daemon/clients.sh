#!/bin/bash
# Who connects, as the MTA tells it: by address, without one, over a unix
# socket, and as nobody can.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

small_policy
sed 's,^relayClient: 198.51.100.0/24$,&\nrelayClient: 127.0.0.66,' "$policy" |
    write_policy
conf_log='permits = true; repeats = 1;'
write_conf && start_mayrelayd && wait_policy || exit 1

# The answers to a recipient outside of a stranger's and of joe's message.
ask()			# VERSION-MACRO|-, and miltc's `connect'
{
	local v=$1
	shift
	{
		printf '%s\n' "open unix:$socket" 'negotiate 6 0xff' only-rcpt
		[ "$v" = - ] || echo "macro C \"v=$v\""
		printf '%s\n' "connect $*" 'mail <a@example.org>' \
		    'rcpt <b@example.net>' abort \
		    'macro M {auth_authen}=joe' 'mail <joe@example.com>' \
		    'rcpt <b@example.net>' quit
	} | miltc | sed 's/^\([0-9]\{3\}\) .*/\1/' | paste -sd ' '
}

client()		# WANTED TEXT VERSION-MACRO|- and miltc's `connect'
{
	is "$(ask "${@:3}")" "$1" "$2"
}

# Whom the log names for refusals and permits since; nobody for a pass.
logged_as()		# WANTED WANTED-NAME TEXT and as for ask
{
	local mark
	mark=$(log_mark)
	ask "${@:4}" > /dev/null
	named_since "$mark" > /dev/null || wait_for named_since "$mark"
	is "$(named_since "$mark")" "client=$1 name=$2" "$3"
}
named_since()		# MARK
{
	decision_lines "$1" | grep -o 'client=.* login=' | head -n 1 |
	    sed 's/ login=$//' | grep .
}

postfix='Postfix 3.7.11'
sendmail=8.17.1.9

# ---- addresses -------------------------------------------------------------

for v in "$postfix" "$sendmail" -; do
	client "550 continue" "v=$v: a stranger, and joe" "$v" \
	    host.example 4 203.0.113.9 4711
	client "continue continue" "v=$v: the office" "$v" \
	    host.example 4 192.0.2.9 4711
	client "550 550" "v=$v: a banned network" "$v" \
	    host.example 4 198.51.100.9 4711
	client "continue continue" "v=$v: IPv6" "$v" \
	    host.example 6 2001:db8:1::9 4711
	client "continue continue" "v=$v: IPv6 as Sendmail writes it" "$v" \
	    host.example 6 IPv6:2001:db8:1::9 4711
	client "550 continue" "v=$v: an IPv6 stranger" "$v" \
	    host.example 6 2001:db8:2::9 4711
	client "continue continue" "v=$v: mapped" "$v" \
	    host.example 6 ::ffff:192.0.2.9 4711
	client "550 550" "v=$v: mapped, banned" "$v" \
	    host.example 6 ::ffff:c633:6409 4711
	client "550 continue" "v=$v: compatible is not mapped" "$v" \
	    host.example 6 ::192.0.2.9 4711
	client "550 continue" "v=$v: nor is 6to4" "$v" \
	    host.example 6 2002:c000:209::1 4711
	client "550 continue" "v=$v: nor NAT64" "$v" \
	    host.example 6 64:ff9b::192.0.2.9 4711
	# The loopback grant, which vouches for nobody who has signed in; and a
	# network inside.
	client "continue continue" "v=$v: loopback" "$v" \
	    localhost 4 127.0.0.1 4711
	client "continue continue" "v=$v: IPv6 loopback" "$v" \
	    localhost 6 ::1 4711
	client "continue continue" "v=$v: mapped loopback" "$v" \
	    localhost 6 ::ffff:127.0.0.1 4711
	client "550 550" "v=$v: a banned loopback address" "$v" \
	    localhost 4 127.0.0.66 4711
	client "continue 550" "v=$v: port 0 of loopback is nobody, without login" \
	    "$v" localhost 4 127.0.0.66 0
	client "550 continue" "v=$v: port 0 of others is nothing special" \
	    "$v" localhost 4 203.0.113.9 0
	client "550 550" "v=$v: nor of the banned" "$v" \
	    localhost 4 198.51.100.9 0
	client "550 continue" "v=$v: loopback in name only" "$v" \
	    localhost 4 203.0.113.9 4711
	client "550 continue" "v=$v: a name that is an address" "$v" \
	    192.0.2.9 4 203.0.113.9 4711
	client "550 continue" "v=$v: 0.0.0.0" "$v" host.example 4 0.0.0.0 4711
	client "550 continue" "v=$v: ::" "$v" host.example 6 :: 4711
	client "550 continue" "v=$v: 255.255.255.255" "$v" \
	    host.example 4 255.255.255.255 65535
	client "550 continue" "v=$v: link-local" "$v" \
	    host.example 6 fe80::1 4711
done

# ---- no address ------------------------------------------------------------

client "continue continue" "AF_UNIX" "$postfix" localhost L /run/sock 0
client "continue continue" "AF_UNIX without a path" "$sendmail" localhost L
client "continue continue" "AF_UNIX by another name" - unknown L /run/x 0
for v in "$postfix" - '' 8 8. 8.x 'Mail 8.17.1' ' 8.17.1'; do
	client "550 continue" "v=$v: no address, localhost" "$v" localhost U
	client "550 continue" "v=$v: no address, unknown" "$v" unknown U
done
for v in "$sendmail" 8.1 8.17.1/8.17.1 8.15.2+Sun; do
	client "continue continue" "v=$v: sendmail -bs" "$v" localhost U
	client "550 continue" "v=$v: no address, no such name" "$v" unknown U
done
for name in LOCALHOST localhost. localhost.localdomain ' localhost' \
    'localhost ' '""' '[127.0.0.1]' 'localhost\x0a' 'localhos\x54'; do
	client "550 continue" "no address, and the name $name" "$sendmail" \
	    "\"${name//\"/}\"" U
done

# ---- addresses that are none -----------------------------------------------

# libmilter hangs up, and the MTA does what it does without a filter.
while read -r family address; do
	client "closed closed" "family $family, $address" "$postfix" \
	    host.example "$family" "$address" 4711
done <<'END'
6 fe80::1%eth0
6 2001:db8:1::9%lo
6 192.0.2.9
6 [2001:db8:1::9]
6 2001:db8:1::9/64
6 2001:db8:1:::9
6 IPv6:
6 IPv6:IPv6:2001:db8:1::9
6 unknown
6 ""
4 2001:db8:1::9
4 192.0.2.256
4 192.0.2.9/24
4 192.0.2.9.
4 192.0.2.9,203.0.113.9
4 unknown
4 [192.0.2.9]
4 ""
Z 192.0.2.9
u 192.0.2.9
\x00 192.0.2.9
\xff 192.0.2.9
END
long=$(printf '%0200d' 0)
client "closed closed" "a path longer than any" "$postfix" localhost L \
    "/run/$long" 0

# ---- what the log calls them -----------------------------------------------

logged_as 203.0.113.9 host.example "IPv4" "$postfix" \
    host.example 4 203.0.113.9 4711
logged_as 2001:db8:2::9 host.example "IPv6" "$postfix" \
    host.example 6 IPv6:2001:0DB8:0002:0::9 4711
logged_as 198.51.100.9 host.example "mapped" "$postfix" \
    host.example 6 ::ffff:198.51.100.9 4711
logged_as unknown unknown "unknown" "$postfix" unknown U
logged_as local localhost "local" "$sendmail" localhost U
logged_as unknown "" "without a name" "$postfix" '""' U
logged_as 203.0.113.9 '"a\x01\xff\"\\\x0ab"' "with any bytes" "$postfix" \
    'a\x01\xff\x22\x5c\x0ab' 4 203.0.113.9 4711
logged_as 203.0.113.9 '"client=192.0.2.9 name=x login="' "with another's line" \
    "$postfix" '"client=192.0.2.9 name=x login="' 4 203.0.113.9 4711
mark=$(log_mark)
ask "$postfix" "$(printf '%05000d' 0)" 4 203.0.113.9 4711 > /dev/null
like "$(named_since "$mark")" '^client=203\.0\.113\.9 name="0{256}\\xe2\\x80\\xa6"$' \
    "a name of 5,000 bytes is cut"
stops "SIGTERM ends it"
