#!/bin/bash
# flavour: plain
# valgrind finds nothing in the unit tests of what reads the words of strangers
# (the Makefile's READERS).
. "$(dirname "$0")/../lib.sh"

need valgrind
# One process each: valgrind sees to the end of that alone.
export CK_FORK=no
# The results are ours.
unset CK_TAP_LOG_FILE_NAME
for name in $(make -s -C "$TOP" print-readers); do
	holds "valgrind has nothing to say of test_$name" \
	    valgrind -q --vgdb=no --error-exitcode=9 --leak-check=full \
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	    "$TOP/build/unit/test_$name"
done
