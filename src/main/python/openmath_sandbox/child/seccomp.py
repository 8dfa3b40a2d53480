"""The system call filter of a session: a small classic BPF program that answers EPERM, never SIGKILL, so that a block sees an exception.

Denied: every socket but local stream sockets, connecting to anything by name, looking into other processes, namespaces and mounts, kernel
keys, BPF, io_uring, userfaultfd, device nodes, System V objects, clocks and everything that administers the machine.
"""

import ctypes
import struct

from openmath_sandbox.child import linux

_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_AF_UNIX, _SOCK_STREAM, _SOCKET_TYPE_BITS = 1, 1, 0xF
_SYSCALL_FILTER_OPTION, _FILTER_MODE = 22, 2
_NAMESPACE_FLAGS = 0x7E020080  # every CLONE_NEW*

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the architecture has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "listen": (50, 201),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "migrate_pages": (256, 238),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
_SOCKET, _CLONE, _CLONE3, _PRCTL = (41, 198), (56, 220), (435, 435), (157, 167)
# Calls whose first argument is whom they signal; pidfd_open begins such a signal.
_SIGNALLING = ((62, 129), (200, 130), (234, 131), (129, 138), (297, 240), (434, 434))
# A session may not outlive its supervisor's wish, show its memory or take other orphans in.
_DENIED_PRCTL = (linux.PR_SET_PDEATHSIG, linux.PR_SET_DUMPABLE, linux.PR_SET_CHILD_SUBREAPER)


def supported() -> bool:
    """True where this architecture's calls are known; whether the kernel filters is seen when the filter is installed."""
    return linux.MACHINE in _AUDIT


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _refuse(number: int = _EPERM) -> bytes:
    return _step(_RETURN, _REFUSE | number)


def _argument(index: int) -> bytes:
    return _step(_LOAD, _ARGUMENTS + 8 * index)


def program(protected: list[int]) -> bytes:
    """The filter for this machine, as an array of sock_filter.

    :param protected: processes, also meant by a negative group number, that must not be signalled, nor everybody at once
    """
    column = list(_AUDIT).index(linux.MACHINE)
    load_number, allow = _step(_LOAD, _NUMBER), _step(_RETURN, _ALLOW)
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_JUMP_EQUAL, _AUDIT[linux.MACHINE], 1, 0), _refuse(), load_number]
    if linux.MACHINE == "x86_64":  # the x32 calls are the same calls under other numbers
        steps += [_step(_JUMP_ANY_BIT, 0x40000000, 0, 1), _refuse()]
    for numbers in _DENIED.values():
        if (number := numbers[column]) is not None:
            steps += [_step(_JUMP_EQUAL, number, 0, 1), _refuse()]
    # glibc falls back to clone, whose flags a filter can see.
    steps += [_step(_JUMP_EQUAL, _CLONE3[column], 0, 1), _refuse(_ENOSYS)]
    steps += [_step(_JUMP_EQUAL, _CLONE[column], 0, 4), _argument(0), _step(_JUMP_ANY_BIT, _NAMESPACE_FLAGS & ~0x80, 0, 1), _refuse(), allow]
    refusals = b"".join(_step(_JUMP_EQUAL, option, 0, 1) + _refuse() for option in _DENIED_PRCTL)
    steps += [_step(_JUMP_EQUAL, _PRCTL[column], 0, 2 + len(refusals) // 8), _argument(0), refusals, allow]
    if protected:
        targets = {0xFFFFFFFF, *protected, *(-pid & 0xFFFFFFFF for pid in protected)}
        refusals = b"".join(_step(_JUMP_EQUAL, target, 0, 1) + _refuse() for target in sorted(targets))
        for numbers in _SIGNALLING:
            steps += [_step(_JUMP_EQUAL, numbers[column], 0, 2 + len(refusals) // 8), _argument(0), refusals, allow]
    steps += [
        _step(_JUMP_EQUAL, _SOCKET[column], 0, 7),
        _argument(0),
        _step(_JUMP_EQUAL, _AF_UNIX, 1, 0),
        _refuse(),
        _argument(1),
        _step(_AND, _SOCKET_TYPE_BITS),
        _step(_JUMP_EQUAL, _SOCK_STREAM, 1, 0),
        _refuse(),
        allow,
    ]
    return b"".join(steps)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install(protected: list[int] | None = None) -> None:
    """Filters this process and all it starts, for good; needs no_new_privs."""
    steps = program(protected or [])
    buffer = ctypes.create_string_buffer(steps, len(steps))
    filter_program = _Program(length=len(steps) // 8, steps=ctypes.cast(buffer, ctypes.c_char_p))
    linux.prctl(_SYSCALL_FILTER_OPTION, _FILTER_MODE, ctypes.addressof(filter_program))
