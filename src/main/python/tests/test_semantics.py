"""What a block means in the semantics IPython and Python."""

import re

import pytest

from executor_process import ExecutorProcess


@pytest.mark.parametrize(
    ("code", "result_class", "output"),
    [
        ("1 + 1", "ok", "2"),
        ("1 + 1;", "ok", "2"),
        ("  a = 1\n  a", "ok", "1"),
        ("a = 1", "no_output", ""),
        ("None", "no_output", ""),
        ("import sympy as sp\nsp.Matrix([[1, 2], [3, 4]])", "ok", "Matrix([\n[1, 2],\n[3, 4]])"),
        ("import numpy as np\nnp.eye(2)", "ok", "array([[1., 0.],\n       [0., 1.]])"),
        ("'a\\nb'", "ok", "'a\\nb'"),
        ("import asyncio\nawait asyncio.sleep(0, 5)", "ok", "5"),
        ("def f(n):\n    return 1 / n\nf(0)", "error", "Traceback (most recent call last):\n  Line 3\n    f(0)\n  Line 2, in f\n    return 1 / n\nZeroDivisionError: division by zero"),
        ("print((1", "syntax_error", None),
        ("import warnings\nwarnings.warn('old', DeprecationWarning)\n1", "ok", "1"),
    ],
)
def test_ipython(executor: ExecutorProcess, code: str, result_class: str, output: str | None) -> None:
    answer = executor.run(code, semantics="IPython")
    assert answer["class"] == result_class, answer
    if output is not None:
        assert answer["output"] == output
    assert "ipython-input" not in answer["output"]


@pytest.mark.parametrize(
    ("code", "result_class", "output", "error_message"),
    [
        ("1 + 1", "no_output", "", ""),
        ("print(1 + 1)", "ok", "2", ""),
        ("  a = 1", "syntax_error", None, "Syntax error: unexpected indent (<cell>, line 1)"),
        ("1/0", "error", 'Traceback (most recent call last):\n  File "<cell>", line 1, in <module>\n    1/0\nZeroDivisionError: division by zero', "Execution error: ZeroDivisionError: division by zero"),
        ("import sys; sys.exit('bye')", "exited", "", "Execution error: SystemExit: bye"),
    ],
)
def test_python(executor: ExecutorProcess, code: str, result_class: str, output: str | None, error_message: str) -> None:
    answer = executor.run(code, semantics="Python")
    assert (answer["class"], answer["errorMessage"]) == (result_class, error_message), answer
    if output is not None:
        # Python 3.11 sets the marks below the line one column further.
        assert re.sub(r"\n *~\^~", "", answer["output"]) == output


@pytest.mark.parametrize("semantics", ["IPython", "Python"])
def test_names_live_on_and_errors_do_not_end_a_session(executor: ExecutorProcess, semantics: str) -> None:
    with executor.open(semantics=semantics) as session:
        session.run("import math\ndef area(r):\n    return math.pi * r")
        assert session.run("1/0")["stateLost"] is False
        assert session.run("print(round(area(2), 3))")["output"] == "6.283"


def test_a_lost_state_starts_empty_with_the_same_seed(executor: ExecutorProcess) -> None:
    draw = "import random\nprint(random.random())"
    with executor.open(seed=5) as session:
        first = session.run(draw)["output"]
        cut = session.run("x = 1\nwhile True: pass", timeout_ms=300)
        assert (cut["class"], cut["stateLost"]) == ("timeout", True)
        assert session.run("x")["exception"]["type"] == "NameError"
        assert session.run(draw)["output"] == first
    assert executor.run(draw, seed=5)["output"] == first
    assert executor.run(draw, seed=6)["output"] != first


def test_sessions_without_seed_are_seeded_by_their_key(executor: ExecutorProcess) -> None:
    draw = "import random, numpy\nprint(random.random(), numpy.random.rand())"
    outputs = []
    for key in ("one", "two", "one"):
        with executor.open(key=key) as session:
            outputs.append(session.run(draw)["output"])
    assert outputs[0] == outputs[2] != outputs[1]
