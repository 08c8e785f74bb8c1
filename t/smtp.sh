# shellcheck shell=bash
# t/smtp.sh: what a private MTA needs whichever it is: servers that take its
# mail, and a client with any source address.  To be sourced after t/netns.sh
# and t/lib.sh, by t/postfix.sh and t/sendmail.sh.

smtp_port=25
out_port=2526
here_port=2527

# The logins that both MTAs know, each with the password `secret': those of
# t/mta/cases.sh, and mallory, whom no policy knows.
mta_logins="anna ben cleo dora emil twin mallory"

# ---- where mail goes ------------------------------------------------------

# Two servers that take every mail and keep it in $W/sink: `here' is for the
# mail that is received for example.com, `out' for all that leaves.
start_sinks()
{
	start_sink out "$out_port" && start_sink here "$here_port"
}

start_sink()		# NAME PORT
{
	own_folder "$W/sink"
	smtp-sink -u nobody -D "$W/sink/$1.mail" "127.0.0.1:$2" 100 \
	    > "$W/sink/$1.log" 2>&1 < /dev/null &
	at_exit "end_process $!"
	wait_for listening "$2" && return 0
	not_ok "the sink $1 starts" "$(cat "$W/sink/$1.log")"
	return 1
}

sink_has()		# NAME EXTENDED-REGEX
{
	[ -e "$W/sink/$1.mail" ] && file_has "$W/sink/$1.mail" "$2"
}

sink_count()		# NAME EXTENDED-REGEX: how many lines match
{
	[ -e "$W/sink/$1.mail" ] || echo 0
	grep -Ecs -- "$2" "$W/sink/$1.mail"
}

# A mail for RECIPIENT (a regular expression; <> around it are added) came.
# Sendmail hands its local mailer the part before the @ alone.
came_out()		# RECIPIENT
{
	sink_has out "^X-Rcpt-Args: <$1>"
}

came_here()		# RECIPIENT
{
	sink_has here "^X-Rcpt-Args: <($1|${1%@example.com})>"
}

# ---- talking to it --------------------------------------------------------

# Raw SMTP from the address CLIENT: one command a line on standard input; after
# DATA come the lines of the message up to the dot (t/tools/smtpclient.py).  It
# is the MTA's address of the same kind that is talked to.  Sets said to the
# lines "C: ..." and "S: ...".
smtp_as()		# CLIENT
{
	local to=${mx4:-127.0.0.1}
	case $1 in
	127.*)	to=127.0.0.1 ;;
	::1)	to=::1 ;;
	*:*)	to=$mx6 ;;
	esac
	said=$("$TOP/t/tools/smtpclient.py" --from "$1" --to "$to" \
	    --port "$smtp_port" --timeout "$WAIT" 2>&1)
}

# The command by which LOGIN signs in.
sign_in()		# LOGIN [PASSWORD]
{
	printf 'AUTH PLAIN %s\n' \
	    "$(printf '\0%s\0%s' "$1" "${2-secret}" | base64 -w 0)"
}

# One mail, which ends in DATA if any recipient was accepted.
mail()			# CLIENT LOGIN SENDER RECIPIENT[,RECIPIENT...]
{
	local sender=$3 recipient
	[ "$sender" != '<>' ] || sender=
	smtp_as "$1" < <(
		echo "EHLO client.example"
		[ -z "$2" ] || sign_in "$2"
		echo "MAIL FROM:<$sender>"
		for recipient in ${4//,/ }; do
			echo "RCPT TO:<$recipient>"
		done
		printf '%s\n' DATA "Subject: a test" "" "a test" . QUIT
	)
}

# SMTP on the standard input of sendmail -bs; the end of a message may be one
# COMMAND with it.  Sets said as smtp_as does.  Sendmail breaks off if it is
# talked to before it has spoken.
by_pipe()		# COMMAND...
{
	local line pid in out
	coproc SENDMAIL { sendmail_stdin 2> /dev/null; }
	pid=$SENDMAIL_PID
	# Of its own, because bash closes its own when the program has ended.
	exec {in}>&"${SENDMAIL[1]}" {out}<&"${SENDMAIL[0]}"
	said=
	hear_pipe
	for line in "EHLO client.example" "$@"; do
		printf '%s\r\n' "$line" >&"$in"
		said+="C: ${line##*$'\n'}"$'\n'
		hear_pipe
	done
	exec {in}>&- {out}<&-
	wait "$pid"
}

# One reply, of several lines perhaps.
hear_pipe()
{
	local line
	while IFS= read -r -t "$WAIT" -u "$out" line; do
		said+="S: ${line%$'\r'}"$'\n'
		[[ $line =~ ^[0-9]{3}- ]] || return 0
	done
}

# What the server said to the Nth command of that kind in $said.
reply_to()		# COMMAND-REGEX [N]
{
	printf '%s\n' "$said" | awk -v re="^C: $1" -v n="${2:-1}" '
	    /^C: / { inside = $0 ~ re && ++i == n }
	    inside && /^S: / { print substr($0, 4) }'
}

# The same for the end of a message.
message_reply()		# [N]
{
	reply_to '[.]$' "${1:-1}"
}

rcpt_reply()		# [N]
{
	reply_to "RCPT TO" "${1:-1}"
}

# The server took the Nth message, or has not taken it.
not_taken()		# [N]
{
	! taken "$@"
}

taken()			# [N]
{
	[[ $(message_reply "$@") = 250* ]]
}
