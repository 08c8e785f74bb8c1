# shellcheck shell=bash
# t/mta/cases.sh: a policy, a private MTA before mayrelayd, and a case: one
# recipient by real SMTP, whose reply, log line and `mayrelay explain' must all
# say the same.  To be sourced first by the scripts here.
#
# Each script is played for Postfix and for Sendmail, in a machine of its own
# (t/netns.sh); MTA=sendmail plays it for that one alone.  One that is about the
# ways of one MTA sets MTA itself.

if [ -z "${MTA:-}" ]; then
	status=0
	for MTA in postfix sendmail; do
		MTA=$MTA "$0" "$@"
		ended=$?
		# What failed stays so, though the other cannot run (77).
		case $status,$ended in
		0,*|77,[!0]*)	status=$ended ;;
		esac
	done
	exit "$status"
fi
export MTA
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=t/netns.sh
. "$here/../netns.sh"
# shellcheck source=t/lib.sh
. "$here/../lib.sh"
# shellcheck source=t/postfix.sh
. "$here/../$MTA.sh"
need_root
"need_$MTA"
about="$MTA: "

# Permits are logged, so that every decision can be looked at.
conf_log="permits = true; repeats = 1000;"
conf_accounts='map = { status = ( { attr = "employeeType"; type = "keyword";
    enabled = [ "active" ]; absent = "enabled"; } ); };'

mta_policy()
{
	write_policy <<-'END'
	version: 1

	dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: example.com

	dn: cn=house,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: house
	relayClient: 192.0.2.0/24
	relayAccess: authenticate

	dn: cn=servers,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: servers
	relayClient: 192.0.2.64/28
	relayClient: 2001:db8:1::/48
	relayAccess: allow

	dn: cn=scanners,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: scanners
	relayClient: 192.0.2.80/28
	relayAccess: allow
	relaySender: scanner@example.com

	dn: cn=backup,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: backup
	relayClient: 192.0.2.96/28
	relayAccess: allow
	relayRecipient: @example.org

	dn: cn=guests,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: guests
	relayClient: 192.0.2.128/25
	relayAccess: deny

	dn: uid=anna,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	uid: anna
	cn: Anna Example
	sn: Example
	mail: anna@example.com

	dn: uid=ben,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: ben
	cn: Ben Example
	sn: Example
	mail: ben@example.com
	relayAccess: deny

	dn: uid=cleo,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	uid: cleo
	cn: Cleo Example
	sn: Example
	mail: cleo@example.com
	employeeType: left

	dn: uid=dora,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: dora
	cn: Dora Example
	sn: Example
	mail: dora@example.com
	relayNotAfter: 20200101000000Z

	dn: uid=emil,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: emil
	cn: Emil Example
	sn: Example
	mail: emil@example.com
	relayClient: 192.0.2.0/24
	relayRecipient: @example.org

	dn: uid=twin1,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: twin1
	cn: Twin
	sn: Example
	relayLogin: twin

	dn: uid=twin2,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: twin2
	cn: Twin
	sn: Example
	relayLogin: twin

	dn: cn=press,ou=groups,dc=example,dc=com
	objectClass: groupOfNames
	objectClass: relayGroup
	cn: press
	member: uid=anna,ou=people,dc=example,dc=com
	relaySender: press@example.com
	END
}

# SETTINGS are lines of main.cf, or of sendmail.mc; $role says who denies.
mta_up()		# [SETTING...]
{
	"make_$MTA" "$@" && start_sinks && mta_policy && write_conf &&
	    start_mayrelayd && wait_policy && "start_$MTA"
}

# The reply to the Nth recipient, without what the MTA adds to it.
rcpt_text()		# [N]
{
	rcpt_reply "${1:-1}" | reply_text
}

logged()		# MARK
{
	[ -n "$(decision_lines "$1")" ]
}

# One value of explain's JSON, a list line by line; "" for what is not there.
json()			# NAME < JSON
{
	local told
	json_values "$1"
	printf '%s\n' "${told[0]}"
}

# Several at once, into the array told.
json_values()		# NAME... < JSON
{
	mapfile -d "" told < <(python3 -c '
import json, sys
doc = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = doc.get(name, "")
    print("\n".join(value) if isinstance(value, list) else value, end="\0")
' "$@")
}

# What explain exits with for a verdict.
exit_of()		# VERDICT
{
	case $1 in
	pass|permit)	echo 0 ;;
	reject)		echo 1 ;;
	would-reject)	echo 3 ;;
	tempfail)	echo 75 ;;
	esac
}

# The line that mayrelayd must write, as a regular expression.
line_of()		# VERDICT REASON CLIENT LOGIN SENDER RECIPIENT CODE
{
	local from=${5//+/\\+}
	[ "$from" = '<>' ] || from="<$from>"
	printf '%s' "$mta_id$1 reason=$2 client=$3 name=[^ ]+ login=$4" \
	    " from=$from to=<$6> listener=[^ ]+ mailer=$mta_mailer" \
	    " code=${7:+\"$7\"} rule=.* policy_age=[0-9]+\$"
}

# By SMTP, then by explain: VERDICT and REASON by both, and the same reply.
check()			# TEXT VERDICT REASON CLIENT LOGIN SENDER RECIPIENT
{
	local text=$1 verdict=$2 reason=$3
	shift 3
	local mark reply told code
	mark=$(log_mark)
	mail "$@"
	reply=$(rcpt_text)
	explain --json --client "$1" ${2:+--login "$2"} --sender "$3" \
	    --recipient "$4" --mailer "${mailer:-$mta_mailer}" \
	    > "$W/explained" 2> "$W/explain.err"
	code=$?
	json_values verdict reason code reply < "$W/explained"
	is "$code ${told[0]} ${told[1]}" \
	    "$(exit_of "$verdict") $verdict $reason" "$text: explain"
	code=${told[2]}
	case $verdict in
	reject|tempfail)
		is "$reply" "$code ${told[3]}" \
		    "$text: answered as explain says"
		like "$reply" "^$(class_of "$verdict") Relay is not permitted: " \
		    "$text: of the right class" ;;
	*)
		is "$reply" "$mta_accepts" "$text: accepted" ;;
	esac
	if [ "$verdict" = pass ]; then
		is "$(decision_lines "$mark")" "" "$text: a pass is not logged"
	else
		wait_for logged "$mark"
		like "$(decision_lines "$mark")" \
		    "$(line_of "$verdict" "$reason" "$@" "$code")" \
		    "$text: the log line"
	fi
}

class_of()		# VERDICT
{
	case $1 in
	reject)		echo '550 5\.7\.1' ;;
	tempfail)	echo '45[0-9] 4\.[0-9]\.[0-9]' ;;
	esac
}
