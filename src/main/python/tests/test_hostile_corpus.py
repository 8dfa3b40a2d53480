"""Every row of the hostile corpus, in each tier this machine gives, with the same canary before and after.

One at a time in the best tier, several at once in the weaker one. With ``--executor URL`` both run against that one (see ``conftest.py``).
"""

import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from executor_process import Executor, ExecutorProcess
from hostile_corpus import ROWS, check_canary, run_probes

SLOTS = 2


@pytest.fixture(scope="module")
def listener(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port of the test's own that would answer, were it reached."""
    if request.config.getoption("--executor"):
        yield request.config.getoption("--inner-port")
        return
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def canaries() -> dict[str, str]:
    return {}


def _wait_for_calm(executor: Executor) -> None:
    if not isinstance(executor, ExecutorProcess):
        executor.wait_for_calm()
        return
    # Two zygotes, and an init and a runner for each idle session, of which there are 2 x slots and one for verification.
    baseline = 2 + 2 * (2 * SLOTS + 1)
    deadline = time.monotonic() + 10  # hundreds of processes end slowly on a busy machine
    while (count := len(executor.descendants())) > baseline:
        assert time.monotonic() < deadline, f"{count} processes are alive, {baseline} before the row"
        time.sleep(0.02)


def _run_row(executor: Executor, row: dict[str, Any], port: int, canaries: dict[str, str]) -> None:
    check_canary(executor, canaries)
    run_probes(executor, row, port)
    _wait_for_calm(executor)
    check_canary(executor, canaries)
    assert not executor.tainted, "a zygote was lost"


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_best_tier(executor: Executor, row: dict[str, Any], listener: int, canaries: dict[str, str]) -> None:
    _run_row(executor, row, listener, canaries)


def test_process_tier_shuffled_at_twice_the_slots(process_tier: Executor, listener: int, canaries: dict[str, str]) -> None:
    """The weaker tier, with several rows at once: hostile neighbours change nobody's result."""
    rows = ROWS.copy()
    random.Random(4).shuffle(rows)

    def run(row: dict[str, Any]) -> str | None:
        try:
            check_canary(process_tier, canaries)
            run_probes(process_tier, row, listener)
            check_canary(process_tier, canaries)
        except AssertionError as error:
            return f"{row['id']}: {error}"
        return None

    with ThreadPoolExecutor(2 * SLOTS) as pool:
        failures = [failure for failure in pool.map(run, rows) if failure]
    assert not failures, "\n".join(failures)
    _wait_for_calm(process_tier)
    assert not process_tier.tainted, "a zygote was lost"


def test_every_row_of_the_design_is_there() -> None:
    covered = {row["row"] for row in ROWS}
    assert covered == set(range(1, 34)), sorted(set(range(1, 34)) - covered)
