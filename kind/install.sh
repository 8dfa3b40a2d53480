#!/usr/bin/env bash
# Installs (or removes) the operator in the current cluster by its chart: kind/install.sh deploy|undeploy.
# The image's id goes into a pod annotation, so that a new build under the same fixed tag rolls out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=/dev/null
eval "$("$root/kind/cluster.sh" env)"
readonly namespace=openmath-system release=openmath-operator context=kind-openmath

deploy() {
  local image_id
  image_id=$(docker image inspect --format '{{.Id}}' "openmath-operator:0.1.0")
  kubectl --context "$context" create namespace "$namespace" --dry-run=client -o yaml |
    kubectl --context "$context" apply -f - >/dev/null
  let_go_of_a_broken_attempt
  helm upgrade --install "$release" "$root/helm/openmath-operator" --kube-context "$context" \
    --namespace "$namespace" --set-string "podAnnotations.openmath\.dev/image-id=${image_id#sha256:}" \
    --set progressInterval=2s --wait --timeout 2m "$@" >/dev/null || explain
  kubectl --context "$context" --namespace "$namespace" get deployment -l app.kubernetes.io/instance="$release"
}

# A helm that was killed leaves its release pending, and every later one refuses; only the record is removed.
let_go_of_a_broken_attempt() {
  kubectl --context "$context" --namespace "$namespace" delete secret \
    -l "owner=helm,name=$release,status in (pending-install,pending-upgrade,pending-rollback)" >/dev/null
}

explain() {
  kubectl --context "$context" --namespace "$namespace" get pods >&2
  kubectl --context "$context" --namespace "$namespace" logs -l app.kubernetes.io/instance="$release" --tail 40 |
    grep -vE '^[[:space:]]+(at |\.\.\.)' >&2
  exit 1
}

# Custom resources go first, while the operator is there to let go of them; CRDs carry the keep policy.
undeploy() {
  kubectl --context "$context" delete generationjobs,sandboxpools --all --all-namespaces --timeout 2m --ignore-not-found
  helm uninstall "$release" --kube-context "$context" --namespace "$namespace" --ignore-not-found --wait --timeout 2m
  kubectl --context "$context" delete crd generationjobs.openmath.dev sandboxpools.openmath.dev --ignore-not-found
  kubectl --context "$context" delete namespace "$namespace" --ignore-not-found
}

case ${1:-} in
  deploy | undeploy) "$@" ;;
  *)
    echo "usage: kind/install.sh deploy [HELM OPTIONS] | undeploy" >&2
    exit 2
    ;;
esac
