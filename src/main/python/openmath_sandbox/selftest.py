"""The proof at start: hostile blocks against this very executor, on this very node. Only a tier that holds is served."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from openmath_sandbox import procfs
from openmath_sandbox.protocol import Execute, ExecutionResult, Limits, OpenSession, Problem

if TYPE_CHECKING:
    from openmath_sandbox.executor import Executor

_log = logging.getLogger(__name__)
_CANARY = "import random, sys\nprint(random.random(), sorted(sys.modules['__main__'].__dict__.keys() & {'left', 'behind'}), 6 * 7)"


@dataclass(frozen=True)
class Proof:
    results: dict[str, bool]

    @property
    def failed(self) -> list[str]:
        return [name for name, held in self.results.items() if not held]


# Each prints HELD if the isolation holds, and something else or nothing if not.
_REFUSED = """
import time
def refused(action):
    begun = time.monotonic()
    try:
        action()
    except OSError:
        return time.monotonic() - begun < 0.1
    return False
"""

_EGRESS = _REFUSED + """
import socket
def connect(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(1); s.connect(('127.0.0.1', port))
def send(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b'x', ('127.0.0.1', port))
print('HELD' if all(refused(lambda: f(p)) for f in (connect, send) for p in PORTS) else 'open')
"""

_SECRETS = """
import os
seen = [n for n in os.environ if 'TOKEN' in n or n.startswith(('KUBERNETES', 'AWS', 'OPENMATH'))]
for directory in DIRECTORIES:
    try:
        seen += [n for n in os.listdir(directory) if not n.startswith('..')]
    except OSError:
        pass
for name in ('environ', 'mem', 'maps'):
    try:
        with open(f'/proc/{SUPERVISOR}/{name}', 'rb') as f:
            seen.append(f.read(1)) if INSIDE_OUT else None
    except OSError:
        pass
print('HELD' if not seen else seen)
"""

_SIGNALS = """
import os
def safe(pid):
    if OWN_PIDS:
        return True
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False
try:
    os.kill(1, 9) if OWN_PIDS else None
except OSError:
    pass
print('HELD' if safe(SUPERVISOR) and safe(ZYGOTE) else 'reachable')
"""

_RIGHTS = _REFUSED + """
import os, sys, ctypes
libc = ctypes.CDLL(None, use_errno=True)
def unshare():
    if libc.unshare(0x10000000) < 0:
        raise OSError(ctypes.get_errno(), '')
def write(path):
    with open(path, 'w') as f:
        f.write('x')
actions = [unshare, lambda: os.mknod('n', 0o060600, 0x0800), lambda: write('/etc/left-behind'),
           lambda: write(sys.prefix + '/left-behind'), lambda: write('/proc/sys/kernel/hostname'), lambda: os.setuid(0) if os.getuid() else write('/etc/x')]
print('HELD' if all(refused(a) for a in actions) else 'allowed')
"""

_DAEMON = """
import os, time
pid = os.fork()
if pid == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.01)
    os._exit(0)
os.waitpid(pid, 0)
print('HELD')
"""

_FORGERY = """
import os
for fd in range(3, 1024):
    try:
        os.write(fd, b'R' + b'\\x00' * 64)
    except OSError:
        pass
1/0
"""


class _Prober:
    def __init__(self, executor: "Executor", listeners: list[int]) -> None:
        self._executor = executor
        self._zygote = executor.blocks_zygote
        self._names = {
            "PORTS": listeners,
            # Where only one session is open at a time, the work directory holds nothing of another.
            "DIRECTORIES": executor.masked_directories() if executor.sessions.capacity > 1 else executor.host.masked,
            "SUPERVISOR": os.getpid(),
            "ZYGOTE": self._zygote.pid,
            "OWN_PIDS": self._zygote.boundary["namespaces"],
            "INSIDE_OUT": not self._zygote.boundary["namespaces"],
        }
        self._number = 0

    async def run(self, code: str, timeout_ms: int = 5000, check: Callable[[str], Awaitable[bool]] | None = None) -> ExecutionResult:
        """Runs a block in a session of its own."""
        self._number += 1
        sessions = self._executor.sessions
        session = sessions.open(OpenSession(key=f"self-test {self._number}", semantics="Python", seed="self-test", limits=Limits()))
        try:
            names = "\n".join(f"{name} = {value!r}" for name, value in self._names.items())
            result = await sessions.execute(session.id, Execute(code=f"{names}\n{code}", timeout_ms=timeout_ms))
            if check is not None and not await check(session.id):
                return msgspec.structs.replace(result, output="check failed")
            return result
        finally:
            sessions.close(session.id)
            await sessions.buried()

    async def holds(self, code: str) -> bool:
        return (await self.run(code)).output == "HELD"

    async def daemon_is_swept(self) -> bool:
        trees: list[list[int]] = []

        async def look(session_id: str) -> bool:
            process = self._executor.sessions.find(session_id).process
            trees.append(process.tree() if process else [])
            return len(trees[0]) >= 3

        result = await self.run(_DAEMON, check=look)
        return result.output == "HELD" and not any(procfs.alive(pid) for pid in trees[0])

    async def memory_is_capped(self) -> bool:
        size = 2 * self._executor.config.execution.memory_bytes
        result = await self.run(f"x = bytearray({size})\nfor i in range(0, len(x), 4096): x[i] = 1\nprint(len(x))")
        return result.result_class in ("error", "memory_exceeded")

    async def forgery_is_ignored(self) -> bool:
        result = await self.run(_FORGERY)
        return result.result_class == "error" and result.exception is not None and result.exception.type == "ZeroDivisionError"

    async def spinner_is_cut(self) -> bool:
        result = await self.run("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass", timeout_ms=200)
        return result.result_class == "timeout"


async def prove(executor: "Executor", listeners: list[int]) -> Proof:
    """Runs the self-test.

    :param listeners: ports on 127.0.0.1 that this process listens on
    """
    prober = _Prober(executor, listeners)
    results: dict[str, bool] = {}
    canary = ""
    tests: dict[str, Callable[[], Awaitable[bool]]] = {
        "egressRefused": lambda: prober.holds(_EGRESS),
        "secretsAbsent": lambda: prober.holds(_SECRETS),
        "supervisorOutOfReach": lambda: prober.holds(_SIGNALS),
        "rightsRefused": lambda: prober.holds(_RIGHTS),
        "daemonSwept": prober.daemon_is_swept,
        "memoryCapped": prober.memory_is_capped,
        "forgeryIgnored": prober.forgery_is_ignored,
        "spinnerCut": prober.spinner_is_cut,
    }
    try:
        canary = (await prober.run(_CANARY)).output
        for name, test in tests.items():
            results[name] = await test()
        results["nothingLeftBehind"] = canary != "" and (await prober.run(_CANARY)).output == canary
    except (Problem, asyncio.CancelledError) as problem:
        if isinstance(problem, asyncio.CancelledError):
            raise
        _log.error("the self-test could not run: %s", problem)
        results["completed"] = False
    executor.sessions.served = 0
    return Proof(results)
