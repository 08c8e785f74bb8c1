#!/bin/bash
# The authority role: the MTA lets everything through and mayrelay alone says
# no.  Every verdict by real SMTP; and when mayrelayd is down, mail is deferred
# and never relayed.
. "$(dirname "$0")/cases.sh"

role=authority
mta_up || exit 1

out=203.0.113.9
house=192.0.2.20

# Nobody signed in.
check "a stranger to the world" reject auth-required \
    $out "" a@example.net b@example.org
is "$(rcpt_text)" "550 5.7.1 Relay is not permitted: sign in to this server \
before sending (see https://mail.example.com/smtp-auth#auth-required for your \
mail program)" "the text of auth-required, word for word"
mailer=local
check "a stranger to us" pass local-recipient \
    $out "" a@example.net b@example.com
check "the null sender to us" pass local-recipient \
    $out "" '<>' b@example.com
check "our own address as a stranger's sender, to us" pass local-recipient \
    $out "" anna@example.com b@example.com
mailer=
check "the null sender to the world" reject auth-required \
    $out "" '<>' b@example.org
check "our own address as a stranger's sender" reject auth-required \
    $out "" anna@example.com b@example.org
check "a desk in the house, not signed in" reject auth-required \
    $house "" anna@example.com b@example.org
check "a stranger by IPv6" reject auth-required \
    2001:db8:2::9 "" a@example.net b@example.org

# Signed in.
check "anna as herself" permit account \
    $out anna anna@example.com first@example.org
check "anna's null sender" permit account \
    $out anna '<>' b@example.org
check "anna with an extension" permit account \
    $out anna anna+list@example.com b@example.org
check "anna as somebody else" reject sender-not-owned \
    $out anna boss@example.com b@example.org
check "anna as a stranger's address" reject sender-not-owned \
    $out anna a@example.net b@example.org
check "anna for her group" permit account \
    $out anna press@example.com b@example.org
check "a login of nobody" reject account-unknown \
    $out mallory anna@example.com b@example.org
check "ben, denied by relayAccess" reject account-denied \
    $out ben ben@example.com b@example.org
check "cleo, disabled by a mapped status" reject account-denied \
    $out cleo cleo@example.com b@example.org
check "dora, expired" reject account-expired \
    $out dora dora@example.com b@example.org
check "emil from his network to whom he may" permit account \
    $house emil emil@example.com b@example.org
check "emil from elsewhere" reject account-network \
    $out emil emil@example.com b@example.org
check "emil to somebody else" reject account-recipient \
    $house emil emil@example.com b@example.net
check "a login of two accounts" tempfail account-ambiguous \
    $out twin a@example.com b@example.org
mailer=local
check "ben to us" pass local-recipient \
    $out ben ben@example.com b@example.com
mailer=

# Networks.
check "a server, any sender" permit network \
    192.0.2.70 "" a@example.net b@example.org
check "a server by IPv6" permit network \
    2001:db8:1::25 "" a@example.net b@example.org
check "a scanner as scanner" permit network \
    192.0.2.85 "" scanner@example.com b@example.org
check "a scanner as another" reject network-sender \
    192.0.2.85 "" anna@example.com b@example.org
check "a backup to whom it may" permit network \
    192.0.2.100 "" a@example.net b@example.org
check "a backup to somebody else" reject network-recipient \
    192.0.2.100 "" a@example.net b@example.net
check "a guest" reject network-denied \
    192.0.2.200 "" anna@example.com b@example.org
check "a guest who signed in" reject network-denied \
    192.0.2.200 anna anna@example.com b@example.org
check "the host itself" permit network \
    127.0.0.1 "" root@example.com b@example.org
check "who signed in on the host itself" reject sender-not-owned \
    127.0.0.1 anna boss@example.com b@example.org

# What was accepted has really left, and nothing else.
becomes "the queue is empty" queue_empty
holds "anna's mail went out" came_out first@example.org
holds "mail for us came in" came_here b@example.com
is "$(sink_count out '^X-Rcpt-Args: <b(@example.com)?>')" 0 \
    "nothing for us went out"
is "$(sink_count here '^X-Rcpt-Args: <.*@example\.(org|net)>')" 0 \
    "nothing for others came in"
is "$(sink_count out '^X-Mail-Args: <(boss|ben|cleo|dora)@')" 0 \
    "no sender that was refused went out"

# mayrelayd is down: closed.
sent=$(sink_count out '^X-Rcpt-Args')
holds "mayrelayd stops" stop_mayrelayd
for who in "$out " "$out anna" "192.0.2.70 " "127.0.0.1 "; do
	mail "${who% *}" "${who#* }" anna@example.com b@example.org
	like "$said" $'\nS: 4[0-9][0-9] 4\.' \
	    "down: $who gets a temporary refusal"
	holds "down: $who is not accepted" not_taken
done
mail $out "" a@example.net b@example.com
holds "down: mail for us waits outside, too" not_taken
becomes "down: the queue is empty" queue_empty
is "$(sink_count out '^X-Rcpt-Args')" "$sent" \
    "down: nothing was relayed"

start_mayrelayd && wait_policy
check "up again: anna as herself" permit account \
    $out anna anna@example.com b@example.org
check "up again: a stranger" reject auth-required \
    $out "" a@example.net b@example.org
