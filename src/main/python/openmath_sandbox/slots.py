"""At most so many blocks run at once; sessions that have begun go before new ones, else in the order they came."""

import asyncio
from collections import deque


class QueueTimeout(Exception):
    """No slot became free in time."""


class Slots:
    def __init__(self, count: int) -> None:
        self.count = count
        self.running = 0
        self._continuing: deque[asyncio.Future[None]] = deque()
        self._beginning: deque[asyncio.Future[None]] = deque()

    @property
    def queued(self) -> int:
        return len(self._continuing) + len(self._beginning)

    async def acquire(self, timeout: float, continues: bool = False) -> None:
        """Waits for a slot, at most timeout seconds.

        :param continues: the session has run a block already: what holds memory and a model's context is finished first
        :raises QueueTimeout: none became free
        """
        if self.running < self.count and not self.queued:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._continuing if continues else self._beginning
        queue.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), timeout)
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done():
                self.release()  # it came in the same moment
            else:
                queue.remove(turn)
                turn.cancel()
            if isinstance(error, TimeoutError):
                raise QueueTimeout from None
            raise

    def release(self) -> None:
        for queue in (self._continuing, self._beginning):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self.running -= 1
