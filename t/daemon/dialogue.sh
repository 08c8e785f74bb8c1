#!/bin/bash
# What an MTA, or whoever finds the port, may say to mayrelayd: several
# messages, missing addresses and macros, old protocols, garbage.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

conf_log='permits = true; repeats = 3;'
start_small || exit 1

# What miltc prints for these commands, in one line.
answers()		# NAME FAMILY [ADDR PORT]
{
	talk "$@" | sed 's/^\(...\) \([0-9.]*\) .*/\1 \2/' | paste -sd ' '
}

# ---- negotiation -----------------------------------------------------------

said=$(printf '%s\n' "open unix:$socket" negotiate negotiated | miltc)
like "$said" 'steps=0x7372 ' \
    "no HELO, DATA, header, body; no answer to CONNECT, HELO and MAIL"
like "$said" 'connect="j v \{daemon_name\} _"' "the macros of CONNECT"
like "$said" 'mail="i j v \{auth_type\} \{auth_authen\}"' "the macros of MAIL"
like "$said" 'rcpt="i j v \{rcpt_mailer\} \{rcpt_host\} \{rcpt_addr\}"' \
    "the macros of RCPT"
said=$(printf '%s\n' "open unix:$socket" "negotiate 2 0x3f 0x7f" negotiated \
    "connect host.example 4 203.0.113.9 1" "mail <a@example.org>" \
    "rcpt <b@example.net>" "rcpt <b@example.com>" | miltc)
like "$said" $'actions=0x0 steps=0x72\n' "version 2: only what it knows"
like "$(tail -n 4 <<< "$said")" '^continue
continue
550 5.7.1 .*
continue$' "version 2: CONNECT and MAIL are answered, RCPT is decided"

# ---- several messages on one connection ------------------------------------

is "$(answers host.example 4 203.0.113.9 4711 <<'END'
macro M {auth_type}=PLAIN {auth_authen}=joe
mail <joe@example.com>
rcpt <b@example.net>
rcpt <c@example.net>
abort
mail <ann@example.com>
rcpt <b@example.net>
abort
macro M {auth_type}=PLAIN {auth_authen}=ann
mail <ann@example.com>
rcpt <b@example.net>
mail <joe@example.com>
rcpt <b@example.net>
rcpt <b@example.com>
abort
macro M
mail <joe@example.com>
rcpt <b@example.net>
abort
macro M {auth_type}=ANONYMOUS {auth_authen}=joe
mail <joe@example.com>
rcpt <b@example.net>
quit
END
)" "continue continue 550 5.7.1 continue 550 5.7.1 continue 550 5.7.1 550 5.7.1" \
    "each message is judged by its own login and sender"

# Libmilter keeps the macros of a stage until that stage's come again.
is "$(answers host.example 4 203.0.113.9 4711 <<'END'
macro R {rcpt_mailer}=local
mail <a@example.org>
rcpt <b@elsewhere.example>
macro R
rcpt <c@elsewhere.example>
quit
END
)" "continue 550 5.7.1" \
    "a recipient without macros is not judged by those of the one before"

is "$(answers host.example 4 203.0.113.9 4711 <<'END'
mail <a@example.org>
rcpt <b@example.net>
abort
quit_nc
connect office.example 4 192.0.2.17 4711
mail <a@example.org>
rcpt <b@example.net>
abort
quit_nc
connect host.example 4 203.0.113.9 4711
mail <a@example.org>
rcpt <b@example.net>
quit
END
)" "550 5.7.1 continue 550 5.7.1" \
    "QUIT_NC: the next client is judged by itself"

# ---- clients ---------------------------------------------------------------

message='mail <a@example.org>
rcpt <b@example.net>
quit'
client()		# WANTED TEXT NAME FAMILY [ADDR PORT]
{
	local wanted=$1 text=$2
	shift 2
	is "$(answers "$@" <<< "$message")" "$wanted" "$text"
}
client "550 5.7.1" "IPv4, a stranger" host.example 4 203.0.113.9 4711
client continue "IPv4, a network that may" host.example 4 192.0.2.9 4711
client continue "the same as a mapped address" host.example 6 \
    ::ffff:192.0.2.9 4711
client "550 5.7.1" "a denied one as a mapped address" host.example 6 \
    IPv6:::ffff:198.51.100.1 4711
client continue "IPv6, a network that may" host.example 6 2001:db8:1::7 4711
client "550 5.7.1" "IPv6, a stranger" host.example 6 2001:db8:2::7 4711
client continue "loopback" localhost 4 127.0.0.1 4711
client continue "loopback with port 0: Postfix's simulated session" \
    localhost 4 127.0.0.1 0
client continue "AF_UNIX" localhost L /run/x 0
client "550 5.7.1" "no address" unknown U
client "550 5.7.1" "no address but the name localhost, from Postfix" \
    localhost U
is "$(printf '%s\n' "open unix:$socket" negotiate 'macro C v=8.17.1.9' \
    'connect localhost U' "$message" | miltc)" continue \
    "no address and the name localhost, from Sendmail: sendmail -bs"
becomes "clients are named in the log" log_has \
    'reject reason=auth-required client=unknown name=unknown '

# ---- logins ----------------------------------------------------------------

is "$(printf '%s\n' "open unix:$socket" negotiate 'macro C v=8.17.1.9' \
    'connect host.example 4 203.0.113.9 1' \
    'macro M {auth_type}=PLAIN {auth_authen}=+6Aoe' \
    'mail <joe@example.com>' 'rcpt <b@example.net>' | miltc)" continue \
    "Sendmail's xtext is decoded"
is "$(answers host.example 4 203.0.113.9 1 <<'END'
macro M {auth_type}=PLAIN {auth_authen}=+6Aoe
mail <joe@example.com>
rcpt <b@example.net>
END
)" "550 5.7.1" "Postfix's login is not"

# ---- the log ---------------------------------------------------------------

mark=$(log_mark)
talk host.example 4 203.0.113.9 4711 > /dev/null <<'END'
macro R i=4CgSNs5Q9s {rcpt_mailer}=smtp
macro M {auth_type}=PLAIN {auth_authen}=ev\x0ail\x22=
mail <a@example.org>
rcpt <1@example.net>
rcpt <2@example.net>
rcpt <3@example.net>
rcpt <4@example.net>
rcpt <5@example.net>
quit
END
summed()
{
	decision_lines "$mark" | grep -q 'repeats='
}
wait_for summed
is "$(decision_lines "$mark" | grep -c .)" 4 \
    "identical refusals beyond log.repeats are summed up at the end"
like "$(decision_lines "$mark" | tail -n 1)" 'to=<5@example.net> .* repeats=2$' \
    "with their number"
like "$(decision_lines "$mark" | head -n 1)" \
    '4CgSNs5Q9s: reject reason=account-unknown client=203\.0\.113\.9 name=host\.example login="ev\\x0ail\\"=" from=<a@example\.org> to=<1@example\.net> listener=MTA mailer=smtp code="550 5\.7\.1" rule= policy_age=[0-9]+$' \
    "the line, with hostile bytes escaped"
becomes "permits are logged if log.permits says so" log_has \
    ' permit reason=account client=203.0.113.9 .* login=joe '
holds "passes are not" test "$(grep -c ': pass ' "$daemon_log")" -eq 0

# ---- those who only look ---------------------------------------------------

still()			# TEXT
{
	if kill -0 "$daemon_pid" && outsider_refused; then
		ok "$1"
	else
		not_ok "$1" "$(tail -n 5 "$daemon_log")"
	fi
}
odd()			# TEXT, commands on stdin
{
	{ echo "open unix:$socket"; echo "timeout 200"; cat; } | miltc \
	    > /dev/null
	still "$1"
}
odd "connect and close" <<< close
odd "negotiate and close" <<< $'negotiate\nclose'
odd "negotiate and abort" <<< $'negotiate\nabort\nclose'
odd "quit at once" <<< quit
odd "CONNECT without negotiation" <<< 'connect host.example 4 192.0.2.9 1'
odd "MAIL without CONNECT" <<< $'negotiate\nmail <>\nrcpt <b@example.net>'
odd "RCPT without MAIL" <<< \
    $'negotiate\nconnect host.example 4 192.0.2.9 1\nrcpt <b@example.net>'
odd "close in the middle of a message" <<< \
    $'negotiate\nconnect host.example 4 203.0.113.9 1\nmail <>\nrcpt <b@example.net>\nclose'
odd "half a command" <<< $'negotiate\nraw 0000010043\nclose'
odd "a length of 300 MB" <<< $'negotiate\nraw 12c0000043\nclose'
odd "a length of 0" <<< $'negotiate\nraw 00000000\nwait-reply'
odd "garbage" <<< $'raw 474554202f20485454502f312e310d0a0d0a\nwait-reply'
odd "a scope id" <<< \
    $'negotiate\nconnect host.example 6 fe80::1%eth0 1\nmail <>\nrcpt <b@example.net>'
odd "an unknown family" <<< \
    $'negotiate\nconnect host.example Z 1 1\nmail <>\nrcpt <b@example.net>'
odd "MAIL without an argument" <<< \
    $'negotiate\nconnect host.example 4 192.0.2.9 1\nmail ""\nrcpt <b@example.net>'
odd "RCPT without an argument" <<< \
    $'negotiate\nconnect host.example 4 203.0.113.9 1\nmail <>\nrcpt ""\nraw 0000000152\nwait-reply'

# MAIL without CONNECT has no session: never a permit.
is "$(printf '%s\n' "open unix:$socket" negotiate "mail <>" \
    "rcpt <b@example.net>" | miltc | cut -c 1-9)" "451 4.3.0" \
    "a recipient without a session is put off"

# Replies are of one form whatever strangers typed.
long=$(printf '%%d%.0s' {1..400})
said=$(talk host.example 4 203.0.113.9 4711 <<END
mail "<$long@example.org>"
rcpt "<\\x01\\xff%n%s\\x0d\\x0a250 2.0.0 Ok@example.net>"
quit
END
)
like "$said" '^550 5\.7\.1 Relay is not permitted' "hostile bytes: one reply"
is "$(wc -l <<< "$said")" 1 "hostile bytes: in one line"

# ---- a stop with connections open ------------------------------------------

mark=$(log_mark)
mkfifo "$W/open"
talk host.example 4 203.0.113.9 4712 < "$W/open" > "$W/heard" &
talker=$!
exec 8> "$W/open"
printf '%s\n' 'mail <a@example.org>' 'rcpt <1@example.net>' \
    'rcpt <2@example.net>' 'rcpt <3@example.net>' 'rcpt <4@example.net>' \
    'rcpt <5@example.net>' >&8
all_heard()
{
	[ "$(grep -c '^550' "$W/heard")" -eq 5 ]
}
wait_for all_heard
stops "a daemon with a connection open ends"
exec 8>&-
wait "$talker"
like "$(decision_lines "$mark" | tail -n 1)" \
    'to=<5@example.net> .* repeats=2$' "and sums up what it had not logged yet"
