package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/review"
)

func timeOf(d duration) time.Duration { return time.Duration(d) }

func serveCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Long: `Serve watches the catalog: every change is judged and shown, what landed is
decided, what was admitted is applied, drift is corrected. It ends what it is doing
on an interrupt, and may be killed at any time.`,
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		defer collectSooner()()
		s, err := openSystem(cmd.Context(), *name, std, serving)
		if err != nil {
			return err
		}
		defer s.close()
		s.log.Info("serving", "repository", s.config.Repository, "branch", s.config.Branch, "release", release())
		err = s.rec.Run(cmd.Context(), timeOf(s.config.Poll), reconciler.Addresses{Listen: s.config.Listen, Metrics: s.config.Metrics})
		if errors.Is(err, context.Canceled) {
			s.log.Info("stopped")
			return nil
		}
		return err
	}
	return cmd
}

func reconcileCommand(std stdio) *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "reconcile --once",
		Short: "Make one pass of the daemon's loops and say what it did",
		Args:  cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().BoolVar(&once, "once", false, "make one pass and end; `levee serve` goes on")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !once {
			return usagef("say --once for one pass, or use `levee serve`")
		}
		defer collectSooner()()
		s, err := openSystem(cmd.Context(), *name, std, acting)
		if err != nil {
			return err
		}
		defer s.close()
		done, err := s.rec.Once(cmd.Context())
		if *format == "json" {
			if jsonErr := writeJSON(std.out, done); jsonErr != nil {
				return jsonErr
			}
		} else {
			writePass(std, done)
		}
		switch failed := done.Applied.Failed(); {
		case err != nil:
			return err
		case done.Applied.Frozen != "":
			return fmt.Errorf("reconcile: %s: nothing new is admitted or applied", done.Applied.Halted())
		case failed > 0:
			return fmt.Errorf("reconcile: %s failed", plural(failed, "effect"))
		}
		return nil
	}
	return cmd
}

// askWhom says who can give an approval, or why nobody can.
func askWhom(change review.Reviewed, subject string, need policies.Requirement) string {
	for _, s := range change.Stuck {
		if s.Subject == subject && s.Role == need.Role {
			return "nobody can give it: " + s.Why
		}
	}
	return "ask " + joinNames(need.From)
}

// writePass tells people what a pass did.
func writePass(std stdio, done reconciler.Done) {
	for _, change := range done.Changes {
		if change.Frozen != "" {
			continue // said once, below
		}
		if change.Records == 0 && change.Actions == 0 && change.Landed == "" {
			fmt.Fprintf(std.out, "change %s: %s, nothing new\n", change.Change, change.State)
			continue
		}
		fmt.Fprintf(std.out, "change %s: %s\n", change.Change, change.State)
		for _, d := range change.Decisions {
			fmt.Fprintf(std.out, "  %s %s: %s\n", d.Subject, d.Digest.Short(), verdictWords[d.Verdict])
			for _, p := range d.Problems {
				fmt.Fprintf(std.out, "    %s %s\n          %s\n", placeOf(p, d.Path), p.Message, p.Remedy)
			}
			for _, need := range d.Approvals.Required {
				if !slices.Contains(d.Approvals.Missing, need.Role) {
					continue
				}
				fmt.Fprintf(std.out, "    approval by %s: %s; %s\n", need.Role, need.Reason, askWhom(change, d.Subject, need))
			}
			for _, i := range d.Approvals.Ignored {
				fmt.Fprintf(std.out, "    the approval by %s does not count: %s\n", i.Person, i.Reason)
			}
		}
		if change.Landed != "" {
			fmt.Fprintf(std.out, "  landed as %s\n", change.Landed.Short())
		}
		for _, note := range change.Notes {
			fmt.Fprintf(std.out, "  %s\n", note)
		}
	}
	if done.Applied.Frozen != "" {
		fmt.Fprintf(std.out, "%s: %s\n", done.Applied.Halted(), done.Applied.Frozen)
	}
	if done.Unfit != "" {
		fmt.Fprintf(std.out, "not fit: %s\n", done.Unfit)
	}
	for _, e := range done.Applied.Effects {
		fmt.Fprintf(std.out, "%s %s in %s: %s (%s)", e.Verb, e.App, e.Environment, e.Outcome, e.Reason)
		if e.Error != "" {
			fmt.Fprintf(std.out, ": %s", e.Error)
		}
		fmt.Fprintln(std.out)
	}
	for _, s := range done.Applied.Stages {
		fmt.Fprintf(std.out, "%s: %s → %s, because %s\n", s.App, s.From, s.To, s.Cause)
		switch {
		case s.To == ledger.Disabled:
			fmt.Fprintf(std.out, "  to bring it back: %s --reason …\n", s.Undo)
		case s.Undo != "":
			fmt.Fprintf(std.out, "  to keep it: %s\n", s.Undo)
		}
	}
	for _, n := range done.Applied.Notices {
		fmt.Fprintf(std.out, "told %s: %s\n", n.Recipient, n.Title)
	}
	fmt.Fprintf(std.out, "%s, %s recorded\n", plural(len(done.Applied.Effects), "effect"), plural(done.Records(), "fact"))
}
