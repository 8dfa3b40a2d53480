"""System calls that Python has no name for: clone with namespaces, mounts, prctl, capabilities, huge pages.

Called only in the zygote and in what is forked from it. Every function raises OSError with the call's errno.
"""

import ctypes
import os
import platform
import signal

# PyDLL keeps the interpreter lock, so that a clone never leaves it in somebody else's hands.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_python = ctypes.pythonapi

MACHINE = platform.machine()
_CLONE = {"x86_64": 56, "aarch64": 220}
_MOUNT_SETATTR = 442

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
SESSION_NAMESPACES = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
_MADV_COLLAPSE = 25
_HUGE_PAGE = 2 << 20


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """The raw system call; pointers as ctypes objects, numbers as 64-bit."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _check(_libc.syscall(ctypes.c_long(number), *converted), f"syscall {number}")


def prctl(option: int, *arguments: int) -> int:
    padded = [ctypes.c_ulong(a) for a in arguments] + [ctypes.c_ulong(0)] * (4 - len(arguments))
    return _check(_libc.prctl(ctypes.c_int(option), *padded), f"prctl {option}")


def fork_into(flags: int) -> int:
    """Like os.fork, but the child starts in new namespaces (CLONE_NEW*). One thread only."""
    if MACHINE not in _CLONE:
        raise OSError(38, f"clone is not known for {MACHINE}")
    _python.PyOS_BeforeFork()
    pid = _libc.syscall(ctypes.c_long(_CLONE[MACHINE]), ctypes.c_long(flags | signal.SIGCHLD), *[ctypes.c_long(0)] * 4)
    if pid == 0:
        _python.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    _python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    _check(
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"mount {target}",
    )


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def make_tree_read_only(path: str) -> None:
    """Every mount at and below path becomes read-only (Linux 5.12)."""
    attributes = _MountAttributes(attr_set=MS_RDONLY)
    syscall(_MOUNT_SETATTR, _AT_FDCWD, ctypes.c_char_p(path.encode()), _AT_RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilityData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def drop_capabilities() -> None:
    """Gives up every capability for good, where there is any."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break
    try:
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    except OSError:
        pass
    header = _CapabilityHeader(version=0x20080522, pid=0)
    data = (_CapabilityData * 2)()
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(data)), "capset")


def collapse_heap() -> int:
    """Backs the writable anonymous memory with huge pages, so that each later fork copies hundreds of entries less; returns the pages.

    Best effort: kernels before 6.1 refuse it, and nothing but speed depends on it.
    """
    collapsed = 0
    with open("/proc/self/maps", encoding="utf-8") as maps:
        regions = [line.split(None, 5) for line in maps]
    for region in regions:
        bounds, permissions, inode = region[0], region[1], region[4]
        name = region[5] if len(region) > 5 else ""
        if not permissions.startswith("rw") or inode != "0" or name.startswith(("[stack", "[v")):
            continue
        start, end = (int(bound, 16) for bound in bounds.split("-"))
        for page in range(-(-start // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE, _HUGE_PAGE):
            if _libc.madvise(ctypes.c_void_p(page), ctypes.c_size_t(_HUGE_PAGE), ctypes.c_int(_MADV_COLLAPSE)) == 0:
                collapsed += 1
    return collapsed
