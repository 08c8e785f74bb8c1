#!/bin/bash
# What may happen in a session with Sendmail: TLS, signing in, questions about
# users, many messages; several daemons; SMTP by a pipe; lists of macros that
# somebody has emptied; a mayrelayd that hangs.
MTA=sendmail
. "$(dirname "$0")/cases.sh"
. "$TOP/t/certificates.sh"
. "$TOP/t/mta/routes.sh"
. "$TOP/t/mta/vanishing.sh"
need openssl

# Sendmail takes no key that others can read, nor from a folder below /tmp.
certificates=/run/tls
msa_port=587
settings=(
	"define(\`confSERVER_CERT', \`$certificates/mx.pem')dnl"
	"define(\`confSERVER_KEY', \`$certificates/mx.key')dnl"
	"define(\`confCACERT', \`$certificates/mx.pem')dnl"
	"define(\`confCACERT_PATH', \`$certificates')dnl"
	"DAEMON_OPTIONS(\`Name=MSA, Family=inet, Port=$msa_port, M=Ea')dnl"
)
{
	mkdir "$certificates" && certificate_authority mx &&
	    cat "$certificates"/mx.{key,pem} > "$certificates/client.pem" &&
	    chmod 600 "$certificates"/*.key
} || cannot_run "openssl makes no certificates"

role=authority
mta_up "${settings[@]}" || exit 1

# ---- TLS and signing in ---------------------------------------------------

# AUTH after STARTTLS; a certificate that Sendmail has verified is no login.
mark=$(log_mark)
talk <<END
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<a1@away.example>
RSET
:tls $certificates/client.pem
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<a2@away.example>
RSET
:auth anna wrong
MAIL FROM:<anna@example.com>
RCPT TO:<a3@away.example>
RSET
:auth anna secret
VRFY boss
EXPN boss
ETRN away.example
MAIL FROM:<anna@example.com>
RCPT TO:<a4@away.example>
RSET
:auth ben secret
EHLO again.example
MAIL FROM:<anna@example.com> AUTH=boss+40example.com SIZE=1000
RCPT TO:<a5@away.example> NOTIFY=NEVER ORCPT=rfc822;a5@example.com
RSET
MAIL FROM:<boss@example.com> AUTH=<>
RCPT TO:<a6@away.example>
RCPT TO:<a7@example.com>
QUIT
END
is "$(codes 'AUTH PLAIN')" "535 235 503" "TLS: wrong, right, once more"
is "$(codes 'RCPT TO:')" "550 550 550 250 250 550 250" "TLS: the replies"
is "$(logins_since "$mark")" "- - - anna anna anna" "TLS: who is signed in"
becomes "TLS: Sendmail has verified the certificate" \
    file_has "${sendmail_log:?}" 'STARTTLS=server.* verify=OK'

# STARTTLS after AUTH: Sendmail keeps the login, which RFC 3207 would forget.
mark=$(log_mark)
talk <<END
EHLO client.example
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<b1@away.example>
RSET
:tls
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<b2@away.example>
RSET
:auth emil secret
MAIL FROM:<emil@example.com>
RCPT TO:<b3@away.example>
QUIT
END
is "$(codes 'AUTH PLAIN')" "235 503" "STARTTLS after AUTH: signed in once"
is "$(codes 'RCPT TO:')" "250 250 550" "STARTTLS after AUTH: the replies"
is "$(logins_since "$mark")" "anna anna anna" \
    "STARTTLS after AUTH: the login stays"

# Nobody signs in by words of MAIL.
mark=$(log_mark)
talk <<END
EHLO client.example
MAIL FROM:<anna@example.com> AUTH=anna
RCPT TO:<c1@away.example>
RCPT TO:<c2@away.example> ORCPT=rfc822;c2@example.com
QUIT
END
is "$(codes 'RCPT TO:')" "550 550" "a typed AUTH= is nobody's login"
is "$(logins_since "$mark")" "- -" "a typed AUTH=: nor in the log"

# Many messages, one connection.
talk < <(
	printf '%s\n' "EHLO client.example" ":auth anna secret"
	for ((i = 0; i < 30; i++)); do
		from=anna
		[ $((i % 3)) -ne 0 ] || from=boss
		printf '%s\n' "MAIL FROM:<$from@example.com>" \
		    "RCPT TO:<reuse$i@away.example>"
		[ "$from" = boss ] && echo RSET ||
		    printf '%s\n' DATA "Subject: $i" "" "$i" .
	done
	echo QUIT
)
is "$(codes 'RCPT TO:' | tr ' ' '\n' | paste -sd '  \n' | sort -u)" \
    "550 250 250" "thirty messages: each judged by its own sender"
twenty()
{
	[ "$(sink_count out '^X-Rcpt-Args: <reuse')" -eq 20 ]
}
becomes "thirty messages: anna's twenty left" twenty

# Clients that vanish; then Sendmail and mayrelayd are those that they were.
vanish_everywhere
childless()
{
	! pgrep -P "${sendmail_pid:?}" > /dev/null
}
holds "clients vanished: Sendmail runs on" kill -0 "$sendmail_pid"
becomes "clients vanished: none of its children does" childless

# ---- other doors ----------------------------------------------------------

mark=$(log_mark)
talk --port $msa_port <<END
EHLO client.example
MAIL FROM:<anna@example.com>
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<d1@away.example>
RSET
MAIL FROM:<boss@example.com>
RCPT TO:<d2@away.example>
QUIT
END
is "$(codes 'MAIL|RCPT')" "530 250 250 250 550" \
    "a daemon that wants AUTH: the replies"
like "$(decision_lines "$mark")" "permit .* login=anna .* listener=MSA " \
    "a daemon that wants AUTH: its name in the log"

# SMTP by a pipe is the host itself, and it may sign in.
mark=$(log_mark)
by_pipe "MAIL FROM:<boss@example.com>" "RCPT TO:<pipe@away.example>" \
    DATA $'Subject: by a pipe\r\n\r\nhello\r\n.' QUIT
is "$(codes 'RCPT TO:')" 250 "by a pipe: it is accepted"
becomes "by a pipe: it leaves" came_out pipe@away.example
like "$(decision_lines "$mark")" \
    "permit reason=network client=local .* login= .* rule=loopback " \
    "by a pipe: the client is local"
mark=$(log_mark)
by_pipe "$(sign_in anna)" "MAIL FROM:<boss@example.com>" \
    "RCPT TO:<pipe2@away.example>" RSET "MAIL FROM:<anna@example.com>" \
    "RCPT TO:<pipe3@away.example>" QUIT
is "$(codes 'RCPT TO:')" "550 250" "by a pipe, signed in: judged as anna"
is "$(logins_since "$mark")" "anna anna" "by a pipe, signed in: the log"

# ---- settings -------------------------------------------------------------

# Where nobody can sign in without TLS, no login is there before it.
reload_sendmail "${settings[@]}" "define(\`confAUTH_OPTIONS', \`p')dnl"
mark=$(log_mark)
talk <<END
EHLO client.example
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<g1@away.example>
RSET
:tls
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<g2@away.example>
RSET
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<g3@away.example>
QUIT
END
like "$(codes 'AUTH PLAIN')" "^5[0-9]{2} 235$" "AUTH after TLS alone: AUTH"
is "$(codes 'RCPT TO:')" "550 550 250" "AUTH after TLS alone: the replies"
is "$(logins_since "$mark")" "- - anna" "AUTH after TLS alone: the logins"

# The lists that mayrelayd asks for stand above those of sendmail.cf.
empty=()
for stage in CONNECT HELO ENVFROM ENVRCPT EOM; do
	empty+=("define(\`confMILTER_MACROS_$stage', \`')dnl")
done
reload_sendmail "${settings[@]}" "${empty[@]}"
mark=$(log_mark)
talk <<END
EHLO client.example
:auth anna secret
MAIL FROM:<anna@example.com>
RCPT TO:<e1@away.example>
RCPT TO:<e2@example.com>
RCPT TO:<e3@mx.example.com>
QUIT
END
is "$(codes 'RCPT TO:')" "250 250 250" "no macros in sendmail.cf: the replies"
like "$(decision_lines "$mark")" "[0-9A-Za-z]{14}: permit reason=account \
.*login=anna .*listener=MTA mailer=esmtp" "no macros in sendmail.cf: the line"

# A mayrelayd that hangs: deferred, in the time that Sendmail is told.
reload_sendmail "${settings[@]}" \
    "define(\`confMAYRELAY_TIMEOUTS', \`C:5s;S:5s;R:5s;E:10s')dnl"
sent=$(sink_count out '^X-Rcpt-Args')
hangs()			# TEXT; the script, that stops it, on standard input
{
	talk
	kill -CONT "$daemon_pid"
	like "$(codes 'MAIL|RCPT|DATA')" "^(250 )?(4[0-9]{2} )+503$" \
	    "mayrelayd hangs $1: put off"
}

hangs "from the start" <<END
:signal STOP $daemon_pid
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<hung@away.example>
DATA
QUIT
END
hangs "between sender and recipient" <<END
EHLO client.example
MAIL FROM:<a@example.net>
:signal STOP $daemon_pid
RCPT TO:<hung@away.example>
RCPT TO:<hung@example.com>
DATA
QUIT
END
talk <<END
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<hung@away.example>
RCPT TO:<hung@example.com>
QUIT
END
is "$(codes 'RCPT TO:')" "550 250" "mayrelayd goes on: so does judging"
is "$(sink_count out '^X-Rcpt-Args')" "$sent" "nothing left meanwhile"
becomes "the queue is empty" queue_empty
is "$(sink_count out '^X-Rcpt-Args: <(vanished|next|hung|boss|[abcg][0-9]@)')" 0 \
    "nothing that was refused has left"
