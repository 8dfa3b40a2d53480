"""Executors shared by the tests: one for each tier that this machine gives, or one that runs already.

``pytest tests/test_hostile_corpus.py --executor URL --token TOKEN [--management URL]`` runs the corpus against an executor somewhere else.
"""

from collections.abc import Iterator

import pytest

from executor_process import Executor, ExecutorProcess, RemoteExecutor

SHARED = {
    "sessionsPerPod": 16,
    "runningPerPod": 2,
    "execution": {"timeoutSeconds": 10, "memory": "256Mi", "scratch": "16Mi", "maxProcesses": 32, "semantics": "IPython"},
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--executor", metavar="URL", help="the sessions' port of an executor that runs already")
    parser.addoption("--token", metavar="TOKEN", default="", help="its token")
    parser.addoption("--management", metavar="URL", help="its management port")
    parser.addoption("--inner-port", type=int, default=8081, metavar="PORT", help="a port that it listens on, on its own 127.0.0.1")


def _elsewhere(config: pytest.Config) -> RemoteExecutor | None:
    url = config.getoption("--executor")
    return RemoteExecutor(url, config.getoption("--token"), config.getoption("--management")) if url else None


@pytest.fixture(scope="session")
def executor(pytestconfig: pytest.Config) -> Iterator[Executor]:
    """The best tier that this machine gives."""
    if remote := _elsewhere(pytestconfig):
        yield remote
        return
    with ExecutorProcess(SHARED) as running:
        yield running


@pytest.fixture(scope="session")
def process_tier(pytestconfig: pytest.Config) -> Iterator[Executor]:
    """Tier Process: no namespaces, as in a restricted pod."""
    if remote := _elsewhere(pytestconfig):
        yield remote
        return
    with ExecutorProcess(SHARED, "--tier", "Process") as running:
        yield running
