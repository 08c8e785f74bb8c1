#!/bin/bash
# The log says when the policy grows old, and when there is none.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"

# The time is a file's: see t/tools/clock_file.h.
export MAYRELAY_CLOCK=$W/clock
cp "$BIN"/scripted/{mayrelayd,mayrelay-feed} "$P/" ||
    cannot_run "needs $BIN/scripted (make tools)"
"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "$(date +%s)" 86400000 scripted
chmod 644 "$MAYRELAY_CLOCK"

pass()			# SECONDS
{
	"$BIN/tools/setclock" "$MAYRELAY_CLOCK" "+$1"
}

said()			# EXTENDED-REGEX: how often
{
	grep -Ec -- "$1" "$daemon_log"
}

# Three looks later, nothing more has been said than then.
once()			# EXTENDED-REGEX TEXT
{
	becomes "$2" log_has "$1"
	for _ in 1 2 3; do
		pass 60
		sleep 0.6
	done
	is "$(said 'the policy ')" "$told" "$2: once, and nothing else"
	told=$((told + 1))
}

told=1

# ---- not loaded --------------------------------------------------------------

conf_policy='max_stale = "1h";'
write_conf
start_mayrelayd
sleep 1
is "$(said 'the policy ')" 0 "at the start a policy may take its time"
pass 60
once 'the policy has not been loaded completely yet: .* is put off$' \
    "not loaded for a minute"
small_policy
becomes "it is there" log_has 'in force'
pass 60
once 'the policy is young again \([0-9]+ s\)$' "loaded"

# ---- old -----------------------------------------------------------------------

rm "$policy"
becomes "the source is gone" log_has 'policy.ldif: No such file'
pass 1500
sleep 0.6
is "$(said 'the policy ')" 2 "half of max_stale has not passed"
pass 360
once 'the policy is [0-9]+ s old; at max_stale \(3600 s\) outbound mail will be put off$' \
    "half of max_stale"
pass 1800
once 'the policy is [0-9]+ s old, more than max_stale \(3600 s\): outbound mail is put off$' \
    "max_stale"

# ---- said of what the configuration wants ---------------------------------------

stops "the daemon ends"
restarted()		# TEXT POLICY-SETTING REGEX
{
	conf_policy="max_stale = \"1h\"; $2"
	write_conf
	: > "$daemon_log"
	start_mayrelayd
	becomes "at a start at once: $1" log_has "more than max_stale .* is $3"
	stops "and ends"
}
restarted "permitted" 'on_unavailable = "permit";' \
    'permitted unless the policy denies it$'
enforce_from=2099-01-01T00:00:00Z
restarted "not enforced yet" '' 'put off where refusals are enforced already$'
enforce_from=now

# ---- young again -----------------------------------------------------------------

: > "$daemon_log"
start_mayrelayd
becomes "it is old still" log_has 'more than max_stale'
small_policy
becomes "it is read" log_has 'in force'
pass 60
becomes "young again" log_has 'the policy is young again'
stops "the daemon ends"
