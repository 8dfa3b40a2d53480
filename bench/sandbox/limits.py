"""Whether the clock is fair, and how exact it is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from executor import Clients, Executor
from table import Row, percentile

_BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\nprint('done')"


@contextmanager
def _overload(times: int, slots: int) -> Iterator[None]:
    """Keeps all cores so many times as busy as they can be, the executor's slots included."""
    spinners = max(0, times * (os.cpu_count() or 1) - slots)
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(spinners)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def false_timeouts(executor: Executor, count: int, slots: int, cpu_seconds: float, limit_seconds: float) -> Row:
    """Blocks that need half their limit in CPU time, while three times as much wants to run as can."""
    clients = Clients(executor)

    def block(_: int) -> tuple[str, float]:
        answer = clients.mine().run_apart(_BURN.format(seconds=cpu_seconds), timeout_ms=int(limit_seconds * 1000))
        return answer["class"], answer["timing"]["wallMs"] / 1e3

    begun = time.monotonic()
    with _overload(3, slots), ThreadPoolExecutor(2 * slots) as pool:
        answers = list(pool.map(block, range(count)))
    wrong = [name for name, _ in answers if name != "ok"]
    longest = max(wall for _, wall in answers)
    return Row(
        f"false timeouts, {cpu_seconds:g} s of CPU, limit {limit_seconds:g} s, 3x load",
        f"{len(wrong)} of {count}",
        "0",
        not wrong,
        f"longest block {longest:.2f} s by the wall clock; {time.monotonic() - begun:.0f} s in all" + (f"; {sorted(set(wrong))}" if wrong else ""),
    )


def accuracy(executor: Executor, count: int, slots: int, limit_seconds: float = 0.5) -> Row:
    """Endless blocks, as many at once as there are slots: when is the answer there, counted from the block's begin and without what others took?"""
    clients = Clients(executor)

    def block(_: int) -> tuple[float, float]:
        answer = clients.mine().run_apart("while True: pass", timeout_ms=int(limit_seconds * 1000))
        if answer["class"] != "timeout":
            raise RuntimeError(f"an endless block came out as {answer['class']}")
        return answer["timing"]["wallMs"] / 1e3, answer["timing"]["stolenMs"] / 1e3

    with ThreadPoolExecutor(slots) as pool:
        answers = list(pool.map(block, range(count)))
    own = [wall - stolen for wall, stolen in answers]
    early, late = min(wall for wall, _ in answers), percentile(own, 0.99)
    return Row(
        f"timeout accuracy, limit {limit_seconds:g} s, p99",
        f"{late:.3f} s",
        f"{limit_seconds:g} to {limit_seconds + 0.25:g} s",
        early >= limit_seconds and late <= limit_seconds + 0.25,
        f"{count} blocks; earliest {early:.3f} s, p99 with stolen time {percentile([w for w, _ in answers], 0.99):.3f} s",
    )
