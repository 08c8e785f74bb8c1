#!/bin/bash
# limit: 400
# A minute of t/soak: everything is changed, stopped and killed at random, and
# every answer must be what a state of the directory explains.
. "$(dirname "$0")/../lib.sh"

need_root
need slapd slapadd
python=/usr/bin/python3		# Debian's, which finds python3-ldap
"$python" -c "import ldap" 2> /dev/null || cannot_run "needs python3-ldap"

run_soak()		# SECONDS SERVERS SEED
{
	"$python" "$TOP/t/soak/soak.py" --bin "$BIN" --seconds "$1" \
	    --servers "$2" --seed "$3" || failures=$((failures + 1))
}

if [ -n "${SOAK_SECONDS:-}" ]; then
	run_soak "$SOAK_SECONDS" "${SOAK_SERVERS:-1}" "${SOAK_SEED:-$RANDOM}"
else
	run_soak 35 1 20261122
	run_soak 20 2 20261123
fi
