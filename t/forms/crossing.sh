#!/bin/bash
# Every address form, as recipient and as sender, with every login from every
# network and with a fresh, a stale and a too old directory; the MTA says
# nothing of how it resolves them.
. "$(dirname "$0")/../lib.sh"

need_root
"$TOP/t/forms/crossing.py" --bin "$BIN" "no macros" ||
    failures=$((failures + 1))
