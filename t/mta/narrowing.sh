#!/bin/bash
# The narrowing role: the MTA's own relay rules stand, mayrelay takes away from
# them; what happens when mayrelayd is down, by milter_default_action or F=.
. "$(dirname "$0")/cases.sh"

mta_up || exit 1

# 203.0.113.0/24 and 192.0.2.0/24 may relay as far as the MTA is concerned,
# 198.51.100.0/24 may not.
near=203.0.113.9
far=198.51.100.9

check "whom the MTA would let relay" reject auth-required \
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
mailer=

# Whom the MTA itself refuses never comes before mayrelayd.
mark=$(log_mark)
mail $far "" a@example.net b@example.org
is "$(rcpt_text)" "$mta_denies" "the MTA refuses a stranger itself"
is "$(decision_lines "$mark")" "" "and mayrelayd says nothing to it"

# Both logs tell the same story.
mark=$(log_mark)
mail $near "" a@example.net both@example.org
reply=$(rcpt_text)
mta_tells()		# in its log, of the refusal
{
	grep 'to=<both@example\.org>' "$mta_log" | grep "$mta_log_refusal"
}
becomes "the MTA logs the refusal" mta_tells
like "$(mta_tells)" ": 550 5\.7\.1 |reject=550 5\.7\.1 " \
    "with its code"
line=$(mta_tells)
line=${line#*550 5.7.1 }
is "550 5.7.1 ${line%%; from=*}" "$reply" "and its text is the client's"
wait_for logged "$mark"
id=$(decision_lines "$mark" | sed 's/^mayrelayd: //; s/ .*//')
holds "one grep finds both: $id" file_has "$mta_log" "$id .*both@example\.org"

# mayrelayd is down.
stop_mayrelayd
mail $near "" a@example.net b@example.org
like "$said" $'\nS: 4[0-9][0-9] 4\.' "down: a temporary refusal"
holds "down: nothing is accepted" not_taken

"reload_$MTA" "$mta_opens"
mail $near "" a@example.net open@example.org
is "$(rcpt_text)" "$mta_accepts" \
    "down, open: no relay control but the MTA's own"
mail $far "" a@example.net closed@example.org
is "$(rcpt_text)" "$mta_denies" "down, open: the MTA's own rules stand"
mail $far "" a@example.net b@example.com
is "$(rcpt_text)" "$mta_accepts" "down, open: mail for us comes in"
becomes "the queue is empty" queue_empty
holds "what the MTA let through went out" came_out open@example.org

# And back.
start_mayrelayd && wait_policy
check "up again" reject auth-required \
    $near "" a@example.net b@example.org
