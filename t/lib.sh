# shellcheck shell=bash
# t/lib.sh: what the scenario scripts share.  To be sourced, from anywhere:
#
#	#!/bin/bash
#	. "$(dirname "$0")/../lib.sh"
#	write_policy <<'LDIF' ... LDIF
#	write_conf && start_mayrelayd && wait_policy
#	is "$(...)" "wanted" "what must hold"
#
# Everything happens in a private folder, $W; what a script starts ends with
# it, by process id.  The script's exit status is 1 if anything failed.
#
# Given by t/run, or chosen here when a script is run by hand:
#	BIN	the folder of the three programs (build/san, or build)
#	TMPDIR	where $W is made; KEEP=1 leaves $W behind for a look
#	PORT_BASE	the first of 5000 ports that are this script's alone
set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TMPDIR=${TMPDIR:-/tmp}
if [ -z "${BIN:-}" ]; then
	BIN=$TOP/build
	grep -q '^# flavour: plain$' "$0" ||
	    [ ! -x "$TOP/build/san/mayrelayd" ] || BIN=$TOP/build/san
fi
PATH=$PATH:/usr/sbin:/sbin
export PATH TMPDIR

# How long wait_for waits before it gives up.  Generous: it is a bound for
# something that will never happen, not a figure.
WAIT=${WAIT:-60}

W=$(mktemp -d "$TMPDIR/w.XXXXXX") || exit 1
chmod 755 "$W"

failures=0
# Said before each result, if a script plays the same for several.
about=
at_exit_stack=()

# ---- results --------------------------------------------------------------

ok()			# TEXT
{
	printf 'ok - %s%s\n' "$about" "$1"
}

not_ok()		# TEXT [LINE...]: the lines say what was seen
{
	failures=$((failures + 1))
	printf 'not ok - %s%s\n' "$about" "$1"
	shift
	local line
	for line in "$@"; do
		printf '%s\n' "$line" | sed 's/^/#   /'
	done
}

is()			# GOT WANTED TEXT
{
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3" "got:    $1" "wanted: $2"
	fi
}

like()			# GOT EXTENDED-REGEX TEXT
{
	if [[ $1 =~ $2 ]]; then
		ok "$3"
	else
		not_ok "$3" "got:         $1" "to match:    $2"
	fi
}

unlike()		# GOT EXTENDED-REGEX TEXT
{
	if [[ $1 =~ $2 ]]; then
		not_ok "$3" "got:          $1" "not to match: $2"
	else
		ok "$3"
	fi
}

holds()			# TEXT COMMAND...: the command succeeds
{
	local text=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$text"
	else
		not_ok "$text" "exit $?: $*" "$output"
	fi
}

becomes()		# TEXT COMMAND...: the command succeeds within $WAIT s
{
	local text=$1
	shift
	if wait_for "$@"; then
		ok "$text"
	else
		not_ok "$text" "not within $WAIT s: $*"
	fi
}

cannot_run()		# REASON: the script is not for this machine
{
	printf 'cannot run: %s\n' "$1"
	exit 77
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || cannot_run "needs root"
}

need()			# PROGRAM...
{
	local p
	for p in "$@"; do
		command -v "$p" > /dev/null || cannot_run "needs $p"
	done
}

# ---- waiting, processes, ports --------------------------------------------

wait_for()		# COMMAND...: until it succeeds; 1 if it never does
{
	local end=$((SECONDS + WAIT))
	until "$@" > /dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

file_has()		# FILE EXTENDED-REGEX
{
	grep -Eq -- "$2" "$1"
}

gone()			# PID: no such process (a zombie counts as gone)
{
	local state
	state=$(sed 's/.*) //;s/ .*//' "/proc/$1/stat" 2> /dev/null) ||
	    return 0
	[ -z "$state" ] || [ "$state" = Z ]
}

# Stop a process, and see it stopped: SIGSTOP is under way when kill comes back,
# and a thread that runs on another processor goes on until it is reached.
freeze()		# PID
{
	local why="not within $WAIT s"
	if kill -STOP "$1"; then
		wait_for frozen "$1" && return 0
	else
		why="it cannot be told"
	fi
	not_ok "process $1 stops at SIGSTOP" "$why"
	return 1
}

frozen()		# PID: each of its threads is stopped
{
	local states
	states=$(sed 's/.*) //;s/ .*//' "/proc/$1"/task/*/stat | sort -u)
	[ "$states" = T ]
}

# End a process by its id: TERM, and KILL when that was not heard in time.
end_process()		# PID; 1 if it had to be killed
{
	kill -TERM "$1" 2> /dev/null || return 0
	wait_for gone "$1" && return 0
	kill -KILL "$1" 2> /dev/null
	wait_for gone "$1"
	return 1
}

free_port()		# prints a loopback port that nobody listens on
{
	local port
	while :; do
		port=$((${PORT_BASE:-10000} + RANDOM % 5000))
		listening "$port" || break
	done
	echo "$port"
}

# Told from /proc, so that nobody sees a connection.
listening()		# PORT on IPv4 loopback or any, or PATH of a socket
{
	case $1 in
	/*)	awk -v p="$1" '$8 == p && $4 == "00010000" { f = 1 }
		    END { exit !f }' /proc/net/unix ;;
	*)	awk -v p="$(printf '%04X' "$1")" \
		    '$4 == "0A" && $2 ~ (":" p "$") { f = 1 }
		    END { exit !f }' /proc/net/tcp ;;
	esac
}

# Undo in reverse: what was started last ends first.
at_exit()		# COMMAND as one word
{
	at_exit_stack+=("$1")
}

run_at_exit()
{
	local i
	for ((i = ${#at_exit_stack[@]} - 1; i >= 0; i--)); do
		eval "${at_exit_stack[i]}"
	done
	at_exit_stack=()
}

end_script()		# STATUS
{
	trap - EXIT
	run_at_exit
	if [ -n "${KEEP:-}" ]; then
		echo "# kept: $W"
	else
		rm -rf "$W"
	fi
	[ "$1" -eq 0 ] || exit "$1"
	exit "$((failures > 0))"
}
trap 'end_script $?' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- mayrelayd ------------------------------------------------------------

# As root the daemon drops to nobody; the programs are copied because nobody
# may not be let into the folder that they were built in.
user=$(id -un)
[ "$user" = root ] && user=nobody
P=$W/bin
mkdir "$P"
for program in mayrelayd mayrelay mayrelay-feed; do
	[ -x "$BIN/$program" ] && cp "$BIN/$program" "$P/"
done

conf=$W/mayrelay.conf
policy=$W/policy.ldif
store=$W/store
daemon_log=$W/mayrelayd.log
daemon_pid=

# What write_conf writes; a script sets what it wants otherwise, and adds
# whole settings to a group by conf_milter, conf_policy, ...
socket=$W/socket/mayrelay.sock
socket_mode=0660
socket_group=
role=narrowing
enforce_from=now
poll_interval=1s
help_url=https://mail.example.com/smtp-auth
people_base=ou=people,dc=example,dc=com
relay_base=ou=relay,dc=example,dc=com
groups_base=ou=groups,dc=example,dc=com
# Where the policy comes from; empty: the file $policy (t/slapd.sh sets it).
conf_source=
conf_milter=
conf_policy=
conf_directory=
conf_accounts=
conf_networks=
conf_groups=
conf_domains=
conf_reply=
conf_log=

own_folder()		# PATH [MODE]: a folder of the daemon's user
{
	mkdir -p "$1" && chmod "${2:-755}" "$1" || return 1
	[ "$(id -u)" -ne 0 ] || chown "$user:" "$1"
}

write_conf()
{
	own_folder "$(dirname "$socket")" && own_folder "$store" 700 || return 1
	cat > "$conf.new" <<-END
	milter = {
		socket = "unix:$socket";
		socket_mode = "$socket_mode";
		socket_group = "$socket_group";
		user = "$user";
		$conf_milter
	};
	policy = {
		role = "$role";
		enforce_from = "$enforce_from";
		$conf_policy
	};
	directory = {
		store = "$store";
		${conf_source:-source = \"ldif:$policy\";}
		poll_interval = "$poll_interval";
		accounts = {
			base = "$people_base";
			preset = "inetorgperson";
			$conf_accounts
		};
		networks = {
			base = "$relay_base";
			$conf_networks
		};
		domains = {
			base = "$relay_base";
			$conf_domains
		};
		groups = {
			base = "$groups_base";
			$conf_groups
		};
		$conf_directory
	};
	reply = {
		help_url = "$help_url";
		$conf_reply
	};
	log = { target = "stderr"; $conf_log };
	END
	mv "$conf.new" "$conf"
}

# The policy comes on standard input and appears at once as a whole.
write_policy()		# [FILE]
{
	local to=${1:-$policy}
	cat > "$to.new" && mv "$to.new" "$to"
}

start_mayrelayd()	# [OPTION...]; 1 if it does not listen
{
	"$P/mayrelayd" -c "$conf" "$@" >> "$daemon_log" 2>&1 < /dev/null &
	daemon_pid=$!
	at_exit "end_process $daemon_pid"
	wait_for daemon_up_or_gone
	listening "$socket" && return 0
	not_ok "mayrelayd starts" "$(tail -n 20 "$daemon_log")"
	return 1
}

daemon_up_or_gone()
{
	listening "$socket" || gone "$daemon_pid"
}

# Sets daemon_status to its exit status.
stop_mayrelayd()	# [SIGNAL]; 1 if it had to be killed
{
	local killed=0
	kill "-${1:-TERM}" "$daemon_pid" 2> /dev/null
	wait_for gone "$daemon_pid" || killed=1
	[ "$killed" -eq 0 ] || kill -KILL "$daemon_pid"
	wait "$daemon_pid"
	daemon_status=$?
	return "$killed"
}

mayrelay()		# ARGUMENT...: the postmaster's tool
{
	"$P/mayrelay" -c "$conf" "$@"
}

explain()		# OPTION...
{
	mayrelay explain "$@"
}

# The policy has been read once: a question is answered by it.
wait_policy()
{
	if ! wait_for policy_loaded; then
		not_ok "the policy is read" "$(tail -n 20 "$daemon_log")"
		return 1
	fi
}

policy_loaded()
{
	local status
	explain --client 192.0.2.255 --sender a@unknown.example \
	    --recipient b@unknown.example
	status=$?
	[ "$status" -ne 75 ] && [ "$status" -lt 64 ]
}

# Where the log stands now, and what came after it.
log_mark()
{
	wc -c < "$daemon_log"
}

log_since()		# MARK
{
	tail -c "+$(($1 + 1))" "$daemon_log"
}

decision_lines()	# MARK: the decision lines since, as they were written
{
	log_since "$1" | grep -E \
	    '(reject|would-reject|tempfail|permit) reason='
}
