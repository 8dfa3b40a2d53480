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

# --- the product ---
.PHONY: demo deploy undeploy crds format
demo: ## from nothing to a graded data set on this machine
	@kind/demo.sh

deploy: load ## install the operator into the current test cluster
	@kind/install.sh deploy

undeploy: ## remove the operator, its resources and what they made
	@kind/install.sh undeploy

crds: ## write crds/ anew from the api package
	@$(MAVEN) test -Dtest=CrdsUpToDateTest -Dcrds.write

format: ## format the Java sources
	@$(MAVEN) spotless:apply

# --- tests, from many to few ---
# Maven must itself run on JDK 25: the CRD generator loads the classes.
MAVEN = JAVA_HOME="$$(bin/jdk25)" mvn -B -ntp -q

.PHONY: test test-java test-python test-cluster chaos versitygw
test: test-python test-java test-cluster ## every test; installs and starts what it needs

test-java: kubeapitest versitygw ## format, pure tests, and tests against a real API server
	@kind/tests.sh java

versitygw: ## the S3 server of the tests
	@kind/cluster.sh versitygw

CHAOS_KILLS ?= 200
CHAOS_SAMPLES ?= 20000
chaos: versitygw ## 200 SIGKILLs of workers, engine, sandbox and store in one run of 20,000 samples; exactly once
	@$(MAVEN) package -DskipTests
	@eval "$$(kind/cluster.sh env)" && $(MAVEN) failsafe:integration-test failsafe:verify -Dit.groups=chaos \
	  -Dchaos.kills=$(CHAOS_KILLS) -Dchaos.samples=$(CHAOS_SAMPLES)

test-python: ## the executor
	@kind/tests.sh python

test-cluster: cluster ## the journey on a real cluster
	@kind/tests.sh cluster

# --- measurements ---
.PHONY: bench bench-sandbox bench-grader
bench: bench-sandbox bench-grader ## every measurement, ratios to named alternatives in the same run

bench-sandbox: ## the executor against its bars and its alternatives (ARGS="--full", "--runtime docker|gvisor-pod", ...)
	@bench/sandbox/run $(ARGS)

bench-grader: ## the grader against Math-Verify alone, by CPU
	@bench/grader/run
