#!/bin/bash
# Every address form to a real Sendmail in the authority role, whichever way it
# is told to read addresses; and nmap's test for open relays.
. "$(dirname "$0")/../netns.sh"
. "$(dirname "$0")/../lib.sh"
. "$TOP/t/sendmail.sh"
. "$TOP/t/forms/scanner.sh"
need_sendmail

role=authority
conf_log="repeats = 1;"

# The recorder is asked before mayrelayd.  `here' is a way to hosts of the
# house, by SMTP.
base=(
"INPUT_MAIL_FILTER(\`recorder', \`S=local:/run/recorder.sock, F=T')dnl"
"LOCAL_DOMAIN(\`bücher.example xn--bcher-kva.example straße.example')dnl"
"LOCAL_DOMAIN(\`xn--strae-oqa.example [IPv6:2001:db8:25::25]')dnl"
"FEATURE(\`mailertable', \`hash -o /run/mail/mailertable')dnl"
"FEATURE(\`virtusertable', \`hash -o /run/mail/virtusertable')dnl"
"VIRTUSER_DOMAIN(\`alias.example')dnl"
"MAILER_DEFINITIONS"
"Mhere, P=[IPC], F=mDFMuXa, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\\r\\n,
	L=990, T=DNS/RFC822/SMTP, A=TCP [127.0.0.1] $here_port"
)
make_sendmail "${base[@]}" || exit 1

map()			# NAME; its lines on standard input
{
	"$sendmail_etc/makemap" -C "$sendmail_etc/sendmail.cf" hash \
	    "$sendmail_etc/$1"
}
map mailertable <<< "backup.example here:hub.example"
map virtusertable <<< "@alias.example %1@example.com"

"$TOP/t/forms/house.py" | write_policy
write_conf && start_mayrelayd && wait_policy && start_sendmail || exit 1

battery()		# OPTION... LABEL
{
	"$TOP/t/forms/battery.py" --queue "$sendmail_queue" "$@" ||
	    failures=$((failures + 1))
}

# The classes of hosted domains; how they are resolved, with everything else.
resolved=(--resolved "$W/resolved")
battery "${resolved[@]}" --innocents sendmail --all "as it comes"
for class in alias backup; do
	battery "${resolved[@]}" --inside "$class.example" "$class.example"
done
"$TOP/t/forms/crossing.py" --bin "$BIN" --resolved "$W/resolved" \
    "as Sendmail resolves them" || failures=$((failures + 1))

# Settings that change what an address means.
try()			# LABEL LINE... [-- INSIDE...]
{
	local label=$1 lines=() inside
	shift
	while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	shift
	reload_sendmail "${lines[@]}" "${base[@]}" || return
	for inside in "${@:-example.com}"; do
		battery --inside "$inside" "$inside with $label"
	done
}

try "! and % in the local part" "FEATURE(\`nouucp', \`nospecial')dnl" \
    "FEATURE(\`nopercenthack', \`nospecial')dnl" -- \
    example.com alias.example backup.example
try "! and % refused" "FEATURE(\`nouucp', \`reject')dnl" \
    "FEATURE(\`nopercenthack', \`reject')dnl"
try "a smart host and relays for old nets" \
    "define(\`SMART_HOST', \`relay:smart.example')dnl" \
    "define(\`UUCP_RELAY', \`relay:uucp.example')dnl" \
    "define(\`BITNET_RELAY', \`relay:bitnet.example')dnl" \
    "define(\`DECNET_RELAY', \`relay:decnet.example')dnl"
try "a hub for all local mail" "define(\`MAIL_HUB', \`here:hub.example')dnl" \
    "define(\`LOCAL_RELAY', \`here:hub.example')dnl"
try "names made canonical, checks put off" \
    "FEATURE(\`delay_checks')dnl" "undefine(\`_NO_CANONIFY_')dnl"
try "8-bit characters stripped" "define(\`confSEVEN_BIT_INPUT', \`True')dnl"

scan_both Sendmail
