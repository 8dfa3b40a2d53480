# shellcheck shell=bash
# Debian packages on the machine itself, where the caller is root.

# debian_packages MAJOR NEWER... -- PLAIN...: installs PLAIN from the machine's own release, and NEWER too where that
# offers at least version MAJOR of the first of them; else NEWER comes from Debian 13 (trixie), whose source is added
# at a priority that keeps everything else on the machine's release.
debian_packages() {
  local least=$1 newer=() name
  shift
  while [ "$1" != -- ]; do
    newer+=("$1")
    shift
  done
  shift
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  if ! offers_major "${newer[0]}" "$least"; then
    add_trixie_source
    apt-get -q update
    if ! offers_major "${newer[0]}" "$least" trixie; then
      echo "Neither this system's release nor Debian 13 offers ${newer[0]} $least or newer: install it by hand."
      return 1
    fi
    local suffixed=()
    for name in "${newer[@]}"; do suffixed+=("$name/trixie"); done
    newer=("${suffixed[@]}")
  fi
  apt-get -q install -y --no-install-recommends "${newer[@]}" "$@"
}

offers_major() { # PACKAGE MAJOR [RELEASE]
  local version
  if [ -n "${3:-}" ]; then
    version=$(apt-cache madison "$1" | awk -F'|' -v r="$3/" 'index($3, r) {gsub(/ /, "", $2); print $2; exit}')
  else
    version=$(apt-cache policy "$1" | awk '/Candidate:/ {print $2}')
  fi
  [ -n "$version" ] && [ "$version" != "(none)" ] && dpkg --compare-versions "$version" ge "$2"
}

# The mirror is the one that the machine already uses.
add_trixie_source() {
  [ "$(. /etc/os-release && echo "$ID")" = debian ] || return 0
  local mirror
  mirror=$(find /etc/apt/sources.list /etc/apt/sources.list.d -type f -exec cat {} + 2>/dev/null |
    sed -nE 's/^(URIs:|deb( +\[[^]]*\])?) +([^ ]*\/debian\/?)( .*)?$/\3/p' | head -n 1) || true
  [ -n "$mirror" ] || {
    echo "No Debian mirror found in /etc/apt: add a source for trixie and run this again."
    return 1
  }
  cat >/etc/apt/sources.list.d/openmath-trixie.sources <<SOURCE
Types: deb
URIs: $mirror
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCE
  cat >/etc/apt/preferences.d/openmath-trixie <<'PIN'
Package: *
Pin: release n=trixie
Pin-Priority: 100
PIN
}
