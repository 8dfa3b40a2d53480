#!/usr/bin/env bash
# The product on this machine, from nothing to a graded data set: a cluster, the operator, 20 problems of GSM8K, and a
# language model on the CPU. Whatever is there already is used again.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
started=$SECONDS

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

title "1 of 5  The program (Java 25, Maven)"
JAVA_HOME=$(bin/jdk25)
export JAVA_HOME
kind/package.sh

title "2 of 5  A Kubernetes cluster on this machine"
kind/cluster.sh up
eval "$(kind/cluster.sh env)"

title "3 of 5  Images, operator, a small S3 server and a sandbox pool"
kind/cluster.sh load
kind/install.sh deploy
kubectl --context kind-openmath apply -f manifests/examples/10-demo-storage.yaml -f manifests/examples/20-sandbox-pool.yaml
kubectl --context kind-openmath --namespace openmath-demo rollout status deployment/s3 --timeout 2m
kubectl --context kind-openmath --namespace openmath-demo wait sandboxpool/default --for=condition=Ready --timeout 3m

title "4 of 5  The job: 20 problems x 4 samples"
echo "+ kubectl apply -f manifests/examples/30-gsm8k-demo.yaml"
kubectl --context kind-openmath apply -f manifests/examples/30-gsm8k-demo.yaml
python3 kind/demo/watch.py --context kind-openmath --namespace openmath-demo gsm8k-demo

title "5 of 5  What came out"
python3 kind/demo/show.py --context kind-openmath --namespace openmath-demo gsm8k-demo

cat <<END

Look closer
  eval "\$(kind/cluster.sh env)"                                  # kubectl and helm of this cluster
  kubectl -n openmath-demo get gj,sbp
  kubectl -n openmath-demo describe gj gsm8k-demo
  kubectl -n openmath-demo exec deploy/s3 -- cat /data/datasets/gsm8k-demo/README.md
Run the job again: delete it and what it stored, then make demo
  kubectl -n openmath-demo delete gj gsm8k-demo; kubectl -n openmath-demo exec deploy/s3 -- rm -rf /data/datasets/gsm8k-demo
Clean up
  make undeploy       # the operator and everything it made
  make cluster-down   # the cluster; what was built stays cached

Done in $((SECONDS - started)) s.
END
