#!/bin/bash
# flavour: plain
# limit: 400
# 200 connections ask all the time while the directory comes and goes, and the
# configuration is reloaded: each answer must be what a state of the directory
# explains, none may be lost, and nothing may grow.  `make load' does it longer.
. "$(dirname "$0")/../lib.sh"

need_root
need slapd slapadd
python=/usr/bin/python3		# Debian's, which finds python3-ldap
"$python" -c "import ldap" 2> /dev/null || cannot_run "needs python3-ldap"

# All of malloc in one piece, which /proc/PID/smaps names.
export MALLOC_ARENA_MAX=1
seed=${LOAD_SEED-20261122}
"$python" "$TOP/t/load/load.py" --bin "$BIN" \
    --seconds "${LOAD_SECONDS:-45}" ${seed:+--seed "$seed"} ||
    failures=$((failures + 1))
