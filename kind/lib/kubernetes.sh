# shellcheck shell=bash
# Kubernetes, etcd, CoreDNS, kind and helm from their Go modules, as one binary, and the links to it.

ensure_kubernetes_binary() {
  ensure_go
  grep -q "k8s.io/kubernetes v$KUBERNETES_VERSION\$" "$KIND_DIR/kubernetes/go.mod" || {
    echo "kind/lib/settings.sh says Kubernetes $KUBERNETES_VERSION, kind/kubernetes/go.mod another version: make them equal."
    return 1
  }
  local version=k8s.io/component-base/version minor
  minor=${KUBERNETES_VERSION#*.}
  minor=${minor%%.*}
  go_build pause "$KIND_DIR/kubernetes" ./pause ""
  go_build kubernetes "$KIND_DIR/kubernetes" . "-X $version.gitVersion=v$KUBERNETES_VERSION \
-X $version.gitMajor=1 -X $version.gitMinor=$minor -X $version.gitTreeState=clean \
-X helm.sh/helm/v4/internal/version.version=$(cd "$KIND_DIR/kubernetes" && go list -m -f '{{.Version}}' helm.sh/helm/v4)"
}

# link_to PATH NAME...: links in $BIN, replaced in one step each.
link_to() {
  local target=$1 name
  shift
  for name in "$@"; do
    ln -s "$target" "$BIN/.$name.$$"
    mv -f "$BIN/.$name.$$" "$BIN/$name"
  done
}

# Version that an installed command reports, looked for outside $BIN; empty if there is none.
installed_version() { # NAME ARGUMENT...
  local path=:$PATH:
  path=${path//:$BIN:/:}
  (PATH=${path#:} && command -v "$1" >/dev/null && "$@" 2>/dev/null) | sed -nE 's/.*v([0-9]+\.[0-9]+\.[0-9]+).*/\1/p' | head -n 1
}

# The commands that have to come from the built binary, because what is installed is missing or too old.
missing_commands() {
  local found
  found=$(installed_version kind version)
  [ -n "$found" ] && at_least "$found" "$MIN_KIND" || echo kind
  found=$(installed_version kubectl version --client)
  [ -n "$found" ] && at_least "$found" "$MIN_KUBECTL" || echo kubectl
  found=$(installed_version helm version --short)
  [ -n "$found" ] && at_least "$found" "$MIN_HELM" || echo helm
}

ensure_commands() {
  local missing name
  missing=$(missing_commands | tr '\n' ' ')
  for name in kind kubectl helm; do
    case " $missing " in
      *" $name "*) link_to "$(built kubernetes)" "$name" ;;
      *) rm -f "$BIN/$name" ;;
    esac
  done
  note "${missing:-all installed}${missing:+from the built binary}"
}

kubeapitest_links() {
  local dir
  dir=$CACHE/kubeapitest/k8s/$KUBERNETES_VERSION-$(go_target)
  mkdir -p "$dir"
  local name
  for name in kube-apiserver etcd kubectl; do
    ln -s "$(built kubernetes)" "$dir/.$name.$$"
    mv -f "$dir/.$name.$$" "$dir/$name"
  done
  note "$dir"
}
