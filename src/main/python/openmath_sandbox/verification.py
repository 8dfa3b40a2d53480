"""Comparing answers: each batch in forked, limited children; a pair that hangs or kills its child costs only itself."""

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from openmath_sandbox import procfs
from openmath_sandbox.channel import STARTED, VERDICT
from openmath_sandbox.config import Config
from openmath_sandbox.metrics import Metrics
from openmath_sandbox.protocol import Pair, Problem, Verdict, Verify
from openmath_sandbox.session_process import SessionProcess
from openmath_sandbox.slots import QueueTimeout, Slots
from openmath_sandbox.zygote import Zygote, ZygoteFailed

_START_GRACE = 5.0
_ATTEMPTS = 3
_FORK_TIMEOUT = 30.0
_STOLEN_SHARE = 0.05
_INFRA = Verdict(equal=None, method="none", verdict_class="infra")
_TIMEOUT = Verdict(equal=False, method="none", verdict_class="timeout")


class Verifier:
    """Serves ``POST /v1/verify`` from a zygote that has the comparing libraries loaded."""

    def __init__(
        self,
        config: Config,
        slots: Slots,
        metrics: Metrics,
        zygote: Callable[[], Awaitable[Zygote]],
        bury: Callable[[SessionProcess], None],
    ) -> None:
        self._config = config
        self._slots = slots
        self._metrics = metrics
        self._zygote = zygote
        self._bury = bury

    async def verify(self, request: Verify) -> list[Verdict]:
        """One verdict for each pair, in order.

        :raises Problem: 503, no slot in time
        """
        verdicts: list[Verdict | None] = [
            Verdict(equal=False, method="no-answer", verdict_class="ok") if pair.predicted is None or pair.expected is None else None
            for pair in request.pairs
        ]
        if None in verdicts:
            try:
                await self._slots.acquire(self._config.execution.queue_timeout_seconds)
            except QueueTimeout:
                raise Problem(503, "QueueTimeout", "no slot became free in time (execution.queueTimeoutSeconds)", retry_after=1) from None
            try:
                await self._decide(request, verdicts)
            finally:
                self._slots.release()
        decided = [verdict or _INFRA for verdict in verdicts]
        for verdict in decided:
            self._metrics.verdicts.labels(grader=request.grader, result=verdict.verdict_class).inc()
        return decided

    async def _decide(self, request: Verify, verdicts: list[Verdict | None]) -> None:
        failures = 0
        while (left := [n for n, verdict in enumerate(verdicts) if verdict is None]) and failures < _ATTEMPTS:
            before = len(left)
            try:
                process = await (await self._zygote()).take(_FORK_TIMEOUT)
            except (TimeoutError, ZygoteFailed):
                failures += 1
                await asyncio.sleep(0.2 * failures)
                continue
            batch = _Batch(process, request, verdicts, self._config.execution.memory_bytes)
            try:
                await batch.run(left)
            finally:
                self._bury(process)
            if verdicts.count(None) == before:
                failures += 1


class _Batch:
    """The pairs given to one child, until it is through, or dead, or one of them takes too long."""

    def __init__(self, process: SessionProcess, request: Verify, verdicts: list[Verdict | None], memory_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._request = request
        self._verdicts = verdicts
        self._memory_bytes = memory_bytes
        self._limit = request.timeout_ms / 1000
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._deadline: asyncio.TimerHandle | None = None
        self._current: int | None = None
        self._began = self._waited = 0.0
        self._last = -1

    async def run(self, numbers: list[int]) -> None:
        process, pairs = self._process, self._request.pairs
        self._last = numbers[-1]
        process.on_frame = self._on_frame
        process.ended.add_done_callback(self._on_end)
        process.stdout.begin()
        process.stderr.begin()
        process.send(
            {
                "cookie": process.reports.expect(),
                "open": {"semantics": "Python", "seed": "", "memory": self._memory_bytes},
                "grader": self._request.grader,
                "pairs": [(n, *_sides(pairs[n])) for n in numbers],
            }
        )
        self._deadline = self._loop.call_later(_START_GRACE + self._limit, self._finish)
        try:
            await self._over
        finally:
            self._deadline.cancel()
            process.on_frame = None
            process.ended.remove_done_callback(self._on_end)
            process.reports.stop()

    def _finish(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _on_frame(self, kind: bytes, payload: Any) -> None:
        if kind == STARTED and isinstance(payload, int):
            self._current = payload
            self._began = self._loop.time()
            self._waited = self._waiting()
            self._arm(self._limit)
        elif kind == VERDICT and isinstance(payload, list) and len(payload) == 3 and payload[0] == self._current:
            number, equal, method = payload
            self._verdicts[number] = Verdict(equal=equal is True, method=str(method)[:40], verdict_class="ok")
            self._current = None
            if number == self._last:
                self._finish()
            else:
                self._arm(_START_GRACE)

    def _arm(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self._loop.call_later(seconds, self._on_deadline)

    def _waiting(self) -> float:
        runner = self._process.find_runner()
        return (procfs.waited(runner) or 0.0) if runner is not None else 0.0

    def _on_deadline(self) -> None:
        if self._current is not None:
            # Time that others took from the child is given back, up to as much again.
            stolen = min(self._waiting() - self._waited, self._limit)
            left = self._limit + stolen - (self._loop.time() - self._began)
            if stolen > _STOLEN_SHARE * self._limit and left > 0.001:
                self._arm(max(left, 0.005))
                return
            self._verdicts[self._current] = _TIMEOUT
        self._finish()

    def _on_end(self, done: "asyncio.Future[int | None]") -> None:
        # A pair that kills its child (memory, stack) is one that no limit lets finish; any other end is our fault and decides nothing.
        status = done.result()
        if self._current is not None and status is not None and os.WIFSIGNALED(status) and not self._process.zygote_died:
            self._verdicts[self._current] = _TIMEOUT
        self._finish()


def _sides(pair: Pair) -> tuple[str | None, str | None]:
    return pair.predicted, pair.expected
