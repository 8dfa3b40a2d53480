"""From the zygote to a session: an init of its own, which runs nothing, and below it the process that runs the blocks."""

import os
import signal
import traceback
from typing import NoReturn

import msgspec

from openmath_sandbox.child import isolation, linux
from openmath_sandbox.child.isolation import Boundary, Enforced
from openmath_sandbox.child.session import Session, ignore_terminal_signals
from openmath_sandbox.child.shell import BlockShell

_DESCRIPTORS = 4  # standard output, standard error, control, status


def bear(boundary: Boundary, descriptors: list[int], scratch: str | None, shell: BlockShell, virtual_memory: int) -> int:
    """Forks a session off the zygote; returns its init's process id. The descriptors stay open in the zygote."""
    user, group = os.geteuid(), os.getegid()
    pid = linux.fork_into(linux.SESSION_NAMESPACES) if boundary.namespaces else os.fork()
    if pid:
        return pid
    status = descriptors[3]
    try:
        _init(boundary, descriptors, scratch, shell, virtual_memory, user, group)
    except BaseException as error:  # noqa: BLE001 - told to the supervisor, which decides
        _tell(status, "failed", f"{type(error).__name__}: {error} ({traceback.extract_tb(error.__traceback__)[-1].name})")
    finally:
        os._exit(1)


def _tell(status: int, key: str, value: object) -> None:
    try:
        os.write(status, msgspec.json.encode({key: value})[:4000] + b"\n")
    except OSError:
        pass


def _init(
    boundary: Boundary, descriptors: list[int], scratch: str | None, shell: BlockShell, virtual_memory: int, user: int, group: int
) -> NoReturn:
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    descriptors = _only(descriptors)
    enforced = Enforced(namespaces=boundary.namespaces)
    if boundary.namespaces:
        isolation.map_identity(user, group)
        enforced = isolation.private_mounts(boundary)
    else:
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    runner = os.fork()
    if runner == 0:
        _run(boundary, enforced, descriptors, scratch, shell, virtual_memory)
    status = descriptors[3]
    os.dup2(status, 3)
    os.closerange(4, 64)
    for descriptor in range(3):
        os.close(descriptor)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    while True:
        # Reaps whatever is orphaned; lives on after the runner until the supervisor has swept and kills it.
        try:
            pid, how = os.waitpid(-1, 0)
        except ChildProcessError:
            signal.pause()
            continue
        if pid == runner:
            _tell(3, "ended", how)


def _only(descriptors: list[int]) -> list[int]:
    """Closes everything but the given descriptors, which become 10 to 13, and makes standard input empty."""
    high = []
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, 100 + number)
    for number in range(_DESCRIPTORS):
        os.dup2(100 + number, 10 + number, inheritable=False)
        high.append(10 + number)
    os.closerange(3, 10)
    os.closerange(10 + _DESCRIPTORS, 4096)
    empty = os.open("/dev/null", os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return high


def _run(
    boundary: Boundary, enforced: Enforced, descriptors: list[int], scratch: str | None, shell: BlockShell, virtual_memory: int
) -> NoReturn:
    status = descriptors[3]
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 0 and not boundary.namespaces:
            os._exit(1)
        os.setpgid(0, 0)  # what a block does to its own group doesn't reach init
        os.dup2(descriptors[0], 1)
        os.dup2(descriptors[1], 2)
        os.close(descriptors[0])
        os.close(descriptors[1])
        ignore_terminal_signals()
        home = isolation.private_directory(scratch if not boundary.namespaces else None)
        session = Session(descriptors[2], shell, virtual_memory)
        isolation.limit_resources(boundary)
        enforced = isolation.give_up_rights(boundary, enforced, home)
        _tell(status, "ready", enforced)
        os.close(status)
    except BaseException as error:  # noqa: BLE001 - told to the supervisor, which decides
        _tell(status, "failed", f"{type(error).__name__}: {error} ({traceback.extract_tb(error.__traceback__)[-1].name})")
        os._exit(1)
    try:
        session.serve()
    finally:
        os._exit(70)
