#!/bin/bash
# Accounts and groups from slapd, networks and domains from a file, overrides
# from another one: each is replaced on its own, what the others gave stays in
# force, and overrides are so while slapd is down.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

overrides=$W/overrides.ldif

# What the file says in place of slapd: its office is elsewhere.
here()			# [LINE of LDIF...]
{
	{
		echo "version: 1"
		echo
		network here allow 203.0.113.64/28
		domain example.com
		printf '%s\n' "$@"
	} | write_policy
}

# DN or login; what is not given is not denied.
deny()			# [NETWORK [DN [LOGIN]]]
{
	{
		echo "version: 1"
		echo
		[ -z "${1:-}" ] || network attack deny "$1"
		[ -z "${2:-}" ] || entry "$2" "objectClass: relayAccount" \
		    "relayAccess: deny"
		[ -z "${3:-}" ] || entry "cn=stolen,dc=example" \
		    "objectClass: relayAccount" "relayLogin: $3" \
		    "relayAccess: deny"
	} | write_policy "$overrides"
}

status_error()		# EXTENDED-REGEX
{
	[[ $(status_of error.text) =~ $1 ]]
}

ages()			# older than what is looked at every second ever gets
{
	[ "$(status_of policy_age)" -ge 6 ]
}

conf_networks="source = \"ldif:$policy\";"
conf_domains=$conf_networks
conf_directory="overrides = \"ldif:$overrides\";"
here
deny
start_ldap one sessionlog=100 || exit 1
becomes "slapd is followed" followed

# ---- all is well ---------------------------------------------------------------

comes "permit account" "an account of slapd's" $desk joe joe@example.com
comes "permit account" "a group of slapd's" $desk joe press@example.com
comes "permit network" "a network of the file's" 203.0.113.65 "" a@example.org
comes "reject auth-required" "and none of slapd's" 192.0.2.7 "" a@example.org
comes "pass local-recipient" "a domain of the file's" \
    $desk "" a@example.org b@example.com
comes "reject auth-required" "and none of slapd's" \
    $desk "" a@example.org b@example.org

count
here "$(network bad deny $desk/32)"
comes "reject network-denied" "the file has changed" \
    $desk joe joe@example.com
here
comes "permit account" "and changes back" $desk joe joe@example.com
is "$(full)" "$full_before" "slapd is not asked for everything because of that"
ldap_set one uid=joe,$people mail joe2@example.com
comes "permit account" "slapd has changed" $desk joe joe2@example.com
comes "permit network" "the file's network stays" \
    203.0.113.65 "" a@example.org
holds "mayrelay refresh" mayrelay refresh
comes "permit network" "the file's network is there after it" \
    203.0.113.65 "" a@example.org
comes "permit account" "and slapd's account" $desk joe joe2@example.com

# ---- one fails ------------------------------------------------------------------

printf 'no LDIF\n' | write_policy
becomes "a broken file: the status says so" status_error "$policy:1: "
ldap_set one uid=joe,$people mail joe3@example.com
comes "permit account" "a broken file: slapd's changes are in force" \
    $desk joe joe3@example.com
comes "permit network" "a broken file: what it said before stays" \
    203.0.113.65 "" a@example.org
mayrelay refresh > "$W/said" 2>&1
is "$?" 75 "a broken file: mayrelay refresh says so"
comes "permit network" "a broken file: also after that" \
    203.0.113.65 "" a@example.org
becomes "a broken file ages the policy" ages
here
becomes "the file is mended: all is well" status_is state '"ok"'

# ---- slapd is down ------------------------------------------------------------------

becomes "slapd is followed, still" followed
stop_slapd one
text="slapd is down"
becomes "$text: the status says so" status_is ldap.servers.0.state '"failed"'
deny 203.0.113.64/30 "UID=Ann,  $people" joe
comes "reject network-denied" "$text: a network is denied from now on" \
    203.0.113.65 "" a@example.org
comes "permit network" "$text: and no other" 203.0.113.70 "" a@example.org
comes "reject account-denied" "$text: an account is, by its DN" \
    $desk ann ann@example.com
comes "reject account-denied" "$text: another, by its login" \
    $desk joe joe3@example.com
here "$(network new allow 203.0.113.128/28)"
comes "permit network" "$text: the file has a new network" \
    203.0.113.129 "" a@example.org
becomes "$text: young files do not make the policy young" ages
stops "mayrelayd stops"
deny 203.0.113.64/30 "" ann
start_mayrelayd
text="slapd is down, mayrelayd has started"
comes "reject account-denied" "$text: overrides are in force" \
    $desk ann ann@example.com
comes "permit account" "$text: and those that ended meanwhile are not" \
    $desk joe joe3@example.com
comes "permit network" "$text: the file's networks are there" \
    203.0.113.129 "" a@example.org
printf 'no LDIF\n' | write_policy "$overrides"
becomes "$text: broken overrides are an error" status_error "$overrides:1: "
comes "reject account-denied" "$text: the last good ones stay" \
    $desk ann ann@example.com
start_slapd one
becomes "slapd is back" followed
comes "reject account-denied" "slapd is back: overrides are above what it says" \
    $desk ann ann@example.com
young()
{
	[ "$(status_of policy_age)" -le 3 ]
}
becomes "broken overrides do not age the policy" young
deny
comes "permit account" "no overrides: by what slapd says" \
    $desk ann ann@example.com
becomes "all is well" status_is state '"ok"'
stops "mayrelayd stops"
