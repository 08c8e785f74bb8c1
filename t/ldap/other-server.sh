#!/bin/bash
# Who goes on at another server hears there of everything: also of what was
# changed at the first, which is well and only out of reach.  (slapd sends
# nobody back the changes of the server that he calls himself.)  It goes on from
# the cookies there, whoever has changed what: they name both servers, though
# what comes with a change names only one.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

make_mirror a b sessionlog=100 || exit 1
{
	standard_tree
	for name in gone gone1 gone2 gone3 gone4; do
		person "$name"
	done
} | load_slapd a
start_slapd a && start_slapd b || exit 1
becomes "two slapds in mirror mode start" same_csn a b
ldap_set a "uid=ann,$people" description a
becomes "a change on the one" same_csn a b
ldap_set b "uid=ann,$people" description b
becomes "a change on the other" same_csn a b
is "$(contextcsn b | wc -l)" 3 "their state names who loaded it, and both"

# A way to slapd a that can be closed.
way=$W/way
ln -s "$W/a.ldapi" "$way"
write_ldap_conf "ldapi://${way//\//%2F}" b
start_mayrelayd && wait_policy || exit 1
becomes "the first is followed" followed
ldap_set a "uid=joe,$people" mail joe2@example.com
comes "permit account" "a change at the first" $desk joe joe2@example.com
wait_for same_csn a b

text="changes on both"
ldap_set b "uid=joe,$people" mail joe21@example.com
comes "permit account" "$text: passed on" $desk joe joe21@example.com
ldap_delete b "uid=gone1,$people"
comes "reject account-unknown" "$text: passed on, deleted" \
    $desk gone1 gone1@example.com
stops "$text: mayrelayd ends"
ldap_delete a "uid=gone2,$people"
ldap_delete b "uid=gone3,$people"
wait_for same_csn a b
start_mayrelayd
count_from_start
comes "reject account-unknown" "$text: deleted on the one" \
    $desk gone2 gone2@example.com
comes "reject account-unknown" "$text: deleted on the other" \
    $desk gone3 gone3@example.com
resumed_only "$text"
equals_slapd a "$text"

other_followed()
{
	status_is ldap.servers.1.state '"followed"'
}

text="the first is out of reach"
stops "$text: mayrelayd ends"
rm "$way"
ldap_delete a "uid=gone4,$people"
wait_for same_csn a b
start_mayrelayd
becomes "$text: the other one is followed" other_followed
comes "reject account-unknown" "$text: deleted meanwhile" \
    $desk gone4 gone4@example.com
ldap_set a "uid=joe,$people" mail joe3@example.com
ldap_delete a "uid=gone,$people"
becomes "$text: the other one has heard its changes" same_csn a b
comes "permit account" "$text: modified there" $desk joe joe3@example.com
comes "reject account-unknown" "$text: deleted there" \
    $desk gone gone@example.com
equals_slapd b "$text"
is "$(full)" 0 "$text: all that by going on from the cookies"

text="both are in reach again"
ln -s "$W/a.ldapi" "$way"
ldap_set b "uid=joe,$people" mail joe4@example.com
comes "permit account" "$text: modified at the other one" \
    $desk joe joe4@example.com
becomes "$text: they have the same" same_csn a b
equals_slapd a "$text"
becomes "$text: the first is followed" followed

text="four write at once"
writes()		# NAME UID
{
	local i
	for i in {1..100}; do
		printf 'dn: uid=%s,%s\nchangetype: modify\n' "$2" "$people"
		printf 'replace: mail\nmail: %s\n\n' "$2-$i@example.com"
	done | as_admin "$1" ldapmodify
}
writers=()
for name in w1 w2 w3 w4; do
	person "$name" | ldap_add a
	writes a "$name" &
	writers+=($!)
done
wait "${writers[@]}"
comes "permit account" "$text" $desk w4 w4-100@example.com
becomes "$text: they have the same" same_csn a b
equals_slapd a "$text"
stops "$text: mayrelayd ends"
start_mayrelayd
count_from_start
resumed_only "$text"
equals_slapd a "$text: after a start"

# What the first has passed on of another server is known, too.
text="the other one is restored"
becomes "$text: they have the same" same_csn a b
stops "$text: mayrelayd ends"
start_mayrelayd
becomes "$text: the first is followed" followed
stop_slapd b
dump_slapd b > "$W/backup.ldif"
start_slapd b
ldap_set b "uid=joe,$people" mail joe5@example.com
comes "permit account" "$text: passed on" $desk joe joe5@example.com
wait_for same_csn a b
noted()
{
	[[ $(storedump cookie accounts) == *had=*"$(contextcsn b |
	    grep '#002#')"* ]]
}
becomes "$text: how far it was is noted" noted
stops "$text: mayrelayd ends again"
rm "$way"
stop_slapd a
stop_slapd b
load_slapd b < "$W/backup.ldif"
start_slapd b
start_mayrelayd
becomes "$text: it lags behind" file_has "$daemon_log" 'has not caught up'
comes "permit account" "$text: the old policy stays" \
    $desk joe joe5@example.com
is "$(full)" 0 "$text: however little it says"
stops "mayrelayd ends"
