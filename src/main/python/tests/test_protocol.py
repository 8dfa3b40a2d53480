"""The wire protocol: every status, and that any request may be repeated."""

import json
import threading
import time
import uuid

import pytest

from executor_process import Answer, ExecutorProcess


def _error(answer: Answer) -> tuple[int, str, str | None]:
    error = answer.body["error"]
    assert error["message"], answer
    return answer.status, error["code"], error.get("field")


def test_a_session_lives_from_open_to_delete(executor: ExecutorProcess) -> None:
    key = uuid.uuid4().hex
    first = executor.request("POST", "/v1/sessions", {"key": key})
    assert first.status == 201
    assert set(first.body) == {"id", "pod", "isolation", "expiresAt", "limits", "lowered"}
    again = executor.request("POST", "/v1/sessions", {"key": key})
    assert (again.status, again.body) == (200, first.body)
    path = f"/v1/sessions/{first.body['id']}"
    answer = executor.request("POST", f"{path}/executions", {"code": "x = 20\nprint('seen')\nx + 1"})
    assert answer.status == 200
    timing = answer.body.pop("timing")
    assert set(timing) == {"queueMs", "wallMs", "cpuMs", "stolenMs"}
    identifier = answer.body.pop("id")
    assert identifier
    assert answer.body == {
        "class": "ok",
        "output": "seen\n21",
        "stdout": "seen\n21\n",
        "stderr": "",
        "result": "21",
        "exception": None,
        "errorMessage": "",
        "truncated": {"stdout": False, "stderr": False, "output": False},
        "execution": 1,
        "stateLost": False,
    }
    second = executor.request("POST", f"{path}/executions", {"code": "x"})
    assert (second.body["output"], second.body["execution"]) == ("20", 2)
    assert executor.request("DELETE", path).status == 204
    assert executor.request("DELETE", path).status == 204
    gone = executor.request("POST", f"{path}/executions", {"code": "x"})
    assert gone.body["class"] == "infra"
    assert _error(gone) == (410, "SessionLost", None)


def test_the_same_execution_runs_once(executor: ExecutorProcess) -> None:
    with executor.open() as session:
        first = session.run("import itertools; c = itertools.count(1)\nnext(c)", id="a")
        assert session.run("import itertools; c = itertools.count(1)\nnext(c)", id="a") == first
        assert session.run("next(c)", id="b")["output"] == "2"
        assert _error(session.execute("next(c)", id="a")) == (400, "DifferentCode", "id")


def test_a_repeated_request_joins_the_running_one(executor: ExecutorProcess) -> None:
    with executor.open() as session:
        answers: list[Answer] = []
        code = "import time; time.sleep(0.5); print('once')"
        threads = [threading.Thread(target=lambda: answers.append(session.execute(code, id="same"))) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        assert _error(session.execute("1", id="other")) == (409, "ExecutionRunning", None)
        for thread in threads:
            thread.join()
        assert [a.status for a in answers] == [200, 200]
        assert answers[0].body == answers[1].body
        assert session.run("2")["execution"] == 2


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/v1/sessions", {"key": "k", "colour": 1}, (400, "InvalidField", "colour")),
        ("/v1/sessions", {"key": "k", "limits": {"timeoutSeconds": 1}}, (400, "InvalidField", "limits.timeoutSeconds")),
        ("/v1/sessions", {"key": "k", "limits": {"timeoutMs": "1"}}, (400, "InvalidField", "limits.timeoutMs")),
        ("/v1/sessions", {"key": "k", "semantics": "Ruby"}, (400, "InvalidField", "semantics")),
        ("/v1/sessions", {"key": ""}, (400, "InvalidField", "key")),
        ("/v1/sessions", {}, (400, "InvalidField", "key")),
        ("/v1/sessions", b"{", (400, "MalformedJson", None)),
        ("/v1/sessions", b"[]", (400, "InvalidField", None)),
        ("/v1/verify", {"pairs": [{"predicted": "1"}]}, (400, "InvalidField", "pairs[0].expected")),
        ("/v1/verify", {"pairs": [], "grader": "Best"}, (400, "InvalidField", "grader")),
        ("/v1/sessions/none/executions", {"code": "1", "timeoutMs": 0}, (400, "InvalidField", "timeoutMs")),
        ("/v1/sessions/none/executions", {"code": "1"}, (410, "SessionLost", None)),
        ("/v1/nothing", {}, (404, "NotFound", None)),
        ("/v1/sessions", b" " * ((1 << 20) + 1), (413, "TooLarge", None)),
    ],
)
def test_bad_requests_say_what_is_wrong(executor: ExecutorProcess, path: str, body: object, expected: tuple[int, str, str | None]) -> None:
    assert _error(executor.request("POST", path, body)) == expected


def test_only_the_token_opens(executor: ExecutorProcess) -> None:
    for token in (None, "wrong", executor.announcement["token"] + "x"):
        for method, path in (("POST", "/v1/sessions"), ("POST", "/v1/verify"), ("DELETE", "/v1/sessions/x"), ("GET", "/v1/none")):
            assert _error(executor.request(method, path, {"key": "k"}, token=token))[:2] == (401, "Unauthorized")


def test_another_method_is_refused(executor: ExecutorProcess) -> None:
    answer = executor.request("GET", "/v1/sessions")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_a_megabyte_of_source_runs(executor: ExecutorProcess) -> None:
    code = "#" + "x" * 1_000_000 + "\n1 + 1"
    assert executor.run(code)["output"] == "2"


def test_management_needs_no_token_and_tells_no_text(executor: ExecutorProcess) -> None:
    executor.run("print('a-secret-word')\n'another-secret-word'")
    assert executor.management("GET", "/healthz").status == 200
    assert executor.management("GET", "/readyz").status == 200
    demand = executor.management("GET", "/v1/demand").body
    assert set(demand) == {"open", "queued", "running", "capacity"}
    assert demand["capacity"] == 16
    capabilities = executor.capabilities
    assert capabilities["proven"] is True
    assert capabilities["semantics"] == ["IPython", "Python", "OpenMath2024"]
    assert {"python", "packages", "tier", "runtime", "limits"} <= set(capabilities)
    metrics = executor.management("GET", "/metrics")
    assert b'openmath_sandbox_executions_total{result="ok"}' in metrics.raw
    everything = metrics.raw.decode() + json.dumps(capabilities) + executor.log.read_text()
    assert "secret-word" not in everything


def test_a_full_pod_answers_429() -> None:
    with ExecutorProcess({"sessionsPerPod": 1, "runningPerPod": 1}) as executor:
        key = uuid.uuid4().hex
        with executor.open(key=key):
            answer = executor.request("POST", "/v1/sessions", {"key": "one more"})
            assert _error(answer)[:2] == (429, "PodFull")
            assert int(answer.headers["Retry-After"]) >= 1
            assert executor.request("POST", "/v1/sessions", {"key": key}).status == 200
            assert executor.management("GET", "/readyz").status == 200
        deadline = time.monotonic() + 2
        while (status := executor.request("POST", "/v1/sessions", {"key": "one more"}).status) != 201:
            assert time.monotonic() < deadline, status


def test_queue_limits_and_expiry() -> None:
    config = {
        "sessionsPerPod": 4,
        "runningPerPod": 1,
        "execution": {"queueTimeoutSeconds": 0.3, "memory": "256Mi"},
        "session": {"maxExecutions": 2, "idleSeconds": 1.5},
    }
    with ExecutorProcess(config) as executor:
        with executor.open() as first, executor.open() as second:
            results: list[Answer] = []
            hog = threading.Thread(target=lambda: results.append(first.execute("import time; time.sleep(1)")))
            hog.start()
            time.sleep(0.2)
            assert executor.management("GET", "/v1/demand").body["running"] == 1
            late = second.execute("1", id="retried")
            assert _error(late)[:2] == (503, "QueueTimeout")
            assert "Retry-After" in late.headers
            hog.join()
            # Nothing ran under that id, so it may be tried again, and queueing is no part of the block's time.
            answer = second.run("1", id="retried")
            assert (answer["execution"], answer["output"]) == (1, "1")
            second.run("2")
            assert _error(second.execute("3"))[:2] == (409, "SessionExhausted")
            queued: list[Answer] = []
            hog = threading.Thread(target=lambda: queued.append(first.execute("import time; time.sleep(0.2)")))
            hog.start()
            hog.join()
            deadline = time.monotonic() + 5
            while executor.management("GET", "/v1/demand").body["open"]:
                assert time.monotonic() < deadline, "an idle session is not closed"
                time.sleep(0.1)
            assert _error(first.execute("1"))[:2] == (410, "SessionLost")


def test_a_session_deleted_while_its_block_runs(executor: ExecutorProcess) -> None:
    session = executor.open()
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(session.execute("import time; time.sleep(5)")))
    thread.start()
    time.sleep(0.3)
    assert session.close().status == 204
    thread.join(4)
    assert answers and _error(answers[0])[:2] == (410, "SessionLost")


def test_the_smaller_limit_wins(executor: ExecutorProcess) -> None:
    limits = {"timeoutMs": 300, "maxOutputCharacters": 5, "maxExecutions": 3, "memoryBytes": 64 << 20}
    with executor.open(limits=limits) as session:
        answer = session.run("print('abcdefgh')")
        assert (answer["output"], answer["truncated"]["output"]) == ("abcde<output cut>", True)
        answer = session.run("while True: pass", timeout_ms=60_000)
        assert answer["class"] == "timeout"
        assert 290 <= answer["timing"]["wallMs"] - answer["timing"]["stolenMs"] <= 900, answer["timing"]
        assert session.run("bytearray(100 << 20)")["exception"]["type"] == "MemoryError"
        assert _error(session.execute("1"))[:2] == (409, "SessionExhausted")


def test_what_the_pool_does_not_allow_is_said(executor: ExecutorProcess) -> None:
    with executor.open(limits={"timeoutMs": 60_000, "maxOutputCharacters": 10, "memoryBytes": 1 << 40}) as session:
        assert session.opened["lowered"] == ["limits.timeoutMs", "limits.memoryBytes"]
        assert session.opened["limits"] == {
            "timeoutMs": 10_000, "memoryBytes": 256 << 20, "maxExecutions": 16, "maxOutputCharacters": 10,
        }  # fmt: skip
    with executor.open(limits={"timeoutMs": 10_000}) as session:
        assert session.opened["lowered"] == []


def test_a_module_that_is_missing_is_named_where_the_operator_looks() -> None:
    executor = ExecutorProcess({"template": {"imports": ["math", "no_such_module"]}}, "--management", "127.0.0.1:0").wait_until_ready()
    try:
        answer = executor.management("GET", "/readyz")
        assert (answer.status, "template.imports: no_such_module can't be loaded" in answer.body["reason"]) == (503, True), answer
        capabilities = executor.capabilities
        assert (capabilities["field"], "no_such_module" in capabilities["reason"]) == ("template.imports", True), capabilities
        refused = executor.request("POST", "/v1/sessions", {"key": "k"})
        assert _error(refused)[:2] == (503, "NotReady"), refused
    finally:
        executor.stop()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"colour": 1}, "colour: unknown field"),
        ({"execution": {"timeoutSecond": 1}}, "execution.timeoutSecond: unknown field"),
        ({"execution": {"memory": "lots"}}, "execution.memory: 'lots' is not a size"),
        ({"execution": {"timeoutSeconds": -1}}, "execution.timeoutSeconds: "),
        ({"runningPerPod": 4, "sessionsPerPod": 2}, "runningPerPod: 4 is more than sessionsPerPod"),
        ({"template": {"imports": ["os; import sys"]}}, "template.imports[0]: "),
        ({"template": {"imports": ["numpy", "no_such_module"]}}, "template.imports: no_such_module can't be loaded"),
        ({"isolation": {"minimum": "GVisor"}}, "isolation.minimum: GVisor is asked for, this node gives"),
    ],
)
def test_settings_that_cannot_work_are_named(config: dict[str, object], message: str) -> None:
    executor = ExecutorProcess(config)
    try:
        assert executor.process.wait(60) in (1, 2)
        assert message in executor.log.read_text()
    finally:
        executor.stop()
