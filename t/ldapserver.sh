# shellcheck shell=bash
# t/ldapserver.sh: LDAP servers that behave as they are told, well or badly
# (t/tools/ldapserver.py); to be sourced after t/lib.sh, t/milter.sh and
# t/slapd.sh:
#
#	start_player one < <(standard_tree)
#	write_ldap_conf "$(player_uri one)" && start_mayrelayd && wait_policy
#	play one 'persist close' 'accept silent'	# from now on
#	play one					# well again
#
# Any number of them at a time, each by a NAME.

declare -A player_pids=()

# Its policy comes on standard input, but not from a pipe: what it starts is to
# end with the script.
start_player()		# NAME [OPTION...]
{
	local name=$1 dir=$W/$1.player
	shift
	need python3
	mkdir "$dir" && : > "$dir/play" && cat > "$dir/policy.ldif" || return 1
	python3 "$TOP/t/tools/ldapserver.py" "$@" "$dir/port" "$dir/play" \
	    "$dir/policy.ldif" > "$dir/log" 2>&1 < /dev/null &
	player_pids[$name]=$!
	at_exit "end_process $!"
	wait_for test -s "$dir/port" && return 0
	not_ok "the LDAP server $name starts" "$(cat "$dir/log")"
	return 1
}

stop_player()		# NAME: nobody listens there any more
{
	end_process "${player_pids[$1]}"
	wait "${player_pids[$1]}" 2> /dev/null
}

# What goes wrong from now on, in the words of t/tools/ldapserver.py; no LINE:
# nothing.
play()			# NAME [LINE...]
{
	local to=$W/$1.player/play
	[ "$#" -eq 1 ] || printf '%s\n' "${@:2}" > "$to.new"
	[ "$#" -gt 1 ] || : > "$to.new"
	mv "$to.new" "$to"
}

# Another policy, on standard input: news to those who follow.
player_policy()		# NAME
{
	write_policy "$W/$1.player/policy.ldif"
}

player_uri()		# NAME
{
	echo "ldap://127.0.0.1:$(cat "$W/$1.player/port")"
}

player_log()		# NAME: the path of what it was asked, and played
{
	echo "$W/$1.player/log"
}

# It was asked so, or has played so, since it began.
player_heard()		# NAME EXTENDED-REGEX
{
	file_has "$(player_log "$1")" "$2"
}

# Since it heard the last thing but LINES of them.
player_heard_since()	# NAME LINES EXTENDED-REGEX
{
	tail -n "+$(($2 + 1))" "$(player_log "$1")" | grep -Eq -- "$3"
}

player_lines()		# NAME
{
	wc -l < "$(player_log "$1")"
}

# ---- what mayrelay makes of it -------------------------------------------------

status_says()		# EXTENDED-REGEX
{
	mayrelay status 2>&1 | grep -Eq -- "$1"
}

# A value of `mayrelay status --json'; null is None, as everywhere in Python.
status_value()		# KEY-OR-NUMBER...
{
	mayrelay status --json | python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]:
    value = value[int(key) if key.isdigit() else key]
print(value)' "$@"
}

server_is()		# NUMBER STATE
{
	[ "$(status_value ldap servers "$1" state)" = "$2" ]
}

said_since()		# MARK EXTENDED-REGEX
{
	log_since "$1" | grep -Eq -- "$2"
}

# In force: whoever is not signed in may send from there.
permitted_from()	# ADDR
{
	explain --client "$1" --sender a@example.org --recipient b@example.net
}

# A policy that nobody has seen yet comes into force.
news_arrive()		# NAME of a player
{
	news=$((${news:-0} + 1))
	{ standard_tree; network "news$news" allow "203.0.113.$news/32"; } |
	    player_policy "$1"
	wait_for permitted_from "203.0.113.$news"
}
