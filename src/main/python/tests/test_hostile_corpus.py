"""Every row of the hostile corpus, in each tier this machine gives, with the same canary before and after.

One at a time in the best tier, several at once in the weaker one. A row is data: code (or several blocks of one session), the classes that are right, and what must be seen afterwards. See ``corpus/*.yaml``.
"""

import random
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from executor_process import ExecutorProcess

CLASSES = {
    "ok", "error", "syntax_error", "no_output", "timeout", "cpu_exhausted", "memory_exceeded", "pids_exceeded", "disk_exceeded", "exited", "crashed",
}  # fmt: skip
ROWS: list[dict[str, Any]] = [row for file in sorted((Path(__file__).parent / "corpus").glob("*.yaml")) for row in yaml.safe_load(file.read_text())]
SLOTS = 2
_CANARY = """
import os, random, sys, math, numpy as np, sympy
x = sympy.Symbol('x')
print(sympy.solve(x**2 - 3*x + 2), random.random(), np.random.rand(), math.pi, sorted(os.listdir('.')), len(sys.modules), os.environ.get('LEFT'))
[x**2, {'a': (1, 2)}]
"""


@pytest.fixture(scope="module")
def listener() -> Iterator[int]:
    """A port of the test's own that would answer, were it reached."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def canaries() -> dict[str, str]:
    return {}


def _canary(executor: ExecutorProcess, canaries: dict[str, str]) -> None:
    answer = executor.run(_CANARY, seed="canary")
    assert answer["class"] == "ok", answer
    tier = executor.announcement["capabilities"]["tier"]
    assert answer["output"] == canaries.setdefault(tier, answer["output"])


def _check(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    allowed = expected["class"] if isinstance(expected["class"], list) else [expected["class"]]
    assert answer["class"] in allowed, answer
    assert answer["class"] in CLASSES
    if "output" in expected:
        assert answer["output"] == expected["output"], answer
    if "output_matches" in expected:
        assert re.fullmatch(expected["output_matches"], answer["output"]), answer["output"][:2000]
    if "exception" in expected and answer["class"] == "error":
        assert answer["exception"]["type"] == expected["exception"], answer
    if "error_message" in expected:
        assert answer["errorMessage"] == expected["error_message"], answer
    if "error_matches" in expected:
        assert re.search(expected["error_matches"], answer["errorMessage"]), answer
    if "state_lost" in expected:
        assert answer["stateLost"] == expected["state_lost"], answer


def _attack(executor: ExecutorProcess, row: dict[str, Any], port: int) -> str:
    fields = {"seed": row["seed"]} if "seed" in row else {}
    limit = row.get("timeoutMs", 1000)
    output = ""
    with executor.open(**fields) as session:
        for block in row.get("blocks", [row]):
            begun = time.monotonic()
            answer = session.run(block["code"].replace("PORT", str(port)), timeout_ms=limit)
            seconds = time.monotonic() - begun
            _check(answer, block)
            allowed = limit / 1000 + (answer["timing"]["stolenMs"] + answer["timing"]["queueMs"]) / 1000 + 1.5
            assert seconds < allowed, f"answered after {seconds:.2f} s, limit {limit} ms: {answer['timing']}"
            time.sleep(block.get("pause", 0))
            output = answer["output"]
    return output


def _wait_for_calm(executor: ExecutorProcess) -> None:
    # Two zygotes, and an init and a runner for each idle session, of which there are 2 x slots and one for verification.
    baseline = 2 + 2 * (2 * SLOTS + 1)
    deadline = time.monotonic() + 10  # hundreds of processes end slowly on a busy machine
    while (count := len(executor.descendants())) > baseline:
        assert time.monotonic() < deadline, f"{count} processes are alive, {baseline} before the row"
        time.sleep(0.02)


def _run_probes(executor: ExecutorProcess, row: dict[str, Any], port: int) -> None:
    output = _attack(executor, row, port)
    if then := row.get("then"):
        assert executor.run(then["code"])["output"] == then["output"]
    if row.get("repeats"):
        assert _attack(executor, row, port) == output


def _run_row(executor: ExecutorProcess, row: dict[str, Any], port: int, canaries: dict[str, str]) -> None:
    _canary(executor, canaries)
    _run_probes(executor, row, port)
    _wait_for_calm(executor)
    _canary(executor, canaries)
    assert executor.capabilities["recycling"]["tainted"] is False, "a zygote was lost"


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_best_tier(executor: ExecutorProcess, row: dict[str, Any], listener: int, canaries: dict[str, str]) -> None:
    _run_row(executor, row, listener, canaries)


def test_process_tier_shuffled_at_twice_the_slots(process_tier: ExecutorProcess, listener: int, canaries: dict[str, str]) -> None:
    """The weaker tier, with several rows at once: hostile neighbours change nobody's result."""
    rows = ROWS.copy()
    random.Random(4).shuffle(rows)

    def run(row: dict[str, Any]) -> str | None:
        try:
            _canary(process_tier, canaries)
            _run_probes(process_tier, row, listener)
            _canary(process_tier, canaries)
        except AssertionError as error:
            return f"{row['id']}: {error}"
        return None

    with ThreadPoolExecutor(2 * SLOTS) as pool:
        failures = [failure for failure in pool.map(run, rows) if failure]
    assert not failures, "\n".join(failures)
    _wait_for_calm(process_tier)
    assert process_tier.capabilities["recycling"]["tainted"] is False, "a zygote was lost"


def test_every_row_of_the_design_is_there() -> None:
    covered = {row["row"] for row in ROWS}
    assert covered == set(range(1, 34)), sorted(set(range(1, 34)) - covered)
