package main

import (
	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func rbacCommand(std terminal.IO) *cobra.Command {
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
	rights := cluster.RightsFlags(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		c, name, err := rights.Target()
		if err != nil {
			return err
		}
		needed, err := rights.Of(c, name)
		if err != nil {
			return err
		}
		text, err := needed.YAML()
		if err != nil {
			return exit.Usagef("print the rights of the daemon: %w", err)
		}
		_, err = std.Out.Write(text)
		return err
	}
	return cmd
}
