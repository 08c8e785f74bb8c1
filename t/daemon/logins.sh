#!/bin/bash
# The login that Sendmail hands over as xtext is the one that Postfix hands over
# as it is: each finds its account, and in the other's form none.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

# An account for each login; each sends as a@example.com.
account()		# NUMBER LOGIN
{
	cat <<-END

	dn: cn=u$1,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	cn: u$1
	uid:: $(printf '%b' "$2" | base64 -w 0)
	mail: u$1@example.com
	END
}

longest=$(printf 'x%.0s' {1..255})
{
	echo "version: 1"
	account 1 'joe+x'
	account 2 'CORP\\joe'
	account 3 'joe(x)'
	account 4 'a=b'
	account 5 'joe doe'
	account 6 'j\0303\0274rg'
	account 7 '"q"<r>@example.com'
	account 8 "$longest"
	account 9 'joe+2Bx'
	account 10 'plain'
	# shellcheck disable=SC2016 # no variable
	account 11 'percent%24$x'
} | write_policy
write_conf && start_mayrelayd && wait_policy || exit 1

# TEXT|NUMBER OF THE ACCOUNT|LOGIN ON THE WIRE|ANSWER, one a line, with miltc's
# \xHH.
table()			# VERSION-MACRO|-
{
	local text number login wanted i=0 lines=()
	while IFS='|' read -r text number login wanted; do
		lines+=("$text|$wanted")
		printf 'case 4 203.0.113.9 4711\t%s\tPLAIN\t%s\t%s\tsmtp\t-\t-\n' \
		    "$login" "<u$number@example.com>" '<b@example.net>'
	done > "$W/cases"
	{
		printf '%s\n' "open unix:$socket" negotiate
		[ "$1" = - ] || echo "macro C \"v=$1\""
		cat "$W/cases"
	} | miltc | sed 's/^\([0-9]\{3\}\) .*/\1/' > "$W/said"
	while read -r said; do
		is "$said" "${lines[i]#*|}" "v=$1: ${lines[i]%|*}"
		i=$((i + 1))
	done < "$W/said"
	is "$i" "${#lines[@]}" "v=$1: all are answered"
}

xtext="plain|10|plain|continue
all of it encoded|10|+70+6C+61+69+6E|continue
in small digits|10|+6c|550
in small digits, plain|10|p+6cain|continue
a plus|1|joe+2Bx|continue
a plus that is not encoded|1|joe+x|550
encoded twice: what it decodes to|9|joe+2B2Bx|continue
which is not the account of that|1|joe+2B2Bx|550
a backslash|2|CORP+5Cjoe|continue
a backslash that is not encoded|2|CORP\\joe|continue
parentheses|3|joe+28x)|continue
parentheses that are not encoded|3|joe(x)|continue
an equals sign|4|a+3Db|continue
an equals sign that is not encoded|4|a=b|continue
a blank|5|joe+20doe|continue
a blank that is not encoded|5|joe doe|550
UTF-8|6|j+C3+BCrg|continue
UTF-8 that is not encoded|6|j\\xc3\\xbcrg|550
UTF-8 of which half is encoded|6|j\\xc3+BCrg|550
quotes and brackets|7|+22q+22+3Cr+3E@example.com|continue
percent and dollar|11|percent%24\$x|continue
255 bytes|8|$longest|continue
255 bytes, all encoded|8|${longest//x/+78}|continue
256 bytes|8|${longest}x|550
256 bytes, encoded|8|${longest//x/+78}+78|550
nothing but a plus|10|+|550
one digit|10|plain+2|550
no digits|10|plain+zz|550
NUL|10|+00|550
NUL after it|10|plain+00|550
NUL, and more|10|plain+00x|550
a line end|10|plain+0A|550
DEL|10|plain+7F|550
a blank after it|10|plain+20|550"
plain="plain|10|plain|continue
what looks encoded|10|+70+6C+61+69+6E|550
a plus|1|joe+x|continue
a plus that looks encoded is another's|9|joe+2Bx|continue
which is not the account of that|1|joe+2Bx|550
a backslash|2|CORP\\joe|continue
parentheses|3|joe(x)|continue
an equals sign|4|a=b|continue
a blank|5|joe doe|continue
UTF-8|6|j\\xc3\\xbcrg|continue
UTF-8 that looks encoded|6|j+C3+BCrg|550
quotes and brackets|7|\"q\"<r>@example.com|continue
percent and dollar|11|percent%24\$x|continue
255 bytes|8|$longest|continue
256 bytes|8|${longest}x|550
a plus alone|10|+|550
a line end|10|plain\\x0a|550
DEL|10|plain\\x7f|550
a blank after it|10|plain |550"

# Sendmail 8.17 and a vendor's; Postfix, also under another name.
for v in 8.17.1.9 8.15.2+Sun; do
	table "$v" <<< "$xtext"
done
for v in 'Postfix 3.7.11' 'Mail 8.17.1' 'Sendmail 8.17.1' '8.x 3.7.11' -; do
	table "$v" <<< "$plain"
done
stop_mayrelayd

# What v cannot tell, milter.mta does.
conf_milter='mta = "postfix";'
write_conf && start_mayrelayd && wait_policy
table '8.17 Mail 3.7.11' <<< "$plain"
stop_mayrelayd
conf_milter='mta = "sendmail";'
write_conf && start_mayrelayd && wait_policy
table - <<< "$xtext"
stops "SIGTERM ends it"
