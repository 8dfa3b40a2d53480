"""Pairs a second and CPU of the project's grader against Math-Verify alone, warm, in one run.

Takes the Java class path as its argument; runs in the executor's environment. The CPU of all processes counts: of the
grader, of the executor it starts, and of what that forks.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEED = 20240215
TICKS = os.sysconf("SC_CLK_TCK")
BARS = {"mix": 10.0, "gsm8k": 100.0}
WARM_SECONDS, TIMED_SECONDS = 12.0, 8.0

Pair = tuple[str, str]


def perturbed(pair: Pair, rng: random.Random) -> Pair:
    """The pair with one digit of the prediction changed; where there is none, with a term added."""
    predicted, expected = pair
    places = [i for i, c in enumerate(predicted) if c.isdigit()]
    if not places:
        return predicted + "+1", expected
    place = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != predicted[place]])
    return predicted[:place] + digit + predicted[place + 1 :], expected


def half_perturbed(pairs: list[Pair], rng: random.Random) -> list[Pair]:
    chosen = set(rng.sample(range(len(pairs)), len(pairs) // 2))
    return [perturbed(pair, rng) if i in chosen else pair for i, pair in enumerate(pairs)]


def workloads() -> dict[str, list[Pair]]:
    """GSM8K alone; and as many of its answers as there are plain conformance rows, with those rows that
    have a prediction, in a fixed order."""
    rng = random.Random(SEED)
    answers = [(a, a.replace(",", "")) for a in (HERE / "gsm8k-test-answers.txt").read_text().split()]
    rows = map(json.loads, (ROOT / "src/test/resources/conformance/grader_cases.jsonl").read_text().splitlines())
    plain = [(str(r["predicted"]), str(r["expected"])) for r in rows if r["format"] == "plain" and r["predicted"]]
    mix = half_perturbed(rng.sample(answers, len(plain)), rng) + half_perturbed(plain, rng)
    rng.shuffle(mix)
    return {"mix": mix, "gsm8k": half_perturbed(answers, rng)}


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process and all below it, those that ended and were waited for included."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    total, pending = 0, [pid]
    while pending:
        process = pending.pop()
        total += ticks.get(process, 0)
        pending += children.get(process, [])
    return total / TICKS


class Ours:
    """The offline command ``grade``, kept open: one pass of the pairs goes in, and all verdicts come back, before the next."""

    def __init__(self, class_path: str, *options: str) -> None:
        java = [str(Path(os.environ["JAVA_HOME"]) / "bin/java"), "-XX:+UseSerialGC", "-cp", class_path, "dev.openmath.Main"]
        environment = os.environ | {"OPENMATH_HOME": str(ROOT)}
        environment.pop("OPENMATH_SANDBOX_TOKEN", None)
        self.process = subprocess.Popen(
            [*java, "grade", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def grade(self, pairs: list[Pair]) -> list[dict]:
        answers = []
        for start in range(0, len(pairs), 400):  # what the pipes hold
            part = pairs[start : start + 400]
            lines = "".join(json.dumps({"predicted": p, "expected": e}) + "\n" for p, e in part).encode()
            self.process.stdin.write(lines)
            self.process.stdin.flush()
            answers += [json.loads(self.process.stdout.readline()) for _ in part]
        return answers

    def cpu(self) -> float:
        return cpu_of_tree(self.process.pid)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)


class MathVerify:
    """Math-Verify as its documentation uses it, in this process, without its timers."""

    def grade(self, pairs: list[Pair]) -> list[bool]:
        from math_verify import parse, verify

        return [
            verify(parse(f"${e}$", parsing_timeout=None), parse(f"${p}$", parsing_timeout=None), timeout_seconds=None)
            for p, e in pairs
        ]

    def cpu(self) -> float:
        return time.process_time()


def measured(grader: "Ours | MathVerify", pairs: list[Pair], warm: float, timed: float) -> tuple[float, float]:
    """(pairs per second, pairs per CPU second), after passes that are not timed."""
    end = time.monotonic() + warm
    while True:
        grader.grade(pairs)
        if time.monotonic() > end:
            break
    passes, start, cpu = 0, time.monotonic(), grader.cpu()
    while time.monotonic() < start + timed:
        grader.grade(pairs)
        passes += 1
    count = passes * len(pairs)
    return count / (time.monotonic() - start), count / max(grader.cpu() - cpu, 1 / TICKS)


def main() -> int:
    class_path = sys.argv[1]
    failed = False
    import logging

    logging.disable(logging.CRITICAL)
    for name, pairs in workloads().items():
        # Without a token there is no sandbox: what is not decided by exact rules gets no verdict.
        rules = Ours(class_path, "--sandbox", "http://127.0.0.1:1")
        open_pairs = sum(answer["class"] == "infra" for answer in rules.grade(pairs))
        rules.close()
        ours = Ours(class_path)
        wall, per_cpu = measured(ours, pairs, WARM_SECONDS, TIMED_SECONDS)
        ours.close()
        theirs_wall, theirs_per_cpu = measured(MathVerify(), pairs, 0, TIMED_SECONDS)
        ratio = per_cpu / theirs_per_cpu
        failed |= ratio < BARS[name]
        print(f"{name}: {len(pairs)} pairs, {100 * (1 - open_pairs / len(pairs)):.1f} % decided by exact rules", flush=True)
        print(f"  grade        {wall:10.0f} pairs/s {per_cpu:10.0f} pairs per CPU second, all processes")
        print(f"  Math-Verify  {theirs_wall:10.0f} pairs/s {theirs_per_cpu:10.0f} pairs per CPU second")
        print(f"  ratio by CPU {ratio:10.1f}, bar {BARS[name]:.0f}: {'reached' if ratio >= BARS[name] else 'MISSED'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
