"""Being the first process of a container, or of any group of processes that must not leave strays."""

import ctypes
import os
from collections.abc import Callable

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36


def become_supervisor() -> None:
    """Takes in orphans, and shows its memory to nobody."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))
    libc.prctl(_PR_SET_DUMPABLE, ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def reap(keep: Callable[[], set[int]]) -> None:
    """Reaps orphans that ended; the zygotes are waited for by their owner."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in keep():
            return
        try:
            os.waitpid(ended.si_pid, os.WNOHANG)
        except ChildProcessError:
            return
