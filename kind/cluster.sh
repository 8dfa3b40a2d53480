#!/usr/bin/env bash
# shellcheck disable=SC2317
# The test bed: a real single-node Kubernetes cluster in Docker, with the project's images, on a laptop or on a bare
# machine without container engine and image registry. See README.md beside this file.
set -euo pipefail

KIND_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT_DIR=$(dirname "$KIND_DIR")
readonly KIND_DIR ROOT_DIR
for part in settings progress cache packages docker bases go kubernetes node-image cluster products gvisor; do
  # shellcheck source=/dev/null
  . "$KIND_DIR/lib/$part.sh"
done
export PATH="$BIN:$PATH"

usage() {
  cat <<USAGE
usage: kind/cluster.sh COMMAND

  up            a healthy cluster '$CLUSTER_NAME': reused, restarted or created, after building what that needs
  load [NAME..] builds the images whose content changed and puts into the node those that it lacks
                (names: $PRODUCTS; without names all of them)
  images [NAME..] builds only, needs no cluster
  gvisor        puts gVisor and the RuntimeClass 'gvisor' into the cluster
  kubeapitest   links kube-apiserver, etcd and kubectl for API server tests, needs neither Docker nor a cluster
  versitygw     puts the S3 server of the tests into the cache's bin/, needs no cluster
  env           prints shell exports for eval: PATH, KUBECONFIG, KUBE_API_TEST_DIR, JAVA_HOME
  down          removes the cluster, and stops the Docker engine if this test bed started it; the caches stay

Everything built is kept in $CACHE (OPENMATH_CACHE).
USAGE
}

up() {
  begin_steps 7
  if cluster_is_healthy 2>/dev/null; then
    say "cluster $CLUSTER_NAME is up and healthy"
    return
  fi
  step "Docker engine" ensure_docker
  step "Node image" choose_node_image
  if node_image_is_built || [ -n "$(missing_commands)" ]; then
    step "Kubernetes $KUBERNETES_VERSION from source (first time 5 to 10 min)" ensure_kubernetes_binary
  else
    STEP_INDEX=$((STEP_INDEX + 1))
  fi
  step "Commands kind, kubectl, helm" ensure_commands
  if node_image_is_built; then
    step "Debian base images" ensure_bases
    step "Building the node image" ensure_built_node_image
  else
    STEP_INDEX=$((STEP_INDEX + 2))
  fi
  step "Cluster $CLUSTER_NAME" ensure_cluster
  say "cluster $CLUSTER_NAME is ready after $((SECONDS - STARTED)) s, kubectl context $CONTEXT"
}

ensure_bases() {
  ensure_base trixie
  ensure_base bookworm
}

down() {
  begin_steps 3
  if ! docker_answers && ! command -v dockerd >/dev/null; then
    say "no Docker engine here, so no cluster"
    return
  fi
  step "Docker engine" ensure_docker
  step "Removing the cluster" remove_cluster
  step "Docker engine again" stop_own_docker
}

images() {
  local names name
  names=$(product_names "$@")
  begin_steps $((2 + $(wc -w <<<"$names") + ${EXTRA_STEPS:-0}))
  step "Docker engine" ensure_docker
  step "Debian base image" ensure_base trixie
  for name in $names; do
    step "Image $(product_image "$name")" ensure_product "$name"
  done
}

load() {
  local names
  names=$(product_names "$@")
  if ! docker_answers || [ "$(node_state)" != running ]; then
    die "there is no running cluster: run 'kind/cluster.sh up' first"
  fi
  # shellcheck disable=SC2086
  EXTRA_STEPS=1 images $names
  # shellcheck disable=SC2086
  step "Images into the node" load_products $names
}

gvisor() {
  cluster_is_healthy 2>/dev/null || die "there is no healthy cluster: run 'kind/cluster.sh up' first"
  begin_steps 3
  step "gVisor from source (first time about 3 min)" ensure_gvisor_binaries
  step "gVisor on the node" install_gvisor
  step "Proof" prove_gvisor
}

kubeapitest() {
  begin_steps 2
  step "Kubernetes $KUBERNETES_VERSION from source (first time 5 to 10 min)" ensure_kubernetes_binary
  step "Links for API server tests" kubeapitest_links
}

versitygw() {
  begin_steps 1
  step "versitygw from source (first time 1 to 2 min)" ensure_versitygw
  mkdir -p "$BIN"
  ln -sf "$(built versitygw)" "$BIN/versitygw"
}

print_env() {
  local java_home
  # shellcheck disable=SC2016
  printf 'export PATH="%s:$PATH"\n' "$BIN"
  printf 'export KUBECONFIG="%s"\n' "${KUBECONFIG:-$HOME/.kube/config}"
  printf 'export KUBE_API_TEST_DIR="%s"\n' "$CACHE/kubeapitest"
  if java_home=$("$ROOT_DIR/bin/jdk25" --find 2>/dev/null); then printf 'export JAVA_HOME="%s"\n' "$java_home"; fi
}

main() {
  local command=${1:-}
  [ $# -eq 0 ] || shift
  case $command in
    up | down | kubeapitest | versitygw) with_lock "$command" ;;
    load | images | gvisor) with_lock "$command" "$@" ;;
    env) print_env ;;
    "" | -h | --help | help) usage ;;
    *)
      usage >&2
      die "unknown command '$command'"
      ;;
  esac
  exit
}

main "$@"
