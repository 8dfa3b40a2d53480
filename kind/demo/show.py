"""Shows a finished demo job: where its data set is, its results as a table, and three rows as a person reads them."""

import json
import sys
import textwrap

from cluster import Kubectl, arguments

WIDTH = 100


def results(job: dict) -> list[tuple[str, str]]:
    status = job["status"]
    r = status.get("results", {})
    usage = status.get("usage", {})
    total = status["plan"]["samples"]
    return [
        ("problems", str(status["plan"]["problems"])),
        ("samples", str(total)),
        ("correct", f"{r.get('correct', 0)} ({100 * r.get('correct', 0) / total:.1f} %)"),
        ("wrong answer", str(r.get("incorrect", 0))),
        ("no answer", str(r.get("noAnswer", 0))),
        ("problems solved at least once", f"{r.get('problemsSolved', 0)} ({r.get('coverage', '-')})"),
        ("last block failed", str(r.get("codeErrors", 0))),
        ("last block timed out", str(r.get("timeouts", 0))),
        ("code blocks executed", str(usage.get("executions", "-"))),
        ("tokens written", str(usage.get("outputTokens", "-"))),
    ]


def rows(kubectl: Kubectl, folder: str) -> list[dict]:
    """Rows of all JSON Lines files of one folder of the data set."""
    return [
        json.loads(text)
        for name in kubectl.stored_names(folder)
        if name.endswith(".jsonl")
        for text in kubectl.stored(f"{folder}/{name}").splitlines()
    ]


def choose(all_rows: list[dict]) -> list[dict]:
    """Three rows that differ: one right, one whose code ran, one more."""
    wanted = [
        lambda r: r["is_correct"],
        lambda r: r["error_message"] == "" and not r["is_correct"],
        lambda r: r["error_message"] not in ("", "<not_executed>"),
        lambda r: r["predicted_answer"] is not None,
        lambda r: True,
        lambda r: True,
    ]
    chosen: list[dict] = []
    for want in wanted:
        row = next((r for r in all_rows if want(r) and r not in chosen), None)
        if row and len(chosen) < 3:
            chosen.append(row)
    return chosen


def paragraph(text: str, indent: str) -> str:
    lines = []
    for part in text.strip().splitlines():
        lines += textwrap.wrap(part, WIDTH - len(indent), drop_whitespace=False) or [""]
    return "\n".join(indent + part for part in lines)


def show(number: int, row: dict) -> None:
    verdict = "CORRECT" if row["is_correct"] else "WRONG"
    print(f"\n--- row {number}: {verdict} " + "-" * (WIDTH - 20))
    print("Question")
    print(paragraph(row["question"], "    "))
    print("Solution written by the model, with what its code printed")
    print(paragraph(row["generated_solution"], "    "))
    answer = row["predicted_answer"]
    print(f"Answer {'none' if answer is None else answer!r}, expected {row['expected_answer']!r}")
    if row["error_message"] not in ("", "<not_executed>"):
        print(f"Last block: {row['error_message']}")


def main() -> int:
    args = arguments(__doc__)
    kubectl = Kubectl(args.context, args.namespace)
    job = kubectl.job(args.job)
    s3 = job["spec"]["output"]["s3"]
    folder = f"{s3['bucket']}/{s3['prefix']}"
    print(f"The data set is in s3://{folder} at {s3['endpoint']} (inside the cluster):")
    for name in kubectl.stored_names(folder):
        print(f"    {name}")
    print("\nResults")
    for name, value in results(job):
        print(f"    {name:<32}{value}")
    print("\nA model of 135 million parameters is rarely right; the same manifest with a larger one is what you want.")
    all_rows = rows(kubectl, f"{folder}/data") + rows(kubectl, f"{folder}/incorrect")
    print(f"\nThree of its {len(all_rows)} rows")
    for number, row in enumerate(choose(all_rows), 1):
        show(number, row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
