# Short names for what the scripts do; everything that does something is in kind/ and bin/.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

# --- test bed (kind/README.md) ---
.PHONY: cluster cluster-down load images gvisor kubeapitest
cluster: ## a healthy single-node cluster "openmath": reused, restarted or created
	@kind/cluster.sh up

cluster-down: ## remove the cluster; what was built stays cached
	@kind/cluster.sh down

load: ## build changed images and load them into the cluster
	@kind/cluster.sh load

images: ## build changed images
	@kind/cluster.sh images

gvisor: ## put gVisor's RuntimeClass into the cluster
	@kind/cluster.sh gvisor

kubeapitest: ## API server and etcd for tests, without a cluster
	@kind/cluster.sh kubeapitest
