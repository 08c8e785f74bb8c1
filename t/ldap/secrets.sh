#!/bin/bash
# How the feed gets in: bind, StartTLS, ldaps; whom it does not trust; and that
# no password is ever seen, in a log, a process list or a store.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"

make_certificates || cannot_run "openssl makes no certificates"

served()		# TEXT: a policy comes
{
	rm -rf "$store"
	start_mayrelayd
	becomes "$1: a policy comes" policy_loaded
	becomes "$1: slapd is followed" followed
	stops "$1: mayrelayd stops"
}

# No policy comes, and a reason is in log and status.
refused()		# TEXT EXTENDED-REGEX
{
	local mark
	mark=$(log_mark)
	rm -rf "$store"
	write_conf
	start_mayrelayd
	becomes "$1: the log says why" said_since "$mark" "$2"
	becomes "$1: so does the status" status_says "$2"
	is "$(verdict $desk joe joe@example.com)" \
	    "tempfail directory-unavailable" "$1: nothing is decided"
	stops "$1: mayrelayd stops"
}

said_since()		# MARK EXTENDED-REGEX
{
	log_since "$1" | grep -Eiq -- "$2"
}

status_says()		# EXTENDED-REGEX
{
	mayrelay status | grep -Eiq -- "$1"
}

# ---- bind ------------------------------------------------------------------------

make_slapd one tls=right || exit 1
standard_tree | load_slapd one
start_slapd one

write_ldap_conf one
served "the right password"
wrong=Wrong-$RANDOM$RANDOM
write_password "$wrong"
refused "a wrong password" '(49|credentials)'
: > "$password_file"
refused "an empty password" 'password'
mv "$password_file" "$password_file.away"
refused "no password file" "${password_file//./\\.}"
mv "$password_file.away" "$password_file"
if [ "$(id -u)" -eq 0 ]; then
	write_password "$bind_password"
	chmod 644 "$password_file"
	rm -rf "$store" && write_conf && mark=$(log_mark)
	start_mayrelayd
	becomes "a password file for all to read: the log says so" \
	    said_since "$mark" "${password_file//./\\.}"
	stops "mayrelayd stops"
fi
write_ldap_conf one
start_mayrelayd && wait_policy
becomes "the right password again: slapd is followed" followed

# Changed while mayrelayd runs: the file is read at each bind.
text="another password"
new_password=New-$RANDOM$RANDOM
ldap_set one "$bind_dn" userPassword "$new_password"
write_password "$new_password"
stop_slapd one
count
start_slapd one
resumed_only "$text"
stops "mayrelayd stops"
ldap_set one "$bind_dn" userPassword "$bind_password"
stop_slapd one

# ---- TLS ---------------------------------------------------------------------------

# Each with StartTLS and with ldaps.
over()			# HOW CA: the configuration
{
	ldap_starttls=false
	[ "$1" != starttls ] || ldap_starttls=true
	ldap_ca_file=$certificates/$2.pem
	case $1 in
	starttls)	write_ldap_conf "$(slapd_uri one ldap)" ;;
	ldaps)		write_ldap_conf "$(slapd_uri one ldaps)" ;;
	esac
}

# A slapd with that certificate.
serve()			# CERT
{
	make_slapd one tls="$1" && start_slapd one
}

serve right
for how in starttls ldaps; do
	over $how ca
	served "$how, the right certificate"
	like "$(tail -n 40 "$(slapd_log one)")" 'TLS established' \
	    "$how: slapd saw TLS"
	over $how other-ca
	refused "$how, an unknown CA" 'certificate|TLS'
	over $how none
	refused "$how, no CA file" 'none\.pem|certificate|TLS'
done
stop_slapd one
for certificate in wrong-name expired; do
	serve "$certificate"
	for how in starttls ldaps; do
		over $how ca
		refused "$how, $certificate" 'certificate|TLS|name'
	done
	stop_slapd one
done

text="a slapd without TLS"
make_slapd one && start_slapd one
over starttls ca
mark_binds=$(grep -c 'BIND dn="cn=mayrelay' "$(slapd_log one)")
refused "$text" 'TLS'
is "$(grep -c 'BIND dn="cn=mayrelay' "$(slapd_log one)")" "$mark_binds" \
    "$text: no password was sent"
ldap_starttls=false
ldap_ca_file=

# What is set for other programs of libldap's does not count here.
text="an environment that trusts everybody"
stop_slapd one
serve expired
over ldaps ca
export LDAPTLS_REQCERT=never
refused "$text" 'certificate|TLS'
unset LDAPTLS_REQCERT
printf 'TLS_REQCERT never\n' > "$W/ldaprc"
cd "$W" || exit 1
refused "an ldaprc that trusts everybody" 'certificate|TLS'
stop_slapd one

# ---- passwords ------------------------------------------------------------------------

serve right
ldap_ca_file=
write_ldap_conf one
start_mayrelayd && wait_policy
becomes "slapd is followed" followed
ldap_set one uid=joe,$people userPassword "$person_password-2"
ldap_set one uid=joe,$people mail joe2@example.com
comes "permit account" "a person's password changes" \
    $desk joe joe2@example.com

secrets=("$bind_password" "$new_password" "$wrong" "$person_password"
    "$admin_password")
mayrelay status > "$W/status.text"
mayrelay status --json > "$W/status.json"
tr '\0' '\n' < "/proc/$daemon_pid/cmdline" > "$W/cmdline"
tr '\0' '\n' < "/proc/$(feed_pid)/cmdline" >> "$W/cmdline"
tr '\0' '\n' < "/proc/$(feed_pid)/environ" >> "$W/cmdline"

# Also in base64, as LDIF has it.
nowhere()		# TEXT FILE...
{
	local secret text=$1
	shift
	for secret in "${secrets[@]}"; do
		grep -alF -e "$secret" \
		    -e "$(printf %s "$secret" | base64 -w 0)" "$@"
	done > "$W/seen"
	is "$(cat "$W/seen")" "" "$text"
}

nowhere "no password is in the log" "$daemon_log"
nowhere "nor in the status" "$W/status.text" "$W/status.json"
nowhere "nor in a process list" "$W/cmdline"
nowhere "nor in the store" "$store"/*
is "$(grep -c 'SRCH attr=.*[uU]serPassword' "$(slapd_log one)")" 0 \
    "nor was one asked for"
is "$(grep -cE 'SRCH attr=(\*|\+)' "$(slapd_log one)")" 0 \
    "nor everything"
