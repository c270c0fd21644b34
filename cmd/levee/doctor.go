package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler/target"
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

// checked is a check with what it is about.
type checked struct {
	Subject string `json:"subject"`
	target.Check
}

// count counts what was found.
func (d *doctor) count() map[target.CheckState]int {
	n := map[target.CheckState]int{target.CheckWell: 0, target.CheckWrong: 0, target.CheckUnknown: 0}
	for _, c := range d.checks {
		n[c.State]++
	}
	return n
}

// write shows what was found, with what to do below what is not well.
func (d *doctor) write(out io.Writer) {
	subject := ""
	for _, c := range d.checks {
		if c.Subject != subject {
			subject = c.Subject
			fmt.Fprintln(out, subject)
		}
		fmt.Fprintf(out, "  %-7s  %s: %s\n", c.State, c.What, c.Detail)
		if c.Remedy != "" {
			fmt.Fprintf(out, "           to do: %s\n", c.Remedy)
		}
	}
	n := d.count()
	fmt.Fprintf(out, "%d well, %d wrong, %d could not be told\n", n[target.CheckWell], n[target.CheckWrong], n[target.CheckUnknown])
}

// verdict ends the command: by a no where something is wrong, and by an error where something
// could not be told.
func (d *doctor) verdict() error {
	switch n := d.count(); {
	case n[target.CheckWrong] > 0:
		return saysNo("")
	case n[target.CheckUnknown] > 0:
		return errors.New("not all could be told; see what is unknown")
	}
	return nil
}
