package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
)

func admissionCommand(std terminal.IO) *cobra.Command {
	var target string
	var users []string
	cmd := &cobra.Command{
		Use:   "admission",
		Short: "Print the guard of what runs in a Kubernetes cluster",
		Long: `Admission prints policies for a cluster's API server, by which nobody but Levee writes what
Levee runs there. It asks no cluster: whoever may write admission policies installs what it
prints, and a warning says of each choice what it risks. The users as whom the daemon applies
apps (impersonate in levee.yaml) may write too, and so may the cluster's own controllers.`,
		Example: "  levee admission --owned report | kubectl apply -f -\n" +
			"  levee admission --unlisted deny --allow system:serviceaccount:external-secrets:external-secrets",
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&target, "target", "", "a target of levee.yaml; by default the only one of kind kubernetes")
	cmd.Flags().StringArrayVar(&users, "user", nil, "who the daemon is in the cluster; may be repeated (default system:serviceaccount:NAMESPACE:levee, in the namespace of the inventories)")
	flags := cluster.GuardFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := config.Read(*name)
		if err != nil {
			return err
		}
		_, of, err := cluster.Of(c, target)
		if err != nil {
			return err
		}
		namespace := cmp.Or(of.Namespace, kubernetes.DefaultNamespace)
		if len(users) == 0 {
			users = []string{cluster.DaemonIn(namespace)}
		}
		guard, err := flags.Of(of, users)
		if err != nil {
			return err
		}
		text, err := guard.YAML()
		if err != nil {
			return err
		}
		for i, choice := range []string{"--owned " + *flags.Owned, "--unlisted " + *flags.Unlisted, "--fail " + *flags.Fail} {
			fmt.Fprintf(std.Err, "%s: %s\n", choice, guard.Risks()[i])
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return cmd
}
