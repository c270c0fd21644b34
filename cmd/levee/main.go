// Command levee governs a catalog of small apps kept in Git: it checks what is
// proposed, records who approved what, and drives what was approved to where it
// runs.
//
// This package holds flags, configuration, wiring and exit codes, and no rule of
// its own: every subcommand parses its flags, calls one function of the library
// and renders one value.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a catalog names its zone; a bare host may know none

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
)

// Exit codes.
const (
	exitFine        = 0
	exitNo          = 1 // the catalog or policy says no
	exitUsage       = 2
	exitError       = 3 // could not tell
	exitUnwitnessed = 4 // nothing found, held against nothing
)

// stdio is what a command reads from and writes to.
type stdio struct {
	in        io.Reader
	out, err  io.Writer
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error // waits by now; nil for the machine's clock
	intercept reconciler.Intercept                       // of each effect, where it is set
	sender    notifier.Sender                            // in place of the one configured, where it is set
	terminal  bool                                       // somebody sits at it, and can be asked
}

// log is where a command says what goes on beside what it prints.
func (s stdio) log() *slog.Logger { return slog.New(slog.NewTextHandler(s.err, nil)) }

func main() {
	sandbox.Dispatch(jobs)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], stdio{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, terminal: term.IsTerminal(int(os.Stdin.Fd())),
	})
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
func run(ctx context.Context, args []string, io stdio) int {
	out, errs := &cleanWriter{to: io.out}, &cleanWriter{to: io.err}
	defer out.end()
	defer errs.end()
	io.out, io.err = out, errs
	root := rootCommand(io)
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	err := root.ExecuteContext(ctx)
	var no saysNo
	var usage usageError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &no):
		if no != "" {
			fmt.Fprintln(io.err, string(no))
		}
		return exitNo
	case errors.As(err, &unwitnessed{}):
		fmt.Fprintf(io.err, "levee: %v\n", err)
		return exitUnwitnessed
	case errors.As(err, &usage):
		fmt.Fprintf(io.err, "levee: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(io.err, "levee: %v\n", err)
		return exitError
	}
}

// saysNo ends a command that did its work and whose answer is no. Its text, if
// any, is the last line for people.
type saysNo string

func (s saysNo) Error() string { return string(s) }

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// noCommand says that there is no such command, and which was probably meant.
func noCommand(root *cobra.Command, word string) error {
	said := ""
	if near := root.SuggestionsFor(word); len(near) > 0 {
		said = fmt.Sprintf("; did you mean %s?", near[0])
	}
	return usagef("there is no command %q%s; see `levee --help`", word, said)
}

func rootCommand(io stdio) *cobra.Command {
	root := &cobra.Command{
		Use:     "levee",
		Short:   "Governance of small apps, as GitOps",
		Long:    "Levee judges, approves and runs the small apps of people who are no developers,\nfrom one catalog kept in Git.",
		Version: release(),
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
		return usagef("%w; see `%s --help`", err, cmd.CommandPath())
	})
	root.AddCommand(
		admissionCommand(io), approveCommand(io), auditCommand(io), checkCommand(io), demoCommand(io), diffCommand(io), doctorCommand(io), drillCommand(io),
		evidenceCommand(), explainCommand(), initCommand(io), installCommand(io), ledgerCommand(io),
		planCommand(io), quarantineCommand(io), rbacCommand(io), reconcileCommand(io), rejectCommand(io), releaseCommand(io), renderCommand(io), rollbackCommand(io),
		schemaCommand(), serveCommand(io),
		statusCommand(io), dueCommand(io), testCommand(), thawCommand(io), throttleCommand(io),
	)
	for _, cmd := range root.Commands() {
		args := cmd.Args
		cmd.Args = func(c *cobra.Command, list []string) error {
			if args == nil {
				return nil
			}
			if err := args(c, list); err != nil {
				return usagef("%w; see `%s --help`", err, c.CommandPath())
			}
			return nil
		}
	}
	return root
}
