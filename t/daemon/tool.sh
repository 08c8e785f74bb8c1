#!/bin/bash
# The postmaster's tool: exit statuses, what it prints, and that it harms
# nothing, beside a daemon that runs, that has stopped, and that never was.
. "$(dirname "$0")/../lib.sh"
need python3

# Print a member of a JSON object: a path such as searches.accounts.loaded.
member()		# PATH
{
	python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[name]
print(json.dumps(value))' "$1"
}

exits()			# WANTED TEXT COMMAND...
{
	local wanted=$1 text=$2 status
	shift 2
	"$@" > "$W/out" 2> "$W/err" < /dev/null
	status=$?
	is "$status" "$wanted" "$text: exit status $wanted"
}

outsider=(--client 203.0.113.9 --sender a@example.org
    --recipient b@example.net)

# Owners and modes of what lies in the store's folder.
store_owners()
{
	stat -c '%n %U %a' "$store" "$store"/*
}

people()		# N: accounts, and the domain
{
	local i
	cat <<-'END'
	version: 1

	dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: example.com

	dn: cn=scanners,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: scanners
	relayClient: 192.0.2.64/28
	relayAccess: allow
	relaySender: scanner@example.com
	END
	for ((i = 0; i < $1; i++)); do
		printf '\ndn: uid=u%d,ou=people,dc=example,dc=com\n' "$i"
		printf 'objectClass: inetOrgPerson\nuid: u%d\n' "$i"
		printf 'mail: u%d@example.com\n' "$i"
	done
}

# ---- no store yet -----------------------------------------------------------

people 20 | write_policy
poll_interval=1h
conf_policy='max_stale = "2h";'
write_conf
exits 69 "explain without a store" mayrelay explain "${outsider[@]}"
like "$(cat "$W/err")" "^mayrelay: .*$store" "it says which store is missing"
exits 69 "status without a store" mayrelay status
exits 69 "refresh without a daemon" mayrelay refresh
is "$(ls -A "$store")" "" "none of them made anything"

# ---- how it is called -------------------------------------------------------

exits 64 "no command" mayrelay
like "$(cat "$W/err")" "no command.*COMMAND.*refresh" "usage is printed"
exits 64 "an unknown command" mayrelay explian
like "$(cat "$W/err")" "did you mean .explain'" "the nearest command is named"
exits 64 "an unknown option" mayrelay explain --clinet local
like "$(cat "$W/err")" "did you mean .--client'" "the nearest option is named"
exits 64 "explain without a client" mayrelay explain --sender a@b.example \
    --recipient c@d.example
exits 64 "a name" mayrelay explain --client scan1.example.com \
    --sender a@example.org --recipient b@example.net
like "$(cat "$W/err")" "not an address.* client= in the log" \
    "it says where one is"
exits 64 "an address that is none" mayrelay explain --client 192.0.2 \
    --sender a@b.example --recipient c@d.example
exits 64 "a port that is none" mayrelay explain --client 192.0.2.1:65536 \
    --sender a@b.example --recipient c@d.example
exits 64 "a time that is none" mayrelay explain "${outsider[@]}" --at soon
exits 64 "status with an operand" mayrelay status now
exits 0 "the version" mayrelay -V
exits 0 "the version, in a word" mayrelay --version
like "$(cat "$W/out")" '^mayrelay [0-9.]+$' "it is printed"
exits 0 "help" mayrelay -h
cp "$W/out" "$W/usage"
for word in help --help; do
	exits 0 "$word" mayrelay "$word"
	holds "$word: as -h prints it" cmp "$W/out" "$W/usage"
done
exits 0 "help with a command" mayrelay help status
is "$(cat "$W/out")" "$(mayrelay status --help)" "the command's own is printed"
exits 64 "help with an unknown command" mayrelay help statsu
like "$(cat "$W/err")" "did you mean .status'" "the nearest command is named"
exits 64 "an unknown word of an option" mayrelay --hepl
exits 0 "help for a command" mayrelay explain --help
exits 78 "no configuration" "$P/mayrelay" -c "$W/none.conf" status
is "$(cat "$W/err")" "mayrelay: $W/none.conf: No such file or directory" \
    "it says which file is missing"

# ---- explain ----------------------------------------------------------------

start_mayrelayd && wait_policy || exit 1
owners=$(store_owners)

exits 1 "reject" explain "${outsider[@]}"
is "$(sed -n 1p "$W/out")" "reject: auth-required" "the verdict comes first"
like "$(sed -n 2p "$W/out")" "^  reply +550 5.7.1 Relay is not permitted: " \
    "then the reply"
like "$(cat "$W/out")" "policy +generation 1, [0-9]+ s old" \
    "generation and age are said"
like "$(cat "$W/out")" "
  1 recipient .*
  6 verdict " "the steps are numbered"
is "$(cat "$W/err")" "" "there is nothing to warn of"
exits 0 "permit" explain --client 203.0.113.9 --login U1 \
    --sender '<u1+tag@example.com>' --recipient b@example.net
like "$(cat "$W/out")" "
  rule +uid=u1,ou=people,dc=example,dc=com
  match +u1@example.com
  of +uid=u1,ou=people,dc=example,dc=com
" "rule, match, and the entry that it stands in"
exits 0 "pass" explain --client unknown --sender '<>' \
    --recipient u1@example.com
is "$(grep -c reply "$W/out")" 0 "what passes has no reply"
exits 0 "local submission" explain --client 127.0.0.1:0 \
    --sender a@b.example --recipient c@d.example
is "$(sed -n 1p "$W/out")" "pass: not-smtp" "port 0 is not taken for none"
exits 0 "loopback" explain --client '[::1]:25' --sender '<>' \
    --recipient c@d.example
is "$(sed -n 1p "$W/out")" "permit: network" "an IPv6 address with a port"
exits 0 "a host without an address" explain --client local \
    --sender a@b.example --recipient c@d.example
exits 0 "what the MTA resolved" explain "${outsider[@]}" --mailer local
is "$(sed -n 1p "$W/out")" "pass: local-recipient" "the mailer counts"
exits 0 "a virtual alias" explain --client unknown --sender a@b.example \
    --recipient list@c.example --mailer error --rcpt-addr list@c.example \
    --rcpt-host "5.1.1 User unknown in virtual alias table"
exits 1 "hostile bytes" explain --client 203.0.113.9 \
    --sender $'a\e[2J@b.example\r' --recipient $'c\xff@d.example'
is "$(LC_ALL=C grep -c '[^ -~]' "$W/out")" 0 "none of them is printed"

json=$(explain "${outsider[@]}" --json)
is "$(member verdict <<< "$json")" '"reject"' "JSON: verdict"
is "$(member reason <<< "$json")" '"auth-required"' "JSON: reason"
is "$(member code <<< "$json")" '"550 5.7.1"' "JSON: code"
like "$(member reply <<< "$json")" '^\["Relay is not permitted: ' \
    "JSON: reply"
is "$(member rule <<< "$json")" '""' "JSON: rule"
is "$(member match <<< "$json")" '""' "JSON: match"
is "$(member match_dn <<< "$json")" '""' "JSON: match_dn"
is "$(member enforce_from <<< "$json")" null "JSON: enforce_from"
is "$(member generation <<< "$json")" 1 "JSON: generation"
like "$(member policy_age <<< "$json")" '^[0-9]+$' "JSON: policy_age"
like "$(member steps <<< "$json")" '^\[\{"step": 1, "text": "' "JSON: steps"
is "$(member config_in_force <<< "$json")" true "JSON: config_in_force"
json=$(explain --client unknown --sender $'\xff\e' --recipient b@c.example \
    --json)
is "$(LC_ALL=C grep -c '[^ -~]' <<< "$json")" 0 "JSON is ASCII"

# ---- another configuration, and another time --------------------------------

sed 's/enforce_from = "now"/enforce_from = "2027-01-15T00:00:00Z"/' "$conf" \
    > "$W/other.conf"
later=("$P/mayrelay" -c "$W/other.conf" explain "${outsider[@]}")
exits 3 "would-reject" "${later[@]}" --at 2027-01-14T23:59:59Z
like "$(cat "$W/out")" "real from +2027-01-15T00:00:00Z" "from when"
like "$(cat "$W/err")" "^mayrelay: warning: .*another configuration" \
    "the daemon has another configuration in force"
exits 1 "one second later" "${later[@]}" --at 20270115000000Z
is "$("${later[@]}" --json --at 2026-01-01T00:00:00Z 2> /dev/null |
    member enforce_from)" '"2027-01-15T00:00:00Z"' "JSON: enforce_from"
is "$("${later[@]}" --json 2> /dev/null | member config_in_force)" false \
    "JSON: another configuration"
exits 1 "--at does not age the policy" explain "${outsider[@]}" \
    --at 2099-01-01T00:00:00Z

# ---- status -----------------------------------------------------------------

exits 0 "status: all is well" mayrelay status
is "$(sed -n 1p "$W/out")" "state           ok" "it says so first"
is "$(grep -c 'LDAP\|cookie' "$W/out")" 0 "and nothing of LDAP"
like "$(cat "$W/out")" "mayrelayd +runs as process $daemon_pid since 20" \
    "it says that mayrelayd runs"
like "$(cat "$W/out")" "configuration +what the file says is in force" \
    "and with which configuration"
like "$(cat "$W/out")" "accounts +20 accounts, 0 unreadable values, age" \
    "and what there is"
like "$(cat "$W/out")" "overrides +not configured" "and what there is not"
exits 1 "status by another file" "$P/mayrelay" -c "$W/other.conf" status
is "$(sed -n 1p "$W/out")" "state           warning: the configuration file is \
not what is in force: reload it" "it says first why not 0"
like "$(cat "$W/out")" "says something else than what is in force" \
    "the difference is said"
json=$(mayrelay status --json)
is "$(member state <<< "$json")" '"ok"' "JSON: state"
is "$(member reasons <<< "$json")" '[]' "JSON: no reasons"
is "$(member ldap <<< "$json")" null "JSON: no LDAP"
is "$(member running <<< "$json")" true "JSON: running"
is "$(member daemon.pid <<< "$json")" "$daemon_pid" "JSON: the process"
is "$(member config_in_force <<< "$json")" true "JSON: the configuration"
is "$(member policy_stale <<< "$json")" false "JSON: young enough"
is "$(member searches.accounts.entries <<< "$json")" '{"account": 20}' \
    "JSON: how many entries"
is "$(member searches.overrides <<< "$json")" null "JSON: no overrides"
is "$(member error <<< "$json")" null "JSON: no error"
exits 74 "a full disk" sh -c "'$P/mayrelay' -c '$conf' status > /dev/full"

# ---- refresh ----------------------------------------------------------------

people 21 | write_policy
exits 0 "refresh" mayrelay refresh
exits 0 "what it read" explain --client 203.0.113.9 --login u20 \
    --sender u20@example.com --recipient b@example.net
people 5 | write_policy
exits 1 "one that removes too much" mayrelay refresh
like "$(cat "$W/out")" "refresh --accept" "it says how to apply it"
is "$(mayrelay status --json | member searches.accounts.held_back)" \
    '{"removes": 16, "of": 21}' "status: held back"
exits 1 "somebody should look" mayrelay status
like "$(sed -n 1p "$W/out")" "warning: accounts: a refresh is held back" \
    "and why"
exits 0 "what is held back stays out of force" explain --login u20 \
    --client 203.0.113.9 --sender u20@example.com --recipient b@example.net
exits 0 "accepted" mayrelay refresh --accept
exits 1 "now it is in force" explain --login u20 \
    --client 203.0.113.9 --sender u20@example.com --recipient b@example.net
is "$(mayrelay status --json | member searches.accounts.held_back)" null \
    "status: nothing is held back"
{ people 5; echo nonsense; } | write_policy
exits 75 "a broken file" mayrelay refresh
like "$(cat "$W/err")" "read before stays in force: .*policy.ldif:[0-9]+: " \
    "it says file and line"
like "$(mayrelay status --json | member error.text)" "policy.ldif:[0-9]+: " \
    "status: the error"
exits 1 "a source that fails" mayrelay status --json
is "$(member state < "$W/out")" '"warning"' "JSON: warning"
like "$(member reasons < "$W/out")" '^\["a source fails: .*policy.ldif:' \
    "JSON: the reason"
people 5 | write_policy
exits 0 "mended" mayrelay refresh

# What cannot be read narrows, and would surprise.
{ people 5; printf 'relayAcces: deny\n'; } | write_policy
exits 0 "an account's value that cannot be read" mayrelay refresh
is "$(sed -n 2p "$W/out")" "1 value could not be read: see mayrelayd's log." \
    "refresh says so"
holds "the log has it" file_has "$daemon_log" \
    'relayAcces: deny: .*did you mean relayAccess'
exits 0 "status shows it, and warns of what is our own only" mayrelay status
{
	people 5
	cat <<-'END'

	dn: cn=lab,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: lab
	relayClient: 198.51.100.0/24
	relayAccess: refuse
	END
} | write_policy
exits 0 "a network's value that cannot be read" mayrelay refresh
exits 1 "status warns" mayrelay status
is "$(sed -n 1p "$W/out")" "state           warning: networks: 1 value could \
not be read: see the log" "and says of what"
people 5 | write_policy
exits 0 "corrected" mayrelay refresh
is "$(cat "$W/out")" "The policy was read anew and is in force." \
    "it says no more"
exits 0 "nor does status" mayrelay status

# A feed that was started anew does not follow a configuration that mayrelayd
# has not in force: it ends, again and again.
feed=$(mayrelay status --json | member daemon.feed_pid)
cp "$conf" "$W/conf.good"
sed -i 's|help_url = .*|help_url = "https://other.example.com/";|' "$conf"
kill -KILL "$feed"
exits 75 "a feed that does not stay up" mayrelay refresh
like "$(cat "$W/err")" "ends as soon as it begins.*reload" "it says why"
cp "$W/conf.good" "$conf"
exits 0 "one that does" mayrelay refresh

# ---- nothing is open --------------------------------------------------------

"$P/mayrelay" -c "$conf" status <&- >&- 2>&-
is "$?" 74 "a closed stdout: what was to be printed is not lost silently"
wait_for mayrelay status > /dev/null
exits 0 "it went into no file of the store" mayrelay status

# ---- as root ----------------------------------------------------------------

is "$(store_owners)" "$owners" "the tool left owners and modes alone"

# ---- after the end ----------------------------------------------------------

stop_mayrelayd || not_ok "mayrelayd stops"
exits 1 "explain without the daemon" explain "${outsider[@]}"
is "$(explain "${outsider[@]}" --json | member config_in_force)" null \
    "JSON: nobody has a configuration in force"
exits 2 "status without the daemon" mayrelay status
is "$(sed -n 1p "$W/out")" "state           critical: mayrelayd does not run" \
    "that is critical"
like "$(cat "$W/out")" "mayrelayd +does not run" "it says so"
exits 2 "status without the daemon, as JSON" mayrelay status --json
is "$(member running < "$W/out")" false "JSON: it does not run"
is "$(member state < "$W/out")" '"critical"' "JSON: critical"
rm "$store/counters"
exits 2 "status without counters" mayrelay status
like "$(sed -n 1p "$W/out")" "cannot be seen: $store/counters: No such file" \
    "it says what is missing"
exits 69 "refresh without the daemon" mayrelay refresh
