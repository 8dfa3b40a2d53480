# shellcheck shell=bash
# A working Docker engine: the running one, an installed one started, or one installed from Debian.

docker_answers() { timeout_of 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# timeout_of SECONDS COMMAND...: coreutils' timeout where there is one.
timeout_of() {
  if command -v timeout >/dev/null; then timeout "$@"; else
    shift
    "$@"
  fi
}

ensure_docker() {
  if docker_answers && docker buildx version >/dev/null 2>&1; then
    note "running"
    return
  fi
  if ! docker_answers && [ -S /var/run/docker.sock ] && docker version 2>&1 | grep -q 'permission denied'; then
    echo "The Docker engine runs, but this user may not use it: add the user to the group 'docker' and log in again."
    return 1
  fi
  if ! docker_answers && ! command -v dockerd >/dev/null; then
    case ${DOCKER_HOST:-} in
      "") install_docker ;;
      *) echo "DOCKER_HOST=$DOCKER_HOST does not answer: start that engine, or unset DOCKER_HOST." && return 1 ;;
    esac
  fi
  docker_answers || start_docker
  docker buildx version >/dev/null 2>&1 || install_buildx
}

can_install_packages() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

install_docker() {
  can_install_packages || {
    echo "No Docker engine answers and none can be installed here (that needs root and apt-get)."
    echo "Install Docker 24 or newer with buildx, start it, and run this again."
    return 1
  }
  note "installing the Docker engine"
  # Some releases have the client in docker.io and no docker-cli.
  debian_packages 24 docker.io docker-cli docker-buildx -- iptables debootstrap ca-certificates ||
    debian_packages 24 docker.io docker-buildx -- iptables debootstrap ca-certificates
}

install_buildx() {
  can_install_packages || {
    echo "Docker lacks its buildx plug-in, which the builds need: install docker-buildx and run this again."
    return 1
  }
  note "installing Docker's buildx"
  debian_packages 0 docker-buildx --
}

# The engine has to live on after this script, so it leads a session of its own and holds none of our files open.
start_docker() {
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null && systemctl cat docker.service >/dev/null 2>&1; then
    note "starting docker.service"
    systemctl start docker.service
  else
    [ "$(id -u)" -eq 0 ] || {
      echo "The Docker engine does not run, and starting it needs root: start it and run this again."
      return 1
    }
    note "waiting for the earlier dockerd"
    await_docker_or_end && return 0
    note "starting dockerd"
    [ ! -f "$LOGS/dockerd.log" ] || mv -f "$LOGS/dockerd.log" "$LOGS/dockerd.previous.log"
    forget_dead_process dockerd /var/run/docker.pid
    forget_dead_process containerd /run/docker/containerd/containerd.pid
    setsid nohup dockerd >"$LOGS/dockerd.log" 2>&1 </dev/null 9>&- &
    echo $! >"$RUN_STATE/dockerd.pid"
  fi
  local tries
  for tries in $(seq 1 150); do
    docker_answers && return 0
    sleep 0.2
    if [ "$((tries % 10))" -eq 0 ] && ! docker_alive; then break; fi
  done
  echo "The Docker engine did not come up; the end of its log:"
  tail -n 15 "$LOGS/dockerd.log" 2>/dev/null || true
  return 1
}

# An engine that is just starting will answer, one that is just stopping will end: true if it answers.
await_docker_or_end() {
  local tries
  for tries in $(seq 1 150); do
    process_is dockerd "$(cat /var/run/docker.pid 2>/dev/null)" || return 1
    ! docker_answers || return 0
    sleep 0.2
  done
  echo "dockerd, process $(cat /var/run/docker.pid), neither answers nor ends after $tries checks: stop it by hand."
  exit 1
}

docker_alive() { [ -d /run/systemd/system ] || process_is dockerd "$(cat "$RUN_STATE/dockerd.pid" 2>/dev/null)"; }

process_is() { # NAME PID
  [ -n "${2:-}" ] && [ "$(cat "/proc/$2/comm" 2>/dev/null)" = "$1" ]
}

# A killed engine leaves its pid file behind; if that number now belongs to another process, dockerd refuses to start.
forget_dead_process() { # NAME PIDFILE
  if [ -f "$2" ] && ! process_is "$1" "$(cat "$2")"; then rm -f "$2"; fi
}

# Stops only an engine that start_docker began.
stop_own_docker() {
  local pid
  pid=$(cat "$RUN_STATE/dockerd.pid" 2>/dev/null || true)
  if ! process_is dockerd "$pid"; then
    rm -f "$RUN_STATE/dockerd.pid"
    note "not started by this test bed, left running"
    return 0
  fi
  if [ -n "$(docker ps -q 2>/dev/null)" ]; then
    note "other containers run, left running"
    return 0
  fi
  kill -TERM "$pid"
  local tries
  for tries in $(seq 1 100); do
    process_is dockerd "$pid" || break
    sleep 0.2
  done
  rm -f "$RUN_STATE/dockerd.pid"
  note "stopped dockerd, process $pid (after $tries checks)"
}
