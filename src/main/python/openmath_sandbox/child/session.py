"""The process that runs a session's blocks: waits for a block, runs it, reports, waits again.

Frames from the supervisor: 4 bytes length (big-endian), then MessagePack ``{cookie, code, open?}``. Frames to it: the cookie of the block
(16 random bytes), one byte of kind, 4 bytes length, MessagePack. Whatever else arrives there is not a report; the supervisor believes one
report per cookie, and its own clock and the wait status before any report.
"""

import hashlib
import io
import os
import resource
import signal
import struct
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import msgspec

from openmath_sandbox.child.isolation import lower
from openmath_sandbox.child.plain import PlainBlocks
from openmath_sandbox.child.report import Report, failed
from openmath_sandbox.child.shell import IPYTHON, OPENMATH_2024, BlockShell

STARTED, REPORT, VERDICT = b"S", b"R", b"V"
INT_DIGITS = 4300

# Bound once: a block that patches os or sys doesn't reach these.
_read, _write, _getpid, _exit, _dup2, _fstat = os.read, os.write, os.getpid, os._exit, os.dup2, os.fstat
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode
_pack, _unpack = struct.Struct(">I").pack, struct.Struct(">I").unpack
_set_digits = sys.set_int_max_str_digits

comparer: Callable[[str, str, str], tuple[bool, str]] | None = None
"""What compares two answers; set in the zygote that has the libraries loaded."""


def _receive(descriptor: int, size: int) -> bytes:
    parts = []
    while size:
        part = _read(descriptor, min(size, 1 << 16))
        if not part:
            _exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _send(descriptor: int, cookie: bytes, kind: bytes, payload: bytes = b"") -> None:
    rest = memoryview(cookie + kind + _pack(len(payload)) + payload)
    while rest:
        rest = rest[_write(descriptor, rest) :]


class Streams:
    """sys.stdout and sys.stderr on descriptors 1 and 2, made good before each block whatever the last one did to them."""

    def __init__(self) -> None:
        self._spares = (os.dup(1), os.dup(2))
        self._open()

    def _open(self) -> None:
        streams = []
        for descriptor in (1, 2):
            buffer = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False), 1 << 16)
            streams.append(io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True))
        self._mine = tuple(streams)
        sys.stdout, sys.stderr = self._mine
        sys.__stdout__, sys.__stderr__ = self._mine

    def restore(self) -> None:
        for descriptor, spare in zip((1, 2), self._spares, strict=True):
            try:
                _fstat(descriptor)
            except OSError:
                try:
                    _dup2(spare, descriptor)
                except OSError:
                    pass
        if any(stream.closed for stream in self._mine):
            self._open()
        elif sys.stdout is not self._mine[0] or sys.stderr is not self._mine[1]:
            sys.stdout, sys.stderr = self._mine

    def flush(self) -> None:
        for stream in {id(s): s for s in (*self._mine, sys.stdout, sys.stderr)}.values():
            try:
                stream.flush()
            except BaseException:  # noqa: BLE001 - a block may have put anything there
                pass


class Session:
    """One session's state: the shell and its streams."""

    def __init__(self, control: int, shell: BlockShell, virtual_memory: int) -> None:
        self._control = control
        self._shell = shell
        self._virtual_memory = virtual_memory
        self._run = shell.run_block
        self._streams = Streams()
        self._process = _getpid()

    def serve(self) -> None:
        """Runs blocks until the supervisor hangs up; never returns."""
        while True:
            frame = _decode(_receive(self._control, _unpack(_receive(self._control, 4))[0]))
            if "open" in frame:
                self._open(**frame["open"])
            if "pairs" in frame:
                self._verify(frame["cookie"], frame["grader"], frame["pairs"])
            else:
                self._block(frame["cookie"], frame["code"])

    def _open(self, semantics: str, seed: str, memory: int) -> None:
        reseed(seed)
        limit_memory(self._virtual_memory + memory)
        _set_digits(INT_DIGITS)
        if semantics in (OPENMATH_2024, IPYTHON):
            self._shell.choose(semantics)
            if semantics == IPYTHON:
                warnings.filterwarnings("ignore", category=DeprecationWarning)
                warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
        else:
            self._run = PlainBlocks().run_block

    def _block(self, cookie: bytes, code: str) -> None:
        self._streams.restore()
        _send(self._control, cookie, STARTED)
        try:
            report: Report = self._run(code)
        except BaseException as error:  # noqa: BLE001 - e.g. a block that broke the shell
            report = failed(error)
        if _getpid() != self._process:
            self._streams.flush()
            _exit(0)  # a copy of the session, made by the block's own fork
        self._streams.flush()
        _send(self._control, cookie, REPORT, _encode(report))

    def _verify(self, cookie: bytes, grader: str, pairs: list[tuple[int, str, str]]) -> None:
        for number, predicted, expected in pairs:
            _send(self._control, cookie, STARTED, _encode(number))
            if grader == "MathVerify":
                verdict = _compared(grader, predicted, expected)
            else:
                # Its parser evaluates: what one pair leaves behind must not meet the next.
                verdict = self._compared_apart(grader, predicted, expected)
            _send(self._control, cookie, VERDICT, _encode((number, *verdict)))

    def _compared_apart(self, grader: str, predicted: str, expected: str) -> tuple[bool, str]:
        answers, answer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(self._control)
            _write(answer, _encode(_compared(grader, predicted, expected)))
            _exit(0)
        os.close(answer)
        data = _read(answers, 4096)
        os.close(answers)
        _, how = os.waitpid(pid, 0)
        if data:
            equal, method = _decode(data)
            return equal is True, str(method)
        if not os.WIFSIGNALED(how):
            _exit(71)
        return False, "crashed"


def _compared(grader: str, predicted: str, expected: str) -> tuple[bool, str]:
    if comparer is None:
        _exit(71)  # a zygote that can't compare is our fault and decides nothing
    try:
        return comparer(grader, predicted, expected)
    except Exception as error:  # noqa: BLE001 - what can't be compared is not equal
        return False, type(error).__name__[:40]


def reseed(seed: str) -> None:
    """Sets random and, where it is loaded, numpy.random from SHA-256 of the seed."""
    import random

    digest = hashlib.sha256(seed.encode()).digest()
    random.seed(int.from_bytes(digest, "big"))
    numpy: types.ModuleType | Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed([int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)])


def limit_memory(virtual: int) -> None:
    """At most so many bytes of address space from here on."""
    lower(resource.RLIMIT_AS, virtual)
    lower(resource.RLIMIT_DATA, virtual)


def ignore_terminal_signals() -> None:
    """The terminal's signals belong to the supervisor; a block's own handlers start from the defaults."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
