#!/usr/bin/env bash
# One layer of the tests: kind/tests.sh java|python|cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
started=$SECONDS
JAVA_HOME=$(bin/jdk25)
export JAVA_HOME
eval "$(kind/cluster.sh env)"

# The S3 server belongs to the contract test of the stores; helm to the test of the rendered manifests.
java() {
  kind/cluster.sh images s3
  mvn -B -ntp verify
}

python() {
  local venv
  venv=$(src/main/python/venv --test)
  (cd src/main/python && "$venv/bin/python" -m pytest -q tests)
}

cluster() {
  kind/package.sh
  kind/cluster.sh load
  kind/cluster.sh gvisor
  kind/install.sh deploy
  [ -d target/test-classes ] || mvn -B -ntp -q test-compile
  mvn -B -ntp failsafe:integration-test failsafe:verify -Dit.groups=cluster
}

case ${1:-} in
  java | python | cluster) "$1" ;;
  *)
    echo "usage: kind/tests.sh java|python|cluster" >&2
    exit 2
    ;;
esac
echo "$1 tests took $((SECONDS - started)) s"
