#!/bin/bash
# What changes while mail flows: the policy's file, the configuration by SIGHUP,
# enforcement step by step; and the counters that status shows.
. "$(dirname "$0")/cases.sh"

out=203.0.113.9
house=192.0.2.20

enforce_from=never
mta_up || exit 1

# Observed, not enforced.
check "never: a stranger" would-reject auth-required \
    $out "" a@example.net b@example.org
check "never: anna as another" would-reject sender-not-owned \
    $out anna boss@example.com b@example.org
check "never: a login of two accounts" would-reject account-ambiguous \
    $out twin a@example.com b@example.org
mark=$(log_mark)
mail $out "" a@example.net b@example.org
wait_for logged "$mark"
like "$(decision_lines "$mark")" ' code="550 5\.7\.1" .*enforce_from=never' \
    "never: the line says what it would have been, and when"
becomes "never: the mail leaves" sink_has out '^X-Mail-Args: <a@example.net>'

# The configuration by SIGHUP.
reloads()		# TEXT COMMAND...
{
	local text=$1
	shift
	kill -HUP "$daemon_pid"
	becomes "$text" "$@"
}

answer_is()		# REGEX: to a stranger
{
	mail $out "" a@example.net b@example.org
	[[ $(rcpt_text) =~ $1 ]]
}

enforce_from=now
write_conf
reloads "SIGHUP: from now on refusals are real" answer_is "^550 5\.7\.1 "
check "now: a stranger" reject auth-required \
    $out "" a@example.net b@example.org

sed 's/enforce_from = "now"/enforce_from = "perhaps"/' "$conf" > "$conf.new"
mv "$conf.new" "$conf"
mark=$(log_mark)
kill -HUP "$daemon_pid"
reload_refused()
{
	log_since "$mark" | grep -q 'enforce_from'
}
becomes "a broken configuration: the log says why" reload_refused
holds "a broken configuration: the old one stays" answer_is "^550 5\.7\.1 "
write_conf
kill -HUP "$daemon_pid"

# The policy's file.
explained()		# VERDICT CLIENT LOGIN SENDER
{
	[ "$(explain --json --client "$2" ${3:+--login "$3"} --sender "$4" \
	    --recipient b@example.org | json verdict)" = "$1" ]
}

check "before: boss is not anna's" reject sender-not-owned \
    $out anna boss@example.com b@example.org
sed 's/^mail: anna@example.com/&\nmail: boss@example.com/' "$policy" |
    write_policy
becomes "an address more in the file" \
    explained permit $out anna boss@example.com
check "after: boss is anna's" permit account \
    $out anna boss@example.com b@example.org

{
	cat "$policy"
	cat <<-'END'

	dn: cn=lab,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: lab
	relayClient: 203.0.113.0/28
	relayAccess: deny
	END
} | write_policy
becomes "a network more in the file" \
    explained reject $out anna anna@example.com
check "after: the network denies" reject network-denied \
    $out anna anna@example.com b@example.org

mark=$(log_mark)
sed 's/^dn: cn=lab.*/dn: this is no DN/' "$policy" | write_policy
file_refused()
{
	log_since "$mark" | grep -q 'policy\.ldif:[0-9]'
}
becomes "a broken file: the log names the line" file_refused
check "a broken file: the old policy stays" reject network-denied \
    $out anna anna@example.com b@example.org
mta_policy
becomes "the first policy again" explained permit $out anna anna@example.com

# Enforcement by network: its date is ahead.
sed 's/^relayClient: 192.0.2.0\/24/&\nrelayEnforceFrom: 20990101000000Z/' \
    "$policy" | write_policy
becomes "a date ahead for the house" \
    explained would-reject $house "" a@b.example
check "the house is still observed" would-reject auth-required \
    $house "" anna@example.com b@example.org
check "the world is not" reject auth-required \
    $out "" a@example.net b@example.org

# Counters.
counted()		# VERDICT REASON
{
	mayrelay status --json | python3 -c '
import json, sys
print(sum(d["count"] for d in json.load(sys.stdin)["counters"]["decisions"]
    if [d["verdict"], d["reason"]] == sys.argv[1:]))' "$1" "$2"
}
before=$(counted reject auth-required)
mail $out "" a@example.net b@example.org
mail $out "" a@example.net b@example.org
is "$(counted reject auth-required)" "$((before + 2))" \
    "status counts two refusals more"
holds "status in text" mayrelay status
