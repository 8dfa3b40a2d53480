# shellcheck shell=bash
# gVisor from its Go module, and the RuntimeClass that runs pods in it.

# Where the machine may not lower OOM scores, the shim must not try: it would give up on every pod.
shim_patch_needed() { [ -r /proc/self/status ] && [ "$(id -u)" -eq 0 ] && ! has_capability 24; }

ensure_gvisor_binaries() {
  ensure_go
  local arch patch=none key target
  arch=$(docker version --format '{{.Server.Arch}}')
  ! shim_patch_needed || patch=oom-score
  key=$(hash_of "$patch" "$arch" "$(cd "$KIND_DIR/gvisor" && go version)" -- "$KIND_DIR/gvisor/go.mod" "$KIND_DIR/gvisor/go.sum" "$KIND_DIR/lib/gvisor.sh")
  target=$CACHE/go/gvisor-$key
  echo "$target" >"$RUN_STATE/gvisor.path"
  if [ -x "$target/runsc" ] && [ -x "$target/containerd-shim-runsc-v1" ]; then
    note "cached"
    return
  fi
  note "compiling gVisor"
  local work packages
  work=$(mktemp -d "$CACHE/gvisor.XXXXXX")
  cp "$KIND_DIR/gvisor/go.mod" "$KIND_DIR/gvisor/go.sum" "$work"
  (
    cd "$work" || exit
    go mod vendor
    if [ "$patch" != none ]; then
      sed -i 's/oomScoreMax = -999/oomScoreMax = 0/' vendor/gvisor.dev/gvisor/pkg/shim/v1/manager.go
      grep -q 'oomScoreMax = 0' vendor/gvisor.dev/gvisor/pkg/shim/v1/manager.go
    fi
    mkdir out
    packages=$(CGO_ENABLED=0 GOOS=linux GOARCH=$arch go list -mod=vendor -deps gvisor.dev/gvisor/runsc gvisor.dev/gvisor/shim | wc -l)
    CGO_ENABLED=0 GOOS=linux GOARCH=$arch nice -n 5 go build -v -mod=vendor -buildvcs=false -trimpath \
      -ldflags "-s -w -X gvisor.dev/gvisor/runsc/version.version=$(sed -nE 's/^require gvisor.dev\/gvisor (.*)/\1/p' go.mod)" \
      -o out/ gvisor.dev/gvisor/runsc gvisor.dev/gvisor/shim 2>&1 | count_lines "compiling gVisor, packages" "$packages"
  )
  mv "$work/out/shim" "$work/out/containerd-shim-runsc-v1"
  mkdir -p "$CACHE/go"
  rm -rf "$target"
  mv "$work/out" "$target"
  rm -rf "$work"
  note "compiled"
}

# With cgroupfs, runsc leaves the pod's limits to the pod's own cgroup, which the kubelet has made; with systemd, it has
# to ask systemd for its cgroup.
runsc_settings() {
  echo '[runsc_config]'
  echo '  platform = "systrap"'
  if in_node grep -q 'cgroupDriver: cgroupfs' /var/lib/kubelet/config.yaml; then
    echo '  ignore-cgroups = "true"'
  else
    echo '  systemd-cgroup = "true"'
  fi
}

containerd_runtime() { # version of containerd's configuration
  local plugin=io.containerd.grpc.v1.cri
  [ "$1" -lt 3 ] || plugin=io.containerd.cri.v1.runtime
  cat <<TOML
[plugins."$plugin".containerd.runtimes.runsc]
  runtime_type = "io.containerd.runsc.v1"
  [plugins."$plugin".containerd.runtimes.runsc.options]
    TypeUrl = "io.containerd.runsc.v1.options"
    ConfigPath = "/etc/containerd/runsc.toml"
TOML
}

install_gvisor() {
  local binaries config=/etc/containerd/config.toml key
  binaries=$(cat "$RUN_STATE/gvisor.path")
  key=$(hash_of "$(basename "$binaries")" "$(runsc_settings)" -- "$KIND_DIR/lib/gvisor.sh")
  kube apply -f "$KIND_DIR/gvisor/runtimeclass.yaml"
  if [ "$(in_node cat /kind/openmath-gvisor 2>/dev/null)" = "$key" ] && in_node grep -q 'runtimes.runsc\]' "$config"; then
    note "the node has it"
    return
  fi
  note "putting gVisor on the node"
  tar -C "$binaries" -c runsc containerd-shim-runsc-v1 | docker exec -i "$NODE_NAME" tar -C /usr/local/bin -x --no-same-owner
  runsc_settings | docker exec -i "$NODE_NAME" tee /etc/containerd/runsc.toml
  if ! in_node grep -q 'runtimes.runsc\]' "$config"; then
    containerd_runtime "$(in_node sed -nE 's/^version *= *([0-9]+).*/\1/p' "$config")" |
      docker exec -i "$NODE_NAME" tee -a "$config"
  fi
  in_node systemctl restart containerd
  note "waiting for containerd"
  await 60 in_node ctr version >/dev/null
  await 60 node_answers
  in_node sh -c "echo $key > /kind/openmath-gvisor"
  note "installed"
}

# A pod of the image that every node has.
prove_gvisor() {
  local pause pod=gvisor-proof
  pause=$(in_node ctr -n k8s.io images ls -q | grep '/pause:' | head -n 1)
  kube -n default delete pod "$pod" --ignore-not-found --now
  kube -n default run "$pod" --image="$pause" --image-pull-policy=IfNotPresent --restart=Never \
    --overrides='{"spec":{"runtimeClassName":"gvisor","automountServiceAccountToken":false}}'
  local rc=0
  kubectl --context "$CONTEXT" -n default wait --for=condition=Ready "pod/$pod" --timeout=60s || rc=$?
  [ "$rc" -eq 0 ] || kube -n default describe pod "$pod"
  kube -n default delete pod "$pod" --now --wait=false
  note "a pod ran in it"
  return "$rc"
}
