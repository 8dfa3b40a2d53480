"""What the executor is compared with: a fresh interpreter for each block, as most executors start."""

import resource
import subprocess
import sys
import time


def fresh(code: str) -> str:
    """Runs the code in a new interpreter; its standard output.

    :raises RuntimeError: it failed
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"a fresh interpreter failed: {done.stderr[-500:]}")
    return done.stdout.strip()


def replayed(blocks: list[str]) -> str:
    """Each block in a new interpreter, with all that came before it, as the pipeline of 2024 does; the last one's output."""
    output = ""
    for count in range(1, len(blocks) + 1):
        output = fresh("\n".join(blocks[:count]))
    return output


def empty_process_seconds() -> float:
    """How long ``python -c pass`` takes from start to reaping."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, timeout=300)
    return time.perf_counter() - begun


def children_cpu_seconds() -> float:
    """CPU time of all ended children of this process."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
