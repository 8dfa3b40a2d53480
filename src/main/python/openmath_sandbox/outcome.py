"""From what happened to a block to its result: one place for the classes, the output and the error message. Pure."""

import signal
from dataclasses import dataclass
from typing import Any

from openmath_sandbox.capture import cut
from openmath_sandbox.config import Output
from openmath_sandbox.protocol import ExceptionText, ResultClass, Truncated

PROMPT = "Out[1]: "


@dataclass(frozen=True)
class Reported:
    """The session reported; the process lives."""

    report: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """The session's process ended by itself or by a signal that is not ours."""

    status: int | None
    """Wait status; None if its init was killed with it."""
    out_of_memory: bool = False
    """The kernel's memory killer struck in this pod meanwhile."""


@dataclass(frozen=True)
class Cut:
    """The supervisor ended the block."""

    result_class: ResultClass


Event = Reported | Ended | Cut


@dataclass(frozen=True)
class Streams:
    """Both captured streams: their kept heads, and whether more had come."""

    stdout: str
    stderr: str
    stdout_overflowed: bool = False
    stderr_overflowed: bool = False


@dataclass(frozen=True)
class Outcome:
    result_class: ResultClass
    output: str
    stdout: str
    stderr: str
    result: str | None
    exception: ExceptionText | None
    error_message: str
    truncated: Truncated
    state_lost: bool


def conclude(event: Event, streams: Streams, semantics: str, output: Output) -> Outcome:
    """The result of a block."""
    text, overflowed = _joined(streams, semantics)
    result_class, exception, detail = _classify(event, text)
    shown, output_cut = cut(text, output.max_characters, output.marker, overflowed)
    stdout, stdout_cut = cut(streams.stdout, output.max_characters, output.marker, streams.stdout_overflowed)
    stderr, stderr_cut = cut(streams.stderr, output.max_characters, output.marker, streams.stderr_overflowed)
    result = event.report.get("result") if isinstance(event, Reported) else None
    return Outcome(
        result_class=result_class,
        output=shown,
        stdout=stdout,
        stderr=stderr,
        result=result if isinstance(result, str) else None,
        exception=exception,
        error_message=error_message(result_class, exception, detail, semantics),
        truncated=Truncated(stdout=stdout_cut, stderr=stderr_cut, output=output_cut),
        state_lost=_loses_state(event, result_class, semantics),
    )


def _joined(streams: Streams, semantics: str) -> tuple[str, bool]:
    """Both streams as one text, as the semantics has it; and whether something beyond it was dropped."""
    if streams.stdout_overflowed:
        text, overflowed = streams.stdout, True
    else:
        separator = "" if semantics == "OpenMath2024" or not streams.stdout or streams.stdout.endswith("\n") else "\n"
        text = streams.stdout + (separator if streams.stderr else "") + streams.stderr
        overflowed = streams.stderr_overflowed
    if semantics == "OpenMath2024":
        return (text.lstrip() if overflowed else text.strip()).replace(PROMPT, ""), overflowed
    return text if overflowed else text.rstrip(), overflowed


def _classify(event: Event, text: str) -> tuple[ResultClass, ExceptionText | None, str]:
    """Class, exception and the word behind ``Crashed:`` or ``Exited:``."""
    if isinstance(event, Cut):
        return event.result_class, None, ""
    if isinstance(event, Ended):
        return _classify_end(event)
    report = event.report
    status = report.get("status")
    if status == "ok":
        return ("ok" if text or report.get("result") is not None else "no_output"), None, ""
    exception = ExceptionText(type=_text(report.get("type"), 200), message=_text(report.get("message"), 10_000))
    if status == "syntax_error":
        return "syntax_error", exception, ""
    if status == "exit":
        return "exited", exception, ""
    return "error", exception, ""


def _classify_end(event: Ended) -> tuple[ResultClass, ExceptionText | None, str]:
    status = event.status
    if event.out_of_memory:
        return "memory_exceeded", None, ""
    if status is None:
        return "crashed", None, "SIGKILL"
    code = status >> 8
    number = status & 0x7F
    if number == 0:
        return "exited", None, str(code)
    if number == signal.SIGXCPU:
        return "cpu_exhausted", None, ""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return "crashed", None, name


def _text(value: object, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""


def error_message(result_class: ResultClass, exception: ExceptionText | None, detail: str, semantics: str) -> str:
    """The value of a row's ``error_message`` field."""
    original = semantics == "OpenMath2024"
    match result_class:
        case "ok":
            return ""
        case "no_output":
            return "Result is not defined" if original else ""
        case "syntax_error":
            return f"Syntax error: {exception.message if exception else ''}"
        case "error" | "exited" if exception is not None:
            return f"Execution error: {exception.message}" if original else f"Execution error: {exception.type}: {exception.message}"
        case "timeout" | "cpu_exhausted":
            return "timeout"
        case "infra":
            return ""
        case _ if original:
            return "timeout"
        case "crashed":
            return f"Crashed: {detail}"
        case "exited":
            return f"Exited: {detail}"
        case "memory_exceeded":
            return "Memory limit exceeded"
        case "pids_exceeded":
            return "Process limit exceeded"
        case "disk_exceeded":
            return "Disk limit exceeded"
    return ""


def _loses_state(event: Event, result_class: ResultClass, semantics: str) -> bool:
    """Whether the next block finds an empty namespace. The original forgot everything after an error as well."""
    if not isinstance(event, Reported):
        return True
    return semantics == "OpenMath2024" and result_class in ("error", "syntax_error", "exited")
