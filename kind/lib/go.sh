# shellcheck shell=bash
# A Go toolchain that is new enough, and builds that are cached by content.

at_least() { # VERSION MINIMUM
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

go_version() { go version 2>/dev/null | sed -nE 's/^go version go([0-9.]+).*/\1/p'; }

# Go 1.21 or newer fetches the toolchain that a go.mod names by itself, where its own is older.
ensure_go() {
  local found
  command -v go >/dev/null || [ ! -x /usr/local/go/bin/go ] || PATH=/usr/local/go/bin:$PATH
  found=$(go_version)
  if [ -z "$found" ] || ! at_least "$found" "$MIN_GO"; then
    can_install_packages || {
      echo "Building needs Go $MIN_GO or newer (found: ${found:-none}): install it and run this again."
      return 1
    }
    note "installing Go"
    debian_packages "2:$MIN_GO" golang-go --
  fi
  export GOTOOLCHAIN=auto
}

go_target() { printf '%s-%s' "$(go env GOOS)" "$(go env GOARCH)"; }

# go_build NAME DIR PACKAGE LDFLAGS [BUILD FLAG...]: static binary at $CACHE/go/NAME-HASH/NAME; its path goes to
# $RUN_STATE/NAME.path. The hash covers the module's files, the flags and the compiler.
go_build() {
  local name=$1 dir=$2 package=$3 ldflags=$4 key target
  shift 4
  key=$(hash_of "$package" "$ldflags" "$*" "$(cd "$dir" && go version)" "$(go env GOOS GOARCH)" -- "$dir")
  target=$CACHE/go/$name-$key/$name
  if [ ! -x "$target" ]; then
    note "fetching the modules of $name"
    mkdir -p "${target%/*}"
    local packages
    packages=$(cd "$dir" && CGO_ENABLED=0 go list -deps "$package" | wc -l)
    note "compiling $name"
    (cd "$dir" && CGO_ENABLED=0 nice -n 5 go build -v -buildvcs=false -trimpath -ldflags "-s -w $ldflags" "$@" \
      -o "$target.new" "$package") 2>&1 | count_lines "compiling $name, packages" "$packages"
    mv "$target.new" "$target"
    forget_old_builds "$name"
    note "compiled $name"
  else
    touch "$target"
    note "cached"
  fi
  printf '%s\n' "$target" >"$RUN_STATE/$name.path"
}

# Every use touches a build; one that no clone has used for two weeks goes.
forget_old_builds() {
  find "$CACHE/go" -mindepth 2 -maxdepth 2 -name "$1" -mtime +14 -print | while IFS= read -r old; do rm -rf "${old%/*}"; done
}

# Content of a build, whatever cache it lies in.
build_key() { basename "$(dirname "$(built "$1")")"; }

built() { cat "$RUN_STATE/$1.path"; }
