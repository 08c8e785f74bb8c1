#!/bin/bash
# What Postfix can be told about where mail goes, and what mayrelayd makes of
# it: a recipient is local by Postfix's word or by an entry, whatever the maps
# do with it afterwards; all else is outbound.  Each case by its reply, its log
# line, and where the mail really went.
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

dn: relayDomainName=backup.example,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: backup.example

dn: relayDomainName=wide.example,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: wide.example

dn: relayDomainName=.wide.example,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: .wide.example

dn: cn=servers,ou=relay,dc=example,dc=com
objectClass: relayNetwork
cn: servers
relayClient: 192.0.2.0/24
relayAccess: allow
LDIF

third_port=$(free_port)
make_postfix "smtpd_relay_restrictions = $authority_restrictions" \
    "smtpd_authorized_xclient_hosts = 127.0.0.0/8" \
    "transport_maps = texthash:$postfix_etc/transport" \
    "virtual_alias_maps = texthash:$postfix_etc/virtual" || exit 1
third="[127.0.0.1]:$third_port"
here="[127.0.0.1]:$here_port"
printf '%s unix - - n - - smtp\n' special lmtp >> "$postfix_etc/master.cf"
: > "$postfix_etc/transport"
: > "$postfix_etc/virtual"
start_sinks && start_sink third "$third_port" && write_conf &&
    start_mayrelayd && wait_policy && start_postfix || exit 1

routes "nothing special" <<'END'
pass	-	a1@example.com			here
reject	smtp	a2@away.example
reject	smtp	a3@sub.example.com
pass	-	a4@[127.0.0.1]			here
reject	smtp	a5@[192.0.2.1]
END

# Relay domains and their subdomains: entries say which are ours.
reload_postfix "relay_domains = backup.example, wide.example, hidden.example" \
    "relay_transport = relay:$third"
routes "relay domains" <<'END'
pass	-	b1@backup.example		third
reject	relay	b2@sub.backup.example
pass	-	b3@wide.example			third
pass	-	b4@sub.wide.example		third
pass	-	b5@deep.sub.wide.example	third
reject	relay	b6@hidden.example
reject	relay	b7@sub.hidden.example
reject	smtp	b8@notbackup.example
END
reload_postfix "parent_domain_matches_subdomains ="
routes "relay domains, no subdomains" <<'END'
pass	-	c1@backup.example		third
reject	smtp	c2@sub.backup.example
pass	-	c3@sub.wide.example		out
END
reload_postfix "relay_domains = .wide.example, .hidden.example"
routes "relay domains with a dot" <<'END'
pass	-	d1@sub.wide.example		third
pass	-	d2@wide.example			out
reject	relay	d3@sub.hidden.example
END

# A transport map may call anything anything: only the names in local_mailers
# are believed, and entries.
cat > "$postfix_etc/transport" <<END
example.com		smtp:$third
hosted.example		lmtp:$third
other.example		special:$third
u@box.example		smtp:$third
gone.example		discard:
closed.example		error:5.7.1 closed
unknown.example		error:5.1.1 User unknown here
.wide.example		special:$here
END
reload_postfix "relay_domains =" "virtual_mailbox_domains = box.example" \
    "virtual_mailbox_maps = static:ok"
routes "transport maps" <<'END'
pass	-	e1@example.com			third
pass	-	e2@hosted.example		third
reject	special	e3@other.example
pass	-	e4@box.example			here
reject	smtp	u@box.example
pass	-	e5@gone.example
550	-	e6@closed.example
550	-	e7@unknown.example
pass	-	e8@sub.wide.example		here
END
: > "$postfix_etc/transport"

# Virtual aliases: the recipient is ours by its domain; where its mail goes is
# the postmaster's will.  What is not ours is refused before an alias is looked
# up that would bring it home.
cat > "$postfix_etc/virtual" <<'END'
info@alias.example	f1@example.com
away@alias.example	f2@away.example
away@example.com	f3@away.example
home@away.example	f4@example.com
@catch.example		f5@example.com
@moved.example		@away.example
both@alias.example	f6@example.com, f6@away.example
box@box.example		f7@away.example
END
reload_postfix \
    "virtual_alias_domains = alias.example, catch.example, moved.example" \
    "relay_domains = backup.example"
routes "virtual aliases" <<'END'
pass	-	info@alias.example		here	f1@example.com
pass	-	away@alias.example		out	f2@away.example
550	-	nobody@alias.example
pass	-	away@example.com		out	f3@away.example
reject	smtp	home@away.example
pass	-	any.one@catch.example		here	f5@example.com
pass	-	f8@moved.example		out	f8@away.example
pass	-	both@alias.example		here	f6@example.com
also	-	f6@away.example			out
pass	-	box@box.example			out	f7@away.example
reject	error	f9%away.example@moved.example
reject	error	away.example!f9@moved.example
reject	error	"f9@away.example"@moved.example
END

# Rewriting by cleanup(8) comes after the question.
cat > "$postfix_etc/canonical" <<'END'
old@example.com		g1@away.example
old@away.example	g2@example.com
a@example.org		g3@example.com
END
reload_postfix "canonical_maps = texthash:$postfix_etc/canonical" \
    "recipient_bcc_maps = inline:{ {bcc@example.com = copy@away.example} }" \
    "recipient_delimiter = +"
routes "rewriting" <<'END'
pass	-	old@example.com			out	g1@away.example
reject	smtp	old@away.example
pass	-	g4+tag@example.com		here
pass	-	info+tag@alias.example		here	f1+tag@example.com
reject	smtp	g5+example.com@away.example
pass	-	bcc@example.com			here
also	-	copy@away.example		out
END
reload_postfix "canonical_maps =" "recipient_bcc_maps =" "recipient_delimiter ="

# Routing inside an address, and what Postfix makes of it when told.
routes "routing" <<'END'
reject	smtp	h1%away.example@example.com
reject	smtp	away.example!h2@example.com
reject	smtp	away.example!h3
reject	smtp	h4%away.example
reject	smtp	"h5@away.example"@example.com
reject	smtp	"h6@away.example"
reject	smtp	@example.com:h7@away.example
pass	-	@away.example:h8@example.com	here	h8@example.com
reject	relay	h9%away.example@backup.example
reject	relay	away.example!h10@backup.example
reject	relay	"h11@away.example"@backup.example
reject	smtp	h12@away.example@example.com
END
reload_postfix "allow_percent_hack = no" "swap_bangpath = no" \
    "resolve_dequoted_address = no"
routes "routing that Postfix does not see" <<'END'
pass	-	i1%away.example@example.com	here
pass	-	away.example!i2@example.com	here
reject	relay	i3%away.example@backup.example
reject	relay	away.example!i4@backup.example
pass	-	"i5@away.example"@example.com	here
reject	relay	"i6@away.example"@backup.example
reject	smtp	i7%away.example@away.example
reject	smtp	@example.com:i8@away.example
END
reload_postfix "allow_percent_hack = yes" "swap_bangpath = yes" \
    "resolve_dequoted_address = yes"

# Postfix's own rules before mayrelayd, and the one setting that lets strangers
# route through a relay domain.
reload_postfix "smtpd_relay_restrictions = reject_unauth_destination"
routes "Postfix's own rules" <<'END'
pass	-	j1@backup.example		third
554	-	j2%away.example@backup.example
554	-	j3%away.example@example.com
554	-	j4@away.example
END
reload_postfix "allow_untrusted_routing = yes"
routes "untrusted routing" <<'END'
pass	-	k1@backup.example		third
reject	relay	k2%away.example@backup.example
reject	relay	away.example!k3@backup.example
554	-	k4%away.example@example.com
END
reload_postfix "allow_untrusted_routing = no" \
    "smtpd_relay_restrictions = $authority_restrictions"

# No domain: it gets $myorigin, which should be one of ours.
reload_postfix "myorigin = example.com"
routes "no domain" <<'END'
pass	-	l1				here	l1@example.com
reject	smtp	l2@away
END
reload_postfix "myorigin = origin.example"
routes "an origin that is elsewhere" <<'END'
pass	-	m1				out	m1@origin.example
reject	smtp	m2@origin.example
END

# Who may relay, goes where Postfix sends him, whatever that is called.
route_client=192.0.2.9
reload_postfix \
    "sender_dependent_relayhost_maps = inline:{ {a@example.org=$third} }"
routes "a sender's relay host" <<'END'
pass	-	n1@example.com			here
permit	smtp	n2@away.example			third
pass	-	n3@backup.example		third
END
reload_postfix "sender_dependent_relayhost_maps =" \
    "sender_dependent_default_transport_maps = static:special:$third"
routes "a sender's transport" <<'END'
permit	special	o1@away.example			third
pass	-	o2@example.com			here
END
route_client=203.0.113.9
routes "the same sender from elsewhere" <<'END'
reject	special	p1@away.example
END
