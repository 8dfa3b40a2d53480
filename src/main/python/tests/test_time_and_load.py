"""Load never makes a timeout, output never makes the supervisor grow, and sessions leave nothing behind."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from executor_process import ExecutorProcess, SessionClient

_BURN = "import time\nend = time.process_time() + 0.25\nwhile time.process_time() < end: pass\nprint('done')"


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_no_false_timeout_at_three_times_the_load(executor: ExecutorProcess) -> None:
    spinners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: executor.run(_BURN, timeout_ms=500), range(18)))
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()
    wrong = [answer for answer in answers if (answer["class"], answer["output"]) != ("ok", "done")]
    assert not wrong, wrong


def test_waiting_for_a_slot_is_not_running(executor: ExecutorProcess) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: executor.run("import time\ntime.sleep(0.3)\nprint(1)", timeout_ms=1000), range(6)))
    assert all(answer["class"] == "ok" for answer in answers), answers
    assert max(answer["timing"]["queueMs"] for answer in answers) > 300
    assert all(answer["timing"]["wallMs"] - answer["timing"]["stolenMs"] < 1000 for answer in answers), answers


def test_a_session_that_has_begun_goes_before_new_ones() -> None:
    order: list[str] = []

    def run(session: SessionClient, name: str, code: str) -> None:
        session.run(code)
        order.append(name)

    with ExecutorProcess({"runningPerPod": 1, "execution": {"memory": "256Mi"}}) as executor, ThreadPoolExecutor(4) as pool:
        begun, running, *new = (executor.open() for _ in range(4))
        begun.run("x = 1")
        waits = [pool.submit(run, running, "running", "import time; time.sleep(1.5)")]
        time.sleep(0.3)
        for number, session in enumerate(new):
            waits.append(pool.submit(run, session, f"new {number}", "import time; time.sleep(0.3)"))
            time.sleep(0.2)
        waits.append(pool.submit(run, begun, "begun", "import time; time.sleep(0.3)"))
        for wait in waits:
            wait.result(30)
    assert order == ["running", "begun", "new 0", "new 1"]


def test_sleeping_is_no_excuse(executor: ExecutorProcess) -> None:
    answer = executor.run("import time\ntime.sleep(60)", timeout_ms=400)
    assert answer["class"] == "timeout"
    assert answer["timing"]["wallMs"] >= 400


def test_cpu_time_of_all_processes_is_limited() -> None:
    with ExecutorProcess({"execution": {"cpuTimeoutSeconds": 0.5, "timeoutSeconds": 10, "memory": "256Mi"}}) as executor:
        answer = executor.run("import os\nos.fork(); os.fork()\nwhile True: pass")
        assert answer["class"] == "cpu_exhausted", answer
        assert answer["timing"]["cpuMs"] >= 500
        answer = executor.run("while True: pass")
        assert answer["class"] == "cpu_exhausted", answer


def test_output_does_not_grow_the_supervisor(executor: ExecutorProcess) -> None:
    executor.run("print('x' * 1_000_000)")
    before = _resident_bytes(executor.process.pid)
    for _ in range(3):
        answer = executor.run("for _ in range(30): print('y' * 1_000_000)", timeout_ms=10_000)
        assert (answer["class"], answer["output"]) == ("ok", "y" * 1000 + "<output cut>"), answer["class"]
    grown = _resident_bytes(executor.process.pid) - before
    assert grown < 2 << 20, f"{grown} bytes more"


def test_many_sessions_leave_nothing(executor: ExecutorProcess) -> None:
    code = "import random\nprint(sum(range(100)), random.random())"

    def session(_: int) -> str:
        return executor.run(code, seed=1)["output"]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(session, range(40)))
        descriptors = len(os.listdir(f"/proc/{executor.process.pid}/fd"))
        memory = _resident_bytes(executor.process.pid)
        outputs = set(pool.map(session, range(200)))
    assert len(outputs) == 1
    assert len(os.listdir(f"/proc/{executor.process.pid}/fd")) <= descriptors + 12, "descriptors grow"
    assert _resident_bytes(executor.process.pid) - memory < 4 << 20, "memory grows"
