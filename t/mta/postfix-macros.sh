#!/bin/bash
# What Postfix's settings change in what mayrelayd is told: protocol versions,
# lists of macros that somebody has emptied, another mail_name, queue ids that
# are there early, mail that is queued anew.
. "$(dirname "$0")/../lib.sh"
. "$TOP/t/postfix.sh"
. "$TOP/t/mta/routes.sh"
need_root
need postfix smtp-sink python3

conf_log="permits = true; repeats = 1000;"
role=authority
write_policy <<'LDIF'
version: 1

dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: example.com

dn: uid=joe,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: joe
cn: Joe
sn: Example
mail: joe@example.com

dn: uid=coded,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: joe+2Bx
cn: a login that looks like xtext
sn: Example
mail: coded@example.com

dn: uid=plain,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: joe+x
cn: what it would be decoded
sn: Example
mail: plain@example.com
LDIF

make_postfix "smtpd_relay_restrictions = $authority_restrictions" \
    "smtpd_authorized_xclient_hosts = 0.0.0.0/0" \
    "virtual_alias_domains = alias.example" \
    "virtual_alias_maps = inline:{ {info@alias.example = joe@example.com} }" ||
    exit 1
start_sinks && write_conf && start_mayrelayd && wait_policy &&
    start_postfix || exit 1

# One session: joe, then nobody, each to the outside, to us and to an alias.
two_callers()		# LABEL
{
	local mark
	mark=$(log_mark)
	talk <<-'END'
	XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=joe
	EHLO client.example
	MAIL FROM:<joe@example.com>
	RCPT TO:<one@away.example>
	RCPT TO:<two@example.com>
	RSET
	XCLIENT LOGIN=[UNAVAILABLE]
	EHLO client.example
	MAIL FROM:<joe@example.com>
	RCPT TO:<three@away.example>
	RCPT TO:<four@example.com>
	RCPT TO:<info@alias.example>
	QUIT
	END
	is "$(codes 'RCPT TO:')" "250 250 550 250 250" "$1: the replies"
	like "$(decision_lines "$mark")" "permit reason=account \
client=203.0.113.9 .*login=joe .*listener=mx.example.com mailer=smtp" \
	    "$1: joe's line"
	like "$(decision_lines "$mark")" "reject reason=auth-required \
client=203.0.113.9 .*login= .*listener=mx.example.com mailer=smtp" \
	    "$1: nobody's line"
}

# Postfix speaks the versions 2, 3, 4 and 6.  The lists that mayrelayd asks for
# stand above those of main.cf, even in version 2.
for version in 2 3 4 6; do
	reload_postfix "milter_protocol = $version"
	two_callers "version $version"
done
reload_postfix "milter_connect_macros =" "milter_helo_macros =" \
    "milter_mail_macros =" "milter_rcpt_macros =" "milter_data_macros ="
for version in 2 6; do
	reload_postfix "milter_protocol = $version"
	two_callers "version $version, no macros in main.cf"
done
reload_postfix "milter_mail_macros = {auth_type} {auth_authen}"
two_callers "the login alone in main.cf"
reload_postfix "milter_protocol = 5"
talk <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example
EHLO client.example
MAIL FROM:<a@example.net>
END
like "$(reply_to MAIL)" "^4[0-9][0-9] " \
    "version 5, which Postfix itself does not know, is closed"
reload_postfix "milter_protocol = 6"

# A mail_name that looks like a version of Sendmail makes mayrelayd decode
# logins, unless it is told what the MTA is.
coded_login()		# TEXT VERDICT REASON LOGIN
{
	local mark
	mark=$(log_mark)
	talk <<-'END'
	XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=joe+2B2Bx
	EHLO client.example
	MAIL FROM:<coded@example.com>
	RCPT TO:<one@away.example>
	QUIT
	END
	like "$(decision_lines "$mark")" \
	    "^[^ ]* NOQUEUE: $2 reason=$3 .*login=${4//+/\\+} " "$1"
}

coded_login "a login like xtext is as it is" permit account joe+2Bx
reload_postfix "mail_name = Example Mail"
coded_login "so it is with another mail_name" permit account joe+2Bx
reload_postfix "mail_name = 8.1 Mail"
coded_login "but not with one like Sendmail's version" \
    reject sender-not-owned joe+x
conf_milter='mta = "postfix";'
write_conf
mark=$(log_mark)
kill -HUP "$daemon_pid"
reloaded()
{
	log_since "$mark" | grep -q "reload"
}
becomes "mayrelayd reloads" reloaded
coded_login "until mayrelayd is told that it is Postfix" \
    permit account joe+2Bx
reload_postfix "mail_name = Postfix"

# A queue id as early as there is one.
reload_postfix "smtpd_delay_open_until_valid_rcpt = no"
mark=$(log_mark)
talk <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example
EHLO client.example
MAIL FROM:<a@example.net>
RCPT TO:<one@away.example>
QUIT
END
like "$(decision_lines "$mark")" " [0-9A-Z]{8,}: reject reason=auth-required" \
    "a queue file opened at MAIL names the first line, too"
reload_postfix "smtpd_delay_open_until_valid_rcpt = yes"

# Mail that is queued anew comes from the queue, whoever had sent it: also
# before a milter that should not be asked it is never refused.
reload_postfix "non_smtpd_milters = unix:mayrelay/mayrelay.sock" \
    "defer_transports = smtp"
talk <<'END'
XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=joe
EHLO client.example
MAIL FROM:<joe@example.com>
RCPT TO:<again@away.example>
DATA
Subject: again

again
.
QUIT
END
like "$(rcpt_reply)" "^250 " "joe's mail is accepted"
sed 's/^mail: joe@.*/mail: jim@example.com/' "$policy" | write_policy
no_longer_joes()
{
	! explain --client 203.0.113.9 --login joe --sender joe@example.com \
	    --recipient again@away.example
}
becomes "the address is joe's no longer" no_longer_joes
postconf -c "$postfix_etc" -e "defer_transports ="
holds "the mail is queued anew" postsuper -c "$postfix_etc" -r ALL
reload_postfix
becomes "queued anew: it leaves" \
    sink_has out '^X-Rcpt-Args: <again@away.example>'
becomes "queued anew: the queue is empty" queue_empty
