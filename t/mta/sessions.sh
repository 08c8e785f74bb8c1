#!/bin/bash
# What one session may hold: several recipients, several messages, several
# logins; one true AUTH; queue ids in the log.
. "$(dirname "$0")/cases.sh"
need saslpasswd2

role=authority
mta_up "smtpd_relay_restrictions = $authority_restrictions" || exit 1

# Mixed recipients: decided one by one, and only ours is delivered.
mark=$(log_mark)
mail 203.0.113.9 "" a@example.net mixed@example.com,mixed@example.org
is "$(rcpt_reply 1)" "250 2.1.5 Ok" "mixed: ours is accepted"
like "$(rcpt_reply 2)" "^550 5\.7\.1 Relay is not permitted: " \
    "mixed: the other is refused"
like "$said" "queued as" "mixed: the message is accepted"
queue_id=$(sed -n 's/.*queued as \([0-9A-Za-z]*\).*/\1/p' <<< "$said")
wait_for logged "$mark"
like "$(decision_lines "$mark")" \
    "(^| )$queue_id: reject reason=auth-required .* to=<mixed@example.org>" \
    "mixed: the line begins with Postfix's queue id"
becomes "mixed: ours is delivered" \
    sink_has here '^X-Rcpt-Args: <mixed@example.com>'
becomes "mixed: the queue is empty" queue_empty
is "$(sink_count out 'mixed@example.org')" 0 "mixed: the other never left"

mail 203.0.113.9 "" a@example.net second@example.org,second@example.com
like "$(rcpt_reply 1)" "^550 5\.7\.1 " "mixed, other order: refused first"
is "$(rcpt_reply 2)" "250 2.1.5 Ok" "mixed, other order: then ours accepted"

# Two messages with different logins in one session: XCLIENT begins anew.
dialogue <<'END'
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

# Several messages of one login: nothing of one is left for the next.
dialogue <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=anna
EHLO client.example
MAIL FROM:<boss@example.com>
RCPT TO:<a@example.org>
RSET
MAIL FROM:<anna@example.com>
RCPT TO:<b@example.org>
RCPT TO:<c@example.net>
DATA
Subject: two

two
.
MAIL FROM:<>
RCPT TO:<d@example.org>
RSET
MAIL FROM:<boss@example.com>
RCPT TO:<e@example.org>
RCPT TO:<f@example.com>
QUIT
END
like "$(rcpt_reply 1)" "^550 5\.7\.1 " "one login: not her sender"
is "$(rcpt_reply 2) $(rcpt_reply 3)" "250 2.1.5 Ok 250 2.1.5 Ok" \
    "one login: after RSET her own, to two recipients"
is "$(rcpt_reply 4)" "250 2.1.5 Ok" "one login: the null sender"
like "$(rcpt_reply 5)" "^550 5\.7\.1 " "one login: again not her sender"
is "$(rcpt_reply 6)" "250 2.1.5 Ok" "one login: but to us"

# Syntax by which some MTA was once talked into relaying.
dialogue <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<@example.com:evil@example.org>
RCPT TO:<evil%example.org@example.com>
RCPT TO:<"evil@example.org"@example.com>
RCPT TO:<"evil@example.org">
RCPT TO:<example.org!evil>
RCPT TO:<evil@example.org@example.com>
RCPT TO:evil@example.org
RCPT TO:<postmaster>
RCPT TO:<Postmaster@EXAMPLE.COM>
DATA
Subject: tricks

tricks
.
QUIT
END
is "$(rcpt_reply 8) / $(rcpt_reply 9)" "250 2.1.5 Ok / 250 2.1.5 Ok" \
    "tricks: postmaster is ours, with and without a domain"
becomes "tricks: the queue is empty" queue_empty
is "$(sink_count out '^X-Rcpt-Args: .*evil')" 0 "tricks: none of them left"

# One true AUTH.
smtp --from anna@example.com --to auth@example.org \
    --auth PLAIN --auth-user anna --auth-password secret
like "$said" "235 2\.7\.0 Authentication successful" "AUTH: anna signs in"
is "$(rcpt_reply)" "250 2.1.5 Ok" "AUTH: as herself"
becomes "AUTH: and it leaves" sink_has out '^X-Rcpt-Args: <auth@example.org>'
smtp --from boss@example.com --to b@example.org \
    --auth PLAIN --auth-user anna --auth-password secret
like "$(rcpt_reply)" "^550 5\.7\.1 Relay is not permitted: the account that" \
    "AUTH: not as another, from loopback either"
smtp --from anna@example.com --to b@example.org \
    --auth PLAIN --auth-user anna --auth-password wrong
like "$said" "535 5\.7\.8" "AUTH: a wrong password is Postfix's to refuse"

# A client that types the login of another (AUTH= of MAIL) stays who it is.
dialogue <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example
EHLO client.example
MAIL FROM:<anna@example.com> AUTH=anna
RCPT TO:<b@example.org>
QUIT
END
like "$(rcpt_reply)" "^550 5\.7\.1 .*sign in to this server" \
    "a typed AUTH= is nobody's login"
