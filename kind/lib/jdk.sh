# shellcheck shell=bash
# A JDK from Debian's packages: installed where they fit the system, else unpacked into the cache beside the C library
# that they need. The second way is for Debian 12, whose own newest JDK is 17 and whose C library is older than what
# Debian 13's JDK was linked with.

install_jdk() { # MAJOR CACHE: progress on standard error
  local package=openjdk-$1-jdk-headless
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return 1; fi
  echo "installing $package" >&2
  if debian_packages "$1" "$package" -- >&2; then return 0; fi
  offers_major "$package" "$1" trixie || return 1
  echo "it does not fit this system; unpacking it with its own C library instead" >&2
  # A shell of its own, because this one may be asked in a condition, where a failing command ends nothing.
  bash -euo pipefail -c '. "$0"; unpack_jdk "$@"' "${BASH_SOURCE[0]}" "$1" "$2/jdk/debian-$1" >&2
}

unpack_jdk() { # MAJOR TARGET
  local major=$1 target=$2 work jdk
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends patchelf ca-certificates
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  chmod 755 "$work"
  (cd "$work" && apt-get -q download "openjdk-$major-jdk-headless/trixie" "openjdk-$major-jre-headless/trixie" \
    libc6/trixie libstdc++6/trixie libgcc-s1/trixie zlib1g/trixie)
  local deb
  for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
  jdk=$(echo "$work"/root/usr/lib/jvm/java-"$major"-openjdk-*)
  rm -rf "$jdk/jmods" "$jdk/docs" "$jdk/man" "$jdk/lib/src.zip"
  settle_settings "$jdk" "$work/root"
  settle_libraries "$jdk" "$work/root" "$target"
  mkdir -p "${target%/*}"
  rm -rf "$target"
  mv "$jdk" "$target"
  settle_certificates "$target" || {
    rm -rf "$target"
    return 1
  }
}

# The packages keep settings in /etc; here they move to where the JDK expects them.
settle_settings() { # JDK ROOT
  local link place
  find "$1" -type l -lname '/etc/java-*' | while IFS= read -r link; do
    place=$(readlink "$link")
    cp --remove-destination "$2$place" "$link"
  done
}

# Programs name their loader by absolute path, and look for libraries in the JDK's own folder first.
settle_libraries() { # JDK ROOT TARGET
  local own=$1/lib/system program loader
  mkdir -p "$own"
  find "$2/usr/lib" -path "$2/usr/lib/jvm" -prune -o \( -name 'lib*.so.[0-9]*' -o -name 'ld-linux*.so.*' \) -print |
    grep -v -e gconv -e audit | while IFS= read -r program; do cp -L "$program" "$own/"; done
  for program in "$1"/bin/* "$1"/lib/jspawnhelper; do
    loader=$(patchelf --print-interpreter "$program" 2>/dev/null) || continue
    # shellcheck disable=SC2016
    patchelf --set-interpreter "$3/lib/system/${loader##*/}" --force-rpath \
      --set-rpath '$ORIGIN:$ORIGIN/../lib:$ORIGIN/../lib/system:$ORIGIN/system' "$program"
  done
}

# The machine's certificate authorities, as a store that Java reads without a password.
settle_certificates() { # JDK
  local source=$1/Certificates.java
  cat >"$source" <<'JAVA'
import java.nio.file.*;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

void main(String[] arguments) throws Exception {
    var store = KeyStore.getInstance("JKS");
    store.load(null, null);
    try (var pem = Files.newInputStream(Path.of(arguments[0]))) {
        for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            store.setCertificateEntry("authority-" + store.size(), certificate);
        }
    }
    try (var out = Files.newOutputStream(Path.of(arguments[1]))) {
        store.store(out, "changeit".toCharArray());
    }
}
JAVA
  rm -f "$1/lib/security/cacerts"
  "$1/bin/java" "$source" /etc/ssl/certs/ca-certificates.crt "$1/lib/security/cacerts" && rm -f "$source"
}
