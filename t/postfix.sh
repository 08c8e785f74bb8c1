# shellcheck shell=bash
# t/postfix.sh: a private Postfix, and how to talk to it.  To be sourced after
# t/netns.sh and t/lib.sh; needs root.
#
#	make_postfix && start_sinks && start_postfix
#
# It has its own configuration, queue, data and log; whatever Postfix the
# system has does not matter and is not touched.  example.com is hosted: its
# mail goes to the sink `here'; all other mail goes out, to the sink `out'.
# XCLIENT is allowed, from every address that was played before too.
#
# Without t/netns.sh it listens on some port of the machine's loopback, and
# XCLIENT alone can play a client from elsewhere.

# shellcheck source=t/smtp.sh
. "$TOP/t/smtp.sh"

postfix_etc=$W/etc
postfix_queue=$W/spool
postfix_log=$W/maillog

# What the roles differ in.  The addresses of narrowing_networks may relay as
# far as Postfix is concerned.
narrowing_networks="127.0.0.0/8 192.0.2.0/24 203.0.113.0/24 [2001:db8::]/32"
narrowing_restrictions="permit_mynetworks, permit_sasl_authenticated,
	reject_unauth_destination"
authority_restrictions="check_client_access static:OK, reject"

relay_restrictions()
{
	case ${role:?} in
	authority)	echo "$authority_restrictions" ;;
	*)		echo "$narrowing_restrictions" ;;
	esac
}

need_postfix()
{
	need postfix postconf smtp-sink saslpasswd2 python3
}

make_postfix()		# [MAIN.CF-LINE...]
{
	local names=yes
	if [ -z "${mx4:-}" ]; then
		names=no
		smtp_port=$(free_port)
		out_port=$(free_port)
		here_port=$(free_port)
	fi
	socket=$postfix_queue/mayrelay/mayrelay.sock
	socket_group=postfix
	mkdir -p "$postfix_etc" "$postfix_queue" "$W/data" || return 1
	chown postfix: "$W/data"
	own_folder "$(dirname "$socket")"
	make_sasl && make_master_cf && make_main_cf &&
	    postfix_set "smtpd_peername_lookup = $names"
	[ "$#" -eq 0 ] || postfix_set "$@"
}

make_main_cf()
{
	cat > "$postfix_etc/main.cf" <<-END
	compatibility_level = 3.6
	queue_directory = $postfix_queue
	data_directory = $W/data
	maillog_file = $postfix_log
	maillog_file_prefixes = $W
	myhostname = mx.example.com
	mydestination = example.com
	mynetworks = $narrowing_networks
	inet_interfaces = ${mx4:+127.0.0.1, ::1, $mx4,} ${mx6:-127.0.0.1}
	inet_protocols = all
	relayhost = [127.0.0.1]:$out_port
	local_transport = local:[127.0.0.1]:$here_port
	virtual_transport = virtual:[127.0.0.1]:$here_port
	local_recipient_maps =
	alias_maps =
	biff = no
	smtpd_relay_restrictions = $(relay_restrictions)
	smtpd_milters = unix:mayrelay/mayrelay.sock
	milter_default_action = tempfail
	smtpd_authorized_xclient_hosts = 0.0.0.0/0 [::]/0
	smtpd_sasl_auth_enable = yes
	smtpd_sasl_path = smtpd
	cyrus_sasl_config_path = $postfix_etc/sasl
	smtpd_sasl_local_domain =
	in_flow_delay = 0
	smtpd_error_sleep_time = 0
	smtpd_soft_error_limit = 1000
	smtpd_hard_error_limit = 1000
	smtpd_client_connection_count_limit = 0
	smtpd_client_connection_rate_limit = 0
	smtpd_client_message_rate_limit = 0
	smtpd_client_recipient_rate_limit = 0
	END
}

make_master_cf()
{
	cat > "$postfix_etc/master.cf" <<-END
	$smtp_port inet n - n - - smtpd
	pickup	unix	n - n 60 1 pickup
	cleanup	unix	n - n - 0 cleanup
	qmgr	unix	n - n 300 1 qmgr
	rewrite	unix	- - n - - trivial-rewrite
	bounce	unix	- - n - 0 bounce
	defer	unix	- - n - 0 bounce
	trace	unix	- - n - 0 bounce
	verify	unix	- - n - 1 verify
	flush	unix	n - n 1000? 0 flush
	proxymap unix	- - n - - proxymap
	proxywrite unix	- - n - 1 proxymap
	smtp	unix	- - n - - smtp
	relay	unix	- - n - - smtp
	local	unix	- - n - - smtp
	virtual	unix	- - n - - smtp
	showq	unix	n - n - - showq
	error	unix	- - n - - error
	retry	unix	- - n - - error
	discard	unix	- - n - - discard
	anvil	unix	- - n - 1 anvil
	scache	unix	- - n - 1 scache
	tlsmgr	unix	- - n 1000? 1 tlsmgr
	postlog	unix-dgram n - n - 1 postlogd
	END
}

# A sasldb of its own, if there is a program to make it.  (Debian looks into
# sasl/ beside main.cf whatever cyrus_sasl_config_path is.)
make_sasl()
{
	local login db=$postfix_etc/sasl/sasldb2
	mkdir -p "$postfix_etc/sasl"
	cat > "$postfix_etc/sasl/smtpd.conf" <<-END
	pwcheck_method: auxprop
	auxprop_plugin: sasldb
	mech_list: PLAIN LOGIN
	sasldb_path: $db
	END
	command -v saslpasswd2 > /dev/null || return 0
	for login in $mta_logins; do
		printf secret | saslpasswd2 -p -c -u mx.example.com -f "$db" \
		    "$login" || return 1
	done
	chgrp postfix "$db" && chmod 640 "$db"
}

# "name = value"; the last one said counts.
postfix_set()		# MAIN.CF-LINE...
{
	postconf -c "$postfix_etc" -e "$@"
}

# Postfix waits a while with a file that was written this very second; one of
# yesterday it reads at once.
backdate()
{
	find "$postfix_etc" -maxdepth 1 -type f -exec touch -d yesterday {} +
}

start_postfix()
{
	backdate
	postfix -c "$postfix_etc" start > "$W/postfix.out" 2>&1
	at_exit stop_postfix
	wait_for listening "$smtp_port" && return 0
	not_ok "Postfix starts" "$(cat "$W/postfix.out" "$postfix_log")"
	return 1
}

# New settings count for the next connection: every smtpd is made anew.
reload_postfix()	# [MAIN.CF-LINE...]
{
	local mark
	[ "$#" -eq 0 ] || postfix_set "$@"
	backdate
	mark=$(wc -l < "$postfix_log")
	postfix -c "$postfix_etc" reload >> "$W/postfix.out" 2>&1
	wait_for postfix_reloaded "$mark"
}

postfix_reloaded()	# LINES-BEFORE
{
	tail -n "+$(($1 + 1))" "$postfix_log" | grep -q 'master.*: reload'
}

stop_postfix()
{
	local master
	master=$(tr -d ' ' 2> /dev/null < "$postfix_queue/pid/master.pid")
	[ -n "$master" ] && ! gone "$master" || return 0
	postfix -c "$postfix_etc" stop >> "$W/postfix.out" 2>&1
	wait_for gone "$master" || kill -KILL "$master"
}

queue_empty()
{
	[ -z "$(find "$postfix_queue"/{maildrop,incoming,active,deferred,hold} \
	    -type f)" ]
}

# What waits is tried now.
flush_queue()
{
	postqueue -c "$postfix_etc" -f
}

# ---- its ways -------------------------------------------------------------

# The mailer of what leaves; how a log line begins; how reply_text is when it
# takes a recipient, and when it refuses to relay by its own rules.
mta_mailer=smtp
mta_id="NOQUEUE: "
mta_accepts="250 2.1.5 Ok"
mta_denies="554 5.7.1 Relay access denied"
mta_log=$postfix_log
mta_log_refusal=milter-reject
# The setting that lets mail pass while mayrelayd is down.
mta_opens="milter_default_action = accept"

# The reply without what Postfix adds to its own refusals: the recipient.
reply_text()		# < REPLY
{
	sed 's/^\([0-9]*[- ][0-9.]* \)<[^>]*>: /\1/'
}

# A message by the program that users call.
submit()		# SENDER RECIPIENT, and the message on standard input
{
	sendmail -C "$postfix_etc" -f "$1" -- "$2"
}

# The same, with the recipients in the message's header.
submit_header()		# SENDER
{
	sendmail -C "$postfix_etc" -f "$1" -t
}

# SMTP on standard input, from a program on the host.
sendmail_stdin()
{
	sendmail -C "$postfix_etc" -bs
}

# The id under which the Nth message was taken.
queue_id()		# [N]
{
	message_reply "$@" | sed -n 's/.*queued as \([0-9A-Za-z]*\).*/\1/p'
}
