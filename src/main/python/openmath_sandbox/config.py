"""The pool's settings as the executor reads them: the fields of a SandboxPool's spec that concern it, as JSON.

Times are in seconds, sizes are Kubernetes quantities (``64Mi``). An unknown field, a wrong type or a value out of bounds is refused with the
field's name.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

Semantics = Literal["IPython", "Python", "OpenMath2024"]
Tier = Literal["GVisor", "UserNamespace", "Process", "PodPerSession"]
SEMANTICS: tuple[str, ...] = get_args(Semantics)

_SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(|k|M|G|T|Ki|Mi|Gi|Ti)")

Positive = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class ConfigError(ValueError):
    """The settings can't work; the message names the field and says what to write instead."""


class _Settings(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pass


class Template(_Settings):
    imports: tuple[str, ...] = ("numpy", "sympy", "math")
    """Modules that every session finds imported."""
    warm_up: Annotated[str, msgspec.Meta(max_length=65_536)] = ""
    """Code of the pool's owner, run once before the first session is forked."""


class Output(_Settings):
    max_characters: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1000
    marker: Annotated[str, msgspec.Meta(max_length=200)] = "<output cut>"


class Execution(_Settings):
    timeout_seconds: Seconds = 10.0
    cpu_timeout_seconds: Seconds | None = None
    """CPU time of all processes of a block; as long as the timeout where left out."""
    queue_timeout_seconds: Seconds = 60.0
    memory: str | int = "1Gi"
    max_processes: Annotated[int, msgspec.Meta(ge=4, le=32_768)] = 64
    scratch: str | int = "64Mi"
    output: Output = Output()
    semantics: Semantics = "IPython"

    @property
    def memory_bytes(self) -> int:
        return quantity(self.memory, "execution.memory")

    @property
    def scratch_bytes(self) -> int:
        return quantity(self.scratch, "execution.scratch")

    @property
    def cpu_seconds(self) -> float:
        return self.cpu_timeout_seconds or self.timeout_seconds


class SessionLimits(_Settings):
    max_executions: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 16
    idle_seconds: Seconds = 600.0
    max_seconds: Seconds = 3600.0


class Isolation(_Settings):
    minimum: Tier = "Process"


class Recycling(_Settings):
    max_sessions: Positive = 5000
    max_age_seconds: Positive = 3600


class Config(_Settings):
    """Everything of one executor; the defaults are the CRD's."""

    template: Template = Template()
    sessions_per_pod: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 32
    running_per_pod: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 2
    execution: Execution = Execution()
    session: SessionLimits = SessionLimits()
    isolation: Isolation = Isolation()
    drain_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 120.0
    pod_recycling: Recycling = Recycling()
    seed: str = ""
    """Seed of the pool; sessions that bring none derive theirs from it and their key."""


def quantity(value: str | int, field: str) -> int:
    """Bytes of a Kubernetes quantity.

    :raises ConfigError: it isn't one, or it is less than one MiB
    """
    match = _QUANTITY.fullmatch(str(value))
    if not match:
        raise ConfigError(f"{field}: '{value}' is not a size; write for example 64Mi or 1Gi")
    size = int(float(match[1]) * _SUFFIXES[match[2]])
    if size < 1 << 20:
        raise ConfigError(f"{field}: '{value}' is less than 1Mi")
    return size


_PATH = re.compile(r" - at `([^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")


def field_of(error: msgspec.ValidationError) -> tuple[str, str]:
    """The field that a decoding error is about, and what is wrong with it."""
    text = str(error)
    place = _PATH.search(text)
    field = place[1].removeprefix("$").removeprefix(".") if place else ""
    what = _PATH.sub("", text)
    unknown = _UNKNOWN.search(what)
    missing = re.search(r"missing required field `([^`]*)`", what)
    if unknown or missing:
        name = (unknown or missing)[1]  # type: ignore[index]
        field = f"{field}.{name}" if field else name
        what = "unknown field" if unknown else "required field is missing"
    return field, what


def parse(text: bytes) -> Config:
    """The settings in a JSON document.

    :raises ConfigError: with the name of the field that is wrong
    """
    try:
        config = msgspec.json.decode(text, type=Config)
    except msgspec.ValidationError as error:
        field, what = field_of(error)
        raise ConfigError(f"{field or 'the document'}: {what}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"not JSON: {error}") from error
    memory, scratch = config.execution.memory_bytes, config.execution.scratch_bytes
    if scratch > memory:
        raise ConfigError(f"execution.scratch: {config.execution.scratch} is more than execution.memory ({config.execution.memory})")
    if config.running_per_pod > config.sessions_per_pod:
        raise ConfigError(f"runningPerPod: {config.running_per_pod} is more than sessionsPerPod ({config.sessions_per_pod})")
    if config.execution.timeout_seconds > config.session.max_seconds:
        raise ConfigError("execution.timeoutSeconds: is more than session.maxSeconds")
    for number, name in enumerate(config.template.imports):
        if not all(part.isidentifier() for part in name.split(".")):
            raise ConfigError(f"template.imports[{number}]: '{name}' is not the name of a module")
    return config


def load(path: Path | None) -> Config:
    """The settings in a file; the defaults without one.

    :raises ConfigError: the file can't be read, or a field is wrong
    """
    if path is None:
        return Config()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    return parse(text)
