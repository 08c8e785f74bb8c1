# shellcheck shell=bash
# t/mta/vanishing.sh: clients that are gone in the middle of a session, by a
# reset of the connection.  To be sourced after t/mta/routes.sh; example.com is
# hosted, and anna may send.

# What they began, also what they signed in as, is nothing to the next client.
vanish()		# TEXT [OPTION...]; the script up to then on standard input
{
	local text=$1
	shift
	talk "$@" <<-END
	$(route_greeting)
	:auth anna secret
	$(cat)
	:drop
	$(route_greeting)
	MAIL FROM:<anna@example.com>
	RCPT TO:<next@away.example>
	RCPT TO:<next@example.com>
	QUIT
	END
	is "$(codes 'RCPT TO:<next')" "550 250" \
	    "the next after one who vanished $text"
}

vanish_everywhere()	# [OPTION...]: of talk
{
	vanish "after AUTH" "$@" < /dev/null
	vanish "in TLS" "$@" <<< ":tls"
	vanish "after MAIL" "$@" <<< "MAIL FROM:<anna@example.com>"
	vanish "after RCPT" "$@" <<-END
	MAIL FROM:<anna@example.com>
	RCPT TO:<vanished@away.example>
	END
	vanish "before the reply to RCPT" "$@" <<-END
	MAIL FROM:<anna@example.com>
	:raw RCPT TO:<vanished@away.example>\r\n
	END
	vanish "after DATA" "$@" <<-END
	MAIL FROM:<anna@example.com>
	RCPT TO:<vanished@away.example>
	:send DATA
	:hear
	END
	vanish "in the message" "$@" <<-END
	MAIL FROM:<anna@example.com>
	RCPT TO:<vanished@away.example>
	:send DATA
	:hear
	:raw Subject: half a mess
	END
	holds "clients vanished: mayrelayd runs on" kill -0 "$daemon_pid"
}
