#!/bin/bash
# Local submission by sendmail(1) never jams the queue, also when somebody sets
# non_smtpd_milters to mayrelayd.
. "$(dirname "$0")/cases.sh"

role=authority
mta_up "smtpd_relay_restrictions = $authority_restrictions" || exit 1

submit()		# SENDER RECIPIENT
{
	printf 'Subject: submitted\n\nhello\n' |
	    sendmail -C "$postfix_etc" -f "$1" "$2"
}

sent_to()		# RECIPIENT
{
	sink_has out "^X-Rcpt-Args: <$1>"
}

drains()		# TEXT SENDER RECIPIENT
{
	holds "$1: sendmail takes it" submit "$2" "$3"
	becomes "$1: it leaves" sent_to "$3"
	becomes "$1: the queue drains" queue_empty
}

drains "smtpd_milters only" root@example.com one@example.org

postfix_set "non_smtpd_milters = unix:mayrelay/mayrelay.sock"
reload_postfix
mark=$(log_mark)
drains "non_smtpd_milters" root@example.com two@example.org
drains "non_smtpd_milters, a sender of nobody" boss@example.net \
    three@example.org
drains "non_smtpd_milters, the null sender" '' four@example.org
is "$(decision_lines "$mark")" "" "a pass is not logged"
holds "and explain says so" \
    explain --client 127.0.0.1:0 --sender boss@example.net \
    --recipient b@example.org
is "$(explain --json --client 127.0.0.1:0 --sender boss@example.net \
    --recipient b@example.org | json reason)" not-smtp \
    "and explain's reason is not-smtp"

# No policy at all: submission goes on.
stop_mayrelayd
rm -rf "$store"
own_folder "$store" 700
echo "broken" | write_policy
start_mayrelayd
drains "no policy" root@example.com five@example.org
mail 203.0.113.9 anna anna@example.com b@example.org
like "$(rcpt_reply)" "^451 4\.3\.0 Relay is not permitted: " \
    "no policy: mail by SMTP is deferred"
mail 203.0.113.9 "" a@example.net b@example.com
is "$(rcpt_reply)" "250 2.1.5 Ok" "no policy: mail for us comes in"
