#!/bin/bash
# Local submission: mail that is handed to sendmail(1) never jams a queue, be
# its recipients named, in its header (-t), or told by SMTP on standard input
# (-bs).  Postfix does not ask mayrelayd about it, unless somebody sets
# non_smtpd_milters; Sendmail sends it by SMTP from loopback, or hears SMTP on
# standard input, and both are the host itself.
. "$(dirname "$0")/cases.sh"

role=authority
mta_up || exit 1

drains()		# TEXT SENDER RECIPIENT [submit_header|submit_queue]
{
	holds "$1: sendmail takes it" "${4:-submit}" "$2" "$3" \
	    <<< $'Subject: submitted\nTo: '"$3"$'\n\nhello'
	becomes "$1: it leaves" came_out "$3"
	becomes "$1: the queue drains" queue_empty
}

drains_pipe()		# TEXT SENDER RECIPIENT
{
	stdin_smtp "$2" "$3"
	holds "$1: taken" taken
	becomes "$1: it leaves" came_out "$3"
	becomes "$1: the queue drains" queue_empty
}

stdin_smtp()		# SENDER RECIPIENT
{
	by_pipe "MAIL FROM:<$1>" "RCPT TO:<$2>" DATA \
	    $'Subject: submitted\r\n\r\nhello\r\n.' QUIT
}

broken_policy()		# none at all: mayrelayd begins anew with nonsense
{
	stop_mayrelayd
	rm -rf "$store"
	own_folder "$store" 700
	echo "broken" | write_policy
	start_mayrelayd
}

drains "as it comes" root@example.com one@example.org
drains "a sender of nobody" boss@example.net two@example.org
drains "the null sender" '' three@example.org
drains "-t" root@example.com header1@example.org submit_header
drains "-t, a sender of nobody" boss@example.net header2@example.org \
    submit_header
drains "-t, the null sender" '' header3@example.org submit_header

# ---- Postfix --------------------------------------------------------------

postfix_submission()
{
	local mark
	mark=$(log_mark)
	drains_pipe "sendmail -bs" boss@example.net pipe1@example.org
	reload_postfix "non_smtpd_milters = unix:mayrelay/mayrelay.sock"
	drains "non_smtpd_milters" root@example.com four@example.org
	drains "non_smtpd_milters, a sender of nobody" boss@example.net \
	    five@example.org
	drains "non_smtpd_milters, the null sender" '' six@example.org
	drains "non_smtpd_milters, -t" boss@example.net header4@example.org \
	    submit_header
	drains_pipe "non_smtpd_milters, sendmail -bs" boss@example.net \
	    pipe2@example.org
	is "$(decision_lines "$mark")" "" "a pass is not logged"
	holds "and explain says so" \
	    explain --client 127.0.0.1:0 --sender boss@example.net \
	    --recipient b@example.org
	is "$(explain --json --client 127.0.0.1:0 --sender boss@example.net \
	    --recipient b@example.org | json reason)" not-smtp \
	    "and explain's reason is not-smtp"
	broken_policy
	drains "no policy" root@example.com seven@example.org
}

# ---- Sendmail -------------------------------------------------------------

client_of()		# MARK RECIPIENT: of the decision
{
	decision_lines "$1" | grep -F " to=<$2> " |
	    sed 's/.*\(permit reason=[^ ]* client=[^ ]*\) .*\(rule=[^ ]*\).*/\1 \2/'
}

sendmail_submission()
{
	local mark
	mark=$(log_mark)
	drains "by SMTP from loopback" boss@example.net four@example.org
	is "$(client_of "$mark" four@example.org)" \
	    "permit reason=network client=127.0.0.1 rule=loopback" \
	    "by SMTP from loopback: the host itself, by its own grant"
	mark=$(log_mark)
	drains "-t, once more" boss@example.net header4@example.org \
	    submit_header
	is "$(client_of "$mark" header4@example.org)" \
	    "permit reason=network client=127.0.0.1 rule=loopback" \
	    "-t: the host itself, too"
	mark=$(log_mark)
	drains_pipe "sendmail -bs" boss@example.net five@example.org
	wait_for logged "$mark"
	is "$(client_of "$mark" five@example.org)" \
	    "permit reason=network client=local rule=loopback" \
	    "sendmail -bs: the client is local, by the same grant"
	mark=$(log_mark)
	drains "-Am" boss@example.net queued1@example.org submit_queue
	is "$(decision_lines "$mark")" "" "-Am: nobody is asked"

	stop_mayrelayd
	stdin_smtp boss@example.net lost@example.org
	holds "down: sendmail -bs is deferred" not_taken
	drains "down: -Am" boss@example.net queued2@example.org submit_queue
	holds "down: sendmail takes a message" submit root@example.com \
	    six@example.org <<< $'Subject: submitted\n\nhello'
	holds "down: it waits" queue_holds
	broken_policy
	mark=$(log_mark)
	flush_queue > "$W/flush.out" 2>&1
	becomes "no policy: it is asked for" logged "$mark"
	like "$(decision_lines "$mark")" \
	    "tempfail reason=directory-unavailable client=127.0.0.1 " \
	    "no policy: and deferred"
	holds "no policy: it waits" queue_holds
	mta_policy
	wait_policy
	flush_queue > "$W/flush.out" 2>&1
	becomes "a policy: it leaves" came_out six@example.org
	becomes "a policy: the queue drains" queue_empty
	is "$(sink_count out lost@example.org)" 0 \
	    "what sendmail -bs was refused never left"
	broken_policy
}

queue_holds()
{
	! queue_empty
}

"${MTA}_submission"

# No policy at all: mail from elsewhere.
mail 203.0.113.9 anna anna@example.com b@example.org
like "$(rcpt_text)" "^451 4\.3\.0 Relay is not permitted: " \
    "no policy: mail by SMTP is deferred"
mail 203.0.113.9 "" a@example.net b@example.com
is "$(rcpt_text)" "$mta_accepts" "no policy: mail for us comes in"
