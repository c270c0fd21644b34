// Package install is what the daemon consists of in a Kubernetes cluster. pod.go says which configuration
// can run in a pod and which files it needs there; chart.go renders the chart in the folder chart, which
// can be installed by Helm too.
package install
