package main

import (
	"github.com/spf13/cobra"
)

func doctorCommand(std stdio) *cobra.Command {
	rights := &rightsFlag{}
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
	rights.file = configFlag(cmd)
	rights.targetName = cmd.Flags().String("target", "", "the only target of levee.yaml to look at; by default all")
	cmd.Flags().StringVar(&rights.user, "user", "", "who the daemon is in the cluster (default: as whom the target is reached)")
	cmd.Flags().StringVar(&reader, "kubeconfig", "", "how somebody reaches the cluster who may read admission policies and namespaces (default: the target's)")
	rights.scopeFlags(cmd)
	guard := guardFlags(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := readConfig(rights.config())
		if err != nil {
			return err
		}
		if name := *rights.targetName; name != "" && c.Targets[name].Kind == "" {
			return usagef("levee.yaml has no target %q; choose one of %s", name, kinds(c.Targets))
		}
		d := &doctor{config: c, std: std, file: rights.config(), rights: rights, guard: guard, reader: reader}
		defer d.close()
		d.examine(cmd.Context())
		if *format == "json" {
			if err := writeJSON(std.out, map[string]any{"checks": d.checks, "summary": d.count()}); err != nil {
				return err
			}
		} else {
			d.write(std.out)
		}
		return d.verdict()
	}
	return cmd
}
