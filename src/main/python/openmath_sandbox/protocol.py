"""The documents of the wire protocol. Times are in milliseconds, sizes of text in Unicode characters."""

from typing import Annotated, Any, Literal

import msgspec

from openmath_sandbox.config import Semantics

ResultClass = Literal[
    "ok",
    "error",
    "syntax_error",
    "no_output",
    "timeout",
    "cpu_exhausted",
    "memory_exceeded",
    "pids_exceeded",
    "disk_exceeded",
    "exited",
    "crashed",
    "infra",
]
"""What can become of a block; nothing else is ever answered."""

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
BODY_LIMIT = 1 << 20


class _Document(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class _Request(_Document, frozen=True, forbid_unknown_fields=True):
    pass


class Limits(_Request):
    """A session's own limits; the smaller of them and the pool's wins, and the answer names those that were lowered."""

    timeout_ms: Annotated[int, msgspec.Meta(ge=1)] | None = None
    memory_bytes: Annotated[int, msgspec.Meta(ge=1 << 20)] | None = None
    max_executions: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_output_characters: Annotated[int, msgspec.Meta(ge=1)] | None = None


class OpenSession(_Request):
    key: Identifier
    semantics: Semantics | None = None
    seed: str | int | None = None
    limits: Limits = Limits()


class Execute(_Request):
    code: str
    id: Identifier | None = None
    timeout_ms: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Pair(_Request):
    predicted: Annotated[str, msgspec.Meta(max_length=100_000)] | None
    expected: Annotated[str, msgspec.Meta(max_length=100_000)] | None


class Verify(_Request):
    pairs: Annotated[list[Pair], msgspec.Meta(max_length=1000)]
    grader: Literal["MathVerify", "OpenMath2024"] = "MathVerify"
    timeout_ms: Annotated[int, msgspec.Meta(ge=1, le=600_000)] = 10_000
    """For each pair."""


class SessionOpened(_Document):
    id: str
    pod: str
    isolation: str
    expires_at: str
    limits: Limits
    """Those that hold."""
    lowered: list[str]
    """Fields that asked for more than the pool allows; its limit holds."""


class ExceptionText(_Document):
    type: str
    message: str


class Truncated(_Document):
    stdout: bool
    stderr: bool
    output: bool


class Timing(_Document):
    queue_ms: float
    wall_ms: float
    cpu_ms: float
    stolen_ms: float


class ExecutionResult(_Document):
    id: str
    result_class: ResultClass = msgspec.field(name="class")
    output: str
    """What belongs between the output tags: limited, with the marker."""
    stdout: str
    stderr: str
    result: str | None
    exception: ExceptionText | None
    error_message: str
    truncated: Truncated
    timing: Timing
    execution: int
    state_lost: bool


class Verdict(_Document):
    equal: bool | None
    method: str
    verdict_class: Literal["ok", "timeout", "infra"] = msgspec.field(name="class")


class Verdicts(_Document):
    verdicts: list[Verdict]


class Problem(Exception):
    """A request that is answered with an error document."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.retry_after = status, code, message, field, retry_after

    def document(self) -> dict[str, Any]:
        error = {"code": self.code, "message": self.message}
        if self.field:
            error["field"] = self.field
        # A client that looks for a result first finds the one class that is never a row.
        return {"class": "infra", "error": error} if self.status == 410 else {"error": error}
