#!/usr/bin/env bash
# Runs the hostile corpus against an executor that runs already: shuffled, one row at a time and at twice the cores, a canary before and after
# each row. Last line: "N passed, N failed"; exit status 1 if any failed.
#   corpus.sh URL TOKEN_FILE [--management URL] [--inner-port PORT] [--seed N]
#   corpus.sh --pod NAMESPACE/POD TOKEN_FILE [--seed N]     from inside the pod, where nothing is forwarded into it (gVisor)
# OPENMATH_CONTEXT names the cluster for --pod (kind-openmath).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$("$here/venv" --test)/bin/python
[ "${1:-}" = --pod ] || exec "$python" "$here/tests/run_corpus.py" "$@"

pod=${2:?--pod takes NAMESPACE/POD} token=${3:?the token file comes after the pod}
shift 3
bundle=$(mktemp -d)
trap 'rm -rf "$bundle"' EXIT
cp "$here"/tests/{run_corpus,hostile_corpus,executor_process}.py "$token" "$bundle/"
mv "$bundle/$(basename "$token")" "$bundle/token"
# The image has no YAML reader; JSON is YAML too.
mkdir "$bundle/corpus"
echo 'from json import loads as safe_load' >"$bundle/yaml.py"
"$python" -c 'import json, pathlib, sys, yaml
for file in pathlib.Path(sys.argv[1]).glob("*.yaml"): (pathlib.Path(sys.argv[2]) / file.name).write_text(json.dumps(yaml.safe_load(file.read_text())))' "$here/tests/corpus" "$bundle/corpus"
tar -C "$bundle" -c . | kubectl --context "${OPENMATH_CONTEXT:-kind-openmath}" --namespace "${pod%%/*}" exec -i "${pod##*/}" -- python3 -c '
import os, runpy, sys, tarfile, tempfile
with tempfile.TemporaryDirectory() as directory:
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        archive.extractall(directory, filter="data")
    sys.path.insert(0, directory)
    sys.argv = ["corpus.sh", "http://127.0.0.1:8080", directory + "/token", "--management", "http://127.0.0.1:8081", *sys.argv[1:]]
    runpy.run_path(directory + "/run_corpus.py", run_name="__main__")
' "$@"
