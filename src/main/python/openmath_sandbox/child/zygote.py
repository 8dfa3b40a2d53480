"""The zygote: one thread, warmed and frozen; forks sessions for the supervisor, reaps them, and runs no block itself."""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

import msgspec

from openmath_sandbox.child import birth, landlock, linux, seccomp, session
from openmath_sandbox.child.isolation import Boundary, temporary_files_can_be_private
from openmath_sandbox.child.shell import BlockShell, make_shell

MESSAGE_SIZE = 1 << 17

# Code paths that most blocks take, so that a session finds SymPy's caches filled.
_SYMPY_WARM_UP = """
from sympy import *
x, y = symbols('x y')
solve(x**2 - 5*x + 6, x); solve([x + y - 3, x - y - 1], [x, y]); solve(Eq(2*x + 3, 7), x); solve(x**3 - 8, x)
simplify(sin(x)**2 + cos(x)**2); expand((x + 1)**3); factor(x**2 - 1); diff(x**2*sin(x), x); integrate(x*exp(x), x)
Rational(1, 3) + sqrt(2); N(pi, 5); gcd(12, 18); factorint(360); binomial(5, 2); latex(x**2/2)
"""


class Unavailable(Exception):
    """A module named in ``template.imports`` can't be imported, or the warm-up code failed."""

    def __init__(self, field: str, subject: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.subject, self.reason = field, subject, reason


class Settings(msgspec.Struct, frozen=True, rename="camel"):
    """What the supervisor tells a zygote at its start."""

    imports: list[str]
    warm_up: str
    grading: bool
    """Loads the answer-comparing libraries as well."""
    use_namespaces: bool
    use_landlock: bool
    scratch_bytes: int
    max_processes: int
    masked: list[str]


class Zygote:
    """Serves the supervisor over a Unix socket that keeps message boundaries."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._sessions: dict[int, int] = {}

    def serve(self) -> None:
        """Runs until the supervisor hangs up."""
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.environ.pop("PYTHONPATH", None)  # the executor's way to its own packages
        settings = msgspec.json.decode(self._channel.recv(MESSAGE_SIZE), type=Settings)
        try:
            shell = warm(settings)
        except Unavailable as problem:
            self._tell({"unavailable": {"field": problem.field, "subject": problem.subject, "reason": problem.reason}})
            return
        boundary = probe(settings)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        # Blocks have no business with the executor's modules. Done once here: in each session it would unshare many pages.
        for name in [n for n in sys.modules if n.partition(".")[0] == "openmath_sandbox"]:
            del sys.modules[name]
        gc.collect()
        gc.freeze()
        linux.collapse_heap()
        with open("/proc/self/statm", encoding="ascii") as file:
            pages, resident = (int(n) * os.sysconf("SC_PAGESIZE") for n in file.read().split()[:2])
        try:
            self._tell({"ready": {"boundary": boundary, "residentBytes": resident, "packages": versions()}})
            self._loop(boundary, shell, pages)
        except BrokenPipeError:
            return  # the supervisor is gone

    def _tell(self, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
        socket.send_fds(self._channel, [msgspec.json.encode(message)], descriptors or [])

    def _loop(self, boundary: Boundary, shell: BlockShell, virtual_memory: int) -> None:
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        poll.register(wake_read, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == wake_read:
                    os.read(wake_read, 4096)
                    self._reap()
                    continue
                data, descriptors, _, _ = socket.recv_fds(self._channel, MESSAGE_SIZE, 8)
                if not data:
                    return
                request = msgspec.json.decode(data)
                self._bear(request, descriptors, boundary, shell, virtual_memory)

    def _bear(self, request: dict[str, Any], descriptors: list[int], boundary: Boundary, shell: BlockShell, virtual_memory: int) -> None:
        number = request["spawn"]
        try:
            pid = birth.bear(boundary, descriptors, request["scratch"], shell, virtual_memory)
        except OSError as error:
            self._tell({"refused": number, "reason": str(error)})
            return
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._sessions[pid] = number
        try:
            handle = [os.pidfd_open(pid)]
        except OSError:
            handle = []
        self._tell({"born": number, "pid": pid}, handle)
        for descriptor in handle:
            os.close(descriptor)

    def _reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self._sessions.pop(pid, None)
            if number is not None:
                self._tell({"gone": number})


def warm(settings: Settings) -> BlockShell:
    """Imports what blocks will import and runs the warm-up, so that a fork starts with it.

    :raises Unavailable: a module is missing or the warm-up failed
    """
    for name in settings.imports:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise Unavailable("template.imports", name, f"{type(error).__name__}: {error}") from error
    if settings.grading:
        verify = importlib.import_module("openmath_sandbox.child.verify")
        verify.warm()
        session.comparer = verify.compare
    shell = make_shell()
    shell.choose("OpenMath2024")
    silent = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - closed below
    saved, (sys.stdout, sys.stderr) = (sys.stdout, sys.stderr), (silent, silent)
    try:
        # The first blocks of a shell are slow; let them be ours.
        for code in ("1 + 1", "1/0", "print((", "print(1)"):
            shell.run_block(code)
        if "sympy" in sys.modules:
            _run_warm_up(_SYMPY_WARM_UP)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(0)  # loads it: every session reseeds it
            sys.modules["numpy"].linalg.solve([[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0])
        if settings.warm_up:
            try:
                _run_warm_up(settings.warm_up)
            except BaseException as error:
                raise Unavailable("template.warmUp", "the warm-up code", type(error).__name__) from error
    finally:
        sys.stdout, sys.stderr = saved
        silent.close()
    for name in ("_", "__", "___", "_i", "_ii", "_iii"):
        shell.user_ns[name] = ""
    return shell


def _run_warm_up(code: str) -> None:
    exec(compile(code, "<warm-up>", "exec"), {"__name__": "__warm_up__"})  # noqa: S102 - the pool owner's code, not a model's


def versions() -> dict[str, str]:
    """Versions of the packages that decide what a block prints."""
    found = {}
    for name in ("ipython", "numpy", "sympy", "mpmath", "pandas", "matplotlib", "math-verify", "latex2sympy2-extended"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def probe(settings: Settings) -> Boundary:
    """Tries what the node allows, each in a child of its own."""
    return Boundary(
        namespaces=settings.use_namespaces and temporary_files_can_be_private() and _survives(lambda: None, linux.SESSION_NAMESPACES),
        landlock=landlock.version() if settings.use_landlock and _survives(lambda: _confine(landlock=True)) else 0,
        seccomp=seccomp.supported() and _survives(lambda: _confine(landlock=False)),
        scratch_bytes=settings.scratch_bytes,
        max_processes=settings.max_processes,
        masked=settings.masked,
        protected=sorted({os.getppid(), os.getpgid(os.getppid()), os.getpid()}),
    )


def _confine(landlock: bool) -> None:
    from openmath_sandbox.child import landlock as rules

    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if landlock:
        rules.restrict(["/usr"], [], [])
    else:
        seccomp.install()


def _survives(action: Callable[[], None], namespaces: int = 0) -> bool:
    user, group = os.geteuid(), os.getegid()
    try:
        pid = linux.fork_into(namespaces) if namespaces else os.fork()
    except OSError:
        return False
    if pid == 0:
        result = 1
        try:
            if namespaces:
                from openmath_sandbox.child.isolation import map_identity

                map_identity(user, group)
                linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
                linux.mount("tmpfs", "/dev", "tmpfs", linux.MS_NOSUID, "size=4k")
            action()
            result = 0
        finally:
            os._exit(result)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        done, how = os.waitpid(pid, os.WNOHANG)
        if done:
            return how == 0
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False
