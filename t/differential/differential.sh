#!/bin/bash
# Random policies and questions: mayrelayd against an independent model.
# `make differential' does the same with a million cases.
. "$(dirname "$0")/../lib.sh"

need_root
python3 "$(dirname "$0")/run.py" --bin "$BIN" --cases "${CASES:-24000}"
