#!/bin/bash
# What Sendmail can be told about where mail goes, and what mayrelayd makes of
# it: virtusertable, mailertable, aliases, the access map, relay domains, smart
# hosts.  Each case by its reply, its log line, and where the mail really went.
MTA=sendmail
. "$(dirname "$0")/cases.sh"
. "$TOP/t/mta/routes.sh"

mta_policy()
{
	write_policy <<-'LDIF'
	version: 1

	dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: example.com

	dn: relayDomainName=hosted.example,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: hosted.example

	dn: relayDomainName=virtual.example,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: virtual.example
	relayDomainAlias: catch.example

	dn: relayDomainName=.wide.example,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: .wide.example

	dn: cn=servers,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: servers
	relayClient: 192.0.2.0/24
	relayAccess: allow
	LDIF
}

make_map()		# NAME; lines on standard input
{
	"${sendmail_etc:?}/makemap" -C "$sendmail_etc/sendmail.cf" \
	    hash "$sendmail_etc/$1"
}

# A third way out, for hosts behind this one.
third_port=2530
features=(
	"FEATURE(\`virtusertable', \`hash $sendmail_etc/virtusertable')dnl"
	"VIRTUSER_DOMAIN(\`virtual.example catch.example bare.example')dnl"
	"FEATURE(\`mailertable', \`hash $sendmail_etc/mailertable')dnl"
	"FEATURE(\`access_db', \`hash -T<TMPF> $sendmail_etc/access')dnl"
	"FEATURE(\`genericstable', \`hash $sendmail_etc/generics')dnl"
	"GENERICS_DOMAIN(\`example.org')dnl"
	"MASQUERADE_AS(\`masked.example')dnl"
	"FEATURE(\`masquerade_envelope')dnl"
	"MAILER_DEFINITIONS"
	"Mthird, P=[IPC], F=mDFMuXk, S=EnvFromSMTP, R=EnvToSMTP, E=\\r\\n, \
T=DNS/RFC822/SMTP, A=TCP [127.0.0.1] $third_port"
	"divert(0)dnl"
)
role=authority
make_sendmail "${features[@]}" || exit 1
make_map virtusertable <<'END'
info@virtual.example	anna
away@virtual.example	v1@away.example
nobody@virtual.example	error:nouser 550 No such user here
@catch.example		%1@away.example
info@bare.example	ben
away@bare.example	v2@away.example
away@example.com	v3@away.example
home@away.example	v4@example.com
END
make_map mailertable <<'END'
hosted.example		third:inside
.wide.example		third:inside
other.example		third:inside
desk.example		local:anna
closed.example		error:5.7.1:550 closed
END
make_map access <<'END'
To:relay.example	RELAY
To:ok.example		OK
Connect:198.51.100.8	RELAY
From:known@example.org	RELAY
To:shut@example.com	REJECT
END
make_map generics <<< "a@example.org	g1@example.com"
cat >> "$sendmail_etc/aliases" <<'END'
leaver: w1@away.example
list: anna, w2@away.example
program: "|/bin/true"
END
"$sendmail_etc/sendmail" -C "$sendmail_etc/sendmail.cf" -bi > "$W/aliases.out"
start_sinks && start_sink third "$third_port" && mta_policy && write_conf &&
    start_mayrelayd && wait_policy && start_sendmail || exit 1

# Sendmail resolves virtusertable before it asks: an entry of virtusertable that
# leads outside is outbound unless its domain is ours by an entry.
# Its local mailer gets the part before the @ alone.
routes "virtusertable" <<'END'
pass	-	info@virtual.example		here	anna
pass	-	away@virtual.example		out	v1@away.example
550	-	nobody@virtual.example
pass	-	a1@catch.example		out	a1@away.example
pass	-	info@bare.example		here	ben
reject	esmtp	away@bare.example
pass	-	away@example.com		out	v3@away.example
reject	esmtp	home@away.example
reject	esmtp	other@bare.example
reject	esmtp	x%away.example@catch.example
END

routes "mailertable" <<'END'
pass	-	b1@hosted.example		third
pass	-	b2@sub.wide.example		third
reject	third	b3@other.example
pass	-	b4@desk.example			here	anna
550	-	b5@closed.example
reject	esmtp	b6@sub.hosted.example
END

# Aliases are looked up when the recipient has been accepted.
routes "aliases" <<'END'
pass	-	leaver@example.com		out	w1@away.example
pass	-	list@example.com		here	anna
also	-	w2@away.example			out
pass	-	program@example.com
pass	-	postmaster			here	root
pass	-	c1@mx.example.com		here	c1
END

routes "the access map" <<'END'
reject	esmtp	d1@relay.example
reject	esmtp	d2@ok.example
pass	-	d3@example.com			here	d3
END

routes "routing" <<'END'
reject	esmtp	e1%away.example@example.com
reject	esmtp	away.example!e2@example.com
reject	esmtp	"e3@away.example"@example.com
reject	esmtp	@example.com:e4@away.example
reject	esmtp	e5%away.example
reject	esmtp	away.example!e6
reject	third	e7%away.example@hosted.example
reject	third	away.example!e8@hosted.example
553	-	e9@away.example@example.com
550	-	"|/bin/true"
550	-	/etc/passwd
END

# Who may relay goes by what the tables say.
route_client=192.0.2.9
routes "a client that may" <<'END'
permit	esmtp	f1@away.example			out
permit	third	f2@other.example		third
permit	esmtp	f3%away.example@example.com	out	f3@away.example
END
route_client=203.0.113.9

# Smart hosts: `relay' is no local mailer, whoever is behind it.
reload_sendmail "${features[@]}" "define(\`SMART_HOST', \`relay:inside')dnl" \
    "define(\`MAIL_HUB', \`third:inside')dnl"
routes "hubs and smart hosts" <<'END'
reject	relay	h1@away.example
pass	-	h2@example.com			third	h2@inside
pass	-	h3				third	h3@inside
pass	-	h4@hosted.example		third
reject	relay	h5%away.example@example.com
END
reload_sendmail "${features[@]}" "define(\`LUSER_RELAY', \`relay:inside')dnl" \
    "MODIFY_MAILER_FLAGS(\`LOCAL', \`+w')dnl"
routes "unknown users elsewhere" <<'END'
pass	-	nobody@example.com		here	nobody
pass	-	i2@example.com			out	i2@inside
reject	esmtp	i3@away.example
END

# Sendmail's own rules before mayrelayd: whom it lets relay is judged, and what
# it receives for others is outbound unless an entry says otherwise.
role=narrowing
stop_mayrelayd
write_conf && start_mayrelayd && wait_policy
route_client=198.51.100.9
reload_sendmail "${features[@]}" "RELAY_DOMAIN(\`relayed.example')dnl" \
    "RELAY_DOMAIN(\`hosted.example')dnl" "FEATURE(\`delay_checks')dnl" \
    "FEATURE(\`blacklist_recipients')dnl"
routes "relay domains" <<'END'
pass	-	j1@hosted.example		third
550	-	j2@away.example
reject	esmtp	j3@relayed.example
reject	esmtp	j4@sub.relayed.example
reject	esmtp	j5@relay.example
reject	esmtp	j6@sub.relay.example
550	-	j7@ok.example
550	-	j8%away.example@example.com
550	-	j9%away.example@hosted.example
pass	-	j10@example.com			here	j10
550	-	shut@example.com
END
route_client=198.51.100.8
routes "a client of the access map" <<'END'
reject	esmtp	k1@away.example
pass	-	k2@example.com			here	k2
END
route_client=198.51.100.9
reload_sendmail "${features[@]}" "FEATURE(\`relay_entire_domain')dnl" \
    "FEATURE(\`loose_relay_check')dnl" "RELAY_DOMAIN(\`hosted.example')dnl" \
    "FEATURE(\`relay_local_from')dnl" "FEATURE(\`relay_mail_from')dnl"
routes "loose rules" <<'END'
pass	-	l1@hosted.example		third
550	-	l2@away.example
reject	third	l3%away.example@hosted.example
END
route_sender=anna@example.com
routes "relaying for a typed sender" <<'END'
reject	esmtp	m1@away.example
pass	-	m2@example.com			here	m2
END
