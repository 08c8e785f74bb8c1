#!/bin/bash
# A macro holds for what it was said of, and for nothing after that: neither a
# login nor a resolved recipient goes over to the next, whatever the MTA leaves
# out, and nothing that it says anew is lost.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

start_small || exit 1

# MTAs by what they negotiate.  The last one cannot be asked for macros of our
# choice; nor can those of the protocol's first versions.
mtas=('2 0x3f 0x7f' '4 0x3f 0x3ff' '6 0x1ff 0x1fffff' '6 0xff 0x1fffff')

# What recipients are answered, in one line: c = continue, else the code.
verdicts()		# VERSION ACTIONS STEPS, the dialogue on stdin
{
	{
		printf '%s\n' "open unix:$socket" "negotiate $*" only-rcpt
		cat
	} | miltc | sed 's/^continue$/c/;s/^\(...\) .*/\1/' | paste -sd ' '
}

each()			# WANTED TEXT, the dialogue on stdin
{
	local mta dialogue
	dialogue=$(cat)
	for mta in "${mtas[@]}"; do
		# shellcheck disable=SC2086 # three words
		is "$(verdicts $mta <<< "$dialogue")" "$1" \
		    "version ${mta%% *}, actions $(cut -d ' ' -f 2 <<< \
		    "$mta"): $2"
	done
}

start='macro C "v=Postfix 3.7.11" {daemon_name}=MTA
connect host.example 4 203.0.113.9 4711'
joe='macro M {auth_type}=PLAIN {auth_authen}=joe'

is "$(verdicts 2 0x3f 0x7f <<END
macro C v=8.12.11
connect office.example 4 192.0.2.17 4711
mail <a@example.org>
rcpt <b@example.net>
abort
quit_nc
connect host.example 4 203.0.113.9 4711
mail <a@example.org>
rcpt <b@example.net>
END
)" "c 550" "version 2: QUIT_NC after ABORT, and the next client"

# ---- the login -------------------------------------------------------------

each "c 550" "no login outlives its message" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M
mail <joe@example.com>
rcpt <b@example.net>
END
each "c 550 550" "nor one that was aborted" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
abort
macro M
mail <joe@example.com>
rcpt <b@example.net>
abort
mail <joe@example.com>
rcpt <b@example.net>
END
each "c c c c c c" "it is heard each time that it is said" <<END
$start
$joe
mail <joe@example.com>
rcpt <1@example.net>
rcpt <2@example.net>
abort
mail <joe@example.com>
rcpt <3@example.net>
mail <joe@example.com>
rcpt <4@example.net>
abort
mail <joe@example.com>
mail <joe@example.com>
rcpt <5@example.net>
rcpt <6@example.net>
END
each "c 550 c 550 c" "also after messages without one" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M
mail <joe@example.com>
rcpt <b@example.net>
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M
mail <joe@example.com>
rcpt <b@example.net>
$joe
mail <joe@example.com>
rcpt <b@example.net>
END
each "c 550 c" "ann after joe" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M {auth_type}=PLAIN {auth_authen}=ann
mail <joe@example.com>
rcpt <b@example.net>
mail <ann@example.com>
rcpt <b@example.net>
END
each "c 550" "a mechanism alone brings no login back" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M {auth_type}=PLAIN
mail <joe@example.com>
rcpt <b@example.net>
END
each "550 c" "nor does ANONYMOUS stay when a login comes without" <<END
$start
macro M {auth_type}=ANONYMOUS {auth_authen}=joe
mail <joe@example.com>
rcpt <b@example.net>
macro M {auth_authen}=joe
mail <joe@example.com>
rcpt <b@example.net>
END
each "c 550 c" "an empty login is none" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
macro M {auth_type}=PLAIN {auth_authen}=
mail <joe@example.com>
rcpt <b@example.net>
$joe
mail <joe@example.com>
rcpt <b@example.net>
END
each "c 550 c" "the next client of a connection has not signed in" <<END
$start
$joe
mail <joe@example.com>
rcpt <b@example.net>
abort
quit_nc
macro M
connect other.example 4 203.0.113.10 4711
mail <joe@example.com>
rcpt <b@example.net>
abort
quit_nc
$joe
connect other.example 4 203.0.113.9 4711
mail <joe@example.com>
rcpt <b@example.net>
END
# Sendmail sends such a packet when it has no value for any.
each "c 550 550" "a packet without macros brings nothing back" <<END
$start
$joe
macro R {rcpt_mailer}=local
mail <joe@example.com>
rcpt <b@example.net>
abort
macro M
macro R
raw 00000002444d
mail <joe@example.com>
raw 000000024452
rcpt <b@example.net>
raw 000000024452
rcpt <b@example.net>
END

# ---- the recipient ---------------------------------------------------------

each "c 550 c 550" "the next recipient is not resolved by the last one" <<END
$start
macro R {rcpt_mailer}=local {rcpt_host}=localhost {rcpt_addr}=b
mail <a@example.org>
rcpt <b@elsewhere.example>
macro R
rcpt <c@elsewhere.example>
macro R {rcpt_mailer}=local {rcpt_host}=localhost {rcpt_addr}=b
rcpt <d@elsewhere.example>
macro R
rcpt <e@elsewhere.example>
END
each "c c c 550" "each is heard, the same or not" <<END
$start
macro R {rcpt_mailer}=local {rcpt_host}=localhost {rcpt_addr}=b
mail <a@example.org>
rcpt <b@elsewhere.example>
rcpt <b@elsewhere.example>
rcpt <b@elsewhere.example>
macro R {rcpt_mailer}=smtp
rcpt <b@elsewhere.example>
END
each "c 550" "nor that of the next message" <<END
$start
macro R {rcpt_mailer}=local
mail <a@example.org>
rcpt <b@elsewhere.example>
abort
macro R
mail <a@example.org>
rcpt <c@elsewhere.example>
END
each "c 550" "a virtual alias makes no alias of the next" <<END
$start
macro R {rcpt_mailer}=error "{rcpt_host}=5.1.1 User unknown in virtual alias table" {rcpt_addr}=b@elsewhere.example
mail <a@example.org>
rcpt <b@elsewhere.example>
macro R {rcpt_mailer}=error
rcpt <c@elsewhere.example>
END
each "c 550 550" "what a refused one was resolved to is forgotten, too" <<END
$start
macro R {rcpt_mailer}=local
mail <a@example.org>
rcpt <b@elsewhere.example>
macro R {rcpt_mailer}=smtp
rcpt <c@elsewhere.example>
macro R
rcpt <d@elsewhere.example>
END

# ---- macros where they do not belong ---------------------------------------

# As an MTA sends them that cannot be asked for macros, whose postmaster has
# put them there.
wrong()			# WANTED TEXT, the dialogue on stdin
{
	is "$(verdicts 2 0x3f 0x7f)" "$1" "$2"
}
wrong "550 550" "a recipient's with MAIL say nothing of any recipient" <<END
$start
macro M {rcpt_mailer}=local {auth_authen}=
mail <a@example.org>
rcpt <b@elsewhere.example>
rcpt <c@elsewhere.example>
END
wrong "550 550 c" "nor with CONNECT" <<END
macro C v=8.17.1.9 {rcpt_mailer}=local
connect host.example 4 203.0.113.9 4711
mail <a@example.org>
rcpt <b@elsewhere.example>
mail <a@example.org>
rcpt <c@elsewhere.example>
macro R {rcpt_mailer}=local
rcpt <c@elsewhere.example>
END
wrong "550 550 c" "nobody has signed in by CONNECT" <<END
macro C v=8.17.1.9 {auth_type}=PLAIN {auth_authen}=joe
connect host.example 4 203.0.113.9 4711
mail <joe@example.com>
rcpt <b@example.net>
mail <joe@example.com>
rcpt <b@example.net>
$joe
mail <joe@example.com>
rcpt <b@example.net>
END
wrong "550 550" "a login with RCPT is none" <<END
$start
macro R {auth_type}=PLAIN {auth_authen}=joe
mail <joe@example.com>
rcpt <b@example.net>
mail <joe@example.com>
rcpt <b@example.net>
END
wrong "c 550" "a login with EHLO does not outlive the message" <<END
$start
macro H {auth_type}=PLAIN {auth_authen}=joe
helo host.example
mail <joe@example.com>
rcpt <b@example.net>
mail <joe@example.com>
rcpt <b@example.net>
END

# ---- the queue id, which is only logged ------------------------------------

mark=$(log_mark)
verdicts 2 0x3f 0x7f > /dev/null <<END
$start
macro M i=FIRST
mail <a@example.org>
rcpt <1@example.net>
rcpt <2@example.net>
macro M
mail <a@example.org>
rcpt <3@example.net>
macro R i=SECOND
rcpt <4@example.net>
macro R
rcpt <5@example.net>
END
logged()		# the queue ids and recipients
{
	decision_lines "$mark" |
	    sed 's/^\(.* \)\?\([A-Z]*\): reject .* to=<\(.\).*/\2 \3/'
}
all_logged()
{
	[ "$(logged | wc -l)" -eq 5 ]
}
wait_for all_logged
is "$(logged | paste -sd ,)" "FIRST 1,FIRST 2,NOQUEUE 3,SECOND 4,NOQUEUE 5" \
    "a message is logged under its own queue id"
stops "SIGTERM ends it"
