#!/bin/bash
# `mayrelay status' and `mayrelay refresh' with an LDAP source: what they say,
# as text and as JSON, and their exit statuses.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

says()			# EXTENDED-REGEX: the text has such a line
{
	mayrelay status | grep -Eq -- "$1"
}

exits()			# WANTED TEXT COMMAND...
{
	local wanted=$1 text=$2
	shift 2
	"$@" > "$W/out" 2> "$W/err" < /dev/null
	is "$?" "$wanted" "$text: exit status $wanted"
}

down=ldap://127.0.0.1:$(free_port)
make_slapd one sessionlog=100 && standard_tree | load_slapd one &&
    start_slapd one && write_ldap_conf one "$down" && start_mayrelayd &&
    wait_policy || exit 1
becomes "slapd is followed" followed

# ---- all is well ---------------------------------------------------------------

exits 0 "all is well: status" mayrelay status
cp "$W/out" "$W/text"
like "$(head -n 1 "$W/text")" '^state +ok' "all is well: the first line"
like "$(cat "$W/text")" "1: $(slapd_uri one).*, in use: followed since 20" \
    "the server that is followed"
like "$(cat "$W/text")" "2: $down, not (tried yet|in use)" "the other one"
for base in "$people" "$relay" "$groups"; do
	like "$(cat "$W/text")" "base $base" "the base $base"
done
like "$(cat "$W/text")" 'accounts +4 accounts, 0 unreadable values, age' \
    "how many accounts"
like "$(cat "$W/text")" 'cookie .*csn=20' "the cookie"
like "$(cat "$W/text")" 'LDAP, complete +1 done, 0 held back, 0 failed' \
    "complete refreshes"
like "$(cat "$W/text")" 'last error +none' "no error"

exits 0 "all is well: status --json" mayrelay status --json
is "$(status_of state)" '"ok"' "JSON: the state"
is "$(status_of searches.accounts.base)" "\"$people\"" "JSON: a base"
is "$(status_of searches.groups.entries.group)" 2 "JSON: entries"
is "$(status_of searches.networks.followed)" '"sync"' "JSON: followed"
is "$(status_of ldap.servers.1.uri)" "\"$down\"" "JSON: a server's URI"
is "$(status_of ldap.servers.0.in_use) $(status_of ldap.servers.1.in_use)" \
    "true false" "JSON: which server is in use"
is "$(status_of ldap.full)" '{"done": 1, "held_back": 0, "failed": 0}' \
    "JSON: complete refreshes"

# ---- a change, and a refresh ------------------------------------------------------

changes=$(status_of ldap.changes)
ldap_set one uid=joe,$people mail joe2@example.com
comes "permit account" "a change" $desk joe joe2@example.com
holds "it is counted" test "$(status_of ldap.changes)" -gt "$changes"

exits 0 "refresh" mayrelay refresh
like "$(cat "$W/out")" 'read anew and is in force' "refresh says so"
is "$(full)" 2 "everything was read again"
becomes "slapd is followed again" followed

# ---- a refresh that would remove too much --------------------------------------------

for i in {1..20}; do
	person "many$i"
done | ldap_add one
equals_slapd one "20 people more"

# An ACL slip: slapd answers success with hardly an entry.
stop_slapd one
make_slapd one sessionlog=100 acl=- <<END
access to attrs=userPassword by anonymous auth by * none
access to dn.children="$people" filter=(uid=joe) by * read
access to dn.children="$people" by * none
access to * by dn.exact="$bind_dn" read by * none
END
start_slapd one
becomes "slapd is back" followed
exits 1 "refresh of a policy that has shrunk" mayrelay refresh
like "$(cat "$W/out" "$W/err")" 'Held back' "refresh says so"
exits 1 "held back: status" mayrelay status
like "$(head -n 1 "$W/out")" '^state +warning: .*held back' \
    "held back: the first line"
like "$(cat "$W/out")" 'held back: a refresh would remove 23 of 24 entries' \
    "held back: how many"
is "$(status_of searches.accounts.held_back)" \
    '{"removes": 23, "of": 24}' "held back: JSON"
is "$(status_of state)" '"warning"' "held back: the state"
comes "permit account" "held back: the old policy is in force" \
    $desk many1 many1@example.com
exits 0 "refresh --accept" mayrelay refresh --accept
comes "reject account-unknown" "accepted: they have gone" \
    $desk many1 many1@example.com
becomes "accepted: slapd is followed" followed
is "$(status_of searches.accounts.held_back)" null "accepted: JSON"

# ---- nobody there ------------------------------------------------------------------------

stop_slapd one
becomes "slapd is down: the status says so" says \
    "1: $(slapd_uri one).*, failed since .*next try"
becomes "the other one, too" says "2: $down, failed since .*next try"
exits 1 "slapd is down: status" mayrelay status
like "$(head -n 1 "$W/out")" "^state +warning: .*$(slapd_uri one)" \
    "slapd is down: the first line"
like "$(status_of ldap.servers.0.error)" 'connect' "JSON: the server's error"
like "$(status_of ldap.servers.0.next)" '"20..-' "JSON: when it is tried again"
like "$(status_of error.text)" 'ldapi?://' "JSON: the last error"
exits 75 "slapd is down: refresh" mayrelay refresh
start_slapd one
becomes "slapd is back" followed
# The other one is still down: somebody should look.
exits 1 "slapd is back: status" mayrelay status
like "$(head -n 1 "$W/out")" "^state +warning: .*$down" \
    "slapd is back: the first line"

stops "mayrelayd stops"
exits 2 "mayrelayd is down: status" mayrelay status
exits 69 "mayrelayd is down: refresh" mayrelay refresh
