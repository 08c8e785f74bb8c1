# shellcheck shell=bash
# t/postfix.sh: a private Postfix on loopback, and how to talk to it.  To be
# sourced after t/lib.sh; needs root.
#
#	make_postfix && start_sinks && start_postfix
#
# It has its own configuration, queue, data and log; whatever Postfix the
# system has does not matter and is not touched.  example.com is hosted: its
# mail goes to the sink `here'; all other mail goes out, to the sink `out'.
# XCLIENT is allowed, from every address that was played before too, so that any
# client address and any login can be played.

postfix_etc=$W/etc
postfix_queue=$W/spool
postfix_log=$W/maillog
smtp_port=
out_port=
here_port=

# main.cf; relay_restrictions is what the roles differ in.  The addresses of
# narrowing_networks may relay as far as Postfix is concerned.
narrowing_networks="127.0.0.0/8 192.0.2.0/24 203.0.113.0/24 [2001:db8::]/32"
narrowing_restrictions="permit_mynetworks, permit_sasl_authenticated,
	reject_unauth_destination"
authority_restrictions="check_client_access static:OK, reject"

make_postfix()		# [MAIN.CF-LINE...]
{
	smtp_port=$(free_port)
	out_port=$(free_port)
	here_port=$(free_port)
	socket=$postfix_queue/mayrelay/mayrelay.sock
	socket_group=postfix
	mkdir -p "$postfix_etc" "$postfix_queue" "$W/data" || return 1
	chown postfix: "$W/data"
	own_folder "$(dirname "$socket")"
	make_sasl && make_master_cf && make_main_cf
	local line
	for line in "$@"; do
		postfix_set "$line"
	done
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
	inet_interfaces = 127.0.0.1
	inet_protocols = all
	relayhost = [127.0.0.1]:$out_port
	local_transport = local:[127.0.0.1]:$here_port
	virtual_transport = virtual:[127.0.0.1]:$here_port
	local_recipient_maps =
	alias_maps =
	biff = no
	smtpd_relay_restrictions = $narrowing_restrictions
	smtpd_milters = unix:mayrelay/mayrelay.sock
	milter_default_action = tempfail
	smtpd_authorized_xclient_hosts = 0.0.0.0/0 [::]/0
	smtpd_sasl_auth_enable = yes
	smtpd_sasl_path = smtpd
	cyrus_sasl_config_path = $postfix_etc/sasl
	smtpd_sasl_local_domain =
	smtpd_peername_lookup = no
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
	127.0.0.1:$smtp_port inet n - n - - smtpd
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

# A sasldb of its own, for one true AUTH: anna with the password secret.
# (Debian looks into sasl/ beside main.cf whatever cyrus_sasl_config_path is.)
make_sasl()
{
	local db=$postfix_etc/sasl/sasldb2
	mkdir -p "$postfix_etc/sasl"
	cat > "$postfix_etc/sasl/smtpd.conf" <<-END
	pwcheck_method: auxprop
	auxprop_plugin: sasldb
	mech_list: PLAIN
	sasldb_path: $db
	END
	command -v saslpasswd2 > /dev/null || return 0
	printf secret |
	    saslpasswd2 -p -c -u mx.example.com -f "$db" anna || return 1
	chgrp postfix "$db" && chmod 640 "$db"
}

# "name = value"; the last one said counts.
postfix_set()
{
	postconf -c "$postfix_etc" -e "$1"
}

start_postfix()
{
	postfix -c "$postfix_etc" start > "$W/postfix.out" 2>&1
	at_exit stop_postfix
	wait_for listening "$smtp_port" && return 0
	not_ok "Postfix starts" "$(cat "$W/postfix.out" "$postfix_log")"
	return 1
}

# New settings count for the next connection: every smtpd is made anew.
reload_postfix()
{
	local mark
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

# Two servers that take every mail and keep it in $W/out.mail, $W/here.mail.
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

queue_empty()
{
	[ -z "$(find "$postfix_queue"/{maildrop,incoming,active,deferred,hold} \
	    -type f)" ]
}

# ---- talking to it --------------------------------------------------------

# One mail by swaks; OPTIONS are swaks's.  Sets said to the dialogue and
# smtp_status to swaks's exit status (0: accepted, 24: no recipient was).
smtp()			# OPTION...
{
	said=$(swaks --server "127.0.0.1:$smtp_port" --helo client.example \
	    --hide-informational --header "Subject: a test" "$@" 2>&1)
		smtp_status=$?
}

# What the server said to the Nth RCPT of $said (or of what dialogue said).
rcpt_reply()		# [N]
{
	printf '%s\n' "$said" | awk -v n="${1:-1}" '
	    /^ ?-> / || /^C: / { inside = /RCPT TO/ && ++i == n }
	    inside && /^(<|S: )/ { sub(/^(<..|S:) +/, ""); print }'
}

# Raw SMTP: one command a line on standard input; after DATA come the lines of
# the message up to the dot.  Sets said to "C: ..." and "S: ..." lines.
dialogue()
{
	local command body=0
	said=
	exec 9<> "/dev/tcp/127.0.0.1/$smtp_port" || return 1
	hear
	while IFS= read -r command; do
		printf '%s\r\n' "$command" >&9
		said+="C: $command"$'\n'
		[ "$command" = . ] && body=0
		[ "$body" -eq 1 ] && continue
		hear
		[ "$command" = DATA ] && [[ $heard = 354* ]] && body=1
	done
	exec 9>&- 9<&-
	said=${said%$'\n'}
}

hear()			# one reply, of several lines perhaps
{
	while IFS= read -r -t "$WAIT" -u 9 heard; do
		heard=${heard%$'\r'}
		said+="S: $heard"$'\n'
		[[ $heard =~ ^[0-9]{3}- ]] || return 0
	done
	said+="S: (nothing)"$'\n'
	heard=
}
