# shellcheck shell=bash
# The Debian images that every Dockerfile here starts from: pulled where a registry answers, else made by debootstrap.

# pull IMAGE: true if a registry gave it. A registry that has not named the image's manifest after 20 seconds counts
# as none; once it has, the download may take its time.
pull() {
  local log begin=$SECONDS pid
  log=$(mktemp "$RUN_STATE/pull.XXXXXX")
  docker pull "$1" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if [ $((SECONDS - begin)) -ge 20 ] && ! grep -q 'Pulling' "$log"; then
      kill "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.2
  done
  local rc=0
  wait "$pid" 2>/dev/null || rc=$?
  cat "$log"
  rm -f "$log"
  return "$rc"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

image_label() { docker image inspect --format "{{index .Config.Labels \"$CONTENT_LABEL\"}}" "$1" 2>/dev/null || true; }

image_id() { docker image inspect --format '{{.Id}}' "$1"; }

# Images of ours that a newer one took the name of.
drop_replaced_images() { docker image prune -f --filter "label=$CONTENT_LABEL" >/dev/null; }

# ensure_base SUITE: debian:SUITE-slim.
ensure_base() {
  local image=debian:$1-slim
  if has_image "$image"; then
    note "$image is there"
    return
  fi
  note "asking the registry for $image"
  if pull "$image"; then
    note "pulled $image"
    return
  fi
  bootstrap_base "$1" "$image"
}

bootstrap_base() { # SUITE IMAGE
  note "no registry: bootstrapping $2 from Debian packages"
  if [ "$(id -u)" -ne 0 ]; then
    echo "No image registry answers and this user cannot bootstrap a base image: run as root, or load $2 by hand."
    return 1
  fi
  command -v debootstrap >/dev/null || debian_packages 0 debootstrap --
  local root
  root=$(mktemp -d "$CACHE/bootstrap.XXXXXX")
  # debootstrap knows trixie by name only from its own release on; all suites of Debian share one script.
  local script=/usr/share/debootstrap/scripts/$1
  [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
  if ! debootstrap --variant=minbase --include=ca-certificates "$1" "$root" "" "$script"; then
    tail -n 20 "$root/debootstrap/debootstrap.log" 2>/dev/null || true
    drop_root "$root"
    return 1
  fi
  chroot "$root" apt-get clean
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/debconf/*-old \
    "$root"/usr/share/doc/*/changelog* "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/var/log/*.log
  tar -C "$root" --numeric-owner -c . |
    docker import --change 'CMD ["bash"]' --change "LABEL $CONTENT_LABEL=debootstrap-$1" - "$2"
  drop_root "$root"
  note "bootstrapped $2"
}

# debootstrap mounts proc and sys inside while it works; nothing below a mount may be deleted.
drop_root() {
  umount "$1/proc" "$1/sys" 2>/dev/null || true
  rm -rf --one-file-system "$1"
}
