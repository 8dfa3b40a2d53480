#!/usr/bin/env bash
# Runs the hostile corpus against an executor that runs already, for example in a pod behind `kubectl port-forward`:
# shuffled, one row at a time and at twice the cores, a canary before and after each row. Last line: "N passed, N failed".
#   corpus.sh URL TOKEN_FILE [--management URL] [--inner-port PORT] [--seed N]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$("$here/venv" --test)/bin/python" "$here/tests/run_corpus.py" "$@"
