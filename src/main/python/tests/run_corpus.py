"""Runs the whole hostile corpus against an executor that runs already; see ``corpus.sh``."""

import argparse
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from executor_process import RemoteExecutor
from hostile_corpus import ROWS, check_canary, run_probes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="corpus.sh", description="Runs the hostile corpus, shuffled, one row at a time and at twice the cores.")
    parser.add_argument("url", metavar="URL", help="the sessions' port, for example http://127.0.0.1:8080")
    parser.add_argument("token_file", type=Path, metavar="TOKEN_FILE")
    parser.add_argument("--management", metavar="URL", help="the management port: says the tier, the slots and whether a zygote was lost")
    parser.add_argument("--inner-port", type=int, default=8081, metavar="PORT", help="a port that the executor listens on, on its own 127.0.0.1")
    parser.add_argument("--seed", type=int, default=4, help="of the order of rows")
    return parser.parse_args()


def _run_all(executor: RemoteExecutor, rows: list[dict[str, Any]], port: int, concurrency: int, canaries: dict[str, str]) -> int:
    """Runs every row; returns how many failed."""

    def run(row: dict[str, Any]) -> bool:
        try:
            check_canary(executor, canaries)
            run_probes(executor, row, port)
            check_canary(executor, canaries)
        except (AssertionError, OSError, KeyError) as error:
            print(f"FAILED {row['id']} (row {row['row']}, {concurrency} at once): {type(error).__name__}: {str(error)[:1500]}", flush=True)
            return False
        return True

    begun = time.monotonic()
    with ThreadPoolExecutor(concurrency) as pool:
        failed = len(rows) - sum(pool.map(run, rows))
    executor.wait_for_calm()
    print(f"{len(rows)} rows, {concurrency} at once: {failed} failed, {time.monotonic() - begun:.0f} s", flush=True)
    return failed


def main() -> int:
    arguments = _arguments()
    executor = RemoteExecutor(arguments.url, arguments.token_file.read_text(encoding="utf-8").strip(), arguments.management)
    cores = os.cpu_count() or 1
    if arguments.management:
        capabilities = executor.capabilities
        cores = capabilities["limits"]["running"]
        print(f"tier {capabilities['tier']} on {capabilities['runtime']}, proven: {capabilities['proven']}, {cores} slots", flush=True)
    rows = ROWS.copy()
    failed, canaries = 0, {}
    for concurrency in (1, 2 * cores):
        random.Random(arguments.seed + concurrency).shuffle(rows)
        failed += _run_all(executor, rows, arguments.inner_port, concurrency, canaries)
    if executor.tainted:
        print("FAILED: a zygote was lost")
        failed += 1
    print(f"{2 * len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
