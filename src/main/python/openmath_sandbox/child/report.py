"""What a session tells about one block: advisory, bounded, and built by functions that a block cannot replace by patching modules."""

from typing import Any

MESSAGE_LIMIT = 10_000
"""Characters of an exception's text that are passed on."""
RESULT_LIMIT = 16_384
"""Characters of the last expression's text that are passed on."""

Report = dict[str, Any]


def text_of(value: object, limit: int = MESSAGE_LIMIT) -> str:
    """str(value), whatever its class makes of that; valid Unicode, at most limit characters."""
    try:
        text = str(value)
        if not isinstance(text, str):
            raise TypeError
    except BaseException:  # noqa: BLE001 - a block's own class decides what is raised here
        text = "<unprintable>"
    return clean(text, limit)


def clean(text: str, limit: int) -> str:
    """The same text without lone surrogates, at most limit characters."""
    text = str.__str__(text)
    return text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")


def succeeded(result: str | None) -> Report:
    return {"status": "ok", "result": None if result is None else clean(result, RESULT_LIMIT)}


def failed(error: BaseException) -> Report:
    """The block raised; SystemExit is an exit with its code, as the interpreter would make of it."""
    report: Report = {"status": "error", "type": clean(type(error).__name__, 200), "message": text_of(error)}
    if isinstance(error, SystemExit):
        report["status"] = "exit"
        report["code"] = _exit_code(error)
    return report


def malformed(error: BaseException) -> Report:
    """The block is not Python."""
    return {"status": "syntax_error", "type": clean(type(error).__name__, 200), "message": text_of(error)}


def _exit_code(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    return int(code) & 0xFF if isinstance(code, int) else 1
