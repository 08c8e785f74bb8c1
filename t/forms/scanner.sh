# shellcheck shell=bash
# t/forms/scanner.sh: nmap's test for open relays, from outside.  To be sourced
# by the scripts that have an MTA and a mayrelayd running.

need nmap

# nmap takes a source address only if it is one of the interface's.
scan()			# sets said to what it found
{
	ip addr replace 203.0.113.9/32 dev lo
	said=$(nmap -n -Pn -sT -p 25 -S 203.0.113.9 -e lo -vv \
	    --script smtp-open-relay \
	    --script-args smtp-open-relay.domain=example.org "$mx4" 2>&1)
}

start_recorder()	# PATH: a filter that does nothing
{
	rm -f "$1"
	"$TOP/t/forms/recorder.py" "$1" &
	at_exit "end_process $!"
	wait_for test -S "$1"
}

decided()		# MARK
{
	decision_lines "$1" | grep -q ' client=203\.0\.113\.9 '
}

# With mayrelayd it finds nothing; with a filter in its place that lets
# everything through, it does find an open relay: so it would.
scan_both()		# MTA
{
	local mark
	start_recorder /run/recorder.sock
	mark=$(log_mark)
	scan
	becomes "nmap has come from outside" decided "$mark"
	like "$said" "doesn't seem to be an open relay, all tests failed" \
	    "nmap finds no open relay in $1"
	stop_mayrelayd
	start_recorder "$socket"
	scan
	like "$said" "Server is an open relay \([0-9]+/16 tests\)" \
	    "without mayrelayd it finds one"
}
