"""Semantics OpenMath2024: blocks and answers of the original's sandbox.

The cases are facts about its behaviour; each row's ``source`` says where they come from (NVIDIA/NeMo-Skills, Apache-2.0).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from executor_process import ExecutorProcess

_CASES = [json.loads(line) for line in (Path(__file__).parent / "data/openmath_2024_execution_cases.jsonl").read_text().splitlines()]
_HASH = re.compile(r"<ipython-input-1-[0-9a-f]+>")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _stable(text: str) -> str:
    return _HASH.sub("<ipython-input-1-HASH>", text)


@pytest.mark.parametrize("case", _CASES, ids=[case["id"] for case in _CASES])
def test_answers_as_the_original(executor: ExecutorProcess, case: dict[str, Any]) -> None:
    with executor.open(semantics="OpenMath2024") as session:
        for number, (block, expected) in enumerate(zip(case["blocks"], case["results"], strict=True)):
            answer = session.run(block)
            assert _stable(answer["errorMessage"]) == expected["error_message"], (number, answer)
            output = _stable(answer["output"])
            if "result" in expected:
                assert output == expected["result"], (number, answer)
            if "result_first_line" in expected:
                assert output.splitlines()[0] == expected["result_first_line"], (number, answer)
            if last := expected.get("result_last_line"):
                assert _COLOUR.sub("", output).splitlines()[-1].strip() == last, (number, answer)
            assert answer["stateLost"] == (expected["snippets_kept_as_state"] == 0), (number, answer)


@pytest.mark.parametrize(
    ("block", "result_class", "error_message", "output"),
    [
        ("import sys; sys.exit(0)", "exited", "Execution error: 0", None),
        ("assert 1 == 2", "error", "Execution error: ", None),
        ("{}['a']", "error", "Execution error: 'a'", None),
        ("# nothing", "no_output", "Result is not defined", ""),
        ("", "no_output", "Result is not defined", ""),
        ("None", "no_output", "Result is not defined", ""),
        ("print('  ')", "no_output", "Result is not defined", ""),
        ("1+1;", "ok", "", "2"),
        ("import os; os._exit(3)", "exited", "timeout", ""),
        ("import os; os.abort()", "crashed", "timeout", ""),
        ("%time 1", "ok", "", None),
        ("import numpy as np\nnp.eye(2)", "ok", "", "\narray([[1., 0.],\n       [0., 1.]])"),
        ("print('Out[1]: x')", "ok", "", "x"),
        ("import sys\nprint('b', file=sys.stderr); print('a')", "ok", "", "a\nb"),
        ("print(10**5000)", "error", "Execution error: Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit", None),
    ],
)
def test_error_message_and_output(executor: ExecutorProcess, block: str, result_class: str, error_message: str, output: str | None) -> None:
    answer = executor.run(block, semantics="OpenMath2024")
    assert (answer["class"], answer["errorMessage"]) == (result_class, error_message), answer
    if output is not None:
        assert answer["output"] == output


def test_every_block_is_the_first(executor: ExecutorProcess) -> None:
    with executor.open(semantics="OpenMath2024") as session:
        assert session.run("a = 41; a")["output"] == "41"
        assert session.run("a + 1")["output"] == "42"
        assert "(<ipython-input-1-" in session.run("a b")["errorMessage"]
