# shellcheck shell=bash
# Content hashes, atomic placement in the cache, and the lock that keeps two runs apart.

hash_stdin() {
  if command -v sha256sum >/dev/null; then sha256sum | cut -c1-32; else shasum -a 256 | cut -c1-32; fi
}

# hash_of WORD... -- PATH...: one hash over the words and over names and contents of all files below the paths.
# Missing paths count as empty; Python's and editors' leftovers do not count.
hash_of() {
  local words=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    words+=("$1")
    shift
  done
  shift || true
  {
    printf '%s\n' "${words[@]+"${words[@]}"}"
    local path file
    for path in "$@"; do
      printf 'in %s\n' "${path##*/}"
      [ -e "$path" ] || continue
      while IFS= read -r file; do
        printf '%s\n' "${file#"$path"}"
        hash_stdin <"$file"
      done < <(find "$path" \( -name __pycache__ -o -name '*.pyc' -o -name '*.swp' \) -prune -o -type f -print | LC_ALL=C sort)
    done
  } | hash_stdin
}

# with_lock COMMAND...: one run at a time per cache; a second one waits and says for whom.
with_lock() {
  mkdir -p "$CACHE" "$BIN" "$LOGS" "$RUN_STATE"
  if command -v flock >/dev/null; then
    exec 9>>"$RUN_STATE/lock"
    if ! flock -n 9; then
      say "waiting for another run of the test bed (process $(cat "$RUN_STATE/lock.pid" 2>/dev/null || echo unknown))"
      flock 9
    fi
  fi
  echo $$ >"$RUN_STATE/lock.pid"
  drop_leftovers
  "$@"
}

# What a run that was cut off left behind; nobody else uses it, as the lock is ours.
drop_leftovers() {
  local place
  rm -f "$RUN_STATE"/note.* "$RUN_STATE"/pull.* "$RUN_STATE"/kind.*
  for place in "$CACHE"/bootstrap.* "$CACHE"/binaries.* "$CACHE"/gvisor.*; do
    [ ! -d "$place" ] || drop_root "$place"
  done
}
