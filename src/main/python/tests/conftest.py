"""Executors shared by the tests: one for each tier that this machine gives."""

from collections.abc import Iterator

import pytest

from executor_process import ExecutorProcess

SHARED = {
    "sessionsPerPod": 16,
    "runningPerPod": 2,
    "execution": {"timeoutSeconds": 10, "memory": "256Mi", "scratch": "16Mi", "maxProcesses": 32, "semantics": "IPython"},
}


@pytest.fixture(scope="session")
def executor() -> Iterator[ExecutorProcess]:
    """The best tier that this machine gives."""
    with ExecutorProcess(SHARED) as running:
        yield running


@pytest.fixture(scope="session")
def process_tier() -> Iterator[ExecutorProcess]:
    """Tier Process: no namespaces, as in a restricted pod."""
    with ExecutorProcess(SHARED, "--tier", "Process") as running:
        yield running
