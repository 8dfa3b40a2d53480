# shellcheck shell=bash
# The project's own images: built when their content changed, put into the node when it lacks them.

product_image() { echo "openmath-$1:$PRODUCT_VERSION"; }

# The names asked for, or all; an unknown one ends the run.
product_names() { # NAME...
  local name
  # shellcheck disable=SC2086
  [ $# -gt 0 ] || set -- $PRODUCTS
  for name in "$@"; do
    name=${name#openmath-}
    name=${name%":$PRODUCT_VERSION"}
    case " $PRODUCTS " in
      *" $name "*) echo "$name" ;;
      *) die "there is no image '$name'; the images are: $PRODUCTS" ;;
    esac
  done
}

# Named build contexts of an image, as NAME=FOLDER lines.
product_contexts() {
  case $1 in
    sandbox) echo "python=$ROOT_DIR/src/main/python" ;;
    s3) echo "binary=$(dirname "$(built versitygw)")" ;;
    operator) echo "app=$ROOT_DIR/target/quarkus-app" ;;
  esac
}

# What of these contexts goes into the image.
product_sources() {
  echo "$KIND_DIR/images/$1"
  case $1 in
    sandbox) printf '%s\n' "$ROOT_DIR/src/main/python/requirements.txt" "$ROOT_DIR/src/main/python/openmath_sandbox" ;;
    s3) built versitygw ;;
    operator) echo "$ROOT_DIR/target/quarkus-app" ;;
  esac
}

product_key() {
  local sources=() line
  while IFS= read -r line; do sources+=("$line"); done < <(product_sources "$1")
  hash_of "$1" "$(image_id debian:trixie-slim)" -- "${sources[@]}"
}

check_product_sources() {
  local line
  while IFS= read -r line; do
    [ -e "$line" ] && continue
    if [ "$1" = operator ]; then
      echo "The program is not built: $line is missing. Run 'mvn package' (with the JDK of bin/jdk25) first."
    else
      echo "$line is missing, image $(product_image "$1") cannot be built."
    fi
    return 1
  done < <(product_sources "$1")
}

ensure_product() {
  local name=$1 image key line contexts=() options=()
  image=$(product_image "$name")
  [ "$name" != s3 ] || ensure_versitygw
  check_product_sources "$name"
  key=$(product_key "$name")
  if [ "$(image_label "$image")" = "$key" ]; then
    note "cached"
    return
  fi
  note "building"
  while IFS= read -r line; do contexts+=(--build-context "$line"); done < <(product_contexts "$name")
  [ ! -r /etc/ssl/certs/ca-certificates.crt ] || options=(--secret "id=ca,src=/etc/ssl/certs/ca-certificates.crt")
  for line in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
    [ -z "${!line:-}" ] || options+=(--build-arg "$line")
  done
  docker buildx build --load --provenance=false --progress=plain --label "$CONTENT_LABEL=$key" \
    "${options[@]+"${options[@]}"}" "${contexts[@]+"${contexts[@]}"}" -t "$image" "$KIND_DIR/images/$name"
  drop_replaced_images
  note "built"
}

ensure_versitygw() {
  ensure_go
  local version
  version=$(sed -nE 's/.*versity\/versitygw (v[0-9.]+)$/\1/p' "$KIND_DIR/versitygw/go.mod" | head -n 1)
  GOOS=linux go_build versitygw "$KIND_DIR/versitygw" github.com/versity/versitygw/cmd/versitygw "-X main.Version=$version"
}

# In the node the content hash is a label of the image's record, gone with the image or when another takes its name.
loaded_images() { # HASH
  in_node ctr -n k8s.io images ls -q "labels.\"$CONTENT_LABEL\"==$1"
}

load_products() { # NAME...
  local name image key lacking=()
  for name in "$@"; do
    image=$(product_image "$name")
    key=$(image_label "$image")
    loaded_images "$key" | grep -q "/$image\$" || lacking+=("$image")
  done
  if [ "${#lacking[@]}" -eq 0 ]; then
    note "the node has all of them"
    return
  fi
  note "loading ${lacking[*]#openmath-}"
  docker save "${lacking[@]}" | docker exec -i "$NODE_NAME" ctr -n k8s.io images import --all-platforms --snapshotter overlayfs -
  local stored
  for image in "${lacking[@]}"; do
    stored=$(in_node ctr -n k8s.io images ls -q | grep "/$image\$")
    in_node ctr -n k8s.io images label "$stored" "$CONTENT_LABEL=$(image_label "$image")"
  done
  note "loaded ${lacking[*]#openmath-}"
}
