# shellcheck shell=bash
# t/milter.sh: a small policy, and miltc as the MTA; to be sourced after
# t/lib.sh.

# One account, one network that allows, one that denies, and example.com.
small_policy()
{
	write_policy "$@" <<-'LDIF'
	version: 1

	dn: cn=office,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: office
	relayClient: 192.0.2.0/24
	relayClient: 2001:db8:1::/48
	relayAccess: allow

	dn: cn=banned,ou=relay,dc=example,dc=com
	objectClass: relayNetwork
	cn: banned
	relayClient: 198.51.100.0/24
	relayAccess: deny

	dn: relayDomainName=example.com,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: example.com

	dn: uid=joe,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	cn: Joe
	sn: Joe
	uid: joe
	mail: joe@example.com

	dn: uid=ann,ou=people,dc=example,dc=com
	objectClass: inetOrgPerson
	cn: Ann
	sn: Ann
	uid: ann
	mail: ann@example.com
	LDIF
}

# Begin with a daemon that has the small policy in force.
start_small()		# [OPTION of mayrelayd...]
{
	small_policy && write_conf && start_mayrelayd "$@" && wait_policy
}

miltc()			# commands on standard input
{
	"$BIN/tools/miltc"
}

# A connection that has negotiated, as the given client of miltc's `connect';
# more commands come on standard input.
talk()			# NAME FAMILY [ADDR PORT]
{
	{
		printf '%s\n' "open unix:$socket" negotiate \
		    'macro C "v=Postfix 3.7.11" {daemon_name}=MTA' \
		    "connect $*"
		cat
	} | miltc
}

# Somebody unknown sends from outside to outside: what is the answer?
outsider()
{
	talk host.example 4 203.0.113.9 4711 <<-'END'
	mail <a@example.org>
	rcpt <b@example.net>
	abort
	quit
	END
}

# The same, and nothing else but a refusal will do.
outsider_refused()
{
	[[ $(outsider) == "550 5.7.1 "* ]]
}

# The daemon's children: the feed, and a trial while one runs.
feed_pid()
{
	local pid
	for pid in $(cat "/proc/$daemon_pid/task/$daemon_pid/children"); do
		if [[ $(tr '\0' ' ' < "/proc/$pid/cmdline") == *-feed* ]]; then
			echo "$pid"
		fi
	done
}

feed_runs()		# [OTHER-THAN-PID]
{
	local pid
	pid=$(feed_pid)
	[ -n "$pid" ] && [ "$pid" != "${1:-}" ]
}

# The daemon ends when told to, with status 0.
stops()			# TEXT [SIGNAL]
{
	if ! stop_mayrelayd "${2:-TERM}"; then
		not_ok "$1" "it had to be killed" "$(tail -n 5 "$daemon_log")"
		return
	fi
	is "$daemon_status" 0 "$1"
}

# A field of /proc/PID/status, its words one blank apart.
proc_field()		# PID FIELD
{
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '\t' ' ' |
	    sed 's/ $//'
}

log_has()		# EXTENDED-REGEX
{
	file_has "$daemon_log" "$1"
}

# A line of miltc's `case': who sends to outside?
asking()		# ADDR LOGIN|- SENDER [RECIPIENT]
{
	printf 'case 4 %s 4711\t%s\t%s\t<%s>\t<%s>\tsmtp\t-\t-\n' "$1" "$2" \
	    "$([ "$2" = - ] && echo - || echo PLAIN)" "$3" \
	    "${4:-b@example.net}"
}

# Clients that ask all the time, until stop_asking: the CASEs in turn.
keep_asking()		# CASE...
{
	asked=$#
	: > "$W/asking"
	at_exit 'rm -f "$W/asking"'
	{
		echo "open unix:$socket"
		echo negotiate
		while [ -e "$W/asking" ]; do
			printf '%s\n' "$@"
			sleep 0.05
		done
	} | miltc > "$W/answers" 2>&1 &
	asking_pid=$!
}

stop_asking()
{
	rm -f "$W/asking"
	wait "$asking_pid"
}

# What the N-th CASE was answered, each answer once.
answers()		# N
{
	awk -v n="$1" -v of="$asked" 'NR % of == n % of' "$W/answers" |
	    sort -u
}

times_asked()
{
	echo "$(($(wc -l < "$W/answers") / asked))"
}
