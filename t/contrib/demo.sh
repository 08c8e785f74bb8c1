#!/bin/bash
# Both demos: every dialogue ends as it should, on a file and on a slapd.
. "$(dirname "$0")/../lib.sh"

need_root
need postfix swaks slapd
[ -x "$TOP/build/mayrelayd" ] || cannot_run "needs build/mayrelayd (make)"

plays()			# TEXT ARGUMENT...
{
	local text=$1 said status
	shift
	said=$("$TOP/contrib/demo/run" "$@" 2>&1)
	status=$?
	is "$status" 0 "$text: it ends well"
	like "$said" "All [0-9]+ dialogues ended as they should\." \
	    "$text: and says so"
	[ "$status" -eq 0 ] || printf '%s\n' "$said" | tail -n 40
}

plays "make demo"
plays "make demo-ldap" ldap
