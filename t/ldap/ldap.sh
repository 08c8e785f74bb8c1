# shellcheck shell=bash
# t/ldap/ldap.sh: a daemon that follows private slapds, what it answers
# meanwhile, and whether its replica is what slapd holds.  To be sourced after
# t/lib.sh, t/milter.sh and t/slapd.sh.
need_slapd
need python3
. "$TOP/t/store/store.sh"
cp "$BIN/tools/storedump" "$P/" || cannot_run "needs $BIN/tools/storedump"

people=ou=people,$suffix
groups=ou=groups,$suffix
relay=ou=relay,$suffix
desk=203.0.113.20	# in no network

# A slapd with the standard tree, and a daemon that follows it.
start_ldap()		# NAME [OPTION of make_slapd...]
{
	make_slapd "$@" && standard_tree | load_slapd "$1" &&
	start_slapd "$1" && write_ldap_conf "$1" && start_mayrelayd &&
	wait_policy
}

# The daemon stops and starts again; another configuration may be in force.
restart_mayrelayd()
{
	stop_mayrelayd && start_mayrelayd
}

# ---- verdicts ------------------------------------------------------------------

# As explain says it: "permit account", "reject network-denied", ...
verdict()		# CLIENT LOGIN SENDER [RECIPIENT]
{
	local -a login=()
	[ -z "$2" ] || login=(--login "$2")
	explain --client "$1" "${login[@]}" --sender "$3" \
	    --recipient "${4:-b@example.net}" 2>&1 | sed -n '1s/: / /p'
}

verdict_is()		# WANTED CLIENT LOGIN SENDER [RECIPIENT]
{
	[ "$(verdict "${@:2}")" = "$1" ]
}

# One RCPT over the socket: its answer.
rcpt()			# CLIENT LOGIN SENDER [RECIPIENT]
{
	{
		printf 'open unix:%s\nnegotiate\n' "$socket"
		echo 'macro C "v=Postfix 3.7.11" {daemon_name}=MTA'
		echo "connect host.example 4 $1 4711"
		[ -z "$2" ] || echo "macro M {auth_authen}=$2"
		printf 'mail <%s>\nrcpt <%s>\nquit\n' "$3" \
		    "${4:-b@example.net}"
	} | miltc
}

# The verdict is soon so for explain, and then for a client, too.
slowest_ms=0
comings=0
late=0			# of them, by more than a second
comes()			# WANTED TEXT CLIENT LOGIN SENDER [RECIPIENT]
{
	local wanted=$1 text=$2 answer=continue began=${EPOCHREALTIME/./} ms
	shift 2
	[[ $wanted != reject* ]] || answer='550 5.7.1 '
	if ! wait_for verdict_is "$wanted" "$@"; then
		not_ok "$text" "wanted: $wanted" "got:    $(verdict "$@")"
		return
	fi
	ms=$(((${EPOCHREALTIME/./} - began) / 1000))
	[ "$ms" -le "$slowest_ms" ] || slowest_ms=$ms
	comings=$((comings + 1))
	[ "$ms" -le 1000 ] || late=$((late + 1))
	like "$(rcpt "$@")" "^$answer" "$text: $wanted"
}

# ---- mail goes on ----------------------------------------------------------------

# Somebody keeps writing, outwards and inwards; each answer is a line of $W/mail.
mail_pid=
start_mail()
{
	local end=$W/mail.end
	rm -f "$end"
	: > "$W/mail"
	while [ ! -e "$end" ]; do
		echo "out: $(rcpt 203.0.113.9 "" a@example.org b@unknown.example)"
		echo "in: $(rcpt 203.0.113.9 "" a@example.net x@example.com)"
		sleep 0.1
	done >> "$W/mail" 2>&1 &
	mail_pid=$!
	at_exit 'kill "$mail_pid" 2> /dev/null'
}

# A stranger is refused, and may write to example.com: never anything else.
mail_went_on()		# TEXT
{
	local wanted='^(out: 550 5\.7\.1 |in: continue$)'
	touch "$W/mail.end"
	wait "$mail_pid"
	is "$(grep -Evc "$wanted" "$W/mail")" 0 \
	    "$1: mail went on ($(wc -l < "$W/mail") answers)"
	grep -Ev "$wanted" "$W/mail" | sort | uniq -c | sed 's/^/# /'
}

# ---- replica and slapd --------------------------------------------------------------

storedump()
{
	"${as_user[@]}" "$P/storedump" "$store" "$@"
}

replica_lines()
{
	storedump | grep -v '^overrides ' | LC_ALL=C sort -u
}

# What a search is to find, by the default filter of each.
accounts_filter='(|(uid=*)(mail=*)(relayLogin=*)(objectClass=relayAccount))'
networks_filter='(|(objectClass=relayNetwork)(objectClass=relayNetworkAux))'
domains_filter='(|(objectClass=relayDomain)(objectClass=relayDomainAux))'
groups_filter='(|(member=*)(uniqueMember=*)(memberUid=*)(relayMember=*)(objectClass=relayGroup))'

slapd_lines()		# NAME
{
	{
		search_lines "$1" accounts "$people_base" "$accounts_filter"
		search_lines "$1" networks "$relay_base" "$networks_filter"
		search_lines "$1" domains "$relay_base" "$domains_filter"
		search_lines "$1" groups "$groups_base" "$groups_filter"
	} | LC_ALL=C sort -u
}

search_lines()		# NAME SEARCH BASE FILTER
{
	ldap_read "$1" -b "$3" "$4" | "$TOP/t/ldap/entries.py" "$2"
}

replica_is_slapd()	# NAME
{
	[ "$(replica_lines)" = "$(slapd_lines "$1")" ]
}

equals_slapd()		# NAME TEXT: in the end they hold the same
{
	if wait_for replica_is_slapd "$1"; then
		ok "$2: the replica is what slapd holds"
		return
	fi
	not_ok "$2: the replica is what slapd holds" \
	    "$(diff <(slapd_lines "$1") <(replica_lines))"
}

# ---- status ------------------------------------------------------------------------

# A member of `mayrelay status --json', by a path such as ldap.full.done.
status_of()		# PATH
{
	mayrelay status --json | python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[int(name) if name.isdigit() else name]
print(json.dumps(value))' "$1"
}

status_is()		# PATH WANTED
{
	[ "$(status_of "$1")" = "$2" ]
}

# How often it went on from cookies, and how often it read everything.
resumed()
{
	status_of ldap.resumed.done
}

full()
{
	status_of ldap.full.done
}

# Connected, caught up, and following the first server.
followed()
{
	status_is ldap.servers.0.state '"followed"'
}

# Counted from now on.
count()
{
	resumed_before=$(resumed)
	full_before=$(full)
}

# mayrelayd's start sets the counters to zero.
count_from_start()
{
	resumed_before=0
	full_before=0
}

resumed_only()		# TEXT
{
	becomes "$1: it goes on from the cookies" went_on
	is "$(full)" "$full_before" "$1: and does not read everything again"
}

went_on()
{
	[ "$(resumed)" -gt "$resumed_before" ] && followed
}

read_all()		# TEXT
{
	becomes "$1: everything is read again" full_again
	becomes "$1: slapd is followed" followed
}

full_again()
{
	[ "$(full)" -gt "$full_before" ]
}
