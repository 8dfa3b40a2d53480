"""Landlock: what of the file system, the network and the other processes a session may touch. See landlock(7)."""

import ctypes
import os

from openmath_sandbox.child import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_TRUNCATE = 1 << 14
_IOCTL_DEVICE = 1 << 15
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

# How many access rights over files each version of the interface knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
SCOPES_SINCE = 6
"""The first version that also keeps signals and abstract sockets inside a session."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's version of the interface; 0 where there is none."""
    try:
        return linux.syscall(_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict(readable: list[str], writable: list[str], devices: list[str]) -> None:
    """Confines this process and all it starts; needs no_new_privs. Paths that don't exist are left out.

    No TCP may be bound or connected, and from version 6 on no signal and no abstract socket leaves the session.
    """
    abi = version()
    every = (1 << _FILE_RIGHTS.get(abi, 16)) - 1
    rules = _Ruleset(files=every, network=0b11 if abi >= 4 else 0, scoped=_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SCOPES_SINCE else 0)
    size = 8 if abi < 4 else 16 if abi < SCOPES_SINCE else 24
    ruleset = linux.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    try:
        for paths, rights in (
            (readable, _EXECUTE | _READ_FILE | _READ_DIR),
            (writable, every & ~_IOCTL_DEVICE),
            (devices, _READ_FILE | _WRITE_FILE),
        ):
            for path in paths:
                _allow(ruleset, path, rights & every)
        linux.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_ONLY
        rule = _PathBeneath(allowed=rights, parent=parent)
        linux.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)
