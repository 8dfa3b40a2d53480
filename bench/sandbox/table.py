"""What was measured, against its bar."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    bar: str
    met: bool
    detail: str = ""


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of the values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def load() -> str:
    """How busy the machine is, in words."""
    text = "load %.1f %.1f %.1f on %d cores" % (*os.getloadavg(), os.cpu_count() or 1)
    try:
        some = Path("/proc/pressure/cpu").read_text().split()[1]
        return f"{text}, CPU pressure {some.removeprefix('avg10=')} %"
    except (OSError, IndexError):
        return text


def show(row: Row) -> None:
    print(f"| {row.what} | {row.measured} | {row.bar} | {'yes' if row.met else 'NO'} | {row.detail} |", flush=True)


def head() -> None:
    print("| what | measured | bar | met | how |\n|---|---|---|---|---|", flush=True)
