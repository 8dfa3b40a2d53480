# shellcheck shell=bash
# Steps with a live elapsed counter, logs on disk, and the tail of the log when a step fails.

STEP_INDEX=0
STEP_COUNT=0
STEP_PID=""
STEP_NOTE_FILE=""

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

begin_steps() {
  STEP_COUNT=$1
  STEP_INDEX=0
  # shellcheck disable=SC2034
  STARTED=$SECONDS
  mkdir -p "$LOGS" "$RUN_STATE"
}

# step TITLE COMMAND...: runs COMMAND in a process group of its own with its output in a log file. A function that
# calls `note TEXT` says in a few words what it is doing or did; the last note stays on the finished line.
step() {
  local title=$1 log begin=$SECONDS rc=0
  shift
  STEP_INDEX=$((STEP_INDEX + 1))
  log=$LOGS/$(printf '%s' "$*" | tr -c 'a-zA-Z0-9' '-').log
  STEP_NOTE_FILE=$(mktemp "$RUN_STATE/note.XXXXXX")
  set -m
  (
    exec 9>&-
    set +m
    trap - INT TERM
    "$@"
  ) >"$log" 2>&1 </dev/null &
  STEP_PID=$!
  set +m
  trap 'stop_step; exit 130' INT TERM
  follow_step "$title" "$begin"
  wait "$STEP_PID" || rc=$?
  STEP_PID=""
  trap - INT TERM
  finish_step "$title" "$begin" "$rc" "$log"
}

stop_step() {
  [ -z "$STEP_PID" ] || kill -TERM -- "-$STEP_PID" 2>/dev/null || true
  rm -f "$STEP_NOTE_FILE"
  [ ! -t 2 ] || printf '\n' >&2
}

step_line() { # TITLE BEGIN
  local text
  text=$(tail -n 1 "$STEP_NOTE_FILE" 2>/dev/null || true)
  printf '[%d/%d] %s%s (%d s)' "$STEP_INDEX" "$STEP_COUNT" "$1" "${text:+: $text}" $((SECONDS - $2))
}

follow_step() { # TITLE BEGIN
  local ticks=0
  while kill -0 "$STEP_PID" 2>/dev/null; do
    sleep 0.1
    ticks=$((ticks + 1))
    if [ -t 2 ]; then
      [ $((ticks % 5)) -ne 0 ] || printf '\r\033[K%.*s' "$(($(columns) - 1))" "$(step_line "$1" "$2")" >&2
    elif [ $((ticks % 300)) -eq 0 ]; then
      say "$(step_line "$1" "$2") ..."
    fi
  done
}

columns() {
  local size
  size=$(stty size <&2 2>/dev/null) || size="0 80"
  size=${size#* }
  echo $((size > 20 ? size : 80))
}

finish_step() { # TITLE BEGIN RC LOG
  [ ! -t 2 ] || printf '\r\033[K' >&2
  if [ "$3" -eq 0 ]; then
    say "$(step_line "$1" "$2")"
    rm -f "$STEP_NOTE_FILE"
    return 0
  fi
  say "$(step_line "$1" "$2") FAILED; the end of $4:"
  tail -n 25 "$4" | sed 's/^/    /' >&2
  rm -f "$STEP_NOTE_FILE"
  exit 1
}

# count_lines TEXT TOTAL: passes lines through, and notes how many of about TOTAL have come.
count_lines() {
  local line count=0
  while IFS= read -r line; do
    printf '%s\n' "$line"
    count=$((count + 1))
    printf '%s: %d of about %d\n' "$1" "$count" "$2" >"${STEP_NOTE_FILE:-/dev/null}"
  done
}

# note TEXT: what the running step does or found; also marks the place in its log.
note() {
  printf '%s\n' "$*" >"${STEP_NOTE_FILE:-/dev/null}"
  printf '### %s\n' "$*"
}
