// Command kubernetes is everything that a single-node cluster runs, in one static binary.
//
// The name it is called by (argv[0], as with busybox) selects the program: link it as kube-apiserver, kubelet,
// etcd, kubectl, kind and so on. Called by another name, it takes the program as its first argument.
//
// One binary instead of eleven shares the packages that all of them link, which makes the build, the node image
// and its layers several times smaller.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// programs maps the name of each program to its entry point, which reads os.Args and does not have to return.
var programs = map[string]func(){
	"coredns":                 runCoreDNS,
	"etcd":                    runEtcd,
	"helm":                    runHelm,
	"kind":                    runKind,
	"kube-apiserver":          runAPIServer,
	"kube-controller-manager": runControllerManager,
	"kube-proxy":              runProxy,
	"kube-scheduler":          runScheduler,
	"kubeadm":                 runKubeadm,
	"kubectl":                 runKubectl,
	"kubelet":                 runKubelet,
}

func main() {
	run, ok := programs[filepath.Base(os.Args[0])]
	if !ok && len(os.Args) > 1 {
		run, ok = programs[os.Args[1]]
		os.Args = os.Args[1:]
	}
	if !ok {
		names := slices.Sorted(maps.Keys(programs))
		fmt.Fprintf(os.Stderr, "name one of these programs: %s\n", strings.Join(names, ", "))
		os.Exit(2)
	}
	run()
}
