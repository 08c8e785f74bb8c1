#!/bin/bash
# An entry that cannot be read as it is meant is reported with its DN, never
# widens access, and takes no good one with it; when read anew, and as a change.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

# What slapd lets in, because its syntax is IA5 or Directory String.
bad_people()
{
	person bad1 "objectClass: relayAccount" "relayAccess: perhaps"
	person bad2 "objectClass: relayAccount" "relaySender: a@b@example.com" \
	    "relaySender: good@example.com"
	person bad3 "objectClass: relayAccount" "relayClient: 192.0.2.300"
	entry "uid=bad4,$people" "objectClass: inetOrgPerson" "cn: bad4" \
	    "sn: bad4" "uid: bad4" "mail: no address" "mail: bad4@example.com"
}

bad_networks()
{
	network badnet1 allow 192.0.2.300/24
	network badnet2 maybe 203.0.113.32/28
	network badnet3 deny 203.0.113.65/28
	network badnet4 allow 203.0.113.96/28 "relaySender: @"
}

bad_rest()
{
	domain "localhost"
	entry "cn=badgroup,$groups" "objectClass: groupOfNames" \
	    "objectClass: relayGroup" "cn: badgroup" "member: uid=joe,$people" \
	    "relaySender: @@" "relaySender: fine@example.com"
}

reported()		# DN...: each is in the log, and there is its count
{
	local dn
	for dn in "$@"; do
		becomes "$text: $dn is in the log" log_tells "$dn"
	done
}

log_tells()		# DN
{
	log_since "$mark" | grep -Fqi "$1"
}

good_ones()
{
	comes "permit account" "$text: good entries are in force" \
	    $desk joe joe@example.com
	comes "permit network" "$text: so are good networks" \
	    192.0.2.7 "" a@example.org
	comes "reject network-denied" "$text: and those that deny" \
	    198.51.100.7 joe joe@example.com
}

bad_ones()
{
	comes "reject account-denied" "$text: unreadable access denies" \
	    $desk bad1 bad1@example.com
	comes "permit account" "$text: the readable sender counts" \
	    $desk bad2 good@example.com
	comes "reject sender-not-owned" "$text: and no other" \
	    $desk bad2 b@example.com
	comes "reject account-network" "$text: no readable client: from nowhere" \
	    $desk bad3 bad3@example.com
	comes "permit account" "$text: the readable address counts" \
	    $desk bad4 bad4@example.com
	comes "reject network-denied" "$text: a network's access" \
	    203.0.113.33 joe joe@example.com
	comes "reject network-denied" "$text: host bits: the network meant" \
	    203.0.113.66 joe joe@example.com
	comes "reject network-sender" "$text: no readable sender: none" \
	    203.0.113.97 "" a@example.org
	comes "permit account" "$text: a group's readable sender" \
	    $desk joe fine@example.com
}

all_of_it()
{
	good_ones
	bad_ones
	reported "uid=bad1,$people" "uid=bad2,$people" "uid=bad3,$people" \
	    "uid=bad4,$people" "cn=badnet1,$relay" "cn=badnet2,$relay" \
	    "cn=badnet3,$relay" "cn=badnet4,$relay" \
	    "relayDomainName=localhost,$relay" "cn=badgroup,$groups"
	is "$(log_since "$mark" | grep -c "uid=joe,$people.*cannot")" 0 \
	    "$text: no good one is"
}

start_ldap one sessionlog=100 || exit 1
becomes "slapd is followed" followed

text="as changes"
mark=$(log_mark)
{
	bad_people
	bad_networks
	bad_rest
} | ldap_add one
all_of_it
is "$(full)" 1 "$text: without reading everything again"

text="read anew"
mark=$(log_mark)
holds "$text: mayrelay refresh" mayrelay refresh
all_of_it

text="from the cookies on"
stops "mayrelayd stops"
for i in 1 2 3 4; do
	ldap_set one "uid=bad$i,$people" sn again
done
mark=$(log_mark)
start_mayrelayd && wait_policy
becomes "$text: slapd is followed" followed
good_ones
bad_ones

# One that was good and no longer is loses what it gave; mended it is back.
text="mended and broken"
ldap_set one cn=office,$relay relayAccess whatever
comes "reject network-denied" "$text: a network" 192.0.2.7 "" a@example.org
ldap_set one cn=office,$relay relayAccess allow
comes "permit network" "$text: and back" 192.0.2.7 "" a@example.org
ldap_set one uid=joe,$people mail nonsense
comes "reject sender-not-owned" "$text: an address" \
    $desk joe joe@example.com
ldap_set one uid=joe,$people mail joe@example.com
comes "permit account" "$text: and back" $desk joe joe@example.com

# DNs and values with anything that a DN and a value may hold.
text="odd names"
{
	entry "uid=a\\2Cb\\3Dc,$people" "objectClass: inetOrgPerson" "cn: x" \
	    "sn: x" "uid: a,b=c" "mail: odd1@example.com"
	printf 'dn:: %s\n' "$(printf 'uid=\303\274ml,%s' "$people" |
	    base64 -w 0)"
	printf '%s\n' "objectClass: inetOrgPerson" "cn: x" "sn: x" \
	    "mail: odd2@example.com" "uid:: $(printf '\303\274ml' | base64)" ""
	entry "uid=odd3+sn=y,$people" "objectClass: inetOrgPerson" "cn: x" \
	    "sn: y" "uid: odd3" "mail: odd3@example.com"
} | ldap_add one
comes "permit account" "$text: commas" $desk a,b=c odd1@example.com
comes "permit account" "$text: UTF-8" $desk $'\303\274ml' odd2@example.com
comes "permit account" "$text: two values in an RDN" \
    $desk odd3 odd3@example.com
