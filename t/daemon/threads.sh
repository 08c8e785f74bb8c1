#!/bin/bash
# limit: 900
# libmilter as others build it: with a thread for each connection where Debian's
# has a pool of workers, and with select(2) where that has poll(2).  mayrelayd,
# which steps in for accept() and sigwait(), must not notice.
. "$(dirname "$0")/../lib.sh"

built=${LIBMILTERS:-$TOP/build/libmilter}
said=$("$TOP/t/tools/get-libmilter" "$built" 2>&1) || cannot_run "$said"

run_with()		# FLAVOUR SCRIPT...: those of this folder
{
	local flavour=$1 script status
	shift
	for script; do
		LIBMILTER=$built/$flavour LD_LIBRARY_PATH=$built/$flavour \
		    "$TOP/t/daemon/$script.sh" > "$W/out" 2>&1
		status=$?
		sed "s/^\(not \)\?ok - /&$flavour, $script: /" "$W/out"
		holds "$flavour, $script: all of it" test "$status" -eq 0
	done
}

run_with threads abrupt macros dialogue overload life
run_with select dialogue overload
