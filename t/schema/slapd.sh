#!/bin/bash
# Both forms of the schema, loaded into a real slapd as a postmaster would:
# what each attribute and class lets in and keeps out, how values match, and
# that the two forms say the same.
. "$(dirname "$0")/../lib.sh"

need slapd slapadd ldapadd ldapmodify ldapsearch ldapdelete
S=/etc/ldap/schema
[ -r "$S/core.ldif" ] || cannot_run "needs OpenLDAP's own schema in $S"

suffix=dc=example,dc=com
admin=cn=admin,$suffix
arc=2.25.89804912305991870483976465026231876111
uri=

# ---- a private slapd -------------------------------------------------------

uri_of()		# PATH of a socket
{
	printf 'ldapi://%s' "${1//\//%2F}"
}

# Waits until it answers.
start_slapd()		# FORM OPTION...
{
	local path=$W/$1.sock
	shift
	slapd -d 0 -h "$(uri_of "$path")" "$@" > "$W/slapd.log" 2>&1 \
	    < /dev/null &
	slapd_pid=$!
	at_exit "end_process $slapd_pid"
	uri=$(uri_of "$path")
	wait_for listening "$path"
}

stop_slapd()
{
	end_process "$slapd_pid"
	wait "$slapd_pid"
}

# slapd.conf, which includes the .schema file.
start_conf()
{
	mkdir "$W/conf.db" && cat > "$W/slapd.conf" <<-END
	include $S/core.schema
	include $S/cosine.schema
	include $S/inetorgperson.schema
	include $TOP/etc/mayrelay.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	database mdb
	suffix $suffix
	rootdn $admin
	rootpw secret
	directory $W/conf.db
	END
	start_slapd conf -f "$W/slapd.conf"
}

# cn=config, to which the .ldif file is added while slapd runs.
start_config()
{
	mkdir "$W/config.d" "$W/config.db" &&
	cat > "$W/config.ldif" <<-END &&
	dn: cn=config
	objectClass: olcGlobal
	cn: config

	dn: cn=module{0},cn=config
	objectClass: olcModuleList
	cn: module{0}
	olcModulePath: /usr/lib/ldap
	olcModuleLoad: back_mdb

	dn: cn=schema,cn=config
	objectClass: olcSchemaConfig
	cn: schema

	include: file://$S/core.ldif

	include: file://$S/cosine.ldif

	include: file://$S/inetorgperson.ldif

	dn: olcDatabase={0}config,cn=config
	objectClass: olcDatabaseConfig
	olcDatabase: {0}config
	olcRootDN: cn=config
	olcRootPW: secret

	dn: olcDatabase={1}mdb,cn=config
	objectClass: olcDatabaseConfig
	objectClass: olcMdbConfig
	olcDatabase: {1}mdb
	olcSuffix: $suffix
	olcRootDN: $admin
	olcRootPW: secret
	olcDbDirectory: $W/config.db
	END
	slapadd -n 0 -F "$W/config.d" -l "$W/config.ldif" &&
	start_slapd config -F "$W/config.d" &&
	ldapadd -x -H "$uri" -D cn=config -w secret \
	    -f "$TOP/etc/mayrelay.ldif" > "$W/added" 2>&1
}

# ---- asking it ---------------------------------------------------------------

as_admin()		# COMMAND OPTION...: prints nothing but its status
{
	"$1" -x -H "$uri" -D "$admin" -w secret "${@:2}" \
	    > "$W/said" 2>&1
	echo "$?"
}

add()			# LDIF on standard input; prints the LDAP result
{
	as_admin ldapadd
}

set_values()		# DN ATTR VALUE...; one that begins x: is base64
{
	local value
	{
		printf 'dn: %s\nchangetype: modify\nreplace: %s\n' "$1" "$2"
		for value in "${@:3}"; do
			case $value in
			'')	printf '%s:\n' "$2" ;;
			x:*)	printf '%s:: %s\n' "$2" "${value#x:}" ;;
			*)	printf '%s:: %s\n' "$2" \
				    "$(printf %s "$value" | base64 -w 0)" ;;
			esac
		done
	} > "$W/change"
	as_admin ldapmodify -f "$W/change"
}

found()			# FILTER: prints how many entries match
{
	ldapsearch -x -LLL -H "$uri" -D "$admin" -w secret -b "$suffix" \
	    "$1" 1.1 2> "$W/said" | grep -c '^dn:'
}

# LDAP results (RFC 4511 section 4.1.9).
success=0
bad_constraint=19
bad_twice=20
bad_syntax=21
bad_class=65

# ---- values ------------------------------------------------------------------

# Who carries an attribute in the tests of values.
account=uid=joe,$suffix
group=cn=staff,$suffix
domain=o=example,$suffix

fixtures()
{
	is "$(add <<-END
	dn: $suffix
	objectClass: organization
	objectClass: dcObject
	o: Example
	dc: example

	dn: $account
	objectClass: inetOrgPerson
	objectClass: relayAccount
	uid: joe
	cn: Joe
	sn: Doe

	dn: $group
	objectClass: groupOfNames
	objectClass: relayGroup
	cn: staff
	member: $account

	dn: $domain
	objectClass: organization
	objectClass: relayDomainAux
	o: example
	relayDomainName: example.com
	END
	)" $success "$form: the classes go with those of other schemas"
}

# attribute, a value, another one, the first as the matching rule may see it
texts='
relayClient       192.0.2.0/24       2001:db8::/32     192.0.2.0/24
relayClient       2001:db8::/32      192.0.2.7         2001:DB8::/32
relayAccess       allow              deny              ALLOW
relaySender       joe@example.com    *                 Joe@Example.COM
relaySender       @.example.com      <>                @.EXAMPLE.com
relayRecipient    @example.net       null              @Example.Net
relayDomainName   example.com        .example.edu      EXAMPLE.COM
relayDomainName   [192.0.2.1]        xn--bcher-kva.example [192.0.2.1]
relayDomainAlias  example.org        example.net       Example.ORG
relayLogin        joe                CORP\joe          JOE
relayLogin        jürgen             joe@EXAMPLE.COM   JÜRGEN
relayMember       joe                jane@example.com  Joe
relayContact      Postmaster         Müller            postMASTER
'

many='relayClient relaySender relayRecipient relayDomainAlias relayLogin
relayMember relayContact'
one='relayAccess relayDomainName relayNotBefore relayNotAfter relayEnforceFrom
relayReviewAfter'
ia5='relayClient relayAccess relayDomainName relayDomainAlias'
directory_string='relaySender relayRecipient relayLogin relayMember
relayContact'
times='relayNotBefore relayNotAfter relayEnforceFrom relayReviewAfter'

carrier()		# ATTR: the DN of an entry that may have it
{
	case $1 in
	relayDomain*)	echo "$domain" ;;
	relayMember)	echo "$group" ;;
	*)		echo "$account" ;;
	esac
}

# Values of a filter need escapes for * \ ( ) (RFC 4515).
filter_value()
{
	local s=${1//\\/\\5c}
	s=${s//\*/\\2a}
	s=${s//\(/\\28}
	printf %s "${s//\)/\\29}"
}

text_values()
{
	local attr by value other same
	while read -r attr value other same; do
		[ -n "$attr" ] || continue
		by=$(carrier "$attr")
		is "$(set_values "$by" "$attr" "$other")" $success \
		    "$form: $attr takes $other"
		is "$(found "($attr=$(filter_value "$value"))")" 0 \
		    "$form: $attr: $other is not $value"
		is "$(set_values "$by" "$attr" "$value")" $success \
		    "$form: $attr takes $value"
		is "$(found "($attr=$(filter_value "$same"))")" 1 \
		    "$form: $attr: $value matches $same"
	done <<< "$texts"
	for attr in relayClient relaySender relayRecipient relayDomainName \
	    relayDomainAlias relayLogin relayMember relayContact; do
		set_values "$(carrier "$attr")" "$attr" one.example > /dev/null
		is "$(found "($attr=*E.EXAM*)")" 1 \
		    "$form: $attr can be searched by a part"
	done
}

# Non-ASCII where there may be none; bytes that are no UTF-8; nothing at all.
bad_texts()
{
	local attr
	for attr in $ia5; do
		is "$(set_values "$(carrier "$attr")" "$attr" "bücher.example")" \
		    $bad_syntax "$form: $attr refuses other than ASCII"
	done
	for attr in $directory_string; do
		is "$(set_values "$(carrier "$attr")" "$attr" x:/2E=)" \
		    $bad_syntax "$form: $attr refuses what is no UTF-8"
		is "$(set_values "$(carrier "$attr")" "$attr" "")" \
		    $bad_syntax "$form: $attr refuses an empty value"
	done
}

time_values()
{
	local attr bad
	for attr in $times; do
		is "$(set_values "$account" "$attr" 20270115120000Z)" \
		    $success "$form: $attr takes a GeneralizedTime"
		is "$(found "($attr=20270115120000Z)")" 1 \
		    "$form: $attr matches itself"
		is "$(found "($attr=20270115120000.0Z)")" 1 \
		    "$form: $attr matches the same time in another spelling"
		is "$(found "($attr>=20270115115959Z)")" 1 \
		    "$form: $attr is after what is before it"
		is "$(found "($attr<=20270115115959Z)")" 0 \
		    "$form: $attr is not before that"
		is "$(found "($attr<=20280101000000Z)")" 1 \
		    "$form: $attr is before what is after it"
		for bad in 2027-01-15T12:00:00Z tomorrow 20271315000000Z \
		    20270115120000 ''; do
			is "$(set_values "$account" "$attr" "$bad")" \
			    $bad_syntax "$form: $attr refuses ${bad:-nothing}"
		done
	done
}

two_values()		# ATTR: prints the result of setting two good ones
{
	local a=one.example b=two.example
	if [[ $times =~ (^| )"$1"( |$) ]]; then
		a=20270115120000Z b=20280115120000Z
	fi
	set_values "$(carrier "$1")" "$1" "$a" "$b"
}

numbers_of_values()
{
	local attr
	for attr in $many; do
		is "$(two_values "$attr")" $success \
		    "$form: $attr has many values"
	done
	for attr in $one; do
		is "$(two_values "$attr")" $bad_constraint \
		    "$form: $attr has one value"
	done
	is "$(set_values "$account" relaySender joe@example.com \
	    JOE@example.com)" $bad_twice "$form: a value in another case is the same"
}

# ---- classes -----------------------------------------------------------------

# The lines that an entry of the class may have, all of them.
lines_of()		# CLASS
{
	case $1 in
	relayNetwork*)	echo "cn: printers" ;;
	relayDomain*)	echo "relayDomainName: example.com"
			echo "relayDomainAlias: example.org" ;;
	relayAccount)	echo "relayLogin: jane" ;;
	relayGroup)	echo "relayMember: jane" ;;
	esac
	case $1 in
	relayDomain*)	;;
	*)	cat <<-END
		relayClient: 192.0.2.0/24
		relayAccess: allow
		relaySender: printer@example.com
		relayRecipient: @example.net
		relayNotBefore: 20260101000000Z
		relayNotAfter: 20270101000000Z
		END
		;;
	esac
	cat <<-END
	relayEnforceFrom: 20260601000000Z
	relayContact: Postmaster
	relayReviewAfter: 20261201000000Z
	description: for a test
	END
}

# Prints the LDAP result of adding an entry, which goes at once again.
try_class()		# CLASS WITHOUT-ATTR EXTRA-LINE [STRUCTURAL-LINES]
{
	local dn="description=for a test,$suffix" result
	{
		printf 'dn: %s\nobjectClass: %s\n' "$dn" "$1"
		printf '%s' "${4:-}"
		lines_of "$1" | grep -v "^$2:"
		[ -z "$3" ] || printf '%s\n' "$3"
	} > "$W/entry"
	result=$(as_admin ldapadd -f "$W/entry")
	[ "$result" -ne 0 ] || as_admin ldapdelete "$dn" > /dev/null
	echo "$result"
}

unit=$'objectClass: organizationalUnit\nou: test\n'

# class, its structural class if it needs one, what it must have, what it may
# not have
class_rules()
{
	cat <<-END
	relayNetwork - cn,relayClient,relayAccess relayLogin,relayMember
	relayNetworkAux unit cn,relayClient,relayAccess relayLogin,relayMember
	relayDomain - relayDomainName relayClient,relayAccess,relaySender
	relayDomainAux unit relayDomainName relayLogin,relayNotAfter
	relayAccount unit - relayMember,relayDomainName
	relayGroup unit - relayLogin,relayDomainAlias
	END
}

classes()
{
	local class with must may_not attr lines
	while read -r class with must may_not; do
		lines=
		[ "$with" = - ] || lines=$unit
		is "$(try_class "$class" - "" "$lines")" $success \
		    "$form: $class takes all that it may have"
		for attr in ${must//,/ }; do
			[ "$attr" != - ] || continue
			is "$(try_class "$class" "$attr" "" "$lines")" \
			    $bad_class "$form: $class must have $attr"
		done
		for attr in ${may_not//,/ }; do
			is "$(try_class "$class" - "$(line_of "$attr")" \
			    "$lines")" $bad_class \
			    "$form: $class may not have $attr"
		done
		[ -z "$lines" ] || is "$(try_class "$class" - "" "")" \
		    $bad_class "$form: $class needs another class"
	done < <(class_rules)
}

line_of()		# ATTR: a line that would be good elsewhere
{
	case $1 in
	relayNot*)	echo "$1: 20270101000000Z" ;;
	*)		echo "$1: example.com" ;;
	esac
}

# ---- what it publishes ------------------------------------------------------

published()
{
	ldapsearch -x -LLL -o ldif_wrap=no -H "$uri" -s base \
	    -b cn=subschema attributeTypes objectClasses |
	    grep -F "$arc" | sort > "$W/published.$form"
	sed -E "s/.*\( $arc\.([0-9.]+) NAME '([^']+)'.*/\1 \2/" \
	    "$W/published.$form" | sort -t. -k1,1n -k2,2n
}

# Numbered as the tables of the manual name them, for ever.
numbers='1.1 relayClient
1.2 relayAccess
1.3 relaySender
1.4 relayRecipient
1.5 relayDomainName
1.6 relayDomainAlias
1.7 relayLogin
1.8 relayMember
1.9 relayNotBefore
1.10 relayNotAfter
1.11 relayEnforceFrom
1.12 relayContact
1.13 relayReviewAfter
2.1 relayNetwork
2.2 relayDomain
2.3 relayAccount
2.4 relayGroup
2.5 relayNetworkAux
2.6 relayDomainAux'

for form in conf config; do
	if ! "start_$form"; then
		not_ok "$form: slapd starts with the schema" \
		    "$(tail -n 20 "$W/slapd.log" "$W/added" 2> /dev/null)"
		continue
	fi
	ok "$form: slapd starts with the schema"
	is "$(published)" "$numbers" "$form: each OID has its name"
	fixtures
	text_values
	bad_texts
	time_values
	numbers_of_values
	classes
	stop_slapd
done
is "$(cat "$W/published.conf")" "$(cat "$W/published.config")" \
    "both forms define the same"
