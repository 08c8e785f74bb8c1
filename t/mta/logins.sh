#!/bin/bash
# True logins by SASL with everything in them that some MTA writes in its own
# way: both MTAs must come to the same account, and to the same log line.
. "$(dirname "$0")/cases.sh"
. "$TOP/t/mta/routes.sh"

role=authority
conf_policy='login_realms = [ "example.org" ]; login_domains = [ "CORP" ];'
logins=()		# as smtptalk.py writes them
accounts=()		# the login that the account has; - is none
shown=()		# as the log line has it

row()			# LOGIN ACCOUNT LOG [LOG-BY-POSTFIX]
{
	logins+=("$1")
	accounts+=("$2")
	[ "$MTA" = sendmail ] && shown+=("$3") || shown+=("${4:-$3}")
}

row 'plain'		'plain'		'plain'
row 'plus+tag'		'plus+tag'	'plus+tag'
row 'like+2Bxtext'	'like+2Bxtext'	'like+2Bxtext'
row 'like+2Bx'		-		'like+2Bx'
row 'equals=sign'	'equals=sign'	'"equals=sign"'
row 'back\x5cslash'	'back\x5cslash'	'"back\\slash"'
row 'CORP\x5cward'	'ward'		'"CORP\\ward"'
row 'OTHER\x5cward'	-		'"OTHER\\ward"'
row '(paren)'		'(paren)'	'(paren)'
row '<angle>'		'<angle>'	'<angle>'
row 'double"quote'	'double"quote'	'"double\"quote"'
row 'a\sblank'		'a blank'	'"a blank"'
row 'j\xc3\xb6rg'	'j\xc3\xb6rg'	'"j\xc3\xb6rg"'
row '\xe6\x97\xa5'	'\xe6\x97\xa5'	'"\xe6\x97\xa5"'
# Postfix itself puts a question mark where it cannot print a byte.
row 'latin\xf6'		-		'"latin\xf6"'	'latin?'
row 'bell\x07'		-		'"bell\x07"'	'bell?'
row 'per%cent'		'per%cent'	'per%cent'
row 'star*'		'star*'		'star*'
row 'real@example.org'	'real@example.org' 'real@example.org'
row 'cut@example.org'	'cut'		'cut@example.org'
row 'cut@example.net'	-		'cut@example.net'

# What a wrong decoding would find.
more_accounts='like+x'

account()		# NUMBER LOGIN: it owns NUMBER@example.com
{
	printf '\ndn: cn=%s,ou=people,dc=example,dc=com\n' "$1"
	printf '%s\n' "objectClass: inetOrgPerson" "objectClass: relayAccount" \
	    "cn: $1" "sn: Example" "mail: $1@example.com"
	printf 'relayLogin:: %s\n' "$(printf '%b' "$2" | base64 -w 0)"
}

mta_policy()
{
	local i login
	write_policy < <(
		printf '%s\n' "version: 1" "" \
		    "dn: relayDomainName=example.com,ou=relay,dc=example,dc=com" \
		    "objectClass: relayDomain" "relayDomainName: example.com"
		for i in "${!accounts[@]}"; do
			[ "${accounts[i]}" = - ] ||
			    account "$i" "${accounts[i]}"
		done
		i=100
		for login in $more_accounts anonymous anna; do
			account "$i" "$login"
			i=$((i + 1))
		done
	)
}

# SASL's own user for a login: of its realm, if it has one.
add_login()		# DATABASE LOGIN
{
	local login realm=mx.example.com
	login=$(printf '%b' "${2//'\s'/ }")
	case $login in
	*@*)	realm=${login#*@} ;;
	esac
	printf secret |
	    saslpasswd2 -p -c -u "$realm" -f "$1" -- "${login%%@*}"
}

case $MTA in
postfix)
	make_postfix "smtpd_sasl_security_options =" || exit 1
	sasl=$postfix_etc/sasl/smtpd.conf
	db=$postfix_etc/sasl/sasldb2 ;;
sendmail)
	make_sendmail \
	    "define(\`confAUTH_MECHANISMS', \`PLAIN LOGIN ANONYMOUS')dnl" ||
	    exit 1
	sasl=${sendmail_etc:?}/sasl/Sendmail.conf
	db=$sendmail_etc/sasldb2 ;;
esac
sed -i 's/^mech_list:.*/& ANONYMOUS/' "$sasl"
for login in "${logins[@]}"; do
	add_login "$db" "$login" 2>&1 || not_ok "SASL has the login $login"
done
start_sinks && mta_policy && write_conf && start_mayrelayd && wait_policy &&
    "start_$MTA" || exit 1

# All of them from one address, one connection each.
mark=$(log_mark)
talk < <(
	for i in "${!logins[@]}"; do
		printf '%s\n' "EHLO client.example" \
		    ":auth ${logins[i]} secret" "MAIL FROM:<$i@example.com>" \
		    "RCPT TO:<to$i@away.example>" :again
	done
)
line_for()		# NUMBER
{
	decision_lines "$mark" | grep -F " to=<to$1@away.example> "
}
last=$((${#logins[@]} - 1))
wait_for line_for "$last"
for i in "${!logins[@]}"; do
	login=${logins[i]}
	is "$(reply_to AUTH "$((i + 1))" | cut -c 1-3)" 235 \
	    "$login: SASL takes it"
	line=$(line_for "$i")
	wanted="permit reason=account"
	[ "${accounts[i]}" != - ] || wanted="reject reason=account-unknown"
	like "$line" " $wanted " "$login: $wanted"
	line=${line#* login=}
	is "${line%% from=*}" "${shown[i]}" "$login: the log line"
done

# Somebody who signs in with his own password but another's name, and somebody
# who signs in as anybody (RFC 4505): no MTA lets them be who they say.
in_base64()		# TEXT
{
	printf '%b' "$1" | base64 -w 0
}

mark=$(log_mark)
talk <<END
EHLO client.example
AUTH PLAIN $(in_base64 'anna\0plain\0secret')
MAIL FROM:<anna@example.com>
RCPT TO:<as1@away.example>
:again
EHLO client.example
AUTH ANONYMOUS $(in_base64 anna)
MAIL FROM:<anna@example.com>
RCPT TO:<as2@away.example>
:again
EHLO client.example
AUTH ANONYMOUS $(in_base64 anonymous)
MAIL FROM:<anna@example.com>
RCPT TO:<as3@away.example>
END
case $MTA in
postfix)	wanted="535 235 235" ;;
sendmail)	wanted="235 235 235" ;;
esac
is "$(codes AUTH)" "$wanted" "in the name of another, and of nobody: AUTH"
is "$(codes 'RCPT TO:')" "550 550 550" "and none of them is anna"
is "$(decision_lines "$mark" | sed 's/.* login=\([^ ]*\) .*/<\1>/' |
    sort -u | paste -sd ' ')" \
    "$([ "$MTA" = sendmail ] && echo "<> <plain>" || echo "<>")" \
    "nor any anonymous: the password's owner or nobody, by the log"
