# shellcheck shell=bash disable=SC2034
# Versions, names and places. Everything else of the test bed reads them from here.

# The same version is in kubernetes/go.mod; a check in kubernetes.sh keeps the two equal.
readonly KUBERNETES_VERSION=1.35.4

# Pulled where a registry answers and the machine can run it. kind's own release of the 1.35 line.
readonly PULLED_NODE_IMAGE=kindest/node:v1.35.5@sha256:ce977ae6d65918d0b58a5f8b5e940429c2ce42fa3a5619ec2bbc60b949c0ac95
readonly BUILT_NODE_IMAGE=openmath-node:$KUBERNETES_VERSION

# Installed commands of at least these versions are used, else those of the built binary.
readonly MIN_KIND=0.31.0
readonly MIN_KUBECTL=1.34.0
readonly MIN_HELM=3.14.0
readonly MIN_GO=1.21

readonly CLUSTER_NAME=openmath
readonly NODE_NAME=$CLUSTER_NAME-control-plane
readonly CONTEXT=kind-$CLUSTER_NAME

readonly PRODUCT_VERSION=0.1.0
readonly PRODUCTS="sandbox demo-engine s3 operator"

# Label on every image built here: the hash of all that went into it.
readonly CONTENT_LABEL=dev.openmath.content

CACHE=${OPENMATH_CACHE:-$HOME/.cache/openmath}
readonly CACHE
readonly BIN=$CACHE/bin
readonly LOGS=$CACHE/logs
readonly RUN_STATE=$CACHE/run

export DOCKER_BUILDKIT=1 DOCKER_CLI_HINTS=false
