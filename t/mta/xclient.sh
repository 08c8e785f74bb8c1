#!/bin/bash
# XCLIENT of Postfix: who the client is and who has signed in may change in the
# middle of a session, as a proxy before Postfix says it.
MTA=postfix
. "$(dirname "$0")/cases.sh"

role=authority
mta_up || exit 1

# Two messages with different logins in one session: XCLIENT begins anew.
smtp_as 127.0.0.1 <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=anna
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<one@example.org>
DATA
Subject: one

one
.
XCLIENT LOGIN=ben
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<two@example.org>
RSET
XCLIENT LOGIN=[UNAVAILABLE]
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<three@example.org>
QUIT
END
is "$(rcpt_reply 1)" "250 2.1.5 Ok" "three logins: anna's message"
like "$(rcpt_reply 2)" "^550 5\.7\.1 .*barred from sending" \
    "three logins: then ben"
like "$(rcpt_reply 3)" "^550 5\.7\.1 .*sign in to this server" \
    "three logins: then nobody"

# The same for addresses.
mark=$(log_mark)
smtp_as 127.0.0.1 <<'END'
XCLIENT ADDR=192.0.2.70 NAME=server.example
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<four@example.org>
RSET
XCLIENT ADDR=192.0.2.200
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<five@example.org>
RSET
XCLIENT ADDR=IPV6:2001:db8:1::25 NAME=server.example
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<six@example.org>
RSET
XCLIENT ADDR=[UNAVAILABLE]
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<seven@example.org>
QUIT
END
is "$(rcpt_reply 1)" "250 2.1.5 Ok" "four addresses: a server"
like "$(rcpt_reply 2)" "^550 5\.7\.1 " "four addresses: then a guest"
is "$(rcpt_reply 3)" "250 2.1.5 Ok" "four addresses: then a server by IPv6"
# (Postfix calls it an IPv6 address still, and libmilter hangs up.)
like "$(rcpt_reply 4)" "^451 4\." \
    "four addresses: then none, which libmilter does not understand: closed"
told()
{
	decision_lines "$mark" |
	    sed 's/.*: \([a-z]*\) reason=\([^ ]*\) client=\([^ ]*\) .*/\1 \2 \3/'
}
all_told()
{
	[ "$(told | grep -c .)" -eq 3 ]
}
wait_for all_told
is "$(told)" "permit network 192.0.2.70
reject network-denied 192.0.2.200
permit network 2001:db8:1::25" "four addresses: as the log tells them"
