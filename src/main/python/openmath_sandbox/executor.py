"""The executor: zygotes, sessions and verification put together; what survives a dead zygote and when it may serve."""

import asyncio
import logging
import os
import platform
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from openmath_sandbox import procfs, selftest
from openmath_sandbox.config import SEMANTICS, Config
from openmath_sandbox.metrics import Metrics
from openmath_sandbox.protocol import Execute, ExecutionResult, OpenSession, Problem, Verdict, Verify
from openmath_sandbox.sessions import Session, Sessions
from openmath_sandbox.slots import Slots
from openmath_sandbox.tiers import Tier, decide, reaches
from openmath_sandbox.verification import Verifier
from openmath_sandbox.work_directory import WorkDirectory, remove_abandoned
from openmath_sandbox.zygote import Zygote, ZygoteFailed

_log = logging.getLogger(__name__)
_LANDLOCK_WITH_SCOPES = 6


@dataclass(frozen=True)
class Host:
    """What belongs to the place the executor runs in, not to the pool."""

    pod: str
    masked: list[str] = field(default_factory=list)
    """Directories that sessions must not see."""
    tier: str | None = None
    """Use no stronger tier than this, for tests of the weaker ones."""
    landlock: bool = True


class Executor:
    """Everything behind the HTTP interface."""

    def __init__(self, config: Config, host: Host) -> None:
        self.config = config
        self.host = host
        self.metrics = Metrics()
        self.slots = Slots(config.running_per_pod)
        self.sessions = Sessions(config, self.slots, self.metrics, lambda: self._blocks)
        self.verifier = Verifier(config, self.slots, self.metrics, self._grading_zygote, self.sessions.bury)
        self.tier: Tier | None = None
        self.proof: selftest.Proof | None = None
        self.not_ready = "starting"
        self.failed_field: str | None = None
        self.draining = False
        self.tainted = False
        self._started = time.monotonic()
        self._blocks: Zygote
        self._grading: Zygote | None = None
        self._grading_lock = asyncio.Lock()
        self._zygotes: set[Zygote] = set()
        self._stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._work_directory: WorkDirectory | None = None
        self._work: str | None = None

    async def start(self, listeners: list[int]) -> None:
        """Warms up, proves the isolation, and is ready or says in ``not_ready`` why not.

        :param listeners: ports of this process, which sessions must not reach
        """
        try:
            if abandoned := remove_abandoned():
                _log.info("removed the directories of %d executors that were killed", abandoned)
            self._work_directory = WorkDirectory()
            self._work = self._work_directory.path
        except OSError:
            self._work = None  # a read-only root: namespaces bring their own temporary files
        try:
            self._blocks = await self._start_zygote(grading=False)
        except ZygoteFailed as error:
            self.not_ready, self.failed_field = str(error), error.field
            _log.error("not ready: %s", error)
            return
        boundary = self._blocks.boundary
        tier = self.tier = decide(
            namespaces=boundary["namespaces"],
            confined=boundary["landlock"] >= _LANDLOCK_WITH_SCOPES and boundary["seccomp"],
            minimum=self.config.isolation.minimum,
        )
        self.sessions.capacity = min(self.config.sessions_per_pod, tier.most_sessions or self.config.sessions_per_pod)
        self._keep(self.sessions.expire())
        self._keep(self._sweep())
        if not reaches(tier, self.config.isolation.minimum):
            self.not_ready = f"isolation.minimum: {self.config.isolation.minimum} is asked for, this node gives {tier.name}"
            _log.error("not ready: %s", self.not_ready)
            return
        if tier.needs_work_directory and self._work is None:
            self.not_ready = "no writable directory for sessions; mount an emptyDir at /tmp"
            return
        self.proof = await selftest.prove(self, listeners)
        if self.proof.failed:
            self.not_ready = "isolation is not proven: " + ", ".join(self.proof.failed)
            _log.error("not ready: %s", self.not_ready)
            return
        self.not_ready = ""
        self.sessions.single_use = tier.name == "PodPerSession"
        _log.info("ready: tier %s, %d sessions, %d slots", tier.name, self.sessions.capacity, self.slots.count)
        self._keep(self._warm_grading())

    @property
    def blocks_zygote(self) -> Zygote:
        """The zygote that sessions are forked from."""
        return self._blocks

    def masked_directories(self) -> list[str]:
        """What sessions must not see: the token, the settings, each other."""
        return [*self.host.masked, *([self._work] if self._work else [])]

    def zygote_pids(self) -> set[int]:
        return {zygote.pid for zygote in self._zygotes}

    async def _warm_grading(self) -> None:
        try:
            await self._grading_zygote()
        except ZygoteFailed as error:
            _log.error("verification is not available: %s", error)

    async def _start_zygote(self, grading: bool) -> Zygote:
        execution = self.config.execution
        settings = {
            "imports": ["sympy"] if grading else self.config.template.imports,
            "warmUp": "" if grading else self.config.template.warm_up,
            "grading": grading,
            "useNamespaces": self.host.tier not in ("Process", "PodPerSession"),
            "useLandlock": self.host.landlock,
            "scratchBytes": execution.scratch_bytes,
            "maxProcesses": execution.max_processes,
            "masked": self.masked_directories(),
        }
        zygote = Zygote(
            settings,
            idle=1 if grading else 2 * self.slots.count,
            capture_bytes=max(1 << 16, 4 * execution.output.max_characters + 4096),
            work=self._work,
            on_death=self._on_death,
        )
        self._zygotes.add(zygote)
        try:
            await zygote.start()
        except ZygoteFailed:
            self._zygotes.discard(zygote)
            raise
        return zygote

    async def _grading_zygote(self) -> Zygote:
        async with self._grading_lock:
            if self._grading is None or not self._grading.alive:
                self._grading = await self._start_zygote(grading=True)
            return self._grading

    def _on_death(self, zygote: Zygote) -> None:
        if self._stopping:
            return
        self._zygotes.discard(zygote)
        self._kill_strays()
        self.metrics.zygote_restarts.inc()
        self.tainted = True
        _log.error("a zygote died; the pod is tainted and should be replaced")
        if zygote is self._blocks:
            self._keep(self._replace())

    def _kill_strays(self) -> None:
        """What sessions had started came to this process when the zygote and their inits died."""
        own, zygotes = os.getpid(), self.zygote_pids()
        for _ in range(100):
            strays = [pid for pid in procfs.children(own) if pid not in zygotes and procfs.alive(pid)]
            if not strays:
                return
            for pid in strays:
                for each in (pid, *procfs.descendants(pid)):
                    try:
                        os.kill(each, signal.SIGKILL)
                    except (ProcessLookupError, PermissionError):
                        continue

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._kill_strays()

    async def _replace(self) -> None:
        for attempt in range(10):
            try:
                self._blocks = await self._start_zygote(grading=False)
                return
            except ZygoteFailed as error:
                _log.error("the zygote does not start again: %s", error)
                await asyncio.sleep(min(10, 0.2 * 2**attempt))
        self.not_ready = "the zygote does not start again"

    def open(self, request: OpenSession) -> tuple[Session, bool]:
        """A session and whether it is new.

        :raises Problem: 429 full, 503 not ready or draining
        """
        session = self.sessions.by_key(request.key)
        if session is not None:
            return session, False
        if self.draining:
            raise Problem(503, "Draining", "this pod is going away; open the session on another one", retry_after=1)
        if self.not_ready:
            raise Problem(503, "NotReady", self.not_ready, retry_after=1)
        return self.sessions.open(request), True

    async def execute(self, session_id: str, request: Execute) -> ExecutionResult:
        return await self.sessions.execute(session_id, request)

    async def verify(self, request: Verify) -> list[Verdict]:
        if self.not_ready:
            raise Problem(503, "NotReady", self.not_ready, retry_after=1)
        return await self.verifier.verify(request)

    def capabilities(self) -> dict[str, Any]:
        """What this executor is, may and has proven."""
        config, tier = self.config, self.tier
        execution = config.execution
        blocks: Zygote | None = getattr(self, "_blocks", None)
        return {
            "python": platform.python_version(),
            "packages": blocks.packages if blocks else {},
            "tier": tier.name if tier else None,
            "runtime": tier.runtime if tier else None,
            "proven": bool(self.proof and not self.proof.failed),
            "proof": self.proof.results if self.proof else {},
            "reason": self.not_ready,
            "field": self.failed_field,
            "isolation": blocks.boundary_summary() if blocks else {},
            "semantics": list(SEMANTICS),
            "graders": ["MathVerify", "OpenMath2024"],
            "limits": {
                "sessions": self.sessions.capacity,
                "running": self.slots.count,
                "timeoutMs": int(execution.timeout_seconds * 1000),
                "cpuTimeoutMs": int(execution.cpu_seconds * 1000),
                "queueTimeoutMs": int(execution.queue_timeout_seconds * 1000),
                "memoryBytes": execution.memory_bytes,
                "maxProcesses": execution.max_processes,
                "scratchBytes": execution.scratch_bytes,
                "maxOutputCharacters": execution.output.max_characters,
                "maxExecutions": config.session.max_executions,
                "sessionIdleMs": int(config.session.idle_seconds * 1000),
                "sessionMaxMs": int(config.session.max_seconds * 1000),
            },
            "recycling": {"due": self.recycling_due(), "tainted": self.tainted, "sessionsServed": self.sessions.served},
        }

    def recycling_due(self) -> bool:
        """Whether the pod should be replaced when it suits."""
        limits = self.config.pod_recycling
        return (
            self.tainted
            or self.sessions.spent
            or self.sessions.served >= limits.max_sessions
            or time.monotonic() - self._started >= limits.max_age_seconds
        )

    def demand(self) -> dict[str, int]:
        return {
            "open": self.sessions.open_count,
            "queued": self.slots.queued,
            "running": self.slots.running,
            "capacity": 0 if self.not_ready or self.draining else self.sessions.capacity,
        }

    def metrics_text(self) -> bytes:
        metrics, blocks = self.metrics, getattr(self, "_blocks", None)
        metrics.sessions.labels(state="open").set(self.sessions.open_count)
        metrics.sessions.labels(state="running").set(self.slots.running)
        metrics.sessions.labels(state="queued").set(self.slots.queued)
        metrics.sessions.labels(state="idle").set(max(0, self.sessions.capacity - self.sessions.open_count))
        metrics.slots.set(self.slots.count)
        metrics.tainted.set(self.tainted)
        if blocks is not None:
            metrics.zygote_bytes.set(blocks.resident_bytes)
            metrics.forks.set(blocks.forks)
        return metrics.text()

    async def drain(self, seconds: float) -> None:
        """Refuses new sessions and waits until the open ones are closed, at most so long."""
        self.draining = True
        deadline = time.monotonic() + seconds
        while self.sessions.open_count and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ends every session and the zygotes, and removes what was written."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await self.sessions.close_all()
        for zygote in self._zygotes:
            zygote.stop()
        if self._work_directory:
            self._work_directory.remove()

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def pod_name() -> str:
    return os.environ.get("POD_NAME") or os.environ.get("HOSTNAME") or platform.node() or "local"
