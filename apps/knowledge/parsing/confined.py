"""Turns into another program that has little memory, little time, no network and nothing to write.

Started as ``python -m apps.knowledge.parsing.confined MEMORY_BYTES CPU_S PROGRAM ARGUMENTS…``.
"""

import contextlib
import ctypes
import os
import resource
import sys

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def leave_network():
    """Where the system lets us, a network namespace of our own, with nothing in it."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def limit(memory_bytes):
    """No file written, no core dumped, memory up to this."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def main():
    memory_bytes, cpu_s, *program = sys.argv[1:]
    leave_network()
    limit(int(memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s)))
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
