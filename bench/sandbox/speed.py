"""Throughput and latency, each beside the alternative in the same minute on the same machine."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import alternatives
from executor import Clients, Executor
from table import Row, percentile

_SOLVE = "from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - {sum}*x + {product}, x))"
_BLOCKS = (
    "from sympy import symbols, solve, Rational\nx, y = symbols('x y')\nprice = Rational({a}, 4)\nprint(price)",
    "roots = solve([x + y - {a}, x - y - {b}], [x, y])\nprint(roots)",
    "print(roots[x] * price + sum(range({b})))",
)


def _quadratic(number: int) -> str:
    """An equation with two whole roots, another one for each number."""
    first, second = 2 + number % 50, 3
    return _SOLVE.format(sum=first + second, product=first * second)


@dataclass(frozen=True)
class _Rate:
    per_second: float
    per_cpu_second: float


def _rate(count: int, threads: int, cpu: Callable[[], float], work: Callable[[int], object]) -> _Rate:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))  # connections, bytecode, file cache
        cpu_before, begun = cpu(), time.perf_counter()
        list(pool.map(work, range(count)))
        seconds = time.perf_counter() - begun
    return _Rate(count / seconds, count / max(0.01, cpu() - cpu_before))


def _compared(what: str, bar: float, ours: _Rate, other: _Rate, detail: str) -> Row:
    by_clock, by_cpu = ours.per_second / other.per_second, ours.per_cpu_second / other.per_cpu_second
    # The smaller: the kernel forgets the CPU time of what ends with its PID namespace, and the clock sees what else the machine does.
    ratio = min(by_clock, by_cpu)
    return Row(
        what,
        f"{ratio:.1f}x",
        f">= {bar:g}x",
        ratio >= bar,
        f"{ours.per_second:.1f} against {other.per_second:.2f} per second ({by_clock:.1f}x); per second of CPU {by_cpu:.1f}x; {detail}",
    )


def first_cell(executor: Executor, count: int, threads: int) -> Row:
    """A session with one SymPy block, against a fresh interpreter for the same block."""
    clients = Clients(executor)

    def ours(number: int) -> None:
        answer = clients.mine().run_apart(_quadratic(number), semantics="Python")
        if answer["class"] != "ok":
            raise RuntimeError(f"a block came out as {answer['class']}: {answer['errorMessage']}")

    rate = _rate(count, threads, executor.cpu_seconds, ours)
    fresh = _rate(max(2 * threads, count // 25), threads, alternatives.children_cpu_seconds, lambda n: alternatives.fresh(_quadratic(n)))
    return _compared("first SymPy cell of a session", 15, rate, fresh, f"{count} sessions")


def three_blocks(executor: Executor, count: int, threads: int) -> Row:
    """A session of three blocks, against replaying all earlier ones for each."""
    clients = Clients(executor)

    def blocks(number: int) -> list[str]:
        return [block.format(a=9 + number % 40, b=3) for block in _BLOCKS]

    def ours(number: int) -> str:
        client = clients.mine()
        session = client.open(semantics="Python")
        output = ""
        for block in blocks(number):
            output = client.run(session, block)["output"]
        client.close(session)
        return output

    if ours(0) != alternatives.replayed(blocks(0)).splitlines()[-1]:
        raise RuntimeError("session and replay print different things")
    rate = _rate(count, threads, executor.cpu_seconds, ours)
    replay = _rate(max(threads, count // 50), threads, alternatives.children_cpu_seconds, lambda n: alternatives.replayed(blocks(n)))
    return _compared("three-block session", 10, rate, replay, f"{count} sessions")


def trivial_block(executor: Executor, rounds: int) -> list[Row]:
    """Opening a session with a first block, later blocks, and an empty interpreter, in turn, one at a time."""
    client = executor.client()
    first, later, bare = [], [], []
    for number in range(rounds + 3):
        begun = time.perf_counter()
        session = client.open()
        client.run(session, "1 + 1")
        opened = time.perf_counter()
        single = []
        for _ in range(8):
            start = time.perf_counter()
            client.run(session, "1 + 1")
            single.append(time.perf_counter() - start)
        client.close(session)
        empty = alternatives.empty_process_seconds()
        if number >= 3:
            first.append(opened - begun)
            later += single
            bare.append(empty)
    empty_ms, first_ms, later_ms = (1e3 * percentile(values, 0.5) for values in (bare, first, later))
    tail_ms = 1e3 * percentile(later, 0.99)
    return [
        Row("session open + first block, p50", f"{first_ms:.2f} ms", f"<= python -c pass, {empty_ms:.2f} ms", first_ms <= empty_ms, f"{rounds} sessions"),
        Row("later trivial block, p50", f"{later_ms:.2f} ms", f"<= a tenth of it, {empty_ms / 10:.2f} ms", later_ms <= empty_ms / 10, f"{len(later)} blocks"),
        Row("later trivial block, p99", f"{tail_ms:.2f} ms", "< 50 ms", tail_ms < 50, "the same"),
    ]
