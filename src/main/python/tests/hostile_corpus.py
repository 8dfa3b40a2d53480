"""The hostile corpus: its rows, the canary, and how a row is run against any executor.

A row is data: code (or several blocks of one session), the classes that are right, and what must be seen afterwards. See ``corpus/*.yaml``.
"""

import re
import time
from pathlib import Path
from typing import Any

import yaml

from executor_process import Executor

CLASSES = {
    "ok", "error", "syntax_error", "no_output", "timeout", "cpu_exhausted", "memory_exceeded", "pids_exceeded", "disk_exceeded", "exited", "crashed",
}  # fmt: skip
ROWS: list[dict[str, Any]] = [row for file in sorted((Path(__file__).parent / "corpus").glob("*.yaml")) for row in yaml.safe_load(file.read_text())]
_CANARY = """
import os, random, sys, math, numpy as np, sympy
x = sympy.Symbol('x')
print(sympy.solve(x**2 - 3*x + 2), random.random(), np.random.rand(), math.pi, sorted(os.listdir('.')), len(sys.modules), os.environ.get('LEFT'))
[x**2, {'a': (1, 2)}]
"""


def check_canary(executor: Executor, canaries: dict[str, str]) -> None:
    """Runs the canary, whose output must be what it was the first time.

    :param canaries: the first output, by executor
    """
    answer = executor.run(_CANARY, seed="canary")
    assert answer["class"] == "ok", answer
    assert answer["output"] == canaries.setdefault(executor.name, answer["output"])


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


def _attack(executor: Executor, row: dict[str, Any], port: int) -> str:
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


def run_probes(executor: Executor, row: dict[str, Any], port: int) -> None:
    """Runs the row's blocks, and what must hold in the next session.

    :param port: one on the executor's 127.0.0.1 that somebody listens on, and no session may reach
    :raises AssertionError: something came out wrong
    """
    output = _attack(executor, row, port)
    if then := row.get("then"):
        assert executor.run(then["code"])["output"] == then["output"]
    if row.get("repeats"):
        assert _attack(executor, row, port) == output
