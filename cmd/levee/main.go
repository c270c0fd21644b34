// Command levee governs a catalog of small apps kept in Git: it checks what is
// proposed, records who approved what, and drives what was approved to where it
// runs.
//
// This package holds flags, the list of plug-ins and nothing else. A command has a file
// of its name: it parses its flags, calls one function of the library, and has one value
// written. What commands share are the packages below internal: a command line ends by
// exit and talks through terminal; config reads levee.yaml, catalogs opens the catalog,
// keys finds who somebody is, plugins makes what the configuration names, system wires
// it all; output writes what is answered. What is more than that is a room of its own:
// doctor, demo, skeleton, inbox, memory, and install beside its chart.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a catalog names its zone; a bare host may know none

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
)

func main() {
	sandbox.Dispatch(jobs)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	std := terminal.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Terminal: term.IsTerminal(int(os.Stdin.Fd()))}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		std.Screen = os.Stderr
	}
	code := run(ctx, os.Args[1:], std)
	stop()
	os.Exit(code)
}

// jobs are what this program does as a child: it runs what is in a catalog and nobody
// approved yet.
var jobs = sandbox.Jobs{
	policies.TrialJob: policies.ServeTrial,
	chart.Job:         chart.Serve,
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, io terminal.IO) int {
	out, errs := terminal.NewCleanWriter(io.Out), terminal.NewCleanWriter(io.Err)
	defer out.End()
	defer errs.End()
	io.Out, io.Err = out, errs
	root := rootCommand(io)
	root.SetArgs(args)
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	return exit.Say(io.Err, root.ExecuteContext(ctx))
}

// noCommand says that there is no such command, and which was probably meant.
func noCommand(root *cobra.Command, word string) error {
	said := ""
	if near := root.SuggestionsFor(word); len(near) > 0 {
		said = fmt.Sprintf("; did you mean %s?", near[0])
	}
	return exit.Usagef("there is no command %q%s; see `levee --help`", word, said)
}

func rootCommand(io terminal.IO) *cobra.Command {
	root := &cobra.Command{
		Use:     "levee",
		Short:   "Governance of small apps, as GitOps",
		Long:    "Levee judges, approves and runs the small apps of people who are no developers,\nfrom one catalog kept in Git.",
		Version: system.Release(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return noCommand(cmd, args[0])
		},
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("levee {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if before := cmd.Flags().Args(); !cmd.HasParent() && len(before) > 0 {
			return noCommand(cmd, before[0])
		}
		return exit.Usagef("%w; see `%s --help`", err, cmd.CommandPath())
	})
	root.AddCommand(
		admissionCommand(io), approveCommand(io), auditCommand(io), checkCommand(io), convertCommand(), demoCommand(io), diffCommand(io), doctorCommand(io), drillCommand(io),
		evidenceCommand(), explainCommand(), impactCommand(io), initCommand(io), installCommand(io), ledgerCommand(io), newCommand(io),
		planCommand(io), quarantineCommand(io), rbacCommand(io), reconcileCommand(io), rejectCommand(io), releaseCommand(io), renderCommand(io), rollbackCommand(io),
		schemaCommand(), serveCommand(io),
		statusCommand(io), dueCommand(io), testCommand(io), thawCommand(io), throttleCommand(io), upgradeCommand(io),
	)
	for _, cmd := range root.Commands() {
		args := cmd.Args
		cmd.Args = func(c *cobra.Command, list []string) error {
			if args == nil {
				return nil
			}
			if err := args(c, list); err != nil {
				return exit.Usagef("%w; see `%s --help`", err, c.CommandPath())
			}
			return nil
		}
	}
	return root
}
