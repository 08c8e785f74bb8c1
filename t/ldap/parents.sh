#!/bin/bash
# What increments cannot tell: a parent that was renamed or moved out of the
# base (slapd says nothing of what lies below); the regular complete refresh
# finds it.  And a delete phase that names another search's entries.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

# A unit with two people, and a group of one of them.
department()		# OU
{
	entry "ou=$1,$people" "objectClass: organizationalUnit" "ou: $1"
	person "$1.a" | sed "s/^\(dn: .*\),$people/\1,ou=$1,$people/"
	person "$1.b" | sed "s/^\(dn: .*\),$people/\1,ou=$1,$people/"
	entry "cn=$1,$groups" "objectClass: groupOfNames" \
	    "objectClass: relayGroup" "cn: $1" "relaySender: $1@example.com" \
	    "member: uid=$1.a,ou=$1,$people"
}

renamed()		# OU TEXT: and its members with it
{
	comes "reject sender-not-owned" "$2: the member has another DN now" \
	    $desk "$1.a" "$1@example.com"
	comes "permit account" "$2: who lies below is still there" \
	    $desk "$1.b" "$1.b@example.com"
	equals_slapd one "$2"
}

moved_away()		# OU TEXT
{
	comes "reject account-unknown" "$2: who lies below has gone" \
	    $desk "$1.a" "$1.a@example.com"
	equals_slapd one "$2"
}

make_slapd one sessionlog=100 || exit 1
{
	standard_tree
	for ou in live1 live2 away1 away2; do
		department "$ou"
	done
} | load_slapd one
full_refresh=4s
start_slapd one && write_ldap_conf one && start_mayrelayd && wait_policy ||
    exit 1
becomes "slapd is followed" followed
start_mail

# ---- live ----------------------------------------------------------------------

comes "permit account" "before" $desk live1.a live1@example.com
ldap_modrdn one ou=live1,$people ou=renamed1
renamed live1 "a parent renamed"
ldap_modrdn one ou=live2,$people ou=live2 "$suffix"
moved_away live2 "a parent moved out of the base"
ldap_modrdn one "ou=live2,$suffix" ou=live2 "$people"
comes "permit account" "a parent moved into the base" \
    $desk live2.a live2@example.com

# ---- while disconnected -------------------------------------------------------------

mail_went_on "parents renamed and moved"
stops "mayrelayd stops"
ldap_modrdn one ou=away1,$people ou=renamed2
ldap_modrdn one ou=away2,$people ou=away2 "$suffix"
start_mayrelayd
renamed away1 "a parent renamed meanwhile"
moved_away away2 "a parent moved out of the base meanwhile"

# ---- by hand ------------------------------------------------------------------------

full_refresh=1h
write_ldap_conf one
restart_mayrelayd
becomes "without a complete refresh: slapd is followed" followed
ldap_modrdn one ou=live2,$people ou=live2 "$suffix"
ldap_set one uid=joe,$people mail joe2@example.com
comes "permit account" "what came after it is in force" \
    $desk joe joe2@example.com
holds "mayrelay refresh reads everything" mayrelay refresh
moved_away live2 "mayrelay refresh"

# ---- a delete phase -------------------------------------------------------------------

# All searches have one base: to each slapd names the UUIDs of all that was
# changed and does not match it.
stops "mayrelayd stops"
people_base=$suffix
groups_base=$suffix
relay_base=$suffix
write_ldap_conf one
start_mayrelayd
equals_slapd one "one base for all"
becomes "one base for all: slapd is followed" followed
stops "mayrelayd stops"
ldap_set one uid=joe,$people mail joe3@example.com
ldap_set one cn=office,$relay relaySender joe3@example.com
ldap_set one cn=press,$groups member uid=ann,$people uid=joe,$people
ldap_set one relayDomainName=example.org,$relay relayDomainAlias example.edu
ldap_delete one uid=old,$people cn=staff,$groups
start_mayrelayd
count_from_start
equals_slapd one "a delete phase with other searches' entries"
comes "permit account" "the account is there" $desk joe press@example.com
comes "permit network" "the network is there" \
    192.0.2.9 "" joe3@example.com
comes "pass local-recipient" "the domain is there" \
    $desk "" a@example.net b@example.edu
resumed_only "a delete phase"
