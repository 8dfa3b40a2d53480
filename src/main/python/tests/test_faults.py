"""What survives: a killed zygote, a pod that goes away, signals, and a session that loses its process."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from executor_process import Answer, ExecutorProcess

CONFIG = {"sessionsPerPod": 8, "runningPerPod": 2, "execution": {"memory": "256Mi"}, "drainSeconds": 20}


def _zygotes(executor: ExecutorProcess) -> list[int]:
    """Direct children of the supervisor that run the zygote's module, in the order of their start."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_bytes().rpartition(b") ")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == executor.process.pid and b"openmath_sandbox.child" in command:
            found.append(int(entry.name))
    return sorted(found)


def _runs(pid: int) -> bool:
    try:
        return b") Z" not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def _wait_until_ended(pids: set[int]) -> None:
    deadline = time.monotonic() + 10
    while alive := [pid for pid in pids if _runs(pid)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


@pytest.mark.parametrize("tier", ["best", "Process"])
def test_a_killed_zygote_is_replaced_and_the_pod_tainted(tier: str) -> None:
    arguments = [] if tier == "best" else ["--tier", "Process"]
    with ExecutorProcess(CONFIG, *arguments) as executor:
        untouched = executor.open()
        used = executor.open()
        used.run("x = 1")
        running = executor.open()
        answers: list[Answer] = []
        thread = threading.Thread(target=lambda: answers.append(running.execute("import time\nwhile True: time.sleep(0.01)")))
        thread.start()
        time.sleep(0.5)
        os.kill(_zygotes(executor)[0], signal.SIGKILL)
        thread.join(10)
        assert answers, "the running block is never answered"
        assert (answers[0].status, answers[0].body["class"]) == (410, "infra"), answers[0]
        lost = used.execute("x")
        assert (lost.status, lost.body["class"]) == (410, "infra"), lost
        # A session that had run nothing has lost nothing.
        deadline = time.monotonic() + 30
        while (answer := untouched.execute("6 * 7")).status == 503:
            assert time.monotonic() < deadline, answer
            time.sleep(0.1)
        assert (answer.status, answer.body["output"]) == (200, "42"), answer
        assert executor.capabilities["recycling"]["tainted"] is True
        assert executor.run("1 + 1")["output"] == "2"


def test_a_draining_pod_finishes_what_it_has() -> None:
    executor = ExecutorProcess(CONFIG).wait_until_ready()
    try:
        key = "a session that goes on"
        session = executor.open(key=key)
        assert session.run("x = 1\nx")["output"] == "1"
        executor.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        refused = executor.request("POST", "/v1/sessions", {"key": "new"})
        assert (refused.status, refused.body["error"]["code"]) == (503, "Draining")
        assert "Retry-After" in refused.headers
        assert executor.request("POST", "/v1/sessions", {"key": key}).body["id"] == session.id
        assert executor.management("GET", "/readyz").status == 503
        assert executor.management("GET", "/v1/demand").body["capacity"] == 0
        assert session.run("x + 1")["output"] == "2"
        before = executor.descendants()
        session.close()
        assert executor.process.wait(10) == 0
        _wait_until_ended(before)
    finally:
        executor.stop()


def test_draining_ends_after_drain_seconds() -> None:
    executor = ExecutorProcess({**CONFIG, "drainSeconds": 0.5}).wait_until_ready()
    try:
        executor.open().run("x = 1")
        begun = time.monotonic()
        executor.process.send_signal(signal.SIGTERM)
        assert executor.process.wait(10) == 0
        assert 0.4 < time.monotonic() - begun < 8
    finally:
        executor.stop()


def test_a_killed_supervisor_leaves_nothing() -> None:
    with ExecutorProcess(CONFIG) as executor:
        executor.open().run("x = 1")
        below = executor.descendants()
        assert below
        executor.process.kill()
        executor.process.wait()
        _wait_until_ended(below)


def test_the_directory_of_a_killed_supervisor_is_removed_by_the_next(tmp_path: Path) -> None:
    place = {"TMPDIR": str(tmp_path)}
    with ExecutorProcess(CONFIG, "--tier", "Process", environment=place) as killed:
        killed.open().run("open('left', 'w').write('x')")
        below = killed.descendants()
        killed.process.kill()
        killed.process.wait()
        _wait_until_ended(below)
    (left,) = tmp_path.iterdir()
    with ExecutorProcess(CONFIG, "--tier", "Process", environment=place):
        assert not left.exists()
    assert not list(tmp_path.iterdir())


def test_pod_per_session_serves_one() -> None:
    with ExecutorProcess({**CONFIG, "isolation": {"minimum": "PodPerSession"}}) as executor:
        assert executor.capabilities["tier"] == "PodPerSession"
        assert executor.management("GET", "/v1/demand").body["capacity"] == 1
        assert executor.run("1")["output"] == "1"
        answer = executor.request("POST", "/v1/sessions", {"key": "second"})
        assert (answer.status, answer.body["error"]["code"]) == (503, "PodSpent")
        assert executor.capabilities["recycling"]["due"] is True


def test_a_given_token_is_used_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("the-given-token\n")
    with ExecutorProcess(CONFIG, environment={"OPENMATH_SANDBOX_TOKEN_FILE": str(file)}) as executor:
        assert "token" not in executor.announcement
        assert executor.request("POST", "/v1/sessions", {"key": "k"}, token="the-given-token").status == 201
        executor.announcement["token"] = "the-given-token"
        probe = f"import os\nprint([n for n in os.environ if 'TOKEN' in n])\ntry: print(open({str(file)!r}).read())\nexcept OSError: print('refused')"
        assert executor.run(probe)["output"] == "[]\nrefused"
        assert "the-given-token" not in executor.log.read_text()
