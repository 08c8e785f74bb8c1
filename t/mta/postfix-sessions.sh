#!/bin/bash
# What may happen in the middle of a session with Postfix: TLS, client
# certificates, signing in again, pipelining, chunks, a hundred recipients,
# clients that vanish, and many connections to one and the same smtpd.
. "$(dirname "$0")/../lib.sh"
. "$TOP/t/postfix.sh"
. "$TOP/t/certificates.sh"
. "$TOP/t/mta/routes.sh"
. "$TOP/t/mta/vanishing.sh"
need_root
need postfix smtp-sink python3 saslpasswd2 openssl

conf_log="permits = true; repeats = 1000;"
role=authority
write_policy <<'LDIF'
version: 1

dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: example.com

dn: uid=anna,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: anna
cn: Anna
sn: Example
mail: anna@example.com

dn: uid=ben,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: ben
cn: Ben
sn: Example
mail: ben@example.com
LDIF

# An authority, and two certificates of it: Postfix's, and anna's by name.
{
	mkdir "$certificates" && certificate_authority ca &&
	    certificate mx DNS:mx.example.com \
	    20200101000000Z 20491231000000Z &&
	    certificate anna email:anna@example.com \
	    20200101000000Z 20491231000000Z &&
	    cat "$certificates"/anna.{key,pem} > "$certificates/client.pem"
} || cannot_run "openssl makes no certificates"

make_postfix "smtpd_tls_security_level = may" "smtpd_tls_ask_ccert = yes" \
    "smtpd_tls_cert_file = $certificates/mx.pem" \
    "smtpd_tls_key_file = $certificates/mx.key" \
    "smtpd_tls_CAfile = $certificates/ca.pem" \
    "smtpd_tls_received_header = yes" || exit 1
one=$(free_port)
echo "127.0.0.1:$one inet n - n - 1 smtpd" >> "$postfix_etc/master.cf"
start_sinks && write_conf && start_mayrelayd && wait_policy &&
    start_postfix || exit 1
stranger="XCLIENT ADDR=203.0.113.9 NAME=host.example"

# ---- TLS ------------------------------------------------------------------

# A login ends with STARTTLS (RFC 3207); it does so for mayrelayd, whatever
# Postfix has been told to send.
tls_in_the_middle()	# LABEL
{
	local mark
	mark=$(log_mark)
	talk <<-END
	$stranger
	EHLO client.example
	:auth anna secret
	MAIL FROM:<anna@example.com>
	RCPT TO:<one@away.example>
	RSET
	:tls
	EHLO client.example
	MAIL FROM:<anna@example.com>
	RCPT TO:<two@away.example>
	RCPT TO:<three@example.com>
	RSET
	:auth ben secret
	MAIL FROM:<anna@example.com>
	RCPT TO:<four@away.example>
	RSET
	MAIL FROM:<ben@example.com>
	RCPT TO:<five@away.example>
	QUIT
	END
	is "$(codes 'RCPT TO:')" "250 550 250 550 250" "$1: the replies"
	is "$(logins_since "$mark")" "anna - ben ben" \
	    "$1: who is signed in, by the log"
}

tls_in_the_middle "TLS"
reload_postfix "milter_protocol = 2" "milter_mail_macros = {auth_type} {auth_authen}"
tls_in_the_middle "TLS, version 2, two macros"
reload_postfix "milter_protocol = 6" "milter_mail_macros = {auth_authen}"

mark=$(log_mark)
talk <<END
$stranger
EHLO client.example
:tls $certificates/client.pem
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<one@away.example>
RCPT TO:<cert@example.com>
DATA
Subject: a certificate

no login
.
QUIT
END
is "$(codes 'RCPT TO:')" "550 250" "a certificate is no login"
is "$(logins_since "$mark")" "-" "a certificate: nor in the log"
becomes "a certificate: what is for us arrives" sink_has here 'cert@example'
holds "a certificate: Postfix has verified it" \
    sink_has here 'Client CN "anna".*verified OK'

# ---- signing in -----------------------------------------------------------

mark=$(log_mark)
talk <<END
$stranger
EHLO client.example
:auth anna wrong
MAIL FROM:<anna@example.com>
RCPT TO:<one@away.example>
RSET
:auth anna secret
:auth ben secret
MAIL FROM:<ben@example.com>
RCPT TO:<two@away.example>
RSET
EHLO again.example
MAIL FROM:<anna@example.com>
RCPT TO:<three@away.example>
RSET
HELO again.example
MAIL FROM:<anna@example.com> AUTH=<>
RCPT TO:<four@away.example>
NOOP
VRFY anna
RSET
NOOP
MAIL FROM:<anna@example.com> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=x
RCPT TO:<five@away.example> NOTIFY=NEVER ORCPT=rfc822;five@example.com
RCPT TO:<six@away.example>
QUIT
END
is "$(codes 'AUTH PLAIN')" "535 235 503" "AUTH: wrong, right, once more"
is "$(codes 'RCPT TO:')" "550 550 250 250 250 250" "AUTH: the replies"
is "$(logins_since "$mark")" "- anna anna anna anna anna" \
    "AUTH: the login stays until the end, RSET and EHLO or not"

# The client changes in the middle, and the login with it.
mark=$(log_mark)
talk <<END
$stranger
EHLO client.example
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<one@away.example>
RSET
XCLIENT ADDR=198.51.100.7 NAME=other.example
EHLO other.example
MAIL FROM:<anna@example.com>
RCPT TO:<two@away.example>
QUIT
END
is "$(codes 'RCPT TO:')" "250 550" "XCLIENT ends a login by AUTH"
is "$(logins_since "$mark")" "anna -" "XCLIENT: by the log, too"

# An ORCPT that names us does not make a recipient ours.
talk <<END
$stranger
EHLO client.example
MAIL FROM:<a@example.net> RET=FULL
RCPT TO:<one@away.example> ORCPT=rfc822;one@example.com
RCPT TO:<two@example.com> ORCPT=rfc822;two@away.example NOTIFY=SUCCESS
QUIT
END
is "$(codes 'RCPT TO:')" "550 250" "ORCPT says nothing about the recipient"

# ---- how the commands come ------------------------------------------------

# DATA is the last that may be sent ahead (RFC 2920 section 3.1).
talk <<END
$stranger
EHLO client.example
:raw MAIL FROM:<a@example.net>\r\nRCPT TO:<pipe1@away.example>\r\n
:raw RCPT TO:<pipe2@example.com>\r\nRCPT TO:<pipe3@away.example>\r\nDATA\r\n
:hear
:hear
:hear
:hear
:hear
:raw Subject: pipelined\r\n\r\n.\r\nMAIL FROM:<a@example.net>\r\n
:raw RCPT TO:<pipe4@away.example>\r\nDATA\r\n
:hear
:hear
:hear
:hear
QUIT
END
is "$(sed -n 's/^S: \([0-9]*\) .*/\1/p' <<< "$said" | tail -n 10 |
    paste -sd ' ')" \
    "250 550 250 550 354 250 250 550 554 221" "pipelining: each its reply"
becomes "pipelining: ours arrives" sink_has here '<pipe2@example.com>'

talk <<END
$stranger
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<bdat1@away.example>
:send BDAT 16
:raw Subject: no\r\n\r\nx
:hear
RSET
MAIL FROM:<a@example.net>
RCPT TO:<bdat2@away.example>
RCPT TO:<bdat3@example.com>
:send BDAT 16
:raw Subject: 1\r\n\r\n\r\n
:hear
:send BDAT 7 LAST
:raw hello\r\n
:hear
QUIT
END
is "$(codes 'RCPT TO:')" "550 550 250" "BDAT: the replies to RCPT"
is "$(codes BDAT)" "554 250 250" "BDAT: nothing without a recipient"
becomes "BDAT: ours arrives" sink_has here '<bdat3@example.com>'

# A hundred recipients, every other one of them ours.
talk < <(
	printf '%s\n' "$stranger" "EHLO client.example" \
	    ":send MAIL FROM:<a@example.net>"
	for ((i = 0; i < 50; i++)); do
		printf '%s\n' ":send RCPT TO:<many$i@example.com>" \
		    ":send RCPT TO:<many$i@away.example>"
	done
	printf '%s\n' :hear DATA "Subject: many" "" many . QUIT
)
is "$(codes 'RCPT TO:' | tr ' ' '\n' | uniq -c | wc -l)" 100 \
    "a hundred recipients: accepted and refused in turn"
is "$(codes 'RCPT TO:' | tr ' ' '\n' | sort | uniq -c | tr -s ' \n' ' ')" \
    " 50 250 50 550 " "a hundred recipients: fifty of each"
fifty()
{
	[ "$(sink_count here '<many[0-9]+@example.com>')" -eq 50 ]
}
becomes "a hundred recipients: ours arrive" fifty

# ---- connections ----------------------------------------------------------

# All of them come to one and the same smtpd.
vanish_everywhere --port "$one"
vanish "in a chunk" --port "$one" <<END
MAIL FROM:<anna@example.com>
RCPT TO:<vanished@away.example>
:raw BDAT 100\r\nSubject: half a mess
END

# Many connections, one smtpd, and every other one is anna's.
mark=$(log_mark)
talk --port "$one" < <(
	for ((i = 0; i < 30; i++)); do
		printf '%s\n' "$stranger" "EHLO client.example"
		[ $((i % 2)) -eq 0 ] || echo ":auth anna secret"
		printf '%s\n' "MAIL FROM:<anna@example.com>" \
		    "RCPT TO:<turn$i@away.example>" :again
	done
)
is "$(codes 'RCPT TO:' | tr ' ' '\n' | paste -sd '  \n' | sort -u)" \
    "$(printf '550 250 550\n250 550 250' | sort)" \
    "thirty connections in turn: refused, accepted, refused, ..."
is "$(decision_lines "$mark" |
    sed 's/.*: \([a-z]*\) .* login=\([^ ]*\) .*/\1 \2/' |
    sort | uniq -c | tr -s ' \n' ' ')" " 15 permit anna 15 reject " \
    "thirty connections: as the log tells them"

# Many messages, one connection.
talk < <(
	printf '%s\n' "$stranger" "EHLO client.example" ":auth anna secret"
	for ((i = 0; i < 30; i++)); do
		from=anna
		[ $((i % 3)) -ne 0 ] || from=ben
		printf '%s\n' "MAIL FROM:<$from@example.com>" \
		    "RCPT TO:<reuse$i@away.example>"
		[ "$from" = anna ] &&
		    printf '%s\n' DATA "Subject: $i" "" "$i" .
		[ $((i % 2)) -eq 0 ] || echo RSET
		[ "$from" = anna ] || echo RSET
	done
	echo QUIT
)
is "$(codes 'RCPT TO:' | tr ' ' '\n' | paste -sd '  \n' | sort -u)" \
    "550 250 250" "thirty messages: each judged by its own sender"
twenty()
{
	[ "$(sink_count out "^X-Rcpt-Args: <reuse")" -eq 20 ]
}
becomes "thirty messages: anna's twenty left" twenty

becomes "the queue is empty" queue_empty
is "$(sink_count out 'vanished@')" 0 "what was given up has not left"
is "$(sink_count out '^X-Rcpt-Args: <(many|pipe|bdat|next|one|two|cert)')" 0 \
    "nothing that was refused has left"
