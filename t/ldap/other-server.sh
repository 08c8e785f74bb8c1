#!/bin/bash
# Who goes on at another server hears there of everything: also of what was
# changed at the first, which is well and only out of reach.  (slapd sends
# nobody back the changes of the server that he calls himself.)
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

make_mirror a b sessionlog=100 || exit 1
{ standard_tree; person gone; } | load_slapd a
start_slapd a && start_slapd b || exit 1
becomes "two slapds in mirror mode start" same_csn a b

# A way to slapd a that can be closed.
way=$W/way
ln -s "$W/a.ldapi" "$way"
write_ldap_conf "ldapi://${way//\//%2F}" b
start_mayrelayd && wait_policy || exit 1
becomes "the first is followed" followed
ldap_set a "uid=joe,$people" mail joe2@example.com
comes "permit account" "a change at the first" $desk joe joe2@example.com
wait_for same_csn a b

text="the first is out of reach"
stops "$text: mayrelayd ends"
rm "$way"
start_mayrelayd
becomes "$text: the other one is followed" \
    status_is ldap.servers.1.state '"followed"'
ldap_set a "uid=joe,$people" mail joe3@example.com
ldap_delete a "uid=gone,$people"
becomes "$text: the other one has heard its changes" same_csn a b
comes "permit account" "$text: modified there" $desk joe joe3@example.com
comes "reject account-unknown" "$text: deleted there" \
    $desk gone gone@example.com
equals_slapd b "$text"

text="both are in reach again"
ln -s "$W/a.ldapi" "$way"
ldap_set b "uid=joe,$people" mail joe4@example.com
comes "permit account" "$text: modified at the other one" \
    $desk joe joe4@example.com
becomes "$text: they have the same" same_csn a b
equals_slapd a "$text"
stops "mayrelayd ends"
