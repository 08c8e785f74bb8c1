#!/bin/bash
# A change in slapd is in force soon, whatever it is, while mail goes on; with
# and without syncprov's session log.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"


accounts()
{
	comes "reject account-unknown" "$log: before she is there" \
	    $desk eve eve@example.com
	person eve | ldap_add "$name"
	comes "permit account" "$log: added" $desk eve eve@example.com
	ldap_set "$name" uid=eve,$people mail eve2@example.com
	comes "permit account" "$log: modified: the new address" \
	    $desk eve eve2@example.com
	comes "reject sender-not-owned" "$log: modified: the old address" \
	    $desk eve eve@example.com
	ldap_modrdn "$name" uid=eve,$people uid=eva
	comes "permit account" "$log: renamed: the new login" \
	    $desk eva eve2@example.com
	comes "reject account-unknown" "$log: renamed: the old login" \
	    $desk eve eve2@example.com
	ldap_delete "$name" uid=eva,$people
	comes "reject account-unknown" "$log: deleted" \
	    $desk eva eve2@example.com
}

# Entries that the search begins or ceases to find.
matching()
{
	entry "cn=printer,$people" "objectClass: device" "cn: printer" |
	    ldap_add "$name"
	entry "ou=old,$people" "objectClass: organizationalUnit" "ou: old" |
	    ldap_add "$name"
	ldap_modify "$name" <<-END
	dn: cn=printer,$people
	changetype: modify
	add: objectClass
	objectClass: relayAccount
	-
	add: relayLogin
	relayLogin: printer
	-
	add: relaySender
	relaySender: printer@example.com
	END
	comes "permit account" "$log: begins to match the filter" \
	    $desk printer printer@example.com
	ldap_modify "$name" <<-END
	dn: cn=printer,$people
	changetype: modify
	delete: relayLogin
	-
	delete: relaySender
	-
	delete: objectClass
	objectClass: relayAccount
	END
	comes "reject account-unknown" "$log: ceases to match the filter" \
	    $desk printer printer@example.com
	ldap_modrdn "$name" uid=ann,$people uid=ann "$suffix"
	comes "reject account-unknown" "$log: moved out of the base" \
	    $desk ann ann@example.com
	ldap_modrdn "$name" "uid=ann,$suffix" uid=ann "$people"
	comes "permit account" "$log: moved into the base" \
	    $desk ann ann@example.com
}

memberships()
{
	comes "reject sender-not-owned" "$log: no member yet" \
	    $desk ann press@example.com
	ldap_modify "$name" <<-END
	dn: cn=press,$groups
	changetype: modify
	add: member
	member: uid=ann,$people
	END
	comes "permit account" "$log: a member of a groupOfNames" \
	    $desk ann press@example.com
	ldap_modify "$name" <<-END
	dn: cn=press,$groups
	changetype: modify
	delete: member
	member: uid=joe,$people
	END
	comes "reject sender-not-owned" "$log: a member no more" \
	    $desk joe press@example.com
	ldap_set "$name" cn=staff,$groups memberUid pete joe
	comes "permit account" "$log: a member of a posixGroup" \
	    $desk joe staff@example.com
	ldap_set "$name" cn=staff,$groups relaySender crew@example.com
	comes "reject sender-not-owned" "$log: the group's sender has gone" \
	    $desk joe staff@example.com
	ldap_set "$name" cn=staff,$groups relayAccess deny
	comes "reject account-denied" "$log: the group denies" \
	    $desk joe joe@example.com
	ldap_delete "$name" cn=staff,$groups
	comes "permit account" "$log: the group has gone" \
	    $desk joe joe@example.com
}

networks_and_domains()
{
	comes "permit network" "$log: a network that allows" \
	    192.0.2.7 "" a@example.org
	ldap_set "$name" cn=office,$relay relaySender scan@example.com
	comes "reject network-sender" "$log: it has a sender now" \
	    192.0.2.7 "" a@example.org
	ldap_set "$name" cn=office,$relay relayClient 192.0.2.128/25
	comes "reject auth-required" "$log: it has another prefix" \
	    192.0.2.7 "" scan@example.com
	comes "permit network" "$log: the other prefix" \
	    192.0.2.130 "" scan@example.com
	network desk deny $desk/32 | ldap_add "$name"
	comes "reject network-denied" "$log: a network that denies" \
	    $desk joe joe@example.com
	ldap_delete "$name" cn=desk,$relay
	comes "permit account" "$log: it has gone" $desk joe joe@example.com
	domain example.net "relayDomainAlias: example.edu" | ldap_add "$name"
	comes "pass local-recipient" "$log: a domain" \
	    203.0.113.9 "" a@example.org b@example.edu
	ldap_set "$name" relayDomainName=example.net,$relay relayDomainAlias
	comes "reject auth-required" "$log: its alias has gone" \
	    203.0.113.9 "" a@example.org b@example.edu
	ldap_delete "$name" relayDomainName=example.net,$relay
	comes "reject auth-required" "$log: the domain has gone" \
	    203.0.113.9 "" a@example.org b@example.net
}

# Many at once: none may be lost between others.
a_heap()
{
	local i
	for i in {1..200}; do
		person "heap$i"
	done | ldap_add "$name"
	equals_slapd "$name" "$log: 200 people more"
	for i in {1..200..2}; do
		printf '%s\n' "dn: uid=heap$i,$people" "changetype: delete" ""
		printf '%s\n' "dn: uid=heap$((i + 1)),$people" \
		    "changetype: modify" "replace: mail" \
		    "mail: changed$i@example.com" ""
	done | ldap_modify "$name"
	equals_slapd "$name" "$log: 100 deleted, 100 changed"
}

play()			# NAME LOG OPTION...
{
	local name=$1 log=$2
	start_ldap "$name" "${@:3}" || return 1
	becomes "$log: slapd is followed" followed
	start_mail
	comings=0 late=0
	accounts
	matching
	memberships
	networks_and_domains
	# A machine may be busy now and then, but whoever waits for a timer is
	# late each time.
	holds "$log: in force within a second ($late of $comings later)" \
	    test "$((late * 4))" -lt "$comings"
	echo "# $log: the slowest change took $slowest_ms ms"
	a_heap
	mail_went_on "$log"
	is "$(full)" 1 "$log: all of that without reading everything again"
	stops "$log: mayrelayd stops"
	stop_slapd "$name"
	rm -rf "$store"
}

play one "with a session log" sessionlog=1000
play two "without one"
