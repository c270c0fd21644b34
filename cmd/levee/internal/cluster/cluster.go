package cluster

import (
	"maps"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Of is the target of kind kubernetes with a name, or the only one where none is given.
func Of(c *config.Config, name string) (string, config.Target, error) {
	clusters := maps.Clone(c.Targets)
	maps.DeleteFunc(clusters, func(_ string, t config.Target) bool { return t.Kind != "kubernetes" })
	switch {
	case len(clusters) == 0:
		return "", config.Target{}, exit.Usagef("levee.yaml has no target of kind kubernetes, which is what this is about; add one under targets")
	case name == "" && len(clusters) == 1:
		name = config.Names(clusters)[0]
	case name == "":
		return "", config.Target{}, exit.Usagef("levee.yaml has several targets of kind kubernetes; name one of %s", config.Listed(clusters))
	}
	t, ok := clusters[name]
	if !ok {
		return "", config.Target{}, exit.Usagef("levee.yaml has no target %q of kind kubernetes; choose one of %s", name, config.Listed(clusters))
	}
	return name, t, nil
}

// DaemonIn is who the daemon is in a cluster unless a flag says another: a service account beside
// its inventories.
func DaemonIn(namespace string) string { return "system:serviceaccount:" + namespace + ":levee" }

// LeaseIn is the name of the target beside whose inventories the Lease lies; empty where replicas do
// not agree on one that leads.
func LeaseIn(c *config.Config) (string, error) {
	if c.Lease == nil {
		return "", nil
	}
	name, _, err := Of(c, c.Lease.Target)
	if err != nil {
		return "", exit.Usagef("lease in levee.yaml: %w", err)
	}
	return name, nil
}
