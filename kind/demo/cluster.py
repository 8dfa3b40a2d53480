"""Reads a job, and files of the demo's store, with kubectl."""

import argparse
import json
import subprocess


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--context", required=True, help="kubectl context")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("job", help="name of the GenerationJob")
    return parser.parse_args()


class Kubectl:
    """kubectl in one context and namespace; a failed call raises CalledProcessError with its message."""

    def __init__(self, context: str, namespace: str):
        self._command = ["kubectl", "--context", context, "--namespace", namespace]

    def run(self, *args: str) -> str:
        return subprocess.run([*self._command, *args], check=True, capture_output=True, text=True).stdout

    def job(self, name: str) -> dict:
        return json.loads(self.run("get", "generationjob", name, "-o", "json"))

    def stored(self, path: str) -> str:
        """Text of a file in the demo's S3 server, which keeps buckets as folders under /data."""
        return self.run("exec", "deploy/s3", "--", "cat", f"/data/{path}")

    def stored_names(self, path: str) -> list[str]:
        """Names in a folder of the demo's S3 server; none if it is not there."""
        try:
            return sorted(self.run("exec", "deploy/s3", "--", "ls", f"/data/{path}").split())
        except subprocess.CalledProcessError:
            return []


def condition(job: dict, kind: str) -> dict:
    for c in job.get("status", {}).get("conditions", []):
        if c["type"] == kind:
            return c
    return {}
