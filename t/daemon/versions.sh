#!/bin/bash
# Whatever version of the protocol an MTA speaks, whatever it can leave out,
# wait for or be asked for, and whatever it forgets to say: the same questions
# get the same answers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

start_small || exit 1

# ---- versions, actions, steps ----------------------------------------------

# One dialogue with what every MTA goes through: recipients refused and taken, a
# message to its end, one given up, a login that comes and goes.
cat > "$W/dialogue" <<'END'
macro C "v=Postfix 3.7.11" {daemon_name}=MTA
connect host.example 4 203.0.113.9 4711
macro H {tls_version}=TLSv1.3
helo host.example
macro M i=A1
macro R {rcpt_mailer}=smtp
mail <a@example.org>
rcpt <1@example.net>
macro R {rcpt_mailer}=local
rcpt <2@elsewhere.example>
macro R
rcpt <3@example.com>
rcpt <4@elsewhere.example>
data
header Subject hello
header To "you and me"
eoh
body "some text\x0d\x0a"
body "and more"
eom
macro M {auth_type}=PLAIN {auth_authen}=joe
mail <joe@example.com> SIZE=100
rcpt <5@example.net> NOTIFY=NEVER
abort
helo host.example
unknown VRFY
macro M
mail <joe@example.com>
rcpt <6@example.net>
unknown "EXPN list"
rcpt <7@example.com>
data
abort
macro M {auth_type}=PLAIN {auth_authen}=ann
mail <ann@example.com>
mail <joe@example.com>
rcpt <8@example.net>
data
eoh
eom
mail <ann@example.com>
rcpt <9@example.net>
eom
quit
END
# refused, mailer, domain, refused; signed in; no more; domain; not joe's; ann's
wanted='550 continue continue 550 continue 550 continue 550 continue'

# What an MTA may offer to leave out (SMFIP_NO*), not to wait for (SMFIP_NR_*)
# and to be asked for.
steps=(0 0x1 0x2 0x3f 0x7f 0x17f 0x3ff 0x7ff 0xfff 0x1000 0x4000 0x5000 0x7000
    0x1ff000 0x1ff37f 0x1fffff 0x1fefff 0x1fdfff 0x1fbfff 0x1ffeff 0x1ffdff
    0x1fff8f 0x101fffff 0x3fffffff 0xffffffff)
actions=(0 0x1f 0x3f 0xff 0x100 0x1ff 0xffffffff)

offers()		# VERSION: the commands for all offers of that version
{
	local a s
	echo only-rcpt
	for a in "${actions[@]}"; do
		for s in "${steps[@]}"; do
			printf '%s\n' "open unix:$socket" \
			    "negotiate $1 $a $s" negotiated
			cat "$W/dialogue"
		done
	done
}

# From miltc's answers: a line for each offer.
by_offer()
{
	sed 's/^\([0-9]\{3\}\) .*/\1/' | awk '
		/^version=/ { if (NR > 1) print ""; printf "%s:", $0; next }
		{ printf " %s", $0 }
		END { print "" }'
}

n=$((${#steps[@]} * ${#actions[@]}))
for version in 2 3 4 5 6 7 2147483647; do
	offers "$version" | miltc | by_offer > "$W/said"
	agreed=$((version > 6 ? 6 : version))
	is "$(grep -c "^version=$agreed " "$W/said")" "$n" \
	    "version $version: agreed upon $agreed, with $n offers"
	is "$(grep -v ": $wanted\$" "$W/said" | head -n 5)" "" \
	    "version $version: the same answers to the same dialogue"
done
for version in 0 1 0x80000000 0xffffffff; do
	is "$(printf '%s\n' "open unix:$socket" "negotiate $version" | miltc)" \
	    closed "version $version is none to speak"
done

# What the filter asks for is never more than what it is offered.
sed -n 's/^version=[0-9]* actions=\(0x[0-9a-f]*\) .*/\1/p' "$W/said" |
    sort | uniq -c | tr -s ' ' > "$W/asked"
is "$(cat "$W/asked")" " $((4 * ${#steps[@]})) 0x0
 $((3 * ${#steps[@]})) 0x100" "a list of macros is asked for where it may be"

# ---- what an MTA forgets to say --------------------------------------------

# One recipient, with these macros of CONNECT, MAIL and RCPT.
said()			# CONNECT MAIL RCPT SENDER RECIPIENT
{
	printf '%s\n' only-rcpt "open unix:$socket" 'negotiate 6 0xff' \
	    "macro C $1" "macro M $2" "macro R $3" \
	    'connect host.example 4 203.0.113.9 4711' "mail $4" "rcpt $5" |
	    miltc | sed 's/^\([0-9]\{3\}\) .*/\1/'
}
row()			# TEXT|CONNECT|MAIL|RCPT|SENDER|RECIPIENT|WANTED
{
	local text connect mail rcpt sender recipient wanted
	IFS='|' read -r text connect mail rcpt sender recipient wanted
	while [ -n "$text" ]; do
		is "$(said "$connect" "$mail" "$rcpt" "$sender" \
		    "$recipient")" "$wanted" "$text"
		IFS='|' read -r text connect mail rcpt sender recipient \
		    wanted || break
	done
}
row <<'END'
a login|v=8.17.1 j=mx.example.com {daemon_name}=MTA|{auth_type}=PLAIN {auth_authen}=joe|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|continue
no v|j=mx.example.com {daemon_name}=MTA|{auth_type}=PLAIN {auth_authen}=joe|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|continue
empty v|v= {daemon_name}=MTA|{auth_type}=PLAIN {auth_authen}=joe||<joe@example.com>|<b@example.net>|continue
no v: nothing is decoded|{daemon_name}=MTA|{auth_type}=PLAIN {auth_authen}=+6Aoe||<joe@example.com>|<b@example.net>|550
empty v: nor then|v=|{auth_type}=PLAIN {auth_authen}=+6Aoe||<joe@example.com>|<b@example.net>|550
v in braces|{v}=8.17.1.9|{auth_type}=PLAIN {auth_authen}=+6Aoe||<joe@example.com>|<b@example.net>|continue
v with MAIL|{daemon_name}=MTA|v=8.17.1.9 {auth_authen}=+6Aoe||<joe@example.com>|<b@example.net>|continue
no j, no {daemon_name}|v=8.17.1|{auth_type}=PLAIN {auth_authen}=joe|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|continue
empty j, empty {daemon_name}|j= {daemon_name}=|{auth_authen}=joe||<joe@example.com>|<b@example.net>|continue
no {auth_authen}|v=8.17.1|{auth_type}=PLAIN|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|550
empty {auth_authen}|v=8.17.1|{auth_type}=PLAIN {auth_authen}=|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|550
{auth_author} is no login|v=8.17.1|{auth_type}=PLAIN {auth_author}=joe|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|550
nor is a certificate|v=8.17.1 {cert_subject}=joe|{auth_type}=EXTERNAL {cert_subject}=joe||<joe@example.com>|<b@example.net>|550
no {auth_type}|v=8.17.1|{auth_authen}=joe|{rcpt_mailer}=esmtp|<joe@example.com>|<b@example.net>|continue
empty {auth_type}|v=8.17.1|{auth_type}= {auth_authen}=joe||<joe@example.com>|<b@example.net>|continue
a login without braces|v=8.17.1|auth_type=PLAIN auth_authen=joe||<joe@example.com>|<b@example.net>|550
local by {rcpt_mailer}|v=8.17.1||{rcpt_mailer}=local|<a@example.org>|<b@elsewhere.example>|continue
no {rcpt_mailer}: by the address|v=8.17.1||{rcpt_host}=localhost {rcpt_addr}=b|<a@example.org>|<b@elsewhere.example>|550
the same, local|v=8.17.1||{rcpt_host}=elsewhere.example {rcpt_addr}=b|<a@example.org>|<b@example.com>|continue
empty {rcpt_mailer}|v=8.17.1||{rcpt_mailer}= {rcpt_host}= {rcpt_addr}=|<a@example.org>|<b@elsewhere.example>|550
empty {rcpt_mailer}, local|v=8.17.1||{rcpt_mailer}= {rcpt_host}= {rcpt_addr}=|<a@example.org>|<b@example.com>|continue
a mailer without braces|v=8.17.1||rcpt_mailer=local|<a@example.org>|<b@elsewhere.example>|550
a mailer in capitals|v=8.17.1||{rcpt_mailer}=LOCAL|<a@example.org>|<b@elsewhere.example>|550
a virtual alias|v=8.17.1||{rcpt_mailer}=error "{rcpt_host}=5.1.1 User unknown in virtual alias table" {rcpt_addr}=b@elsewhere.example|<a@example.org>|<b@elsewhere.example>|continue
the same without {rcpt_host}|v=8.17.1||{rcpt_mailer}=error {rcpt_addr}=b@elsewhere.example|<a@example.org>|<b@elsewhere.example>|550
with an empty one|v=8.17.1||{rcpt_mailer}=error {rcpt_host}= {rcpt_addr}=b@elsewhere.example|<a@example.org>|<b@elsewhere.example>|550
without {rcpt_addr}|v=8.17.1||{rcpt_mailer}=error "{rcpt_host}=5.1.1 User unknown in virtual alias table"|<a@example.org>|<b@elsewhere.example>|550
with an empty one|v=8.17.1||{rcpt_mailer}=error "{rcpt_host}=5.1.1 User unknown in virtual alias table" {rcpt_addr}=|<a@example.org>|<b@elsewhere.example>|550
nothing at all||||<a@example.org>|<b@example.net>|550
nothing at all, local||||<a@example.org>|<b@example.com>|continue
END

# ---- packets of macros as nobody should make them --------------------------

# But none with an odd number of NULs: libmilter (8.17) looks for the name after
# the last one behind the end of its list then, whatever the filter does.

packet()		# TEXT for printf %b: a packet of those bytes
{
	local hex
	hex=$(printf '%b' "$1" | od -An -v -tx1 | tr -d ' \n')
	printf 'raw %08x%s\n' "$((${#hex} / 2))" "$hex"
}
login='{auth_authen}\0000joe\0000'
odd()			# WANTED TEXT PACKET [MORE]
{
	is "$({
		printf '%s\n' only-rcpt "open unix:$socket" 'negotiate 2 0x3f 0x7f' \
		    'connect host.example 4 203.0.113.9 4711'
		shift 2
		for p in "$@"; do packet "$p"; done
		printf '%s\n' 'mail <joe@example.com>' 'rcpt <b@example.net>'
	} | miltc | sed 's/^\([0-9]\{3\}\) .*/\1/' | paste -sd ' ')" "$1" "$2"
}
odd continue "a packet as it should be" "DM$login"
odd continue "a name too many" "DM$login{auth_type}"
odd 550 "a value that does not end" 'DMx\0000y\0000{auth_authen}joe'
odd 550 "a name that does not end" 'DM{auth_authen}'
odd 550 "a value before its name" 'DMjoe\0000{auth_authen}\0000'
odd 550 "names are not values" 'DMx\0000{auth_authen}\0000joe\0000x\0000'
odd 550 "nothing but NULs" 'DM\0000\0000\0000\0000'
odd 550 "no macro" DM
odd continue "no macro after one" "DM$login" DM
odd 550 "one that takes it back" "DM$login" 'DMi\0000A1\0000'
odd continue "empty names before it" "DM\\0000\\0000$login"
odd 550 "an empty name puts all out of step" "DM\\0000${login}x\\0000"
odd continue "the first of two counts" "DM$login{auth_authen}\\0000ann\\0000"
odd 550 "the first of two counts, also if it is another" \
    "DM{auth_authen}\\0000ann\\0000$login"
odd 550 "the first of two counts, also if it is empty" \
    "DM{auth_authen}\\0000\\0000$login"
odd 550 "a stage that is none" "DX$login"
odd 550 "the end of the last message" "DE$login"
odd 550 "the header of the last message" "DN$login"
odd 550 "DATA of the last message" "DT$login"
odd 550 "the recipient's" "DR$login"
odd "closed closed" "no stage" D
odd 550 "a name in capitals" 'DM{AUTH_AUTHEN}\0000joe\0000'
odd 550 "a name with half its braces" 'DM{auth_authen\0000joe\0000'
odd 550 "a blank before the name" 'DM {auth_authen}\0000joe\0000'
odd 550 "a blank after the login" 'DM{auth_authen}\0000joe \0000'
odd 550 "a line end after the login" 'DM{auth_authen}\0000joe\0012\0000'
odd continue "a login in capitals" 'DM{auth_authen}\0000JOE\0000'
many=$(printf 'x%.0s\\0000y\\0000' {1..3000})
odd continue "3,000 macros before it" "DM$many$login"
huge=$(printf '%060000d' 0)
odd 550 "a login of 60,000 bytes" "DM{auth_authen}\\0000$huge\\0000"
odd continue "a queue id of 60,000 bytes" "DMi\\0000$huge\\0000$login"
odd "closed closed" "100,000 bytes" "DM$huge$huge\\0000"
odd 550 "a version of 60,000 bytes" "DCv\\0000${huge}\\0000" \
    "DM{auth_authen}\\0000+6Aoe\\0000"

stops "SIGTERM ends it"
