"""Comparing answers over the wire: verdicts, and that no pair harms another or the executor."""

import time

import pytest

from executor_process import ExecutorProcess


@pytest.mark.parametrize(
    ("predicted", "expected", "equal"),
    [
        ("5", "5.0", True),
        ("\\frac{1}{2}", "0.5", True),
        ("x^2+2x+1", "2x+ 1+x^2", True),
        ("(x+1)^2", "x^2+2x+1", True),
        ("3\\sqrt{2}", "\\sqrt{18}", True),
        ("\\{1, 2\\}", "\\{2, 1\\}", True),
        ("(1, 2)", "(2, 1)", False),
        ("[1, 2)", "[1, 2]", False),
        ("odd", "\\text{odd}", True),
        ("\\text{(B)}", "B", True),
        ("28 %", "28\\%", False),
        ("10%", "10", True),
        ("1000", "10", False),
        ("72", "0.72", False),
        (None, "1", False),
        ("", "1", False),
    ],
)
def test_math_verify(executor: ExecutorProcess, predicted: str | None, expected: str, equal: bool) -> None:
    (verdict,) = executor.verify([(predicted, expected)])
    assert (verdict["equal"], verdict["class"]) == (equal, "ok"), verdict


@pytest.mark.parametrize(
    ("predicted", "expected", "equal"),
    [
        ("sqrt(2)/2", "\\frac{\\sqrt{2}}{2}", True),
        ("x**2 - 1", "(x-1)(x+1)", True),  # by its second parser: the first reads a call
        ("x**2 - 1", "(x-1)*(x+1)", True),
        ("pi", "3.14159", True),
        ("pi", "3.15", False),
        ("5 or 6", "5", True),  # evaluated as Python, one of its known errors
        ("\\frac{\\sqrt{\\sqrt{11}+\\sqrt{194}}}{2\\sqrt{33}+15}", "\\frac{\\sqrt{\\sqrt{11}+\\sqrt{194}}}{15+2\\sqrt{33}}", True),
    ],
)
def test_the_originals_symbolic_step(executor: ExecutorProcess, predicted: str, expected: str, equal: bool) -> None:
    (verdict,) = executor.verify([(predicted, expected)], grader="OpenMath2024")
    assert (verdict["equal"], verdict["class"]) == (equal, "ok"), verdict


def test_a_hanging_pair_costs_only_itself(executor: ExecutorProcess) -> None:
    begun = time.monotonic()
    verdicts = executor.verify([("1/2", "0.5"), ("9**9**9**9", "1"), ("2", "2.0")], grader="OpenMath2024", timeoutMs=500)
    assert [v["equal"] for v in verdicts] == [True, False, True], verdicts
    assert [v["class"] for v in verdicts] == ["ok", "timeout", "ok"], verdicts
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "attack",
    [
        "__import__('os').kill(1, 9)",
        "eval(chr(49))",
        "open(chr(47))",
        "().__class__.__base__.__subclasses__()",
        "exit()",
        "exec(input())",
        "10**10**10",
        "factorial(10**9)",
        "(" * 5000 + "1",
    ],
)
def test_hostile_predictions_decide_nothing_else(executor: ExecutorProcess, attack: str) -> None:
    for grader in ("OpenMath2024", "MathVerify"):
        verdicts = executor.verify([("1/2", "0.5"), (attack, "7"), ("7", "7.0")], grader=grader, timeoutMs=1000)
        assert [v["equal"] for v in verdicts] == [True, False, True], (grader, verdicts)
        assert verdicts[0]["class"] == verdicts[2]["class"] == "ok", (grader, verdicts)
        assert verdicts[1]["class"] in ("ok", "timeout"), (grader, verdicts)


def test_a_large_batch_keeps_its_order(executor: ExecutorProcess) -> None:
    pairs: list[tuple[str | None, str | None]] = [(str(n), str(n + n % 2)) for n in range(200)]
    verdicts = executor.verify(pairs)
    assert [v["equal"] for v in verdicts] == [n % 2 == 0 for n in range(200)]
