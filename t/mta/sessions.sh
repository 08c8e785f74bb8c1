#!/bin/bash
# What one session may hold: several recipients, several messages, a login that
# comes in the middle, wrong passwords, and lies; queue ids in the log.
. "$(dirname "$0")/cases.sh"

role=authority
mta_up || exit 1
stranger=203.0.113.9

# Mixed recipients: decided one by one, and only ours is delivered.
mark=$(log_mark)
mail $stranger "" a@example.net mixed@example.com,mixed@example.org
is "$(rcpt_text 1)" "$mta_accepts" "mixed: ours is accepted"
like "$(rcpt_text 2)" "^550 5\.7\.1 Relay is not permitted: " \
    "mixed: the other is refused"
holds "mixed: the message is accepted" taken
wait_for logged "$mark"
like "$(decision_lines "$mark")" \
    "(^| )$(queue_id): reject reason=auth-required .* to=<mixed@example.org>" \
    "mixed: the line begins with the MTA's queue id"
becomes "mixed: ours is delivered" came_here mixed@example.com
becomes "mixed: the queue is empty" queue_empty
is "$(sink_count out 'mixed@example.org')" 0 "mixed: the other never left"

mail $stranger "" a@example.net second@example.org,second@example.com
like "$(rcpt_text 1)" "^550 5\.7\.1 " "mixed, other order: refused first"
is "$(rcpt_text 2)" "$mta_accepts" "mixed, other order: then ours accepted"

# Several messages of one login: nothing of one is left for the next.
smtp_as $stranger <<END
EHLO client.example
$(sign_in anna)
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
like "$(rcpt_text 1)" "^550 5\.7\.1 " "one login: not her sender"
is "$(rcpt_text 2) / $(rcpt_text 3)" "$mta_accepts / $mta_accepts" \
    "one login: after RSET her own, to two recipients"
is "$(rcpt_text 4)" "$mta_accepts" "one login: the null sender"
like "$(rcpt_text 5)" "^550 5\.7\.1 " "one login: again not her sender"
is "$(rcpt_text 6)" "$mta_accepts" "one login: but to us"

# The login comes when a message has been refused without one.
smtp_as $stranger <<END
EHLO client.example
MAIL FROM:<anna@example.com>
RCPT TO:<before@example.org>
RSET
$(sign_in anna)
MAIL FROM:<anna@example.com>
RCPT TO:<after@example.org>
DATA
Subject: after

after
.
QUIT
END
like "$(rcpt_text 1)" "^550 5\.7\.1 .*sign in to this server" \
    "signing in: refused before"
is "$(rcpt_text 2)" "$mta_accepts" "signing in: accepted after"
becomes "signing in: and it leaves" came_out after@example.org

# A wrong password is the MTA's to refuse, and nobody has signed in then.
smtp_as $stranger <<END
EHLO client.example
$(sign_in anna wrong)
MAIL FROM:<anna@example.com>
RCPT TO:<b@example.org>
QUIT
END
like "$(reply_to AUTH)" "^535 5\.7\." "a wrong password: refused"
like "$(rcpt_text)" "^550 5\.7\.1 .*sign in to this server" \
    "a wrong password: nobody has signed in"

# Who signs in on the host itself is judged by the account.
smtp_as 127.0.0.1 <<END
EHLO client.example
$(sign_in anna)
MAIL FROM:<boss@example.com>
RCPT TO:<b@example.org>
QUIT
END
like "$(rcpt_text)" "^550 5\.7\.1 Relay is not permitted: the account that" \
    "signed in: not as another, from loopback either"

# A client that types the login of another (AUTH= of MAIL) stays who it is.
smtp_as $stranger <<END
EHLO client.example
MAIL FROM:<anna@example.com> AUTH=anna
RCPT TO:<b@example.org>
RSET
$(sign_in ben)
MAIL FROM:<anna@example.com> AUTH=anna
RCPT TO:<b@example.org>
QUIT
END
like "$(rcpt_text 1)" "^550 5\.7\.1 .*sign in to this server" \
    "a typed AUTH= is nobody's login"
like "$(rcpt_text 2)" "^550 5\.7\.1 .*barred from sending" \
    "a typed AUTH= does not change the login"

# Syntax by which some MTA was once talked into relaying.
smtp_as $stranger <<'END'
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
is "$(rcpt_text 8) / $(rcpt_text 9)" "$mta_accepts / $mta_accepts" \
    "tricks: postmaster is ours, with and without a domain"
holds "tricks: the message is taken" taken
becomes "tricks: the queue is empty" queue_empty
becomes "tricks: postmaster has it" sink_has here '^Subject: tricks'
is "$(sink_count out '^X-Rcpt-Args: .*evil')" 0 "tricks: none of them left"
