#!/bin/bash
# Replies at their limits, as a client of a real MTA gets them: 32 lines of
# 500 bytes, percent signs, several lines, and what libmilter refuses.
. "$(dirname "$0")/cases.sh"

# LINES of 500 bytes each.
lines_of()		# N
{
	local i wide
	printf -v wide '%490s' ''
	for ((i = 1; i <= $1; i++)); do
		[ "$i" -eq 1 ] || printf ', '
		printf '"line %04d %s"' "$i" "${wide// /x}"
	done
}

printf -v percents '%250s' ''
conf_reply="texts = {
    auth-required = { text = [ $(lines_of 32) ]; };
    network-denied = { code = \"554 5.7.1\"; text = [ \"first: 100%% of\",
	\"%{sender}, see %{help_url} for more\" ]; };
    network-sender = { text = \"%{login}\"; };
    account-unknown = { text = \"${percents// /%%}\"; };
    sender-not-owned = { text = \"$(printf '%%{sender}%.0s' {1..8})\"; };
};"
mta_up || exit 1

asked()			# CLIENT LOGIN SENDER: sets reply
{
	mail "$1" "$2" "$3" b@example.net
	reply=$(rcpt_text)
}

asked 203.0.113.9 "" a@example.net
is "$(grep -c . <<< "$reply")" 32 "32 lines arrive"
is "$(grep -c '^550-5\.7\.1 line' <<< "$reply")" 31 "all but the last go on"
is "$(cut -c11- <<< "$reply" | awk '{ print length }' | sort -u)" 500 \
    "each of them has 500 bytes"
is "$(tail -n 1 <<< "$reply" | cut -c1-19)" "550 5.7.1 line 0032" \
    "in their order"

asked 192.0.2.130 "" 'a%s%n@example.net'
is "$reply" "554-5.7.1 first: 100% of
554 5.7.1 <a%s%n@example.net>, see $help_url for more" \
    "percent signs are doubled for libmilter alone"

asked 192.0.2.81 "" a@example.net
is "$reply" "550 5.7.1 " "a text that a value leaves empty"

asked 203.0.113.9 mallory a@example.net
is "$reply" "550 5.7.1 ${percents// /%}" "250 percent signs"

# libmilter takes at most 980 bytes for a line: 500 percent signs are too many.
many=$(printf '%%%.0s' {1..64})
mark=$(log_mark)
asked 203.0.113.9 anna "$many@example.net"
like "$reply" '^550 5\.7\.1 Relay is not permitted: .* address of your own$' \
    "the default text for what libmilter refuses"
wait_for logged "$mark"
like "$(log_since "$mark")" \
    'libmilter refuses the reply for sender-not-owned \(550 5\.7\.1\)' \
    "and the log says so"
