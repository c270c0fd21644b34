// Package cluster is what configuration and flags say of the Kubernetes cluster of a target: which
// target is meant, who the daemon is there and what rights it needs, what guards its apps, and where
// the Lease of the replicas lies. It asks no cluster.
package cluster
