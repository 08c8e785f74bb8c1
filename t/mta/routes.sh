# shellcheck shell=bash
# t/mta/routes.sh: tables of recipients, judged by the reply, the log line and
# where the mail really went.  To be sourced after t/lib.sh and the MTA's file,
# by scripts that look at one MTA's ways.
#
#	routes "transport maps" <<'END'
#	pass	-	box@example.com			here
#	pass	-	alias@example.com		out	who@away.example
#	reject	relay	u@hidden.example
#	550	-	nobody@alias.example
#	END
#
# A row is: the verdict (or the code of the MTA's own refusal), the mailer in
# the log line (passes are not logged: -), the recipient, the sink that gets the
# mail, and the recipient it gets there if that is another.  A row "also" is not
# asked for: it is one more mail that must arrive.

# Everything is asked in one message of one session, by a client that nobody
# vouches for unless a script says otherwise.
route_client=203.0.113.9
route_sender=a@example.org

# Sets said to what was said; the script (t/tools/smtptalk.py) comes on standard
# input.  On a machine of its own (t/netns.sh) the client is $route_client.
talk()			# [OPTION...]
{
	local ends=()
	[ -z "${mx4:-}" ] || ends=(--from "$route_client" --to "$mx4")
	said=$("$TOP/t/tools/smtptalk.py" --port "$smtp_port" \
	    --timeout "$WAIT" "${ends[@]}" "$@")
}

# What the client says before MAIL, so that it is taken for $route_client.
route_greeting()
{
	[ -n "${mx4:-}" ] ||
	    echo "XCLIENT ADDR=$route_client NAME=host.example"
	echo "EHLO client.example"
}

codes()			# COMMAND-REGEX: of the last lines of all replies to such
{
	printf '%s\n' "$said" | awk -v re="^C: $1" '
	    /^C: / { due = $0 ~ re }
	    due && /^S: ...( |$)/ { printf "%s%s", gap, substr($0, 4, 3)
		gap = " "; due = 0 }'
}

ask_routes()		# ROW...: all of them in one message
{
	local row recipient
	talk < <(
		route_greeting
		echo "MAIL FROM:<$route_sender>"
		for row; do
			read -r _ _ recipient _ <<< "$row"
			echo "RCPT TO:<$recipient>"
		done
		printf '%s\n' DATA "Subject: routes" "" "routes" . QUIT
	)
}

# One recipient's reply and log line.
check_route()		# LABEL NUMBER MARK ROW
{
	local reply verdict mailer to
	reply=$(rcpt_reply "$2")
	read -r verdict mailer to _ <<< "$4"
	case $verdict in
	pass|permit)
		like "$reply" "^250 2\.1\.5 " "$1: <$to> is accepted" ;;
	reject)
		like "$reply" "^550 5\.7\.1 (<.*>... )?Relay is not permitted: " \
		    "$1: <$to> is refused" ;;
	*)
		like "$reply" "^$verdict " "$1: <$to> is refused by the MTA"
		unlike "$reply" "Relay is not permitted" \
		    "$1: <$to>: not by mayrelayd" ;;
	esac
	[ "$mailer" = - ] || is "$(logged_mailer "$3" "$to")" "$mailer" \
	    "$1: <$to>: the mailer in the log line"
}

# The mailer in the decision line of a recipient.
logged_mailer()		# MARK RECIPIENT
{
	decision_lines "$1" | awk -v to="<$2>" '{
	    line = $0; gsub(/\\"/, "\"", line)
	    if (index(line, "to=" to) || index(line, "to=\"" to "\""))
		    print substr($0, match($0, / mailer=[^ ]*/) + 8, RLENGTH - 8)
	}'
}

# The logins of the decision lines since, one word each; - is none.
logins_since()		# MARK
{
	decision_lines "$1" | sed 's/.* login=\([^ ]*\) .*/\1-/; s/\(.\)-$/\1/' |
	    paste -sd ' '
}

# What the sinks got since the last time, as "SINK <RECIPIENT>" lines.
arrivals()
{
	local sink
	for sink in "$W"/sink/*.mail; do
		[ -e "$sink" ] || continue
		sed -n 's/^X-Rcpt-Args: \(<[^ ]*>\).*/\1/p' "$sink" |
		    sed "s/^/$(basename "$sink" .mail) /"
	done | LC_ALL=C sort | LC_ALL=C comm -23 - "$W/arrived"
}

remember_arrivals()
{
	local now
	now=$(arrivals)
	printf '%s\n' "$now" | LC_ALL=C sort -m - "$W/arrived" |
	    sed '/^$/d' > "$W/arrived.new"
	mv "$W/arrived.new" "$W/arrived"
}

routes()		# LABEL; rows on standard input
{
	local rows=() also=() row n=0 mark wanted
	[ -e "$W/arrived" ] || : > "$W/arrived"
	while IFS= read -r row; do
		case $row in
		also*)	also+=("$row") ;;
		?*)	rows+=("$row") ;;
		esac
	done
	mark=$(log_mark)
	ask_routes "${rows[@]}"
	for row in "${rows[@]}"; do
		n=$((n + 1))
		check_route "$1" "$n" "$mark" "$row"
	done
	wanted=$(printf '%s\n' "${rows[@]}" "${also[@]}" | awk '$4 != "" {
	    print $4, "<" ($5 == "" ? $3 : $5) ">" }' | LC_ALL=C sort)
	becomes "$1: the queue is empty" queue_empty
	is "$(arrivals)" "$wanted" "$1: what arrived, and where"
	remember_arrivals
}
