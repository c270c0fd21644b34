package main

import (
	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/doctor"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func doctorCommand(std terminal.IO) *cobra.Command {
	rights := &cluster.Rights{}
	var reader string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what the daemon needs, and say what to mend",
		Long: `Doctor reads the configuration that the daemon reads, looks at all that it needs, and says of each
thing what was looked at, whether it is well, and what to do if it is not. It changes nothing but
its own cache in the data folder. What could not be told is said, and is never taken for well.

In clusters it asks as the daemon: as whom the target of levee.yaml is reached, or as --user. What
the daemon may not read there, such as admission policies, is read with --kubeconfig. The other
flags are those that rbac and admission were given.`,
		Example: "  levee doctor\n" +
			"  levee doctor --user system:serviceaccount:levee-system:levee -o json",
		Args: cobra.NoArgs,
	}
	rights.File = config.Flag(cmd)
	rights.TargetName = cmd.Flags().String("target", "", "the only target of levee.yaml to look at; by default all")
	cmd.Flags().StringVar(&rights.User, "user", "", "who the daemon is in the cluster (default: as whom the target is reached)")
	cmd.Flags().StringVar(&reader, "kubeconfig", "", "how somebody reaches the cluster who may read admission policies and namespaces (default: the target's)")
	rights.ScopeFlags(cmd)
	guard := cluster.GuardFlags(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := config.Read(rights.Config())
		if err != nil {
			return err
		}
		if name := *rights.TargetName; name != "" && c.Targets[name].Kind == "" {
			return exit.Usagef("levee.yaml has no target %q; choose one of %s", name, config.Listed(c.Targets))
		}
		found := doctor.Examine(cmd.Context(), doctor.Options{Config: c, File: rights.Config(), Std: std, Kinds: kinds, Rights: rights, Guard: guard, Reader: reader})
		if *format == "json" {
			if err := output.JSON(std.Out, map[string]any{"checks": found.Checks, "summary": found.Count()}); err != nil {
				return err
			}
		} else {
			found.Write(std.Out)
		}
		return found.Verdict()
	}
	return cmd
}
