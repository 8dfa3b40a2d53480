"""Follows a GenerationJob with one live line until it is complete; exit 1 if it fails."""

import sys
import time

from cluster import Kubectl, arguments, condition

BAR = 30
TIMEOUT_SECONDS = 1800


def line(job: dict, elapsed: float) -> str:
    status = job.get("status", {})
    samples = status.get("progress", {}).get("samples", {})
    total = samples.get("total") or status.get("plan", {}).get("samples") or 0
    finished = samples.get("finished", 0)
    reason = condition(job, "Ready").get("reason", "Waiting")
    if not total:
        return f"{reason} ({elapsed:.0f} s)"
    filled = BAR * finished // total
    parts = [
        f"[{'#' * filled}{'.' * (BAR - filled)}] {finished}/{total} samples",
        f"{status.get('results', {}).get('correct', 0)} correct so far",
    ]
    rate = status.get("throughput", {}).get("samplesPerSecond")
    if rate:
        parts.append(f"{rate} samples/s")
    remaining = status.get("progress", {}).get("remaining")
    if remaining:
        parts.append(f"ETA {remaining}")
    parts.append(f"{reason} ({elapsed:.0f} s)")
    return ", ".join(parts)


def main() -> int:
    args = arguments(__doc__)
    kubectl = Kubectl(args.context, args.namespace)
    live = sys.stdout.isatty()
    started = time.monotonic()
    shown = ""
    while time.monotonic() - started < TIMEOUT_SECONDS:
        job = kubectl.job(args.job)
        elapsed = time.monotonic() - started
        text = line(job, elapsed)
        key = text.rsplit(" (", 1)[0]
        if live:
            print(f"\r\033[K{text}", end="", flush=True)
        elif key != shown:
            print(text, flush=True)
        shown = key
        if condition(job, "Complete").get("status") == "True":
            print()
            return 0
        failed = condition(job, "Failed")
        if failed.get("status") == "True":
            print(f"\nthe job failed: {failed.get('reason')}: {failed.get('message')}")
            return 1
        stalled = condition(job, "Stalled")
        if stalled.get("status") == "True" and elapsed > 60:
            print(f"\nthe job is stalled: {stalled.get('reason')}: {stalled.get('message')}")
            return 1
        time.sleep(1)
    print(f"\nnot complete after {TIMEOUT_SECONDS} s; see kubectl describe gj {args.job}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
