#!/usr/bin/env bash
# A real vLLM on this machine's CPU, serving a tiny model of noise on the loopback interface (README.md).
#   engine.sh up     installs what is missing (6 GB once), makes the model, starts the server, prints its URL when healthy
#   engine.sh url    prints the URL of the running server
#   engine.sh down   ends the server that `up` started
# OPENMATH_VLLM_PORT     port; else a free one
# OPENMATH_VLLM_OPTIONS  more options of the server, e.g. "--max-num-seqs 8"
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
cache=${OPENMATH_CACHE:-$HOME/.cache/openmath}
state=$cache/run/vllm
healthy_within=300

say() { printf '%s\n' "$*" >&2; }
die() { say "engine.sh: $*"; exit 1; }

# The start time tells the server from a later process that got the same number.
born() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

running() {
  local pid start
  [[ -r $state/process ]] && read -r pid start <"$state/process" && [[ -n $start && $(born "$pid") == "$start" ]]
}

healthy() { curl --silent --fail --max-time 5 --noproxy '*' --output /dev/null "$(<"$state/url")/health"; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Prints the folder of the model; named after all that it is made from.
model() {
  local environment=$1 key target
  key=$(find "$here/tiny_model.py" "$repository/manifests/examples/30-gsm8k-demo.yaml" \
    "$repository/src/main/resources/dev/openmath/prompts" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat |
    cat - "$here/requirements.txt" | sha256sum | cut -c1-16)
  target=$cache/vllm-model-$key
  if [[ ! -d $target ]]; then
    say "making the tiny model"
    rm -rf "$target.new"
    "$environment/bin/python" "$here/tiny_model.py" "$target.new" >&2
    mv "$target.new" "$target"
  fi
  echo "$target"
}

start() {
  local environment model port options
  say "environment: installing 6 GB if it isn't there yet (about 3 minutes)"
  environment=$(PIP_NO_CACHE_DIR=1 nice -n 10 "$repository/src/main/python/venv" --lock "$here/requirements.txt" vllm)
  # No question to a model hub and no usage report ever leaves this machine.
  export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 VLLM_CPU_KVCACHE_SPACE=1
  model=$(model "$environment")
  port=${OPENMATH_VLLM_PORT:-$(free_port)}
  read -ra options <<<"${OPENMATH_VLLM_OPTIONS:-}"
  mkdir -p "$state"
  echo "http://127.0.0.1:$port" >"$state/url"
  # A session of its own, so that `down` reaches its children and nobody else.
  setsid "$environment/bin/python" -m vllm.entrypoints.openai.api_server --model "$model" --served-model-name tiny \
    --host 127.0.0.1 --port "$port" --max-model-len 2048 --dtype bfloat16 --enforce-eager --enable-prefix-caching \
    ${options[@]+"${options[@]}"} >"$state/log" 2>&1 </dev/null 9>&- &
  echo "$! $(born $!)" >"$state/process"
}

up() {
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  running || start
  local began=$SECONDS
  until healthy; do
    running || { tail -n 30 "$state/log" >&2; die "the server ended; its log is $state/log"; }
    ((SECONDS - began < healthy_within)) || die "not healthy within $healthy_within s; its log is $state/log"
    sleep 0.5
  done
  say "vLLM answers after $((SECONDS - began)) s; log $state/log"
  cat "$state/url"
}

url() {
  running || die "no server runs; start it with: $0 up"
  cat "$state/url"
}

down() {
  running || { say "no server runs"; return; }
  local pid _
  read -r pid _ <"$state/process"
  kill -TERM -- "-$pid"
  for _ in $(seq 60); do
    running || break
    sleep 0.5
  done
  ! running || kill -KILL -- "-$pid"
  rm -f "$state/process"
}

case ${1:-} in
  up | down | url) "$1" ;;
  *) say "usage: $0 up|down|url"; exit 2 ;;
esac
