"""Become the given command, on a leash: when the parent dies, however it dies, the kernel sends the signal.

Run as a script, `python -I -S leash.py PARENT SIGNAL COMMAND…`, and not as a fork hook of the supervisor: Python
code between fork and exec is unsafe in a process that has threads. Only Linux has such a leash; elsewhere this is
a plain exec.
"""

import os
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, signal_number: int, command: list[str]) -> None:
    """Replace this process by `command`; end instead when the parent was gone before the leash was on."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  (becoming the command is the purpose)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
