"""Measures the executor against its bars and prints a table; see README.md."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable

import endurance
import limits
import speed
from executor import Executor
from table import Row, head, load, show

_NAMES = ("first-cell", "three-blocks", "trivial", "false-timeouts", "accuracy", "soak", "output")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-sandbox", description="Measures the executor, and what it is compared with, in one run.")
    parser.add_argument("--full", action="store_true", help="the full sizes: an hour or more instead of minutes")
    parser.add_argument("--only", action="append", choices=_NAMES, metavar="NAME", help=f"one of {', '.join(_NAMES)}; may be repeated")
    parser.add_argument("--sessions", type=int, metavar="N", help="sessions of the soak (1,000; full: 20,000)")
    parser.add_argument("--blocks", type=int, metavar="N", help="blocks of the false-timeout test (40; full: 1,000)")
    parser.add_argument("--tier", choices=("Process", "UserNamespace"), help="no stronger isolation than this")
    parsed = parser.parse_args()
    for name in ("sessions", "blocks"):
        if (value := getattr(parsed, name)) is not None and value < 20:
            parser.error(f"--{name}: {value} is too few; write at least 20")
    return parsed


def _config(slots: int) -> dict[str, object]:
    return {
        "sessionsPerPod": 8 * slots,
        "runningPerPod": slots,
        "execution": {"timeoutSeconds": 30, "cpuTimeoutSeconds": 30, "memory": "256Mi", "scratch": "16Mi", "maxProcesses": 32, "queueTimeoutSeconds": 600},
        "podRecycling": {"maxSessions": 10_000_000, "maxAgeSeconds": 1_000_000},
    }


def main() -> int:
    arguments = _arguments()
    full, slots = arguments.full, len(os.sched_getaffinity(0))
    begun = time.monotonic()
    tier = [] if arguments.tier is None else ["--tier", arguments.tier]
    with Executor(_config(slots), tier) as executor:

        def false_timeouts() -> Iterable[Row]:
            yield limits.false_timeouts(executor, arguments.blocks or (1000 if full else 40), slots, 0.25, 0.5)
            if full:
                yield limits.false_timeouts(executor, 6, slots, 5, 10)

        measures: dict[str, Callable[[], Iterable[Row]]] = {
            "first-cell": lambda: [speed.first_cell(executor, 2000 if full else 200, slots)],
            "three-blocks": lambda: [speed.three_blocks(executor, 1000 if full else 100, slots)],
            "trivial": lambda: speed.trivial_block(executor, 500 if full else 60),
            "false-timeouts": false_timeouts,
            "accuracy": lambda: [limits.accuracy(executor, 200 if full else 20, slots)],
            "soak": lambda: [endurance.soak(executor, arguments.sessions or (20_000 if full else 1000), 2 * slots)],
            "output": lambda: [endurance.output(executor, 10**8 if full else 10**7)],
        }
        print(f"Tier {executor.tier}, {slots} slots, Python {sys.version.split()[0]}. At the start: {load()}.\n", flush=True)
        head()
        missed = 0
        for name in arguments.only or _NAMES:
            for row in measures[name]():
                show(row)
                missed += not row.met
        print(f"\nAt the end: {load()}; {time.monotonic() - begun:.0f} s.", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
