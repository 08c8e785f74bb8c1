#!/bin/bash
# Local submission: mail that is handed to sendmail(1) never jams a queue.
# Postfix does not ask mayrelayd about it, unless somebody sets
# non_smtpd_milters; Sendmail sends it by SMTP from loopback, or hears SMTP on
# standard input, and both are the host itself.
. "$(dirname "$0")/cases.sh"

role=authority
mta_up || exit 1

drains()		# TEXT SENDER RECIPIENT
{
	holds "$1: sendmail takes it" submit "$2" "$3" \
	    <<< $'Subject: submitted\n\nhello'
	becomes "$1: it leaves" came_out "$3"
	becomes "$1: the queue drains" queue_empty
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

# ---- Postfix --------------------------------------------------------------

postfix_submission()
{
	local mark
	reload_postfix "non_smtpd_milters = unix:mayrelay/mayrelay.sock"
	mark=$(log_mark)
	drains "non_smtpd_milters" root@example.com four@example.org
	drains "non_smtpd_milters, a sender of nobody" boss@example.net \
	    five@example.org
	drains "non_smtpd_milters, the null sender" '' six@example.org
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

# SMTP on a program's standard input: sets said to what sendmail -bs says.  It
# breaks off if it is talked to before it has spoken.
stdin_smtp()		# SENDER RECIPIENT
{
	local line pid bs_in bs_out
	coproc BS { sendmail_stdin; }
	pid=$BS_PID
	# Of its own, because bash closes its own when the program has ended.
	exec {bs_in}>&"${BS[1]}" {bs_out}<&"${BS[0]}"
	said=
	hear_bs
	for line in "EHLO client.example" "MAIL FROM:<$1>" "RCPT TO:<$2>" DATA \
	    $'Subject: submitted\r\n\r\nhello\r\n.' QUIT; do
		printf '%s\r\n' "$line" >&"$bs_in"
		hear_bs
	done
	exec {bs_in}>&- {bs_out}<&-
	wait "$pid"
}

hear_bs()
{
	local line
	while IFS= read -r -t "$WAIT" -u "$bs_out" line; do
		said+="$line"$'\n'
		[[ $line =~ ^[0-9]{3}- ]] || return 0
	done
}

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
	stdin_smtp boss@example.net five@example.org
	like "$said" "250 2.0.0 [^ ]* Message accepted" "sendmail -bs: taken"
	becomes "sendmail -bs: it leaves" came_out five@example.org
	wait_for logged "$mark"
	is "$(client_of "$mark" five@example.org)" \
	    "permit reason=network client=local rule=loopback" \
	    "sendmail -bs: the client is local, by the same grant"
	becomes "sendmail -bs: the queue drains" queue_empty

	stop_mayrelayd
	stdin_smtp boss@example.net lost@example.org
	unlike "$said" "250 2.0.0 " "down: sendmail -bs is deferred"
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
