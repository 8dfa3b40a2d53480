"""The supervisor's hold on one forked session: its pipes, its control socket, its end."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from openmath_sandbox import procfs
from openmath_sandbox.capture import Capture
from openmath_sandbox.channel import Reports, frame

_STOP_PASSES = 200


class SessionProcess:
    """One session's processes: an init of ours and below it whatever the blocks start.

    ``ready``, ``ended`` and ``gone`` are futures: set up and waiting for a block; the runner's wait status (None if init died with it);
    every process is dead and reaped.
    """

    def __init__(self, number: int, namespaces: bool, scratch: str | None, capture_bytes: int) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.scratch = scratch
        self.init: int | None = None
        self.runner: int | None = None
        self.opened = False
        self.enforced: dict[str, Any] = {}
        self.ready: asyncio.Future[bool] = loop.create_future()
        self.ended: asyncio.Future[int | None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self.failure = ""
        self.reports = Reports()
        self.on_frame: Callable[[bytes, Any], None] | None = None
        self.swept = 0
        self.zygote_died = False
        self.tree_cpu = 0.0
        """CPU seconds of all processes of the session at the end of its last block."""
        self._namespaces = namespaces
        self._handle: int | None = None
        self._status = bytearray()
        self._closed = False
        out_read, out_write = os.pipe2(os.O_CLOEXEC)
        err_read, err_write = os.pipe2(os.O_CLOEXEC)
        status_read, status_write = os.pipe2(os.O_CLOEXEC)
        self._control, control = socket.socketpair()
        self._control.setblocking(False)
        for descriptor in (out_read, err_read, status_read):
            os.set_blocking(descriptor, False)
        self.stdout, self.stderr = Capture(out_read, capture_bytes), Capture(err_read, capture_bytes)
        self._status_read = status_read
        self._theirs = [out_write, err_write, control.detach(), status_write]
        self._loop = loop
        loop.add_reader(out_read, self._drain, self.stdout)
        loop.add_reader(err_read, self._drain, self.stderr)
        loop.add_reader(status_read, self._on_status)
        loop.add_reader(self._control.fileno(), self._on_control)

    def hand_over(self) -> list[int]:
        """The session's ends of the pipes; close them with ``handed_over`` once they are sent."""
        return self._theirs

    def handed_over(self) -> None:
        for descriptor in self._theirs:
            os.close(descriptor)
        self._theirs = []

    def born(self, pid: int, handle: int | None) -> None:
        self.init, self._handle = pid, handle

    def send(self, message: dict[str, Any]) -> "asyncio.Task[None] | None":
        """Gives the session a block; the task that writes what doesn't fit into the socket at once."""
        data = frame(message)
        try:
            sent = self._control.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return None  # it is dead; ``ended`` says so
        return self._loop.create_task(self._send_rest(data[sent:])) if sent < len(data) else None

    async def _send_rest(self, data: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._control, data)
        except OSError:
            pass

    def find_runner(self) -> int | None:
        """The process id of the one that runs the blocks, as seen from here."""
        if self.runner is None and self.init is not None:
            below = procfs.descendants(self.init)
            self.runner = below[0] if below else None
        return self.runner

    def tree(self) -> list[int]:
        return [] if self.init is None else [self.init, *procfs.descendants(self.init)]

    def drain(self) -> None:
        """Takes what is in the pipes now."""
        if not self._closed:
            self.stdout.end()
            self.stderr.end()

    def kill(self) -> None:
        """Ends every process of the session. In a PID namespace the kernel does it with init; else all descendants are swept first."""
        if self.init is None or self.gone.done():
            return
        if not self._namespaces:
            self._sweep(self.init)
        self._signal_init(signal.SIGKILL)

    def _signal_init(self, number: int) -> None:
        try:
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            elif self.init is not None:
                os.kill(self.init, number)
        except ProcessLookupError:
            pass

    def _sweep(self, init: int) -> None:
        # Whole groups first: the kernel kills one at a stroke, so a fork bomb can't outrun it. Groups never reach beyond init's own session.
        found = set(procfs.descendants(init))
        for group in {procfs.group(pid) for pid in found} - {0, procfs.group(init)}:
            _signal(-group, signal.SIGKILL)
        frozen: set[int] = set()
        # Then what hides in between. Stop all before killing any: what is stopped forks no more.
        for _ in range(_STOP_PASSES):
            fresh = [pid for pid in procfs.descendants(init) if pid not in frozen]
            if not fresh:
                break
            for pid in fresh:
                _signal(pid, signal.SIGSTOP)
            frozen.update(fresh)
        for _ in range(_STOP_PASSES):
            living = [pid for pid in procfs.descendants(init) if procfs.alive(pid)]
            if not living:
                break
            for pid in living:
                _signal(pid, signal.SIGKILL)
        self.swept += max(0, len(found | frozen) - 1)

    def on_gone(self) -> None:
        """The zygote has reaped init: nothing of the session is left."""
        if not self.ended.done():
            self._on_status()
        if not self.ended.done():
            self.ended.set_result(None)
        if not self.ready.done():
            self.ready.set_result(False)
        if not self.gone.done():
            self.gone.set_result(None)
        self._close()

    def _drain(self, stream: Capture) -> None:
        if not stream.drain():
            self._loop.remove_reader(stream.descriptor)

    def _on_control(self) -> None:
        try:
            data = self._control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control.fileno())
            return
        for kind, payload in self.reports.feed(data):
            if self.on_frame is not None:
                self.on_frame(kind, payload)

    def _on_status(self) -> None:
        while not self._closed:
            try:
                data = os.read(self._status_read, 4096)
            except BlockingIOError:
                return
            if not data:
                self._loop.remove_reader(self._status_read)
                if not self.ended.done():
                    self.ended.set_result(None)
                return
            self._status += data
            while b"\n" in self._status:
                line, _, rest = bytes(self._status).partition(b"\n")
                self._status = bytearray(rest)
                self._on_line(line)

    def _on_line(self, line: bytes) -> None:
        try:
            message = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return
        if "ready" in message and not self.ready.done():
            self.enforced = message["ready"]
            self.find_runner()
            self.tree_cpu = procfs.usage(self.tree(), 0).cpu_seconds  # what its birth took is no block's
            self.ready.set_result(True)
        elif "failed" in message:
            self.failure = message["failed"]
            if not self.ready.done():
                self.ready.set_result(False)
        elif "ended" in message and not self.ended.done():
            self.ended.set_result(message["ended"])

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.handed_over()
        for descriptor in (self.stdout.descriptor, self.stderr.descriptor, self._status_read):
            self._loop.remove_reader(descriptor)
            os.close(descriptor)
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        if self.scratch is not None:
            shutil.rmtree(self.scratch, onerror=_make_removable)


def _make_removable(function: Callable[..., Any], path: str, _: Any) -> None:
    # A session may have taken the rights off its own directories.
    try:
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        function(path)
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass
