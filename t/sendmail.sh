# shellcheck shell=bash
# t/sendmail.sh: a private Sendmail, as t/postfix.sh is a private Postfix.  To
# be sourced after t/netns.sh and t/lib.sh.
#
#	make_sendmail && start_sinks && start_sendmail
#
# It is Debian's, unpacked by t/tools/get-sendmail, with a sendmail.cf made
# from its m4 files and the mayrelay.m4 that is shipped.  All that is its own
# lies in /run/mail, because Sendmail refuses folders that anybody can write to,
# such as /tmp, and all that is in them.  example.com is hosted: its mail goes
# to the sink `here'; all other mail goes out, to the sink `out'.

# shellcheck source=t/smtp.sh
. "$TOP/t/smtp.sh"

sendmail_files=${SENDMAIL:-$TOP/build/sendmail}

sendmail_etc=/run/mail
sendmail_queue=$sendmail_etc/queue
sendmail_log=$W/maillog
sendmail_pid=
# Lines of m4 that come after mayrelay.m4, where they are too late.
sendmail_late=

need_sendmail()
{
	need m4 saslpasswd2 smtp-sink python3
	[ -x "$sendmail_files/sendmail" ] ||
	    cannot_run "needs Sendmail: t/tools/get-sendmail build/sendmail"
}

# LINES of m4 come before mayrelay.m4 and the mailers; $role is mayrelay's.
make_sendmail()		# [LINE...]
{
	socket=/run/mayrelay/mayrelay.sock
	mkdir -m 755 "$sendmail_etc" &&
	    mkdir -m 700 "$sendmail_queue" &&
	    mkdir -m 770 "$sendmail_etc/client" &&
	    chown mail:mail "$sendmail_etc/client" || return 1
	own_folder "$(dirname "$socket")"
	cp "$sendmail_files/sendmail" "$sendmail_files/makemap" \
	    "$sendmail_etc/" || return 1
	: > "$sendmail_etc/statistics"
	printf '%s\n' "postmaster: root" > "$sendmail_etc/aliases"
	printf '%s\n' "hosts files" "aliases files" > "$sendmail_etc/switch"
	sendmail_sasl && start_maillog && sendmail_submit_cf &&
	    sendmail_cf "$@"
}

# A sasldb of its own; Sendmail.conf is where Cyrus SASL looks for it.
sendmail_sasl()
{
	local login db=$sendmail_etc/sasldb2
	mkdir "$sendmail_etc/sasl" || return 1
	cat > "$sendmail_etc/sasl/Sendmail.conf" <<-END
	pwcheck_method: auxprop
	auxprop_plugin: sasldb
	mech_list: PLAIN LOGIN
	sasldb_path: $db
	END
	mount --bind "$sendmail_etc/sasl" /usr/lib/sasl2 || return 1
	for login in $mta_logins; do
		printf secret | saslpasswd2 -p -c -u mx.example.com -f "$db" \
		    "$login" || return 1
	done
	chmod 600 "$db"
}

# Whom Sendmail itself lets relay in the narrowing role: as in t/postfix.sh.
sendmail_cf()		# [LINE...]
{
	sendmail_mc "$@" > "$sendmail_etc/sendmail.mc"
	m4 -D_CF_DIR_="$sendmail_files/cf/" "$sendmail_etc/sendmail.mc" \
	    > "$sendmail_etc/sendmail.cf.new" 2> "$W/m4.err" || {
		not_ok "sendmail.cf is made" "$(cat "$W/m4.err")"
		return 1
	}
	mv "$sendmail_etc/sendmail.cf.new" "$sendmail_etc/sendmail.cf"
}

sendmail_mc()		# [LINE...]
{
	cat <<-END
	divert(-1)
	include(\`$sendmail_files/cf/m4/cf.m4')
	define(\`MAIL_SETTINGS_DIR', \`$sendmail_etc/')
	divert(0)dnl
	OSTYPE(\`linux')dnl
	define(\`confDOMAIN_NAME', \`mx.example.com')dnl
	LOCAL_DOMAIN(\`example.com')dnl
	define(\`QUEUE_DIR', \`$sendmail_queue')dnl
	define(\`confPID_FILE', \`$sendmail_etc/pid')dnl
	define(\`STATUS_FILE', \`$sendmail_etc/statistics')dnl
	define(\`HELP_FILE', \`')dnl
	define(\`confSERVICE_SWITCH_FILE', \`$sendmail_etc/switch')dnl
	define(\`confCONTROL_SOCKET_NAME', \`')dnl
	define(\`confTO_IDENT', \`0')dnl
	define(\`confQUEUE_LA', \`1000')dnl
	define(\`confREFUSE_LA', \`1000')dnl
	define(\`confDELAY_LA', \`0')dnl
	define(\`confLOG_LEVEL', \`14')dnl
	define(\`confAUTH_MECHANISMS', \`PLAIN LOGIN')dnl
	define(\`confAUTH_REALM', \`mx.example.com')dnl
	TRUST_AUTH_MECH(\`PLAIN LOGIN')dnl
	FEATURE(\`nocanonify')dnl
	FEATURE(\`accept_unresolvable_domains')dnl
	FEATURE(\`no_default_msa')dnl
	RELAY_DOMAIN(\`192.0.2')dnl
	RELAY_DOMAIN(\`203.0.113')dnl
	RELAY_DOMAIN(\`IPv6:2001:db8')dnl
	DAEMON_OPTIONS(\`Name=MTA, Family=inet, Addr=0.0.0.0, Port=$smtp_port')dnl
	DAEMON_OPTIONS(\`Name=MTA6, Family=inet6, Addr=$mx6, Port=$smtp_port')dnl
	DAEMON_OPTIONS(\`Name=MTA6, Family=inet6, Addr=::1, Port=$smtp_port')dnl
	define(\`LOCAL_MAILER_PATH', \`[IPC]')dnl
	define(\`LOCAL_MAILER_ARGS', \`TCP [127.0.0.1] $here_port')dnl
	define(\`LOCAL_MAILER_DSN_DIAGNOSTIC_CODE', \`SMTP')dnl
	MODIFY_MAILER_FLAGS(\`LOCAL', \`-wfr')dnl
	define(\`SMTP_MAILER_ARGS', \`TCP [127.0.0.1] $out_port')dnl
	define(\`ESMTP_MAILER_ARGS', \`TCP [127.0.0.1] $out_port')dnl
	define(\`RELAY_MAILER_ARGS', \`TCP [127.0.0.1] $out_port')dnl
	END
	[ "$#" -eq 0 ] || printf '%s\n' "$@"
	cat <<-END
	define(\`confMAYRELAY_ROLE', \`$role')dnl
	define(\`confMAYRELAY_SOCKET', \`local:$socket')dnl
	include(\`$TOP/contrib/sendmail/mayrelay.m4')dnl
	$sendmail_late
	MAILER(\`local')dnl
	MAILER(\`smtp')dnl
	END
}

# For `submit': what a user's sendmail(1) hands over goes by SMTP to the daemon
# on 127.0.0.1, as everywhere since Sendmail 8.12.
sendmail_submit_cf()
{
	cat > "$sendmail_etc/submit.mc" <<-END
	divert(-1)
	include(\`$sendmail_files/cf/m4/cf.m4')
	define(\`MAIL_SETTINGS_DIR', \`$sendmail_etc/')
	divert(0)dnl
	OSTYPE(\`linux')dnl
	define(\`confDOMAIN_NAME', \`mx.example.com')dnl
	define(\`MSP_QUEUE_DIR', \`$sendmail_etc/client')dnl
	define(\`STATUS_FILE', \`$sendmail_etc/statistics')dnl
	define(\`confSERVICE_SWITCH_FILE', \`$sendmail_etc/switch')dnl
	define(\`confRUN_AS_USER', \`mail:mail')dnl
	define(\`confQUEUE_LA', \`1000')dnl
	FEATURE(\`nocanonify')dnl
	FEATURE(\`msp', \`[127.0.0.1]')dnl
	END
	m4 -D_CF_DIR_="$sendmail_files/cf/" "$sendmail_etc/submit.mc" \
	    > "$sendmail_etc/submit.cf"
}

# Sendmail logs to syslog alone.
start_maillog()
{
	"$TOP/t/tools/maillog.py" /dev/log "$sendmail_log" \
	    > "$W/maillog.err" 2>&1 < /dev/null &
	at_exit "end_process $!"
	wait_for test -S /dev/log
}

start_sendmail()
{
	"$sendmail_etc/sendmail" -C "$sendmail_etc/sendmail.cf" -bD \
	    > "$W/sendmail.out" 2>&1 < /dev/null &
	sendmail_pid=$!
	at_exit stop_sendmail
	wait_for sendmail_up_or_gone
	listening "$smtp_port" && return 0
	not_ok "Sendmail starts" "$(cat "$W/sendmail.out" "$sendmail_log")"
	return 1
}

sendmail_up_or_gone()
{
	listening "$smtp_port" || gone "$sendmail_pid"
}

# Its children for connections and deliveries end with it.
stop_sendmail()
{
	local child children
	[ -n "$sendmail_pid" ] && ! gone "$sendmail_pid" || return 0
	children=$(pgrep -P "$sendmail_pid")
	end_process "$sendmail_pid"
	for child in $children; do
		end_process "$child"
	done
}

# A new sendmail.cf counts for the next connection.
reload_sendmail()	# [LINE...]
{
	stop_sendmail && sendmail_cf "$@" && start_sendmail
}

# Nothing is on its way, nor waits for another try.
queue_empty()
{
	[ -z "$(find "$sendmail_queue" "$sendmail_etc/client" -type f)" ]
}

# What waits is tried now.
flush_queue()
{
	"$sendmail_etc/sendmail" -C "$sendmail_etc/submit.cf" -q
	"$sendmail_etc/sendmail" -C "$sendmail_etc/sendmail.cf" -q
}

# ---- its ways -------------------------------------------------------------

# The mailer of what leaves; how a log line begins; how reply_text is when it
# takes a recipient, and when it refuses to relay by its own rules.
mta_mailer=esmtp
mta_id="[0-9A-Za-z]{14}: "
mta_accepts="250 2.1.5 Recipient ok"
mta_denies="550 5.7.1 Relaying denied. Proper authentication required."
mta_log=$sendmail_log
mta_log_refusal=Milter
# The setting that lets mail pass while mayrelayd is down.
mta_opens="define(\`confMAYRELAY_FLAGS', \`')dnl"

# The reply without what Sendmail adds: the recipient, before each line.
reply_text()		# < REPLY
{
	sed 's/^\([0-9]*[- ][0-9.]* \)<[^>]*>\.\.\. /\1/'
}

# A message by the program that users call.
submit()		# SENDER RECIPIENT, and the message on standard input
{
	"$sendmail_etc/sendmail" -C "$sendmail_etc/submit.cf" \
	    -f "${1:-<>}" -- "$2"
}

# The same, with the recipients in the message's header.
submit_header()		# SENDER
{
	"$sendmail_etc/sendmail" -C "$sendmail_etc/submit.cf" \
	    -f "${1:-<>}" -t
}

# By root, past submit.cf and SMTP, into the daemon's own queue.
submit_queue()		# SENDER
{
	"$sendmail_etc/sendmail" -Am -C "$sendmail_etc/sendmail.cf" \
	    -f "${1:-<>}" -t
}

# SMTP on standard input, from a program on the host.
sendmail_stdin()
{
	"$sendmail_etc/sendmail" -C "$sendmail_etc/sendmail.cf" -bs
}

# The id under which the Nth message was taken.
queue_id()		# [N]
{
	message_reply "$@" | sed -n 's/^250 2\.0\.0 \([^ ]*\) Message.*/\1/p'
}
