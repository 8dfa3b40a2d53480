"""Starts the executor as a user would, and speaks its protocol."""

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent.parent


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any
    raw: bytes = field(repr=False, default=b"")


class Executor:
    """An executor that runs: what a client may ask it. Its addresses are in ``announcement``: url, managementUrl, token, capabilities."""

    announcement: dict[str, Any]
    defaults: dict[str, Any] = {}
    """What every session asks for unless a test says otherwise."""

    @property
    def name(self) -> str:
        return self.announcement["url"]

    @property
    def tainted(self) -> bool:
        return self.capabilities["recycling"]["tainted"]

    @property
    def capabilities(self) -> dict[str, Any]:
        return self.management("GET", "/v1/capabilities").body

    def request(self, method: str, path: str, body: Any = None, token: str | None = "", timeout: float = 120, headers: dict[str, str] | None = None) -> Answer:
        """A request to the sessions' port; the body is sent as JSON unless it is bytes. An empty token is the right one."""
        token = self.announcement["token"] if token == "" else token
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        return _call(self.announcement["url"], method, path, body, {**sent, **(headers or {})}, timeout)

    def management(self, method: str, path: str) -> Answer:
        return _call(self.announcement["managementUrl"], method, path, None, {}, 30)

    def open(self, **fields: Any) -> "SessionClient":
        answer = self.request("POST", "/v1/sessions", {"key": uuid.uuid4().hex, **self.defaults, **fields})
        assert answer.status in (200, 201), answer
        return SessionClient(self, answer.body["id"], answer.body)

    def run(self, code: str, timeout_ms: int | None = None, **fields: Any) -> dict[str, Any]:
        """One block in a session of its own."""
        with self.open(**fields) as session:
            return session.run(code, timeout_ms)

    def verify(self, pairs: list[tuple[str | None, str | None]], **fields: Any) -> list[dict[str, Any]]:
        body = {"pairs": [{"predicted": p, "expected": e} for p, e in pairs], **fields}
        answer = self.request("POST", "/v1/verify", body)
        assert answer.status == 200, answer
        return answer.body["verdicts"]


class RemoteExecutor(Executor):
    """One that somebody else has started, for example in a pod; its management port may be out of reach."""

    # As the tests' own executors are set, whatever the pool's settings are.
    defaults = {"semantics": "IPython", "limits": {"timeoutMs": 10_000, "memoryBytes": 256 << 20, "maxOutputCharacters": 1000}}

    def __init__(self, url: str, token: str, management: str | None = None) -> None:
        self.announcement = {"url": url, "token": token, "managementUrl": management}

    @property
    def tainted(self) -> bool:
        return self.announcement["managementUrl"] is not None and super().tainted

    def wait_for_calm(self, timeout: float = 10) -> None:
        """Waits until nothing runs and nothing is queued."""
        deadline = time.monotonic() + timeout
        while self.announcement["managementUrl"] and (demand := self.management("GET", "/v1/demand").body) and demand["running"] + demand["queued"]:
            assert time.monotonic() < deadline, demand
            time.sleep(0.05)


class ExecutorProcess(Executor):
    """One executor on loopback, with a configuration of its own."""

    def __init__(self, config: dict[str, Any] | None = None, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="executor-test-")
        file = Path(self._directory.name) / "config.json"
        file.write_text(json.dumps(config or {}))
        self.log = Path(self._directory.name) / "log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openmath_sandbox", "--listen", "127.0.0.1:0", "--config", str(file), *arguments],
            cwd=SOURCE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("wb"),
            env={**os.environ, **(environment or {})},
        )
        self.announcement: dict[str, Any] = {}

    def wait_until_ready(self, timeout: float = 60) -> "ExecutorProcess":
        stdout = self.process.stdout
        assert stdout is not None
        assert select.select([stdout], [], [], timeout)[0], f"not ready after {timeout} s: {self.log.read_text()}"
        line = stdout.readline()
        assert line, f"the executor ended at once ({self.process.wait()}): {self.log.read_text()}"
        self.announcement = json.loads(line)
        return self

    def descendants(self) -> set[int]:
        """All living processes below the executor, zombies left out."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_bytes().rpartition(b") ")[2].split()
                except OSError:
                    continue
                if fields[0] not in (b"Z", b"X"):
                    parents.setdefault(int(fields[1]), []).append(int(entry.name))
        found: set[int] = set()
        pending = [self.process.pid]
        while pending:
            below = parents.get(pending.pop(), [])
            found.update(below)
            pending += below
        return found

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            if self.process.stdout:
                self.process.stdout.close()
            self._directory.cleanup()

    def __enter__(self) -> "ExecutorProcess":
        return self.wait_until_ready()

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass
class SessionClient:
    executor: Executor
    id: str
    opened: dict[str, Any]

    def execute(self, code: str, timeout_ms: int | None = None, **fields: Any) -> Answer:
        body = {"code": code, **fields}
        if timeout_ms is not None:
            body["timeoutMs"] = timeout_ms
        return self.executor.request("POST", f"/v1/sessions/{self.id}/executions", body)

    def run(self, code: str, timeout_ms: int | None = None, **fields: Any) -> dict[str, Any]:
        answer = self.execute(code, timeout_ms, **fields)
        assert answer.status == 200, answer
        return answer.body

    def close(self) -> Answer:
        return self.executor.request("DELETE", f"/v1/sessions/{self.id}")

    def __enter__(self) -> "SessionClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _call(url: str, method: str, path: str, body: Any, headers: dict[str, str], timeout: float) -> Answer:
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
    try:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection.request(method, path, data, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        raw = response.read()
        parsed = json.loads(raw) if raw and "json" in (response.headers.get("Content-Type") or "") else None
        return Answer(response.status, dict(response.headers), parsed, raw)
    finally:
        connection.close()
