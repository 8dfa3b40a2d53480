"""Comparing two answers, in a forked and limited child only: what a model wrote may hang a parser or be evaluated by one.

``MathVerify``: today's grader, Math-Verify over normalised LaTeX. ``OpenMath2024``: the last, symbolic step of the grader of
OpenMathInstruct-1, on answers that its textual steps left open. No comparison limits its own time; the supervisor does.
"""

import logging
import math
import re
from typing import Any

_NUMBER_AND_PERCENT = re.compile(r"[+-]?\d[\d,]*(?:\.\d*)?\\?%")
_LITERAL = re.compile(r"[a-zA-Z ,]+")
_CHOICE = re.compile(r"[A-J]")
_WRAPPED = re.compile(r"\$.+\$|\\\(.+\\\)|\\\[.+\\\]|\\boxed\{", re.DOTALL)
_RELATIVE_TOLERANCE = 1e-4
_PRECISION, _ROUNDING = 15, 6
# SymPy's own parser evaluates Python. What no answer needs and an attack does is not given to it.
_NEVER_EVALUATED = re.compile(
    r"__|['\"`\\;{}:=]|\.\s*[A-Za-z_]|"
    r"\b(?:lambda|import|for|exec|eval|open|compile|getattr|setattr|delattr|vars|globals|locals|chr|input|breakpoint|sympify|S|"
    r"lambdify|exit|quit|help|memoryview|type|object|print|preview|source|plot\w*|init_\w*|test|doctest)\b"
)


def warm() -> None:
    """Loads the libraries and runs each path once, so that a forked child starts with filled caches."""
    logging.disable(logging.CRITICAL)
    for predicted, expected in (("\\frac{1}{2}", "0.5"), ("(1,2)", "(1, 2)"), ("x+1", "1 + x"), ("\\{1,2\\}", "\\{2,1\\}"), ("B", "(B)")):
        compare("MathVerify", predicted, expected)
        compare("OpenMath2024", predicted, expected)


def compare(grader: str, predicted: str | None, expected: str | None) -> tuple[bool, str]:
    """Whether the two are the same answer, and by which step that was decided."""
    if predicted is None or expected is None:
        return False, "no-answer"
    if grader == "OpenMath2024":
        return symbolic(predicted, expected)
    return math_verify(predicted, expected)


def math_verify(predicted: str, expected: str) -> tuple[bool, str]:
    """Math-Verify 0.8.0, with the preparation that today's evaluation scripts give it."""
    from latex2sympy2_extended import NormalizationConfig, normalize_latex
    from math_verify import LatexExtractionConfig, StringExtractionConfig, parse, verify

    if _CHOICE.fullmatch(expected.strip()):
        letters = tuple("ABCDEFGHIJ")
        chosen = parse(predicted, [StringExtractionConfig(strings=letters)], parsing_timeout=None)
        if verify([expected.strip()], chosen, timeout_seconds=None):
            return True, "choice"
    sides = []
    for text in (expected, predicted):
        if _NUMBER_AND_PERCENT.fullmatch(text.strip()):
            text = text.strip().rstrip("%").rstrip("\\")
        sides.append(normalize_latex(text.rstrip(".\\"), NormalizationConfig()))
    gold, answer = sides
    if gold.replace(" ", "") == answer.replace(" ", ""):
        return True, "text"
    if _LITERAL.fullmatch(gold) and _LITERAL.fullmatch(answer):
        return False, "text"
    parsed = [
        parse(text if _WRAPPED.search(text) else f"${text}$", [LatexExtractionConfig()], parsing_timeout=None) for text in (gold, answer)
    ]
    equal = verify(parsed[0], parsed[1], numeric_precision=_PRECISION, float_rounding=_ROUNDING, timeout_seconds=None)
    return bool(equal), "math-verify"


def symbolic(predicted: str, expected: str) -> tuple[bool, str]:
    """Step 12 of the original: equal if both have values within a relative 1e-4, or the simplified difference is 0."""
    from sympy import N, simplify

    left, right = _parsed(predicted), _parsed(expected)
    # The original asked in the other order. Either yes decides, so the quick question comes first.
    try:
        if math.isclose(N(left), N(right), rel_tol=_RELATIVE_TOLERANCE):
            return True, "numeric"
    except Exception:  # noqa: BLE001 - no numeric values
        pass
    try:
        if simplify(left - right) == 0:
            return True, "symbolic"
    except Exception:  # noqa: BLE001 - as the original: what can't be subtracted is not equal
        pass
    return False, "symbolic"


def _parsed(text: str) -> Any:
    """By SymPy's own syntax, else by its LaTeX parser, else the text as it is."""
    from sympy.parsing.latex import parse_latex
    from sympy.parsing.sympy_parser import parse_expr

    if not _NEVER_EVALUATED.search(text):
        try:
            return parse_expr(text)
        except Exception:  # noqa: BLE001 - not in that syntax
            pass
    try:
        return parse_latex(text)
    except Exception:  # noqa: BLE001 - not in that one either
        return text
