"""At most so many blocks run at once; the others wait in the order they came."""

import asyncio
from collections import deque


class QueueTimeout(Exception):
    """No slot became free in time."""


class Slots:
    def __init__(self, count: int) -> None:
        self.count = count
        self.running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def queued(self) -> int:
        return len(self._waiting)

    async def acquire(self, timeout: float) -> None:
        """Waits for a slot, at most timeout seconds.

        :raises QueueTimeout: none became free
        """
        if self.running < self.count and not self._waiting:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), timeout)
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done():
                self.release()  # it came in the same moment
            else:
                self._waiting.remove(turn)
                turn.cancel()
            if isinstance(error, TimeoutError):
                raise QueueTimeout from None
            raise

    def release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.running -= 1
