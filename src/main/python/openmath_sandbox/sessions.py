"""Sessions: one per sample, whose blocks run in order in one forked process; keys and execution ids make every request repeatable."""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

import msgspec

from openmath_sandbox import outcome
from openmath_sandbox.block import Block, BlockLimits, Run
from openmath_sandbox.config import Config
from openmath_sandbox.metrics import Metrics
from openmath_sandbox.outcome import Cut
from openmath_sandbox.protocol import Execute, ExecutionResult, Limits, OpenSession, Problem, Timing
from openmath_sandbox.session_process import SessionProcess
from openmath_sandbox.slots import QueueTimeout, Slots
from openmath_sandbox.zygote import Zygote, ZygoteFailed

_log = logging.getLogger(__name__)
_FORK_TIMEOUT = 30.0
_BURIAL_TIMEOUT = 10.0


@dataclass
class _Execution:
    fingerprint: bytes
    result: "asyncio.Task[ExecutionResult]"


@dataclass
class Session:
    """One open session and what it may use."""

    id: str
    key: str
    semantics: str
    seed: str
    max_executions: int
    timeout_seconds: float
    memory_bytes: int
    max_characters: int
    expires: float
    """On the monotonic clock."""
    expires_at: str
    used: float
    process: SessionProcess | None = None
    executions: dict[str, _Execution] = field(default_factory=dict)
    count: int = 0
    running: bool = False
    lost: bool = False
    lowered: list[str] = field(default_factory=list)
    """Fields of the request that asked for more than the pool allows."""


class Sessions:
    """All sessions of this executor."""

    def __init__(self, config: Config, slots: Slots, metrics: Metrics, zygote: Callable[[], Zygote]) -> None:
        self._config = config
        self._slots = slots
        self._metrics = metrics
        self._zygote = zygote
        self._open: dict[str, Session] = {}
        self._by_key: dict[str, Session] = {}
        self._tasks: set[asyncio.Future[object]] = set()
        self._burials: set[asyncio.Future[None]] = set()
        self.capacity = config.sessions_per_pod
        self.served = 0
        self.single_use = False
        """Tier PodPerSession: the first session that closes ends the pod's service."""
        self.spent = False

    @property
    def _exclusive(self) -> bool:
        return self.capacity == 1

    @property
    def open_count(self) -> int:
        return len(self._open)

    def by_key(self, key: str) -> Session | None:
        return self._by_key.get(key)

    def open(self, request: OpenSession) -> Session:
        """A new session.

        :raises Problem: 429, the pod is full
        """
        if self.spent:
            raise Problem(503, "PodSpent", "this pod served its one session and waits to be replaced", retry_after=1)
        if len(self._open) >= self.capacity or (self._exclusive and self._burials):
            self._metrics.refused.labels(reason="full").inc()
            raise Problem(429, "PodFull", f"all {self.capacity} sessions of this pod are open; try another pod or wait", retry_after=1)
        config, limits, now = self._config, request.limits, time.monotonic()
        seed = f"{config.seed}\n{request.key}" if request.seed is None else f"{config.seed}\n{request.seed}"
        session = Session(
            id=secrets.token_urlsafe(18),
            key=request.key,
            semantics=request.semantics or config.execution.semantics,
            seed=seed,
            expires=now + config.session.max_seconds,
            expires_at=datetime.fromtimestamp(time.time() + config.session.max_seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            used=now,
            lowered=_lowered(limits, config),
            **_bounded(limits, config),
        )
        self._open[session.id] = self._by_key[session.key] = session
        self.served += 1
        self._metrics.sessions_opened.inc()
        return session

    def close(self, session_id: str) -> None:
        """Ends a session and everything it started; unknown ones are closed already."""
        session = self._open.pop(session_id, None)
        if session is None:
            return
        self._by_key.pop(session.key, None)
        session.lost = True
        self.spent = self.spent or self.single_use
        if session.process is not None:
            self.bury(session.process)
            session.process = None

    def find(self, session_id: str) -> Session:
        """:raises Problem: 410, this pod never had it or has lost it"""
        session = self._open.get(session_id)
        if session is None:
            raise Problem(410, "SessionLost", "this pod has no such session (any more); open a new one and replay its blocks")
        return session

    async def execute(self, session_id: str, request: Execute) -> ExecutionResult:
        """Runs a block, or answers what the same request was answered before.

        :raises Problem: 400, 409, 410 or 503
        """
        session = self.find(session_id)
        fingerprint = hashlib.sha256(request.code.encode("utf-8", "surrogatepass")).digest()
        identifier = request.id or secrets.token_urlsafe(12)
        known = session.executions.get(identifier)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise Problem(400, "DifferentCode", "this execution id was used with other code; choose a new id", field="id")
            return await asyncio.shield(known.result)
        if session.running:
            raise Problem(409, "ExecutionRunning", "a block of this session is still running; a session runs one at a time")
        if session.count >= session.max_executions:
            raise Problem(409, "SessionExhausted", f"the session has run its {session.max_executions} blocks (limits.maxExecutions)")
        session.running = True
        task = asyncio.get_running_loop().create_task(self._execute(session, identifier, request))
        session.executions[identifier] = _Execution(fingerprint, task)
        self._keep(task)
        # The client may hang up and ask again; the block runs on.
        return await asyncio.shield(task)

    async def _execute(self, session: Session, identifier: str, request: Execute) -> ExecutionResult:
        try:
            return await self._run(session, identifier, request)
        except BaseException:
            session.executions.pop(identifier, None)  # nothing ran: the same id may try again
            raise
        finally:
            session.running = False
            session.used = time.monotonic()

    async def _run(self, session: Session, identifier: str, request: Execute) -> ExecutionResult:
        arrived = time.monotonic()
        try:
            await self._slots.acquire(self._config.execution.queue_timeout_seconds, continues=session.count > 0)
        except QueueTimeout:
            self._metrics.refused.labels(reason="queue_timeout").inc()
            raise Problem(503, "QueueTimeout", "no slot became free in time (execution.queueTimeoutSeconds)", retry_after=1) from None
        releases = True
        try:
            if session.lost:
                raise Problem(410, "SessionLost", "the session was closed while the block was queued")
            process, opening = await self._process_of(session)
            queued = time.monotonic() - arrived
            block = Block(process, self._limits(session, request), self._zygote().resident_bytes)
            run = await block.run(request.code, opening)
            if isinstance(run.event, outcome.Ended) and run.event.status is None:
                # Its init was killed: by the block, or because the zygote is dead. Which, is known when it is reaped.
                await asyncio.wait([process.gone], timeout=1)
            releases = not self._outlived(session, process, run)
        finally:
            if releases:
                self._slots.release()
        return self._conclude(session, process, identifier, run, queued)

    async def _process_of(self, session: Session) -> tuple[SessionProcess, dict[str, object] | None]:
        """The session's process: its own, or a fresh fork with the message that makes it this session's."""
        process = session.process
        if process is not None and process.ended.done():
            # It died between two blocks: by what an earlier one left behind, or with its zygote. Its names are lost either way.
            self.close(session.id)
            self._metrics.sessions_lost.inc()
            raise Problem(410, "SessionLost", "the session's process is gone; open a new one and replay its blocks")
        if process is not None:
            return process, None
        try:
            process = await self._zygote().take(_FORK_TIMEOUT)
        except (TimeoutError, ZygoteFailed):
            raise Problem(503, "NoProcess", "no session process could be forked; try again", retry_after=1) from None
        session.process = process
        return process, {"semantics": session.semantics, "seed": session.seed, "memory": session.memory_bytes}

    def _limits(self, session: Session, request: Execute) -> BlockLimits:
        execution = self._config.execution
        timeout = session.timeout_seconds
        if request.timeout_ms is not None:
            timeout = min(timeout, request.timeout_ms / 1000)
        return BlockLimits(
            timeout_seconds=timeout,
            cpu_seconds=execution.cpu_seconds,
            memory_bytes=session.memory_bytes,
            max_tasks=execution.max_processes,
            scratch_bytes=execution.scratch_bytes,
            scratch_files=max(256, execution.scratch_bytes // 16384),
        )

    def _outlived(self, session: Session, process: SessionProcess, run: Run) -> bool:
        """Buries a process that doesn't live on; True if its slot is given back only when it is gone."""
        if isinstance(run.event, outcome.Reported):
            return False
        session.process = None
        self.bury(process, then=self._slots.release)
        return True

    def _conclude(self, session: Session, process: SessionProcess, identifier: str, run: Run, queued: float) -> ExecutionResult:
        if process.zygote_died:
            self.close(session.id)
            self._metrics.executions.labels(result="infra").inc()
            raise Problem(410, "SessionLost", "the executor's zygote died; open a new session and replay its blocks")
        if session.lost:
            raise Problem(410, "SessionLost", "the session was closed while its block ran")
        if isinstance(run.event, Cut) and run.event.result_class == "infra":
            self.close(session.id)
            self._metrics.executions.labels(result="infra").inc()
            raise Problem(410, "Starved", "the pod had too little CPU to judge the block; replay the session elsewhere")
        streams = outcome.Streams(
            process.stdout.text(), process.stderr.text(), process.stdout.overflowed, process.stderr.overflowed
        )
        limit = msgspec.structs.replace(self._config.execution.output, max_characters=session.max_characters)
        result = outcome.conclude(run.event, streams, session.semantics, limit)
        session.count += 1
        if result.state_lost and session.process is not None:
            self.bury(session.process)
            session.process = None
        self._metrics.observe(result.result_class, run, queued, process)
        return ExecutionResult(
            id=identifier,
            result_class=result.result_class,
            output=result.output,
            stdout=result.stdout,
            stderr=result.stderr,
            result=result.result,
            exception=result.exception,
            error_message=result.error_message,
            truncated=result.truncated,
            timing=Timing(
                queue_ms=round(queued * 1e3, 3),
                wall_ms=round(run.wall_seconds * 1e3, 3),
                cpu_ms=round(run.cpu_seconds * 1e3, 3),
                stolen_ms=round(run.stolen_seconds * 1e3, 3),
            ),
            execution=session.count,
            state_lost=result.state_lost,
        )

    def bury(self, process: SessionProcess, then: Callable[[], None] | None = None) -> None:
        """Kills a process with all it started; calls ``then`` when nothing of it is left."""
        task = asyncio.ensure_future(self._burial(process, then))
        self._burials.add(task)
        task.add_done_callback(self._burials.discard)

    async def buried(self) -> None:
        """Waits until all that was to be killed is gone."""
        while self._burials:
            await asyncio.wait(list(self._burials))

    async def _burial(self, process: SessionProcess, then: Callable[[], None] | None) -> None:
        begun = time.monotonic()
        try:
            while not process.gone.done():
                process.kill()
                await asyncio.wait([process.gone], timeout=0.5)
                if time.monotonic() - begun > _BURIAL_TIMEOUT:
                    _log.error("processes of a session survive SIGKILL")
                    self._metrics.unkillable.inc()
                    break
            self._metrics.kill_seconds.observe(time.monotonic() - begun)
            self._metrics.swept.inc(process.swept)
        finally:
            if then is not None:
                then()

    def _keep(self, task: "asyncio.Future[object]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Future[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # answered to the client already

    async def expire(self) -> NoReturn:
        """Closes what is idle too long or too old, every second, for ever."""
        while True:
            await asyncio.sleep(1)
            now, idle = time.monotonic(), self._config.session.idle_seconds
            for session in list(self._open.values()):
                if not session.running and (now > session.expires or now - session.used > idle):
                    self.close(session.id)

    async def close_all(self) -> None:
        for session_id in list(self._open):
            self.close(session_id)
        waiting = [*self._tasks, *self._burials]
        if waiting:
            await asyncio.wait(waiting, timeout=5)


def _allowed(config: Config) -> dict[str, int]:
    """The pool's limits, by the name of a session's own."""
    execution = config.execution
    return {
        "max_executions": config.session.max_executions,
        "timeout_ms": int(execution.timeout_seconds * 1000),
        "memory_bytes": execution.memory_bytes,
        "max_output_characters": execution.output.max_characters,
    }


def _lowered(limits: Limits, config: Config) -> list[str]:
    names = {field.name: field.encode_name for field in msgspec.structs.fields(Limits)}
    return [f"limits.{names[name]}" for name, most in _allowed(config).items() if (getattr(limits, name) or 0) > most]


def _bounded(limits: Limits, config: Config) -> dict[str, object]:
    """A session's limits: its own where they are smaller than the pool's."""
    least = {name: min(most, getattr(limits, name) or most) for name, most in _allowed(config).items()}
    return {
        "max_executions": least["max_executions"],
        "timeout_seconds": least["timeout_ms"] / 1000,
        "memory_bytes": least["memory_bytes"],
        "max_characters": least["max_output_characters"],
    }
