#!/bin/bash
# The ways by which mail comes in to Postfix: submission, a chroot, a proxy in
# front, postscreen, a unix socket, a proxy's XCLIENT without an address; and
# clients that a map keeps from mayrelayd.  Each time mayrelayd must see the
# client that Postfix sees, or nobody.
. "$(dirname "$0")/../lib.sh"
. "$TOP/t/postfix.sh"
. "$TOP/t/mta/routes.sh"
need_root
need postfix smtp-sink python3 saslpasswd2

conf_log="permits = true; repeats = 1000;"
role=authority
write_policy <<'LDIF'
version: 1

dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
objectClass: relayDomain
relayDomainName: example.com

dn: cn=servers,ou=relay,dc=example,dc=com
objectClass: relayNetwork
cn: servers
relayClient: 192.0.2.0/24
relayClient: 2001:db8:1::/48
relayAccess: allow

dn: cn=local,ou=relay,dc=example,dc=com
objectClass: relayNetwork
cn: local
relayClient: 127.0.0.0/8
relayAccess: authenticate

dn: uid=anna,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: anna
cn: Anna
sn: Example
mail: anna@example.com
LDIF

make_postfix "smtpd_relay_restrictions = $authority_restrictions" \
    "smtpd_authorized_xclient_hosts = 0.0.0.0/0" \
    "postscreen_cache_map = btree:$W/data/postscreen" \
    "postscreen_access_list = static:permit" || exit 1
submission=$(free_port)
jail=$(free_port)
proxied=$(free_port)
screened=$(free_port)
sed 's/^\t//' >> "$postfix_etc/master.cf" <<END
	127.0.0.1:$submission inet n - n - - smtpd
	    -o milter_macro_daemon_name=ORIGINATING
	    -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
	127.0.0.1:$jail inet n - y - - smtpd
	    -o milter_macro_daemon_name=JAIL
	127.0.0.1:$proxied inet n - n - - smtpd
	    -o smtpd_upstream_proxy_protocol=haproxy
	127.0.0.1:$screened inet n - n - 1 postscreen
	    -o postscreen_upstream_proxy_protocol=haproxy
	smtpd pass - - n - - smtpd
	    -o milter_macro_daemon_name=SCREENED
	dnsblog unix - - n - 0 dnsblog
	tlsproxy unix - - n - 0 tlsproxy
	byunix unix n - n - - smtpd
END
start_sinks && write_conf && start_mayrelayd && wait_policy &&
    start_postfix || exit 1

# One mail to the outside and one to us: LINES is what the client says first,
# CODES the replies, DECISION is found in the line of the first.
comes_by()		# TEXT PORT|SOCKET LINES SENDER CODES DECISION
{
	local mark
	mark=$(log_mark)
	{
		printf '%b' "$3"
		printf '%s\n' "MAIL FROM:<$4>" "RCPT TO:<one@away.example>" \
		    "RCPT TO:<two@example.com>" QUIT
	} > "$W/script"
	case $2 in
	/*)	talk --socket "$2" < "$W/script" ;;
	*)	talk --port "$2" < "$W/script" ;;
	esac
	is "$(codes 'RCPT TO:')" "$5" "$1: the replies"
	like "$(decision_lines "$mark")" "$6" "$1: the log line"
}

hello='EHLO client.example\n'
stranger='XCLIENT ADDR=203.0.113.9 NAME=host.example\n'
anna='XCLIENT ADDR=203.0.113.9 NAME=host.example LOGIN=anna\n'
no="reject reason=auth-required client"

# Listeners have names, and their own rules.
comes_by "submission, signed in" "$submission" "$anna$hello" \
    anna@example.com "250 250" \
    "permit reason=account .*login=anna .*listener=ORIGINATING "
comes_by "submission, as another" "$submission" "$anna$hello" \
    boss@example.com "550 250" \
    "reject reason=sender-not-owned .*listener=ORIGINATING "
comes_by "submission, nobody" "$submission" "$stranger$hello" \
    a@example.net "554 554" "^$"
comes_by "a chroot" "$jail" "$stranger$hello" a@example.net "550 250" \
    "$no=203\.0\.113\.9 .*listener=JAIL "

# A proxy in front tells who the client is (PROXY protocol, version 1).
comes_by "a proxied stranger" "$proxied" \
    ":first PROXY TCP4 203.0.113.7 198.51.100.1 4711 25\n$hello" \
    a@example.net "550 250" "$no=203\.0\.113\.7 "
comes_by "a proxied stranger by IPv6" "$proxied" \
    ":first PROXY TCP6 2001:db8:9::7 2001:db8::1 4711 25\n$hello" \
    a@example.net "550 250" "$no=2001:db8:9::7 "
comes_by "a proxied stranger, mapped" "$proxied" \
    ":first PROXY TCP6 ::ffff:203.0.113.7 ::ffff:198.51.100.1 4711 25\n$hello" \
    a@example.net "550 250" "$no=203\.0\.113\.7 "
comes_by "a proxied server" "$proxied" \
    ":first PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\n$hello" \
    a@example.net "250 250" "permit reason=network client=192\.0\.2\.7 "
comes_by "a proxied server, mapped" "$proxied" \
    ":first PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 4711 25\n$hello" \
    a@example.net "250 250" "permit reason=network client=192\.0\.2\.7 "
comes_by "a proxied client of the host itself" "$proxied" \
    ":first PROXY TCP4 127.0.0.1 127.0.0.1 4711 25\n$hello" \
    a@example.net "550 250" "$no=127\.0\.0\.1 .*rule=\"cn=local,"
comes_by "anna through a proxy" "$proxied" \
    ":first PROXY TCP4 203.0.113.7 198.51.100.1 4711 25\n$hello\
:auth anna@mx.example.com secret\n" \
    anna@example.com "550 250" \
    "account-unknown client=203\.0\.113\.7 .*login=anna@mx\.example\.com "
talk --port "$proxied" <<< ":first PROXY UNKNOWN"
like "$said" "^S: 421 4\.3\.0 " "a proxy that does not say who: closed"

# postscreen hands the connection on.
comes_by "a screened stranger" "$screened" \
    ":first PROXY TCP4 203.0.113.7 198.51.100.1 4711 25\n$hello" \
    a@example.net "550 250" "$no=203\.0\.113\.7 .*listener=SCREENED "
comes_by "a screened server" "$screened" \
    ":first PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\n$hello" \
    a@example.net "250 250" "permit .*=192\.0\.2\.7 .*listener=SCREENED "

# An smtpd on a unix socket does not know its client.
comes_by "a unix socket" "$postfix_queue/public/byunix" "$hello" \
    a@example.net "550 250" "$no=unknown name=localhost "
comes_by "a login by a unix socket" "$postfix_queue/public/byunix" \
    "$hello:auth anna secret\n" anna@example.com "250 250" \
    "permit reason=account client=unknown name=localhost login=anna "

# What a proxy tells by XCLIENT of a client that it does not know.  Postfix
# hands an address over that libmilter does not take: put off, us included.
comes_by "XCLIENT without an address" "$smtp_port" \
    "XCLIENT ADDR=[UNAVAILABLE] NAME=[UNAVAILABLE]\n$hello" \
    a@example.net "451 451" "^$"
comes_by "XCLIENT without a name" "$smtp_port" \
    "XCLIENT ADDR=203.0.113.9 NAME=[TEMPUNAVAIL]\n$hello" \
    a@example.net "550 250" "$no=203\.0\.113\.9 name=\[203\.0\.113\.9\] "
comes_by "XCLIENT with a mapped address" "$smtp_port" \
    "XCLIENT ADDR=IPV6:::ffff:192.0.2.7 NAME=host.example\n$hello" \
    a@example.net "250 250" "permit reason=network client=192\.0\.2\.7 "

# A loopback address with port 0 is Postfix's own session for mail that was
# submitted on the host; one that has signed in is not.
comes_by "XCLIENT without a port, signed in" "$smtp_port" \
    "XCLIENT ADDR=127.0.0.1 PORT=[UNAVAILABLE] LOGIN=anna\n$hello" \
    boss@example.com "550 250" "reject reason=sender-not-owned client=127"

# A map decides who comes before mayrelayd at all.
reload_postfix "smtpd_milter_maps = inline:{ {192.0.2.77 = DISABLE} }" \
    "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination" \
    "mynetworks = 192.0.2.77"
comes_by "a client exempt from milters" "$smtp_port" \
    "XCLIENT ADDR=192.0.2.77 NAME=host.example\n$hello" \
    a@example.net "250 250" "^$"
comes_by "its neighbour" "$smtp_port" \
    "XCLIENT ADDR=192.0.2.78 NAME=host.example\n$hello" \
    a@example.net "554 250" "^$"
