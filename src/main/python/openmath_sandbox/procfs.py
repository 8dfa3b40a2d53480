"""Reading /proc: who descends from a process, and what they use."""

import os
import time
from dataclasses import dataclass

_PAGE = os.sysconf("SC_PAGESIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """What a tree of processes uses at one moment."""

    tasks: int
    """Processes and threads."""
    resident_bytes: int
    """Beyond what each shares with the zygote it was forked from."""
    cpu_seconds: float
    """Including that of the ended and reaped."""


@dataclass(frozen=True)
class _Stat:
    state: str
    parent: int
    cpu_seconds: float
    threads: int
    resident_bytes: int


def _stat(pid: int) -> _Stat | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except OSError:
        return None
    return _Stat(
        state=fields[0].decode(),
        parent=int(fields[1]),
        cpu_seconds=sum(int(f) for f in fields[11:15]) / _TICK,
        threads=int(fields[17]),
        resident_bytes=int(fields[21]) * _PAGE,
    )


def _children(pid: int) -> list[int] | None:
    """Direct children; None where the kernel doesn't list them."""
    found: list[int] = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    listed = False
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children", "rb") as file:
                found += [int(p) for p in file.read().split()]
            listed = True
        except OSError:
            continue
    return found if listed or not os.path.exists(f"/proc/{pid}") else None


def children(pid: int) -> list[int]:
    """Direct children, zombies included."""
    found = _children(pid)
    return found if found is not None else [p for p in _scan(pid) if (stat := _stat(p)) and stat.parent == pid]


def descendants(pid: int) -> list[int]:
    """All living processes below pid, without itself; zombies may be among them."""
    found: list[int] = []
    pending = [pid]
    while pending:
        children = _children(pending.pop())
        if children is None:
            return _scan(pid)
        found += children
        pending += children
    return found


def _scan(pid: int) -> list[int]:
    below: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := _stat(int(name))):
            below.setdefault(stat.parent, []).append(int(name))
    found: list[int] = []
    pending = [pid]
    while pending:
        children = below.get(pending.pop(), [])
        found += children
        pending += children
    return found


def alive(pid: int) -> bool:
    """Whether it runs or could run; a zombie doesn't."""
    stat = _stat(pid)
    return stat is not None and stat.state not in "ZX"


def group(pid: int) -> int:
    """Its process group; 0 if it is gone."""
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def usage(pids: list[int], shared_bytes: int) -> Usage:
    """What the given processes use; of each one's memory the first shared_bytes are the zygote's."""
    tasks, resident, cpu = 0, 0, 0.0
    for pid in pids:
        stat = _stat(pid)
        if stat is None:
            continue
        cpu += stat.cpu_seconds
        if stat.state in "ZX":
            continue
        tasks += stat.threads
        resident += max(0, stat.resident_bytes - shared_bytes)
    return Usage(tasks=tasks, resident_bytes=resident, cpu_seconds=cpu)


def cpu_clock(pid: int) -> float:
    """Seconds of CPU time of one process with all its threads, to the nanosecond; 0 if it is gone or not to be seen."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        stat = _stat(pid)
        return stat.cpu_seconds if stat else 0.0


def waited(pid: int) -> float | None:
    """Seconds that the process's first thread was ready to run but had no CPU; None where the kernel doesn't count it (gVisor)."""
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def memory_kills() -> int:
    """How often the kernel's memory killer struck in this container's cgroup; 0 where that can't be seen."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path, encoding="ascii") as file:
                for line in file:
                    name, _, count = line.partition(" ")
                    if name == "oom_kill":
                        return int(count)
        except (OSError, ValueError):
            continue
    return 0


def disk_usage(directory: str) -> tuple[int, int]:
    """Bytes on disk and number of entries below a directory."""
    total, entries = 0, 0
    for base, directories, files in os.walk(directory, onerror=None):
        entries += len(directories) + len(files)
        for name in files:
            try:
                total += os.lstat(os.path.join(base, name)).st_blocks * 512
            except OSError:
                continue
        if entries > 100_000:
            break
    return total, entries
