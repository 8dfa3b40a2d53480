#!/usr/bin/env bash
# Renders the chart with its default values into manifests/install/, for installing without Helm.
# With a folder as argument, renders there instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v helm >/dev/null || {
  echo "error: helm is needed; 'eval \"\$(kind/cluster.sh env)\"' finds that of the test bed" >&2
  exit 1
}
out=${1:-manifests/install}
mkdir -p "$out"
chart=helm/openmath-operator

render() {
  local file=$1 name
  shift
  {
    echo "# Rendered from $chart by helm/render-manifests.sh; change the chart instead."
    for name in "$@"; do
      helm template openmath-operator "$chart" --namespace openmath-system --show-only "templates/$name.yaml"
    done
  } | sed -e 's|app.kubernetes.io/managed-by: Helm|app.kubernetes.io/managed-by: manifests|' \
    -e '/^# Source: /d' >"$out/$file"
}

cat >"$out/00-namespace.yaml" <<'YAML'
# Rendered by helm/render-manifests.sh.
apiVersion: v1
kind: Namespace
metadata:
  name: openmath-system
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
YAML
render 10-crds.yaml crds
render 20-rbac.yaml serviceaccount rbac user-roles
render 30-operator.yaml networkpolicy service deployment
