#!/bin/bash
# The narrowing role: Postfix's own relay rules stand, mayrelay takes away from
# them; what happens when mayrelayd is down, by milter_default_action.
. "$(dirname "$0")/cases.sh"

mta_up || exit 1

# 203.0.113.0/24 and 192.0.2.0/24 may relay as far as Postfix is concerned,
# 198.51.100.0/24 may not.
near=203.0.113.9
far=198.51.100.9

check "whom Postfix would let relay" reject auth-required \
    $near "" a@example.net b@example.org
check "a server of ours" permit network \
    192.0.2.70 "" a@example.net b@example.org
check "anna as herself, from afar" permit account \
    $far anna anna@example.com b@example.org
check "anna as another" reject sender-not-owned \
    $far anna boss@example.com b@example.org
mailer=local
check "mail for us" pass local-recipient \
    $far "" a@example.net b@example.com
mailer=smtp

# Whom Postfix itself refuses never comes before mayrelayd.
mark=$(log_mark)
mail $far "" a@example.net b@example.org
is "$(rcpt_reply)" "554 5.7.1 <b@example.org>: Relay access denied" \
    "Postfix refuses a stranger itself"
is "$(decision_lines "$mark")" "" "and mayrelayd says nothing to it"

# Both logs tell the same story.
mail $near "" a@example.net both@example.org
reply=$(rcpt_reply)
wait_for file_has "$postfix_log" 'milter-reject: .*to=<both@example.org>'
like "$(grep 'to=<both@example.org>' "$postfix_log")" \
    "NOQUEUE: milter-reject: RCPT from host.example\[203.0.113.9\]: " \
    "Postfix logs the refusal"
line=$(grep 'to=<both@example.org>' "$postfix_log")
line=${line#*\]: 550 5.7.1 }
is "550 5.7.1 ${line%; from=*}" "$reply" "and its text is the client's"

# mayrelayd is down.
stop_mayrelayd
mail $near "" a@example.net b@example.org
like "$said" '<\*\* 4[0-9][0-9] 4\.' "down, tempfail: a temporary refusal"
unlike "$said" "queued as" "down, tempfail: nothing is accepted"

postfix_set "milter_default_action = accept"
reload_postfix
mail $near "" a@example.net open@example.org
is "$(rcpt_reply)" "250 2.1.5 Ok" \
    "down, accept: no relay control but Postfix's own"
mail $far "" a@example.net closed@example.org
is "$(rcpt_reply)" "554 5.7.1 <closed@example.org>: Relay access denied" \
    "down, accept: Postfix's own rules stand"
mail $far "" a@example.net b@example.com
is "$(rcpt_reply)" "250 2.1.5 Ok" "down, accept: mail for us comes in"
becomes "the queue is empty" queue_empty
holds "what Postfix let through went out" \
    sink_has out '^X-Rcpt-Args: <open@example.org>'

# And back.
start_mayrelayd && wait_policy
check "up again" reject auth-required \
    $near "" a@example.net b@example.org
