#!/usr/bin/env bash
# Builds target/quarkus-app unless it is newer than everything it is made from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jar=target/quarkus-app/quarkus-run.jar
if [ -f "$jar" ] && [ -z "$(find pom.xml src/main -newer "$jar" -type f -not -path '*/python/*' -print -quit)" ]; then
  echo "target/quarkus-app is up to date"
  exit 0
fi
command -v mvn >/dev/null || {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
    echo "error: Maven 3.8 or later is needed: install it and run this again" >&2
    exit 1
  }
  apt-get install -y --no-install-recommends maven >/dev/null
}
: "${JAVA_HOME:=$(bin/jdk25)}"
export JAVA_HOME
echo "mvn package (the first time also fetches its dependencies)"
mvn -q -B -ntp package -DskipTests
