"""Running one block in a session process: the clock, the limits, and what happened."""

import asyncio
from dataclasses import dataclass
from typing import Any

from openmath_sandbox import procfs
from openmath_sandbox.channel import REPORT, STARTED
from openmath_sandbox.outcome import Cut, Ended, Event, Reported
from openmath_sandbox.session_process import SessionProcess

_FIRST_LOOK = 0.01
_LONGEST_LOOK = 0.1
_START_GRACE = 1.0
"""Seconds after which a block counts as begun though the session hasn't said so (a leftover thread may keep it from reading)."""
_STOLEN_SHARE = 0.05
_LONGEST_CREDIT = 3.0
_LEAST_CREDIT_SECONDS = 20.0
"""A block gets back what others took from it, up to so many times its limit, and short ones up to so many seconds."""
_MEMORY_SLACK = 32 << 20
"""Above the limit that the process itself meets as MemoryError, so that the exception comes first where it can."""


@dataclass(frozen=True)
class BlockLimits:
    timeout_seconds: float
    cpu_seconds: float
    memory_bytes: int
    max_tasks: int
    scratch_bytes: int
    scratch_files: int


@dataclass(frozen=True)
class Run:
    """What happened to a block, and how long it took."""

    event: Event
    wall_seconds: float
    cpu_seconds: float
    stolen_seconds: float


class Block:
    """One block's run. The clock starts when the session begins it and is the supervisor's own."""

    def __init__(self, process: SessionProcess, limits: BlockLimits, shared_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._limits = limits
        self._shared_bytes = shared_bytes
        self._settled: asyncio.Future[Event] = self._loop.create_future()
        self._deadline: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self._pause = _FIRST_LOOK
        self._began = self._ended = 0.0
        self._started = False
        self._cpu_at_start = self._waited_at_start = self._tree_cpu_at_start = 0.0
        self._tree_cpu = 0.0
        self._looks = 0
        self._kills_at_start = procfs.memory_kills()

    async def run(self, code: str, opening: dict[str, Any] | None) -> Run:
        """Sends the block and waits for the first of: report, death, limit. The process is killed if it is cut."""
        process = self._process
        process.stdout.begin()
        process.stderr.begin()
        runner = process.find_runner()
        if runner is not None:
            self._cpu_at_start = procfs.cpu_clock(runner)
            self._waited_at_start = procfs.waited(runner) or 0.0
        self._tree_cpu_at_start = process.tree_cpu
        message: dict[str, Any] = {"cookie": process.reports.expect(), "code": code}
        if opening is not None:
            message["open"] = opening
        process.opened = True
        process.on_frame = self._on_frame
        process.ended.add_done_callback(self._on_end)
        sending = process.send(message)
        self._began = self._loop.time()
        self._deadline = self._loop.call_later(_START_GRACE, self._begin)
        try:
            event = await self._settled
        finally:
            self._stop(sending)
        cpu, stolen = self._used(runner)
        if isinstance(event, Cut):
            process.kill()
        process.drain()
        wall = self._ended - self._began
        if not self._looks:
            wall = max(wall, cpu)  # so short that begin and end were read together
        return Run(event=event, wall_seconds=wall, cpu_seconds=cpu, stolen_seconds=stolen)

    def _stop(self, sending: "asyncio.Task[None] | None") -> None:
        self._ended = self._loop.time()
        self._process.on_frame = None
        self._process.ended.remove_done_callback(self._on_end)
        self._process.reports.stop()
        if sending is not None:
            sending.cancel()
        for handle in (self._deadline, self._look):
            if handle is not None:
                handle.cancel()

    def _used(self, runner: int | None) -> tuple[float, float]:
        if runner is None:
            return 0.0, 0.0
        cpu = max(0.0, procfs.cpu_clock(runner) - self._cpu_at_start)
        if self._looks:
            cpu = max(cpu, self._tree_cpu - self._tree_cpu_at_start)
        self._process.tree_cpu = self._tree_cpu_at_start + cpu
        return cpu, self._stolen(runner, self._ended - self._began, cpu)

    def _stolen(self, runner: int, wall: float, cpu: float) -> float:
        """Seconds that the block was ready to run while others ran; a block whose own processes crowd each other out lost nothing."""
        waited = procfs.waited(runner)
        if waited is None:
            return 0.0
        return max(0.0, min(waited - self._waited_at_start, wall - cpu))

    def _settle(self, event: Event) -> None:
        if not self._settled.done():
            self._settled.set_result(event)

    def _begin(self) -> None:
        if self._started:
            return
        self._started = True
        if self._deadline is not None:
            self._deadline.cancel()
        self._began = self._loop.time()
        self._deadline = self._loop.call_at(self._began + self._limits.timeout_seconds, self._on_deadline)
        self._look = self._loop.call_later(self._pause, self._on_look)

    def _on_frame(self, kind: bytes, payload: Any) -> None:
        if kind == STARTED:
            self._begin()
        elif kind == REPORT and isinstance(payload, dict):
            self._settle(Reported(payload))

    def _on_end(self, done: "asyncio.Future[int | None]") -> None:
        self._settle(Ended(done.result(), out_of_memory=procfs.memory_kills() > self._kills_at_start))

    def _on_deadline(self) -> None:
        """Time is up, unless others had the CPU: what they took is given back, so that load never makes a timeout."""
        limit, wall = self._limits.timeout_seconds, self._loop.time() - self._began
        runner, stolen = self._process.find_runner(), 0.0
        if runner is not None:
            usage = procfs.usage(self._process.tree(), self._shared_bytes)
            self._tree_cpu = max(self._tree_cpu, usage.cpu_seconds)
            stolen = self._stolen(runner, wall, usage.cpu_seconds - self._tree_cpu_at_start)
        left = limit - (wall - stolen)
        if stolen <= _STOLEN_SHARE * limit or left <= 0.001:
            self._settle(Cut("timeout"))
        elif stolen > max(_LONGEST_CREDIT * limit, _LEAST_CREDIT_SECONDS):
            self._settle(Cut("infra"))
        else:
            self._deadline = self._loop.call_later(max(left, 0.005), self._on_deadline)

    def _on_look(self) -> None:
        """Samples what the block uses, all its processes together."""
        process, limits = self._process, self._limits
        self._looks += 1
        usage = procfs.usage(process.tree(), self._shared_bytes)
        self._tree_cpu = max(self._tree_cpu, usage.cpu_seconds)
        if usage.resident_bytes > limits.memory_bytes + _MEMORY_SLACK:
            self._settle(Cut("memory_exceeded"))
        elif usage.tasks > limits.max_tasks + 1:
            self._settle(Cut("pids_exceeded"))
        elif usage.cpu_seconds - self._tree_cpu_at_start > limits.cpu_seconds + 0.05:
            one_thread = usage.tasks <= 2 and limits.cpu_seconds >= limits.timeout_seconds
            self._settle(Cut("timeout" if one_thread else "cpu_exhausted"))
        elif process.scratch is not None and self._looks % 3 == 0 and self._disk_full(process.scratch):
            self._settle(Cut("disk_exceeded"))
        else:
            self._pause = min(self._pause * 1.5, _LONGEST_LOOK)
            self._look = self._loop.call_later(self._pause, self._on_look)

    def _disk_full(self, scratch: str) -> bool:
        size, files = procfs.disk_usage(scratch)
        return size > self._limits.scratch_bytes or files > self._limits.scratch_files
