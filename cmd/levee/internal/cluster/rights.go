package cluster

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/lease"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// Rights is what flags say of the rights of the daemon.
type Rights struct {
	File, TargetName *string
	User             string
	itself           bool
	kinds, resources []string
}

// RightsFlags adds the flags of the rights to a command, and which target of which configuration they are for.
func RightsFlags(cmd *cobra.Command) *Rights {
	f := &Rights{File: config.Flag(cmd)}
	f.TargetName = cmd.Flags().String("target", "", "a target of levee.yaml; by default the only one of kind kubernetes")
	cmd.Flags().StringVar(&f.User, "user", "", "who the daemon is in the cluster (default system:serviceaccount:NAMESPACE:levee, in the namespace of the inventories)")
	f.ScopeFlags(cmd)
	return f
}

// ScopeFlags are those that say what is done in the cluster, and not by whom.
func (f *Rights) ScopeFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.itself, "itself", false, "have the daemon apply apps as itself too, in environments that impersonate does not list")
	cmd.Flags().StringArrayVar(&f.kinds, "kinds", nil, "a kind besides those that every app may have, as Kind.group: one of kubernetes.kinds in catalog.yaml, or one that its settings have apps be given; may be repeated")
	cmd.Flags().StringArrayVar(&f.resources, "resource", nil, "the same as plural.group, for a kind whose plural does not follow from its name; may be repeated")
}

// Config is the name of the configuration's file.
func (f *Rights) Config() string { return *f.File }

// Target reads the configuration, and is the name of the one of its targets that the flags mean.
func (f *Rights) Target() (*config.Config, string, error) {
	c, err := config.Read(*f.File)
	if err != nil {
		return nil, "", err
	}
	name, _, err := Of(c, *f.TargetName)
	return c, name, err
}

// Of are the rights in the cluster of a target.
func (f *Rights) Of(c *config.Config, name string) (rbac.Rights, error) {
	t := c.Targets[name]
	namespace := cmp.Or(t.Namespace, kubernetes.DefaultNamespace)
	rights := rbac.Rights{Inventory: namespace, Daemon: cmp.Or(f.User, DaemonIn(namespace)), Itself: f.itself, Kinds: f.kinds, Resources: f.resources}
	for _, as := range t.Impersonate {
		if as == "" {
			rights.Itself = true // the daemon impersonates nobody there
			continue
		}
		rights.Users = append(rights.Users, as)
	}
	at, err := LeaseIn(c)
	if at == name {
		rights.Lease = lease.Name
	}
	return rights, err
}
