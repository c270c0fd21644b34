package main

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/lease"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

func rbacCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rbac",
		Short: "Print what the daemon has to be allowed in a Kubernetes cluster",
		Long: `Rbac prints roles and their bindings, with the reason of each rule: the rights that the daemon
uses in the cluster of a target, and no others. It asks no cluster: whoever may grant rights
installs what it prints. Where levee.yaml has the daemon apply apps as other users (impersonate),
they get the rights to do so, and the daemon may act as them.`,
		Example: "  levee rbac | kubectl apply -f -\n" +
			"  levee rbac --kinds Rollout.argoproj.io --kinds ExternalSecret.external-secrets.io",
		Args: cobra.NoArgs,
	}
	rights := rightsFlags(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		c, name, err := rights.target()
		if err != nil {
			return err
		}
		needed, err := rights.of(c, name)
		if err != nil {
			return err
		}
		text, err := needed.YAML()
		if err != nil {
			return usagef("print the rights of the daemon: %w", err)
		}
		_, err = std.out.Write(text)
		return err
	}
	return cmd
}

// rightsFlag is what flags say of the rights of the daemon.
type rightsFlag struct {
	file, targetName *string
	user             string
	itself           bool
	kinds, resources []string
}

func rightsFlags(cmd *cobra.Command) *rightsFlag {
	f := &rightsFlag{file: configFlag(cmd)}
	f.targetName = cmd.Flags().String("target", "", "a target of levee.yaml; by default the only one of kind kubernetes")
	cmd.Flags().StringVar(&f.user, "user", "", "who the daemon is in the cluster (default system:serviceaccount:NAMESPACE:levee, in the namespace of the inventories)")
	f.scopeFlags(cmd)
	return f
}

// scopeFlags are those that say what is done in the cluster, and not by whom.
func (f *rightsFlag) scopeFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.itself, "itself", false, "have the daemon apply apps as itself too, in environments that impersonate does not list")
	cmd.Flags().StringArrayVar(&f.kinds, "kinds", nil, "a kind besides those that every app may have, as Kind.group: one of kubernetes.kinds in catalog.yaml, or one that its settings have apps be given; may be repeated")
	cmd.Flags().StringArrayVar(&f.resources, "resource", nil, "the same as plural.group, for a kind whose plural does not follow from its name; may be repeated")
}

// config is the name of the configuration's file.
func (f *rightsFlag) config() string { return *f.file }

// target reads the configuration, and is the name of the one of its targets that the flags mean.
func (f *rightsFlag) target() (*config, string, error) {
	c, err := readConfig(*f.file)
	if err != nil {
		return nil, "", err
	}
	name, _, err := clusterOf(c, *f.targetName)
	return c, name, err
}

// of are the rights in the cluster of a target.
func (f *rightsFlag) of(c *config, name string) (rbac.Rights, error) {
	t := c.Targets[name]
	namespace := cmp.Or(t.Namespace, kubernetes.DefaultNamespace)
	rights := rbac.Rights{Inventory: namespace, Daemon: cmp.Or(f.user, daemonIn(namespace)), Itself: f.itself, Kinds: f.kinds, Resources: f.resources}
	for _, as := range t.Impersonate {
		if as == "" {
			rights.Itself = true // the daemon impersonates nobody there
			continue
		}
		rights.Users = append(rights.Users, as)
	}
	at, err := c.leaseIn()
	if at == name {
		rights.Lease = lease.Name
	}
	return rights, err
}
