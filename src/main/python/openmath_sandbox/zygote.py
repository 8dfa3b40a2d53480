"""The supervisor's side of a zygote: starting it, having it fork sessions, keeping some idle ones ready, noticing its death."""

import asyncio
import logging
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from openmath_sandbox.session_process import SessionProcess

_log = logging.getLogger(__name__)
_MESSAGE_SIZE = 1 << 17
_PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)


class ZygoteFailed(Exception):
    """The zygote can't serve: a module is missing, or it died while starting."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Zygote:
    """One zygote process and the sessions forked from it."""

    def __init__(self, settings: dict[str, Any], idle: int, capture_bytes: int, work: str | None, on_death: Callable[["Zygote"], None]) -> None:
        self._settings = settings
        self._idle_target = idle
        self._capture_bytes = capture_bytes
        self._work = work
        self._on_death = on_death
        self._loop = asyncio.get_running_loop()
        self._sessions: dict[int, SessionProcess] = {}
        self._idle: deque[SessionProcess] = deque()
        self._preparing = 0
        self._waiting: deque[asyncio.Future[SessionProcess]] = deque()
        self._next = 0
        self._failures = 0
        self._retry: asyncio.TimerHandle | None = None
        self._enforced: dict[str, Any] = {}
        self.alive = False
        self.boundary: dict[str, Any] = {}
        self.packages: dict[str, str] = {}
        self.resident_bytes = 0
        self.forks = 0
        self.pid = 0
        """Process id, 0 before the start."""
        self.last_failure = ""

    async def start(self) -> None:
        """Starts the process and waits until it is warm.

        :raises ZygoteFailed: with the reason
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "openmath_sandbox.child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=_environment(self._work),
                start_new_session=True,
            )
        self._channel = ours
        self.pid = self._process.pid
        ours.setblocking(False)
        await self._loop.sock_sendall(ours, msgspec.json.encode(self._settings))
        try:
            answer = await asyncio.wait_for(self._loop.sock_recv(ours, _MESSAGE_SIZE), 120)
        except (OSError, TimeoutError) as error:
            answer = b""
            _log.error("zygote did not start: %s", type(error).__name__)
        message = msgspec.json.decode(answer) if answer else {}
        if "ready" not in message:
            self.stop()
            if problem := message.get("unavailable"):
                raise ZygoteFailed(f"{problem['field']}: {problem['subject']} can't be loaded ({problem['reason']})", problem["field"])
            raise ZygoteFailed("the zygote died while starting; its stderr is above")
        self.boundary = message["ready"]["boundary"]
        self.packages = message["ready"]["packages"]
        self.resident_bytes = message["ready"]["residentBytes"]
        self.alive = True
        self._loop.add_reader(ours.fileno(), self._on_message)
        self._refill()

    def stop(self) -> None:
        """Kills the zygote; its sessions die with it."""
        self.alive = False
        if not self.pid:
            return
        self._loop.remove_reader(self._channel.fileno())
        self._channel.close()
        self._process.kill()
        self._process.wait()

    async def take(self, timeout: float) -> SessionProcess:
        """A session process that waits for its first block.

        :raises TimeoutError: none became ready in time
        :raises ZygoteFailed: the zygote is dead
        """
        if not self.alive:
            raise ZygoteFailed("the zygote is restarting")
        while self._idle:
            process = self._idle.popleft()
            if not process.ended.done():
                self._refill()
                return process
        waiter: asyncio.Future[SessionProcess] = self._loop.create_future()
        self._waiting.append(waiter)
        self._refill()
        return await asyncio.wait_for(waiter, timeout)

    def boundary_summary(self) -> dict[str, Any]:
        """What holds in each session, as the sessions themselves found it."""
        return {"namespaces": self.boundary["namespaces"], "landlock": self.boundary["landlock"], "seccomp": self.boundary["seccomp"], **self._enforced}

    @property
    def idle(self) -> int:
        return len(self._idle)

    def processes(self) -> list[SessionProcess]:
        return list(self._sessions.values())

    def _refill(self) -> None:
        if self._retry is not None:
            return  # forks fail; the next try has its time
        while self.alive and len(self._idle) + self._preparing < self._idle_target + len(self._waiting):
            self._spawn()

    def _try_again(self) -> None:
        self._retry = None
        self._refill()

    def _spawn(self) -> None:
        self._next += 1
        number = self._next
        namespaces = self.boundary["namespaces"]
        scratch = None
        if not namespaces:
            scratch = f"{self._work}/{secrets.token_hex(8)}"
            os.mkdir(scratch, 0o700)
        process = SessionProcess(number, namespaces, scratch, self._capture_bytes)
        self._sessions[number] = process
        self._preparing += 1
        process.ready.add_done_callback(lambda done: self._on_ready(process, done.result()))
        try:
            socket.send_fds(self._channel, [msgspec.json.encode({"spawn": number, "scratch": scratch})], process.hand_over())
        except OSError as error:
            _log.error("zygote does not take a request: %s", error.strerror)
            process.on_gone()
            return
        process.handed_over()

    def _on_ready(self, process: SessionProcess, ready: bool) -> None:
        self._preparing -= 1
        if not self.alive:
            return
        if not ready:
            self._failures += 1
            self.last_failure = process.failure
            _log.error("a session could not be set up: %s", process.failure or "it died")
            process.kill()
            if self._retry is None:
                self._retry = self._loop.call_later(min(5.0, 0.05 * 2 ** min(self._failures, 8)), self._try_again)
            return
        self._failures = 0
        self._retry: asyncio.TimerHandle | None = None
        self._enforced = process.enforced
        self.forks += 1
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(process)
                self._refill()
                return
        self._idle.append(process)

    def _on_message(self) -> None:
        while self.alive:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._channel, _MESSAGE_SIZE, 4)
            except BlockingIOError:
                return
            except OSError:
                data, descriptors = b"", []
            if not data:
                self._died()
                return
            message = msgspec.json.decode(data)
            if "born" in message:
                process = self._sessions.get(message["born"])
                if process is not None:
                    process.born(message["pid"], descriptors[0] if descriptors else None)
            elif "gone" in message or "refused" in message:
                process = self._sessions.pop(message.get("gone", message.get("refused")), None)
                if process is not None:
                    process.failure = process.failure or message.get("reason", "")
                    if process in self._idle:
                        self._idle.remove(process)
                    process.on_gone()
                    self._refill()

    def _died(self) -> None:
        self.stop()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(ZygoteFailed("the zygote died"))
        self._waiting.clear()
        self._idle.clear()
        # Its inits die with it by their parent-death signal; what they leave is killed here.
        for process in self._sessions.values():
            process.zygote_died = True
            process.kill()
            process.on_gone()
        self._sessions.clear()
        self._on_death(self)


def _environment(work: str | None) -> dict[str, str]:
    """All that a session may see of an environment."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": work or tempfile.gettempdir(),
        "IPYTHONDIR": work or tempfile.gettempdir(),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(filter(None, [_PACKAGE_PARENT, os.environ.get("PYTHONPATH", "")])),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
    }
