# shellcheck shell=bash
# The cluster itself: found healthy, restarted after its engine was stopped, or created anew.

kube() { kubectl --context "$CONTEXT" --request-timeout=10s "$@"; }

in_node() { docker exec "$NODE_NAME" "$@"; }

node_state() { docker inspect --format '{{.State.Status}}' "$NODE_NAME" 2>/dev/null || echo absent; }

# A cluster with another key is not the one that these files describe.
cluster_key() {
  hash_of "$(image_id "$(node_image)")" "$PULLED_NODE_IMAGE" "$BUILT_NODE_IMAGE" \
    -- "$KIND_DIR/cluster" "$KIND_DIR/node" "$KIND_DIR/kubernetes"
}

node_matches() { [ "$(in_node cat /kind/openmath-key 2>/dev/null)" = "$1" ]; }

# Asks the parts themselves: what the API server last heard of a node or a pod may be older than a restart.
node_answers() {
  in_node curl -sf -m 2 -o /dev/null http://127.0.0.1:10248/healthz && kube get --raw=/readyz >/dev/null 2>&1 &&
    [ "$(kube get node "$NODE_NAME" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ]
}

# After a restart the API server still shows the old pod as ready, until the kubelet reports: such news does not count.
dns_answers() {
  local since ready started address fields
  since=$(docker inspect --format '{{.State.StartedAt}}' "$NODE_NAME")
  fields='{.status.containerStatuses[0].ready} {.status.containerStatuses[0].state.running.startedAt} {.status.podIP}'
  while read -r ready started address; do
    if [ "$ready" = true ] && [[ "$started" > "$since" ]]; then
      in_node curl -sf -m 2 -o /dev/null "http://$address:8181/ready" && return 0
    fi
  done < <(kube -n kube-system get pods -l k8s-app=kube-dns -o "jsonpath={range .items[*]}$fields{'\n'}{end}" 2>/dev/null)
  return 1
}

await() { # SECONDS COMMAND...
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.3
  done
}

cluster_is_healthy() {
  docker_answers && [ "$(node_state)" = running ] && [ -s "$RUN_STATE/node-image" ] && has_image "$(node_image)" &&
    node_matches "$(cluster_key)" && node_answers && dns_answers
}

ensure_cluster() {
  local key state
  key=$(cluster_key)
  state=$(node_state)
  if [ "$state" != absent ] && revive "$key" "$state"; then
    note "there already (was $state)"
    return
  fi
  remove_cluster
  create_cluster "$key"
}

# True if the existing node could be brought to serve again.
revive() { # KEY STATE
  case $2 in
    running) ;;
    paused) docker unpause "$NODE_NAME" ;;
    *)
      note "starting the existing node"
      docker start "$NODE_NAME" || return 1
      ;;
  esac
  node_matches "$1" || {
    echo "the existing node was made from other files, or its creation never ended"
    return 1
  }
  kind export kubeconfig --name "$CLUSTER_NAME" || return 1
  note "waiting for the existing node"
  await 90 node_answers && await 60 dns_answers
}

create_cluster() { # KEY
  local config disable=false
  config=$(mktemp "$RUN_STATE/kind.XXXXXX")
  ! node_image_is_built || disable=true
  # The node must start again even if this clone is gone.
  rm -rf "$RUN_STATE/patches"
  cp -R "$KIND_DIR/cluster/patches" "$RUN_STATE/patches"
  sed -e "s|@PATCHES@|$RUN_STATE/patches|" -e "s|@DISABLE_DEFAULT_CNI@|$disable|" "$KIND_DIR/cluster/kind.yaml" >"$config"
  ! node_image_is_built || cat "$KIND_DIR/cluster/built-node.yaml" >>"$config"
  note "creating the cluster"
  if ! kind create cluster --name "$CLUSTER_NAME" --image "$(node_image)" --config "$config" --retain --wait 120s; then
    rm -f "$config"
    echo "The node's own last words (it stays for a look; the next run replaces it):"
    docker logs --tail 15 "$NODE_NAME" 2>&1 || true
    in_node journalctl -u kubelet -u containerd --no-pager -n 25 2>&1 || true
    return 1
  fi
  rm -f "$config"
  note "waiting for cluster DNS"
  if ! await 120 node_answers || ! await 90 dns_answers; then
    kube get nodes,pods -A -o wide
    return 1
  fi
  in_node sh -c "echo $1 > /kind/openmath-key"
  note "created"
}

remove_cluster() {
  [ "$(node_state)" != absent ] || return 0
  note "removing the cluster"
  kind delete cluster --name "$CLUSTER_NAME" || docker rm -f -v "$NODE_NAME"
}
