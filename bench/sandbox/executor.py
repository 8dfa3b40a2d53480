"""Starts an executor, speaks its protocol over kept connections, and reads what its processes use."""

import http.client
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).resolve().parent / "../../src/main/python"
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGESIZE")


def package_environment() -> dict[str, str]:
    """The environment in which ``openmath_sandbox`` is found: beside this bench in the sources, else installed."""
    return {**os.environ, "PYTHONPATH": str(_SOURCE)} if _SOURCE.is_dir() else dict(os.environ)


@dataclass(frozen=True)
class Footprint:
    """What an executor and its idle sessions hold at a moment."""

    supervisor_bytes: int
    zygote_bytes: int
    descriptors: int
    """Open in the supervisor and the zygotes."""
    processes: int
    """Zombies included."""
    files: int
    """Entries below the executor's own temporary directory."""


class Client:
    """One kept connection; not for several threads."""

    _keys = itertools.count()

    def __init__(self, url: str, token: str) -> None:
        address = urllib.parse.urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=300)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's document.

        :raises RuntimeError: the status is not one of success
        """
        self._connection.request(method, path, None if body is None else json.dumps(body).encode(), self._headers)
        response = self._connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path.split('/')[2]}: {response.status} {data[:300]!r}")
        return json.loads(data) if data else None

    def open(self, **fields: Any) -> str:
        return self.call("POST", "/v1/sessions", {"key": f"bench-{os.getpid()}-{next(self._keys)}", **fields})["id"]

    def run(self, session: str, code: str, **fields: Any) -> dict[str, Any]:
        return self.call("POST", f"/v1/sessions/{session}/executions", {"code": code, **fields})

    def close(self, session: str) -> None:
        self.call("DELETE", f"/v1/sessions/{session}")

    def run_apart(self, code: str, *, timeout_ms: int | None = None, **fields: Any) -> dict[str, Any]:
        """One block in a session of its own."""
        session = self.open(**fields)
        try:
            return self.run(session, code, **({} if timeout_ms is None else {"timeoutMs": timeout_ms}))
        finally:
            self.close(session)


class Executor:
    """One executor on loopback, with a temporary directory of its own."""

    def __init__(self, config: dict[str, Any], arguments: list[str]) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="bench-sandbox-")
        self._scratch = Path(self._directory.name) / "tmp"
        self._scratch.mkdir()
        file = Path(self._directory.name) / "config.json"
        file.write_text(json.dumps(config))
        self._log = (Path(self._directory.name) / "log").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "openmath_sandbox", "--listen", "127.0.0.1:0", "--config", str(file), *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**package_environment(), "TMPDIR": str(self._scratch)},
        )
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline() if select.select([stdout], [], [], 180)[0] else b""
        if not line:
            self._log.seek(0)
            raise RuntimeError(f"the executor does not start: {self._log.read().decode()[-2000:]}")
        self.announcement: dict[str, Any] = json.loads(line)

    @property
    def tier(self) -> str:
        return f"{self.announcement['capabilities']['tier']} on {self.announcement['capabilities']['runtime']}"

    def client(self) -> Client:
        return Client(self.announcement["url"], self.announcement["token"])

    def tainted(self) -> bool:
        return Client(self.announcement["managementUrl"], "").call("GET", "/v1/capabilities")["recycling"]["tainted"]

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far, the ended ones included."""
        return sum(_cpu(pid) for pid in (self._process.pid, *_below(self._process.pid)))

    def footprint(self) -> Footprint:
        supervisor = self._process.pid
        below = _below(supervisor)
        zygotes = [pid for pid in below if _parent(pid) == supervisor]
        return Footprint(
            supervisor_bytes=_resident(supervisor),
            zygote_bytes=sum(_resident(pid) for pid in zygotes),
            descriptors=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in (supervisor, *zygotes) if _readable(pid)),
            processes=1 + len(below),
            files=sum(len(d) + len(f) for _, d, f in os.walk(self._scratch)),
        )

    def __enter__(self) -> "Executor":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()
            self._directory.cleanup()


class Clients:
    """A connection for each thread."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._local = threading.local()

    def mine(self) -> Client:
        if not hasattr(self._local, "client"):
            self._local.client = self._executor.client()
        return self._local.client


def _fields(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return sum(int(f) for f in fields[11:15]) / _TICK


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _readable(pid: int) -> bool:
    return os.access(f"/proc/{pid}/fd", os.R_OK)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _below(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            children.setdefault(_parent(int(entry)), []).append(int(entry))
    found: list[int] = []
    pending = [pid]
    while pending:
        more = children.get(pending.pop(), [])
        found += more
        pending += more
    return found
