#!/bin/bash
# Every dialogue in this folder holds.
. "$(dirname "$0")/../lib.sh"

need_root
need python3
for tool in tools/miltc scripted/mayrelay{,d,-feed}; do
	[ -x "$BIN/$tool" ] || not_ok "$BIN/$tool is built" "make FLAVOUR=san tools"
done
[ "$failures" -eq 0 ] && "$TOP/t/replay/play" --bin "$BIN" "$TOP"/t/replay/*.replay
