#!/bin/bash
# Every input that fuzzing has found worth keeping, played again: none of the
# targets' claims is broken, and no sanitizer speaks.
. "$(dirname "$0")/../lib.sh"

# t/run lets the scenarios' daemons off; these have no reason to leak.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=1

# They drop no rights: no copy is needed.
bin=$BIN/fuzz
[ -d "$bin" ] || bin=$TOP/build/san/fuzz

for source in "$TOP"/t/fuzz/fuzz_*.c; do
	noun=${source##*/fuzz_}
	noun=${noun%.c}
	corpus=$TOP/t/fuzz/corpus/$noun
	said=$("$bin/$noun" "$corpus" 2> "$W/$noun.err")
	status=$?
	# A target without a corpus would prove nothing.
	if [ "$status" -eq 0 ] && [[ $said == [1-9]*\ inputs ]]; then
		ok "$noun: $said"
	else
		not_ok "$noun: its corpus" \
		    "status $status, $said; $(tail -n 30 "$W/$noun.err")"
	fi
done
