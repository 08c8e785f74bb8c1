#!/bin/bash
# Cookies that are of no use: of a slapd restored from an old backup, of one
# that was loaded anew, garbage, nothing; and what in the configuration makes a
# cookie worthless.  Whatever was deleted meanwhile must not stay for ever.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

start_ldap one sessionlog=100 || exit 1
equals_slapd one "at first"

# ---- a slapd behind us ---------------------------------------------------------

backup=$W/backup.ldif
stop_slapd one
dump_slapd one > "$backup"
start_slapd one
person eve | ldap_add one
ldap_delete one uid=ann,$people
comes "permit account" "after the backup: added" $desk eve eve@example.com
comes "reject account-unknown" "after the backup: deleted" \
    $desk ann ann@example.com
becomes "slapd is followed" followed

restore()		# FILE [OPTION of slapadd...]
{
	stop_slapd one
	load_slapd one "${@:2}" < "$1" && start_slapd one
}

count
restore "$backup"
text="restored from an old backup"
comes "permit account" "$text: there again" $desk ann ann@example.com
comes "reject account-unknown" "$text: not yet there" \
    $desk eve eve@example.com
equals_slapd one "$text"
read_all "$text"

# The same with mayrelayd down, and a slapd that has gone on since: nothing
# tells the cookie's time from one in slapd's past.
person eve | ldap_add one
person pat | ldap_add one
comes "permit account" "added again" $desk pat pat@example.com
stops "mayrelayd stops"
restore "$backup"
sleep 1.1
ldap_set one uid=joe,$people mail joe2@example.com
start_mayrelayd && wait_policy
text="restored, and changed since"
comes "permit account" "$text: changed" $desk joe joe2@example.com
echo "# $(contextcsn one) after the cookie $(storedump cookie accounts)"
mayrelay refresh > "$W/said" 2>&1
is "$?" 0 "$text: mayrelay refresh reads everything"
equals_slapd one "$text: after mayrelay refresh"

# ---- a slapd that was loaded anew --------------------------------------------------

# Another serverID in all CSNs, and joe has gone.
with_sid()		# SID < BACKUP
{
	sed "s/#000#000000\$/#$1#000000/" | awk 'BEGIN { RS = ""; ORS = "\n\n" }
	    !/^dn: uid=joe,/'
}

stop_slapd one
dump_slapd one | with_sid 005 > "$W/other.ldif"
make_slapd one sessionlog=100 sid=5
load_slapd one -S 5 < "$W/other.ldif"
start_slapd one
text="loaded anew by another server"
comes "reject account-unknown" "$text: gone" $desk joe joe2@example.com
equals_slapd one "$text"
becomes "$text: slapd is followed" followed
person joe | ldap_add one
comes "permit account" "$text: followed again" $desk joe joe@example.com

stop_slapd one
standard_tree | awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^dn: uid=ann,/' |
    load_slapd one -S 5
start_slapd one
text="loaded anew from scratch"
comes "reject account-unknown" "$text: gone" $desk ann ann@example.com
comes "permit account" "$text: there" $desk joe joe@example.com
equals_slapd one "$text"

# ---- garbage -------------------------------------------------------------------------

plant()			# BYTES
{
	local search
	for search in accounts networks domains groups; do
		printf %b "$1" | storedump plant "$search" || return 1
	done
}

planted=0
planted()		# TEXT BYTES: what was deleted meanwhile goes
{
	planted=$((planted + 1))
	person "planted$planted" | ldap_add one
	comes "permit account" "$1: before" \
	    $desk "planted$planted" "planted$planted@example.com"
	becomes "$1: slapd is followed" followed
	stops "$1: mayrelayd stops"
	holds "$1: it is planted" plant "$2"
	ldap_delete one "uid=planted$planted,$people"
	start_mayrelayd
	comes "reject account-unknown" "$1: deleted meanwhile" \
	    $desk "planted$planted" "planted$planted@example.com"
	equals_slapd one "$1"
	becomes "$1: slapd is followed" followed
	echo "# $1: read everything $(full) times"
}

planted "no cookie" ''
planted "garbage" 'garbage'
planted "bytes" '\001\377\000\200rid=csn='
planted "half a cookie" 'rid=000,csn=2026'
planted "a cookie without a CSN" 'rid=000'
planted "a CSN in the future" \
    'rid=000,csn=20991231235959.000000Z#000000#005#000000'
planted "another server's" \
    'rid=000,csn=20200101000000.000000Z#000000#007#000000'
planted "one server too many" "rid=000,csn=$(contextcsn one | head -n 1
    );20200101000000.000000Z#000000#007#000000"
planted "a long one" "$(printf 'x%.0s' {1..2048})"

# ---- what slapd says of one that it cannot use ------------------------------------

answered_err()		# RESULT: to a search, since ${mark} lines of its log
{
	tail -n "+$((mark + 1))" "$(slapd_log one)" |
	    grep -q "SEARCH RESULT .* err=$1 "
}

# Loaded anew from scratch: no entry is as old as the cookie.
text="reloaded (4096)"
stops "$text: mayrelayd stops"
stop_slapd one
make_slapd one sid=5 reloadhint
standard_tree | awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^dn: uid=joe,/' |
    load_slapd one -S 5
mark=$(wc -l < "$(slapd_log one)")
start_slapd one
is "$(verdict $desk joe joe@example.com)" "permit account" "$text: before"
start_mayrelayd
comes "reject account-unknown" "$text: gone" $desk joe joe@example.com
holds "$text: slapd said so" answered_err 4096
equals_slapd one "$text"
is "$(full)" 1 "$text: by reading everything again"
becomes "$text: slapd is followed" followed

text="newer than slapd (53)"
stops "$text: mayrelayd stops"
plant 'rid=000,csn=20991231235959.000000Z#000000#005#000000'
mark=$(wc -l < "$(slapd_log one)")
start_mayrelayd
becomes "$text: slapd is followed" followed
holds "$text: slapd said so" answered_err 53
is "$(full)" 1 "$text: by reading everything again"

# ---- servers that come and go ------------------------------------------------------------

two_servers()		# NAME: it names both in its state
{
	[ "$(contextcsn "$1" | wc -l)" -eq 2 ]
}

stops "mayrelayd stops"
stop_slapd one
rm -rf "$store"
make_mirror a b sessionlog=100
standard_tree | load_slapd a -S 1
start_slapd a
write_ldap_conf a
start_mayrelayd && wait_policy
becomes "one of two: slapd is followed" followed
start_slapd b
becomes "the other one joins" same_csn a b
ldap_set b uid=joe,$people mail joe3@example.com
comes "permit account" "the other one joins: its change" \
    $desk joe joe3@example.com
becomes "the other one joins: both servers are in the cookie" \
    two_servers a
equals_slapd a "the other one joins"
stops "mayrelayd stops"
ldap_delete b uid=ann,$people
becomes "the other one has told it" same_csn a b
start_mayrelayd
comes "reject account-unknown" "deleted at the other one meanwhile" \
    $desk ann ann@example.com
equals_slapd a "deleted at the other one meanwhile"

# ---- another configuration ----------------------------------------------------------------

reload()
{
	kill -HUP "$daemon_pid"
}

changed()		# TEXT: the configuration in force is another one
{
	count
	write_ldap_conf "${servers[@]}" && reload
	read_all "$1"
}

servers=(a)
text="another base"
ldap_add a < <(entry "ou=guests,$suffix" "objectClass: organizationalUnit" \
    "ou: guests")
ldap_modrdn a uid=old,$people uid=old "ou=guests,$suffix"
people_base=ou=guests,$suffix
changed "$text"
equals_slapd a "$text"
people_base=$people
changed "$text, and back"
equals_slapd a "$text, and back"

text="a filter"
accounts_filter='(|(uid=p*)(uid=m*))'
conf_accounts="filter = \"$accounts_filter\";"
changed "$text"
equals_slapd a "$text"
comes "reject account-unknown" "$text: joe is not found by it" \
    $desk joe joe3@example.com

text="a map"
conf_accounts='map = { login = [ "mail" ]; };'
changed "$text"
comes "permit account" "$text: an address as login" \
    $desk joe3@example.com joe3@example.com
comes "reject account-unknown" "$text: and no uid" \
    $desk joe joe3@example.com
conf_accounts=

text="another server"
servers=(b)
changed "$text"
comes "permit account" "$text" $desk joe joe3@example.com

# Who sees less than the one before him.
text="another bind DN"
other_dn=cn=other,ou=services,$suffix
entry "$other_dn" "objectClass: organizationalRole" \
    "objectClass: simpleSecurityObject" "cn: other" \
    "userPassword: $bind_password" | ldap_add b
stop_slapd b
make_slapd b sid=2 peer=a sessionlog=100 acl=- <<END
access to attrs=userPassword by anonymous auth by * none
access to dn.children="$people" filter=(uid=joe) by * none
access to * by dn.exact="$other_dn" read by * none
END
start_slapd b
bind_dn=$other_dn
changed "$text"
comes "reject account-unknown" "$text: who may not see joe" \
    $desk joe joe3@example.com
