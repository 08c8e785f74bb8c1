#!/bin/bash
# Every address form to a real Postfix in the authority role, whichever way it
# is told to read addresses; and nmap's test for open relays.
. "$(dirname "$0")/../netns.sh"
. "$(dirname "$0")/../lib.sh"
. "$TOP/t/postfix.sh"
. "$TOP/t/forms/scanner.sh"
need_postfix

role=authority
conf_log="repeats = 1;"
hosted="example.com, mx.example.com, bücher.example, xn--bcher-kva.example"
hosted="$hosted, straße.example, xn--strae-oqa.example"
hub="relay:[127.0.0.1]:$here_port"
make_postfix "smtpd_relay_restrictions = $authority_restrictions" \
    "mydestination = $hosted" \
    "virtual_mailbox_domains = box.example" \
    "virtual_mailbox_maps = static:ok" \
    "virtual_alias_domains = alias.example" \
    "virtual_alias_maps = inline:{ {@alias.example = @example.com} }" \
    "relay_domains = backup.example" \
    "transport_maps = inline:{ {backup.example = $hub} }" \
    "smtpd_soft_error_limit = 100000" "smtpd_hard_error_limit = 100000" \
    "smtpd_milters = unix:/run/recorder.sock, unix:mayrelay/mayrelay.sock" ||
    exit 1
"$TOP/t/forms/house.py" | write_policy
write_conf && start_mayrelayd && wait_policy && start_postfix || exit 1

queues=()
for queue in maildrop incoming active deferred hold; do
	queues+=(--queue "$postfix_queue/$queue")
done

battery()		# OPTION... LABEL
{
	"$TOP/t/forms/battery.py" "${queues[@]}" "$@" || failures=$((failures + 1))
}

# The classes of hosted domains; how they are resolved, with everything else.
resolved=(--resolved "$W/resolved")
battery "${resolved[@]}" --innocents postfix --all "as it comes"
for class in box alias backup; do
	battery "${resolved[@]}" --inside "$class.example" "$class.example"
done
"$TOP/t/forms/crossing.py" --bin "$BIN" --resolved "$W/resolved" \
    "as Postfix resolves them" || failures=$((failures + 1))

# Settings that change what an address means.
set_to()		# NAME=VALUE...
{
	local setting
	for setting; do
		postfix_set "${setting/=/ = }"
	done
	reload_postfix
}

try()			# SETTING... [-- INSIDE...]
{
	local settings=() inside
	while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	set_to "${settings[@]}"
	for inside in "${@:-example.com}"; do
		battery --inside "$inside" "$inside with ${settings[*]}"
	done
	postconf -c "$postfix_etc" -X "${settings[@]%%=*}"
}

try allow_percent_hack=no swap_bangpath=no -- \
    example.com box.example alias.example backup.example
try resolve_dequoted_address=no -- example.com alias.example backup.example
try allow_untrusted_routing=yes resolve_null_domain=yes \
    resolve_numeric_domain=yes append_dot_mydomain=yes allow_min_user=yes
try strict_rfc821_envelopes=yes
try smtputf8_enable=no
try recipient_delimiter=+-=% -- example.com alias.example

scan_both Postfix
