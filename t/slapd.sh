# shellcheck shell=bash
# t/slapd.sh: private slapds (Debian's), and mayrelay's configuration with an
# LDAP source.  To be sourced after t/lib.sh:
#
#	make_slapd one sessionlog=100 && standard_tree | load_slapd one
#	start_slapd one && write_ldap_conf one && start_mayrelayd && wait_policy
#	ldap_modify one <<'LDIF' ... LDIF
#
# Any number of them at a time, each by a NAME: its folder $W/NAME.slapd holds
# slapd.conf, database and log; it listens on a socket of its own and on a
# loopback port, and ends with the script, by process id.

suffix=dc=example,dc=com
admin=cn=admin,$suffix
admin_password=Admin-$RANDOM$RANDOM
bind_dn=cn=mayrelay,ou=services,$suffix
bind_password=Bind-$RANDOM$RANDOM
# What userPassword of the people in the standard tree is.
person_password=Person-$RANDOM$RANDOM
password_file=$W/ldap.secret
ldap_schema=/etc/ldap/schema
# shellcheck source=t/certificates.sh
. "$TOP/t/certificates.sh"
ldap_said=$W/ldap.said

declare -A slapd_pids=() slapd_ports=() slapd_tls_ports=()

need_slapd()
{
	need slapd slapadd slapcat ldapsearch ldapmodify ldapmodrdn ldapdelete
	[ -r "$ldap_schema/core.schema" ] ||
	    cannot_run "needs OpenLDAP's own schema in $ldap_schema"
}

# ---- making one -------------------------------------------------------------

# The least that the feed's user can do with.  entryCSN is compared by
# syncprov, in the user's name, when a search goes on from a cookie.
least_rights()
{
	cat <<-END
	access to attrs=userPassword
	    by anonymous auth
	    by * none
	access to dn.subtree="$suffix"
	    attrs=entry,objectClass,entryUUID,entryCSN,uid,mail,member,uniqueMember,memberUid,@relayNetwork,@relayDomain,@relayAccount,@relayGroup
	    by dn.exact="$bind_dn" read
	    by * none
	access to *
	    by * none
	END
}

# OPTIONs:
#	sessionlog=N	syncprov's log of that many changes; without: none
#	nosyncprov	no RFC 4533 at all
#	reloadhint	a cookie that it cannot find is an error (4096)
#	sid=N		serverID
#	peer=NAME	mirror mode with NAME (see make_mirror)
#	tls=CERT	StartTLS and ldaps, with a certificate of
#			make_certificates
#	size=N time=N	limits of the feed's user; without: none
#	acl=-		access rules from standard input, in place of
#			least_rights
#	global=LINE database=LINE
#			further lines of slapd.conf
make_slapd()		# NAME [OPTION...]
{
	local name=$1 dir=$W/$1.slapd option
	local sessionlog='' syncprov=yes reloadhint='' sid='' peer='' tls='' size='' time=''
	local rights=''
	local -a global=() database=()
	shift
	for option in "$@"; do
		case $option in
		sessionlog=*)	sessionlog=${option#*=} ;;
		nosyncprov)	syncprov= ;;
		reloadhint)	reloadhint=yes ;;
		sid=*)		sid=${option#*=} ;;
		peer=*)		peer=${option#*=} ;;
		tls=*)		tls=${option#*=} ;;
		size=*)		size=${option#*=} ;;
		time=*)		time=${option#*=} ;;
		acl=-)		rights=$(cat) ;;
		global=*)	global+=("${option#*=}") ;;
		database=*)	database+=("${option#*=}") ;;
		*)		not_ok "make_slapd has $option"; return 1 ;;
		esac
	done
	mkdir -p "$dir/db" && slapd_ports_of "$name" || return 1
	{
		slapd_conf_global
		slapd_conf_database
		[ -z "$syncprov" ] || slapd_conf_syncprov
	} > "$dir/slapd.conf"
}

# The three parts of slapd.conf; for make_slapd, whose variables they use.
slapd_conf_global()
{
	cat <<-END
	include $ldap_schema/core.schema
	include $ldap_schema/cosine.schema
	include $ldap_schema/nis.schema
	include $ldap_schema/inetorgperson.schema
	include $TOP/etc/mayrelay.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	${syncprov:+moduleload syncprov}
	pidfile $dir/pid
	sizelimit unlimited
	${sid:+serverID $sid}
	END
	[ -z "$tls" ] || cat <<-END
	TLSCACertificateFile $certificates/ca.pem
	TLSCertificateFile $certificates/$tls.pem
	TLSCertificateKeyFile $certificates/$tls.key
	END
	[ "${#global[@]}" -eq 0 ] || printf '%s\n' "${global[@]}"
}

slapd_conf_database()
{
	cat <<-END
	database mdb
	suffix $suffix
	rootdn $admin
	rootpw $admin_password
	directory $dir/db
	maxsize 268435456
	dbnosync
	index objectClass,entryUUID,entryCSN,uid eq
	limits dn.exact="$bind_dn" size=${size:-unlimited} time=${time:-unlimited}
	${rights:-$(least_rights)}
	END
	[ -z "$peer" ] || cat <<-END
	syncrepl rid=001 provider=$(slapd_uri "$peer" ldap)
	    type=refreshAndPersist retry="1 +" searchbase="$suffix"
	    bindmethod=simple binddn="$admin" credentials=$admin_password
	multiprovider on
	END
	[ "${#database[@]}" -eq 0 ] || printf '%s\n' "${database[@]}"
}

slapd_conf_syncprov()
{
	echo "overlay syncprov"
	[ -z "$sessionlog" ] || echo "syncprov-sessionlog $sessionlog"
	[ -z "$reloadhint" ] || echo "syncprov-reloadhint TRUE"
}

# Two providers, serverID 1 and 2, each the other's consumer.  Load one, start
# both, and wait until same_csn.
make_mirror()		# NAME NAME [OPTION...]
{
	local a=$1 b=$2
	shift 2
	slapd_ports_of "$a" && slapd_ports_of "$b" &&
	make_slapd "$a" sid=1 peer="$b" "$@" &&
	make_slapd "$b" sid=2 peer="$a" "$@"
}

slapd_ports_of()	# NAME: choose its ports, once
{
	: "${slapd_ports[$1]:=$(free_port)}"
	: "${slapd_tls_ports[$1]:=$(free_port)}"
}

slapd_conf_of()		# NAME
{
	echo "$W/$1.slapd/slapd.conf"
}

slapd_log()		# NAME: the path of what slapd (loglevel stats) said
{
	echo "$W/$1.slapd/log"
}

# Where it listens.  (To libldap, localhost is this machine's own name, which
# no certificate of ours is for.)
slapd_uri()		# NAME [ldapi|ldap|ldaps]
{
	local path=$W/$1.ldapi
	case ${2:-ldapi} in
	ldapi)		echo "ldapi://${path//\//%2F}" ;;
	ldap)		echo "ldap://127.0.0.1:${slapd_ports[$1]}" ;;
	ldaps)		echo "ldaps://127.0.0.1:${slapd_tls_ports[$1]}" ;;
	esac
}

# ---- its life ----------------------------------------------------------------

# In place of all that it had; while it does not run.
load_slapd()		# NAME [OPTION of slapadd...]; LDIF on standard input
{
	local name=$1
	shift
	rm -f "$W/$name.slapd/db"/*
	slapadd -f "$(slapd_conf_of "$name")" -q -w "$@" \
	    >> "$(slapd_log "$name")" 2>&1
}

# A backup, as slapadd takes it, with entryUUID, entryCSN and contextCSN.
dump_slapd()		# NAME
{
	slapcat -f "$(slapd_conf_of "$1")" 2>> "$(slapd_log "$1")"
}

# Returns when it answers.
start_slapd()		# NAME [OPTION of slapd...]
{
	local name=$1 urls
	shift
	urls="$(slapd_uri "$name") $(slapd_uri "$name" ldap)"
	grep -q '^TLSCert' "$(slapd_conf_of "$name")" &&
	    urls+=" ldaps://127.0.0.1:${slapd_tls_ports[$name]}"
	[ -n "${slapd_pids[$name]:-}" ] || at_exit "kill_slapd $name"
	slapd -d stats -h "$urls" -f "$(slapd_conf_of "$name")" "$@" \
	    >> "$(slapd_log "$name")" 2>&1 < /dev/null &
	slapd_pids[$name]=$!
	wait_for slapd_up_or_gone "$name"
	slapd_answers "$name" && return 0
	not_ok "slapd $name starts" "$(tail -n 5 "$(slapd_log "$name")")"
	return 1
}

slapd_answers()		# NAME
{
	LDAPNOINIT=1 ldapsearch -x -LLL -o nettimeout=2 -H "$(slapd_uri "$1")" \
	    -s base -b "" 1.1 > /dev/null 2>&1
}

slapd_up_or_gone()	# NAME
{
	slapd_answers "$1" || gone "${slapd_pids[$1]}"
}

stop_slapd()		# NAME; 1 if it had to be killed
{
	local pid=${slapd_pids[$1]} status=0
	end_process "$pid" || status=1
	wait "$pid" 2> /dev/null
	return "$status"
}

kill_slapd()		# NAME: whatever state it is in
{
	kill -CONT "${slapd_pids[$1]}" 2> /dev/null
	stop_slapd "$1"
}

# It keeps its sockets, and says nothing.
freeze_slapd()		# NAME
{
	freeze "${slapd_pids[$1]}"
}

thaw_slapd()		# NAME
{
	kill -CONT "${slapd_pids[$1]}"
}

# ---- talking to it, as its administrator ---------------------------------------

# What it says goes to $ldap_said; the status is the LDAP result.
as_admin()		# NAME COMMAND [OPTION...]
{
	LDAPNOINIT=1 "$2" -x -H "$(slapd_uri "$1")" -D "$admin" \
	    -w "$admin_password" "${@:3}" > "$ldap_said" 2>&1
}

ldap_add()		# NAME; entries on standard input
{
	as_admin "$1" ldapadd
}

ldap_modify()		# NAME; changes on standard input
{
	as_admin "$1" ldapmodify
}

ldap_delete()		# NAME DN...
{
	as_admin "$1" ldapdelete "${@:2}"
}

ldap_modrdn()		# NAME DN RDN [SUPERIOR]: the old RDN's value goes
{
	as_admin "$1" ldapmodrdn -r ${4:+-s "$4"} "$2" "$3"
}

# One attribute of one entry; no VALUE: it goes.
ldap_set()		# NAME DN ATTR [VALUE...]
{
	{
		printf 'dn: %s\nchangetype: modify\nreplace: %s\n' "$2" "$3"
		[ "$#" -le 3 ] || printf "$3: %s\n" "${@:4}"
	} | ldap_modify "$1"
}

# Unwrapped LDIF.
ldap_read()		# NAME OPTION-OR-FILTER...
{
	LDAPNOINIT=1 ldapsearch -x -LLL -o ldif_wrap=no \
	    -H "$(slapd_uri "$1")" -D "$admin" -w "$admin_password" \
	    -b "$suffix" "${@:2}"
}

contextcsn()		# NAME: one a line
{
	ldap_read "$1" -s base contextCSN | sed -n 's/^contextCSN: //p' | sort
}

same_csn()		# NAME NAME: they have caught up with each other
{
	local csn
	csn=$(contextcsn "$1")
	[ -n "$csn" ] && [ "$csn" = "$(contextcsn "$2")" ]
}

# ---- certificates --------------------------------------------------------------

# For slapd: ca; right (127.0.0.1), wrong-name, expired; other-ca, which has
# signed nothing.
make_certificates()
{
	need openssl
	mkdir -p "$certificates" || return 1
	certificate_authority ca && certificate_authority other-ca &&
	certificate right IP:127.0.0.1 \
	    20200101000000Z 20491231000000Z &&
	certificate wrong-name DNS:ldap.example.net \
	    20200101000000Z 20491231000000Z &&
	certificate expired IP:127.0.0.1 \
	    20200101000000Z 20210101000000Z &&
	chmod 644 "$certificates"/*.pem
}

# ---- a tree ----------------------------------------------------------------------

# joe, ann, pete (a posixAccount without an address) and old (relayAccess:
# deny); the groups press (joe; its sender is press@example.com), staff (a
# posixGroup: pete); the networks office (allows), banned (denies); example.com
# and example.org.
standard_tree()
{
	cat <<-END
	dn: $suffix
	objectClass: organization
	objectClass: dcObject
	o: Example
	dc: example

	END
	printf 'dn: ou=%s,'"$suffix"'\nobjectClass: organizationalUnit\n\n' \
	    services people groups relay
	cat <<-END
	dn: $bind_dn
	objectClass: organizationalRole
	objectClass: simpleSecurityObject
	cn: mayrelay
	userPassword: $bind_password

	END
	person joe
	person ann
	person old "objectClass: relayAccount" "relayAccess: deny"
	cat <<-END
	dn: uid=pete,ou=people,$suffix
	objectClass: account
	objectClass: posixAccount
	cn: pete
	uid: pete
	uidNumber: 1001
	gidNumber: 100
	homeDirectory: /home/pete

	dn: cn=press,ou=groups,$suffix
	objectClass: groupOfNames
	objectClass: relayGroup
	cn: press
	member: uid=joe,ou=people,$suffix
	relaySender: press@example.com

	dn: cn=staff,ou=groups,$suffix
	objectClass: posixGroup
	objectClass: relayGroup
	cn: staff
	gidNumber: 100
	memberUid: pete
	relaySender: staff@example.com

	END
	network office allow 192.0.2.0/24
	network banned deny 198.51.100.0/24
	domain example.com
	domain example.org
}

# Entries as LDIF, each with an empty line behind it.
person()		# UID [LINE...]
{
	entry "uid=$1,ou=people,$suffix" "objectClass: inetOrgPerson" \
	    "cn: $1" "sn: $1" "uid: $1" "mail: $1@example.com" \
	    "userPassword: $person_password" "${@:2}"
}

network()		# CN ACCESS CLIENT [LINE...]
{
	entry "cn=$1,ou=relay,$suffix" "objectClass: relayNetwork" "cn: $1" \
	    "relayClient: $3" "relayAccess: $2" "${@:4}"
}

domain()		# NAME [LINE...]
{
	entry "relayDomainName=$1,ou=relay,$suffix" \
	    "objectClass: relayDomain" "relayDomainName: $1" "${@:2}"
}

# slapadd wants the values of an attribute together.
entry()			# DN LINE...
{
	printf 'dn: %s\n' "$1"
	printf '%s\n' "${@:2}" | LC_ALL=C sort -s -t: -k1,1
	echo
}

# ---- mayrelay's configuration ------------------------------------------------------

# What a script wants otherwise; further settings go into conf_directory.
full_refresh=1h
ldap_timeout=2s
ldap_starttls=false
ldap_ca_file=

# uris are NAMEs (their socket), or URIs as they are.
write_ldap_conf()	# NAME-OR-URI...
{
	local uri uris=''
	for uri in "$@"; do
		[[ $uri == *://* ]] || uri=$(slapd_uri "$uri")
		uris+="${uris:+, }\"$uri\""
	done
	write_password "$bind_password"
	conf_source="source = \"ldap\";
		uris = [ $uris ];
		starttls = $ldap_starttls;
		${ldap_ca_file:+ca_file = \"$ldap_ca_file\";}
		bind = {
			method = \"simple\";
			dn = \"$bind_dn\";
			password_file = \"$password_file\";
		};
		full_refresh = \"$full_refresh\";
		timeout = \"$ldap_timeout\";"
	write_conf
}

write_password()	# PASSWORD
{
	rm -f "$password_file"
	(umask 077 && printf '%s\n' "$1" > "$password_file") || return 1
	# shellcheck disable=SC2154 # lib.sh says who it is
	[ "$(id -u)" -ne 0 ] || chown "$user:" "$password_file"
}
