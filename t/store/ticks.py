#!/usr/bin/env python3
"""Be mayrelayd to mayrelay-feed: hear its ticks, and go away.

usage: ticks.py SECONDS COMMAND...      (-f FD is added)

Runs the command with one end of a socket pair, hears it for so long, closes
the other end, and prints: how many ticks, the longest silence in milliseconds,
the exit status, and the milliseconds that the end took.
"""
import select
import socket
import subprocess
import sys
import time


def main():
    seconds = float(sys.argv[1])
    ours, its = socket.socketpair()
    child = subprocess.Popen(sys.argv[2:] + ["-f", str(its.fileno())],
                             pass_fds=[its.fileno()])
    its.close()
    began = last = time.monotonic()
    ticks, silence = 0, 0.0
    while time.monotonic() - began < seconds:
        if select.select([ours], [], [], 0.1)[0]:
            heard = ours.recv(4096)
            if not heard:
                break
            ticks += len(heard)
            silence = max(silence, time.monotonic() - last)
            last = time.monotonic()
    ours.close()
    closed = time.monotonic()
    status = child.wait(60)
    print(f"ticks={ticks} silence={silence * 1000:.0f} status={status} "
          f"end={(time.monotonic() - closed) * 1000:.0f}")


main()
