"""Which isolation tier this is, from what the node was seen to allow. Pure but for looking at the kernel's name."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_ORDER = ("Process", "UserNamespace", "GVisor")


@dataclass(frozen=True)
class Tier:
    name: str
    runtime: str
    """``gvisor`` or ``linux``."""
    most_sessions: int | None
    """How many sessions may be open at once; None: as many as configured."""
    needs_work_directory: bool
    strength: str
    """The boundary between sessions, also where each pod serves only one."""


def decide(namespaces: bool, confined: bool, minimum: str, runtime: str | None = None) -> Tier:
    """The best tier that holds.

    :param namespaces: sessions get user, PID, mount, IPC, UTS and network namespaces of their own
    :param confined: Landlock with scopes for signals and sockets, and a system call filter, hold in each session
    :param minimum: the pool's ``isolation.minimum``; ``PodPerSession`` asks for one session per pod
    """
    runtime = runtime or detect_runtime()
    if namespaces:
        strength = "GVisor" if runtime == "gvisor" else "UserNamespace"
    else:
        strength = "Process"
    # Without either, sessions share a user and could reach each other: one at a time, swept before the next.
    most = None if namespaces or confined else 1
    if minimum == "PodPerSession":
        return Tier("PodPerSession", runtime, 1, not namespaces, strength)
    return Tier(strength, runtime, most, not namespaces, strength)


def reaches(tier: Tier, minimum: str) -> bool:
    """Whether the tier is at least the minimum."""
    if minimum == "PodPerSession":
        return tier.name == "PodPerSession"
    return _ORDER.index(tier.strength) >= _ORDER.index(minimum)


def detect_runtime() -> str:
    """``gvisor`` where its kernel answers, else ``linux``."""
    try:
        if "gvisor" in Path("/proc/version").read_text(encoding="utf-8", errors="replace").lower():
            return "gvisor"
        messages = subprocess.run(["dmesg"], capture_output=True, timeout=5, check=False).stdout  # noqa: S603, S607
    except (OSError, subprocess.SubprocessError):
        return "linux"
    return "gvisor" if b"gVisor" in messages[:4096] else "linux"
