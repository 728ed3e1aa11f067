"""The process that reads strangers' files: little memory, no network, nothing to write, nothing to lose.

Started as ``python -m apps.knowledge.parsing.child``. On standard input: a line of JSON, then as many bytes
as it says; on standard output the same. It ends when its input does. Imports neither Django nor ``berrydesk``.
"""

import importlib
import json
import os
import resource
import sys

from apps.knowledge.parsing import confined
from apps.knowledge.parsing.trouble import LONGEST_CHARACTERS, Unreadable, too_long

RECYCLE_BYTES = 350 * 1024 * 1024
"""A child that has grown to this asks to be replaced."""

FORBIDDEN = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"),
    *("ctypes.dlopen", "urllib.Request", "ftplib.connect", "smtplib.connect"),
)


def main():
    """Read requests until there are no more."""
    incoming = sys.stdin.buffer
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)  # what a library prints must not get between our answers
    limits = json.loads(incoming.readline())
    if limits.get("draws"):  # it loads a library of its own, which nobody may do later
        importlib.import_module("apps.knowledge.parsing.drawing")
    _confine(limits["memory_bytes"])
    while line := incoming.readline():
        request = json.loads(line)
        data = incoming.read(request["bytes"]) if request.get("bytes") is not None else None
        _allow_cpu(request["cpu_s"])
        answer = _answered(request, data)
        answer["recycle"] = answer.get("recycle", False) or _size_bytes() > RECYCLE_BYTES
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        outgoing.write(b"%d\n" % len(body) + body)
        outgoing.flush()


def _size_bytes():
    """Memory in use now; 0 where the system does not say. (``ru_maxrss`` would count the parent's from before.)"""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _confine(memory_bytes):
    """From here on: no network, no new process, no file written, memory up to the limit."""
    confined.leave_network()
    confined.limit(memory_bytes)

    def refuse(event, _arguments):
        if event in FORBIDDEN:
            raise PermissionError(f"A parser may not do this: {event}")

    sys.addaudithook(refuse)


def _allow_cpu(seconds):
    """This much more processor time; beyond it the system ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def _answered(request, data):
    from apps.knowledge.parsing import reading

    try:
        parsed = reading.read(request, data)
        if len(parsed["markdown"]) > LONGEST_CHARACTERS:
            raise too_long(request["name"])
    except Unreadable as trouble:
        return {"code": trouble.code, "facts": trouble.facts}
    except MemoryError:
        return {"code": "too_much_memory", "facts": {"name": request["name"]}, "recycle": True}
    except RecursionError:
        return {"code": "file_broken", "facts": {"name": request["name"]}, "cause": "nested too deeply"}
    except (
        Exception
    ) as error:  # a stranger's file can make a library fail in any way: it is one failed document
        cause = f"{type(error).__name__}: {error}"[:500]
        code = "too_much_memory" if "memory" in cause.lower() else "file_broken"
        return {"code": code, "facts": {"name": request["name"]}, "cause": cause}
    return {"parsed": parsed}


if __name__ == "__main__":
    main()
