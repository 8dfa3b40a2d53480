# shellcheck shell=bash
# The node image: kind's published one where it can be pulled and run, else built from Debian and the Go modules.

# The published image has a systemd that needs cgroup v2, and a containerd that lowers OOM scores.
published_node_can_run() {
  [ "$(docker info --format '{{.CgroupVersion}}')" = 2 ] || return 1
  [ "$(id -u)" -ne 0 ] || [ ! -r /proc/self/status ] || has_capability 24
}

has_capability() { # BIT
  local bounding
  bounding=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
  [ $(((16#$bounding >> $1) & 1)) -eq 1 ]
}

# Writes the image to create nodes from to $RUN_STATE/node-image.
choose_node_image() {
  local chosen=$BUILT_NODE_IMAGE
  if published_node_can_run; then
    if has_image "$PULLED_NODE_IMAGE" || { ! has_image "$BUILT_NODE_IMAGE" && pull "$PULLED_NODE_IMAGE"; }; then
      chosen=$PULLED_NODE_IMAGE
    fi
  fi
  echo "$chosen" >"$RUN_STATE/node-image"
  note "$chosen"
}

node_image() { cat "$RUN_STATE/node-image"; }

node_image_is_built() { [ "$(node_image)" = "$BUILT_NODE_IMAGE" ]; }

# What the built image was made from; its base by identity, so that a newer base makes a newer node.
node_image_key() {
  hash_of "$(build_key kubernetes)" "$(build_key pause)" "$(image_id debian:bookworm-slim)" "$(image_id debian:trixie-slim)" \
    -- "$KIND_DIR/node" "$KIND_DIR/lib/node-image.sh"
}

ensure_built_node_image() {
  local key
  key=$(node_image_key)
  if [ "$(image_label "$BUILT_NODE_IMAGE")" = "$key" ]; then
    note "cached"
    return
  fi
  local kind_files binaries pause_image
  ensure_go
  kind_files=$(cd "$KIND_DIR/kubernetes" && go mod download -json sigs.k8s.io/kind >/dev/null &&
    go list -m -f '{{.Dir}}' sigs.k8s.io/kind)/images/base/files
  binaries=$(mktemp -d "$CACHE/binaries.XXXXXX")
  cp "$(built kubernetes)" "$binaries/kubernetes"
  cp "$(built pause)" "$binaries/pause"
  ln -s kubernetes "$binaries/kubeadm"
  "$binaries/kubeadm" config images list --kubernetes-version "v$KUBERNETES_VERSION" >"$binaries/names"
  pause_image=$(grep '/pause:' "$binaries/names")

  note "building the image of the control plane"
  docker buildx build --load -q --build-context "binary=$binaries" -t openmath-node-system:build "$KIND_DIR/node/system"
  docker buildx build --load -q --build-context "binary=$binaries" -t openmath-node-pause:build "$KIND_DIR/node/pause"
  note "building the node's system"
  docker buildx build --load --build-context "binary=$binaries" --build-context "kindfiles=$kind_files" \
    --build-arg "PAUSE_IMAGE=$pause_image" --build-arg "KUBERNETES_VERSION=$KUBERNETES_VERSION" \
    -t openmath-node-base:build "$KIND_DIR/node"
  note "putting the control plane's images into the node"
  commit_with_images "$binaries/names" "$key"
  rm -rf "$binaries"
  drop_replaced_images
  note "built"
}

# Starts the node's containerd without the rest of the node, imports the images, and commits the result.
commit_with_images() { # FILE OF NAMES, KEY
  local node=openmath-node-build name names=()
  while IFS= read -r name; do
    case $name in
      */pause:*) docker tag openmath-node-pause:build "$name" ;;
      *) docker tag openmath-node-system:build "$name" ;;
    esac
    names+=("$name")
  done <"$1"
  docker rm -f "$node" >/dev/null 2>&1 || true
  docker run -d --privileged --name "$node" --entrypoint sleep openmath-node-base:build infinity
  docker exec -d "$node" containerd
  docker exec "$node" sh -c 'for i in $(seq 100); do ctr version >/dev/null 2>&1 && exit 0; sleep 0.2; done; exit 1'
  docker save "${names[@]}" | docker exec -i "$node" ctr -n k8s.io images import \
    --label io.cri-containerd.pinned=pinned --all-platforms --no-unpack -
  docker exec "$node" sh -c 'kill "$(pidof containerd)"; while pidof containerd >/dev/null; do sleep 0.1; done; rm -rf /run/containerd'
  docker commit --change 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' --change "LABEL $CONTENT_LABEL=$2" \
    "$node" "$BUILT_NODE_IMAGE"
  docker rm -f "$node" >/dev/null
  docker rmi "${names[@]}" openmath-node-base:build openmath-node-pause:build openmath-node-system:build >/dev/null 2>&1 || true
}
