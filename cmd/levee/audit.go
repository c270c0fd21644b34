package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
)

func auditCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Prove the ledger",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(auditVerifyCommand(std))
	return cmd
}

func auditVerifyCommand(std stdio) *cobra.Command {
	var noReplay bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every record, signature and state of the ledger, and decide everything again",
		Long: `Verify reads the ledger from its first commit: each must be signed by a key that
was valid then, add one record that names the one before, and carry the state the
records lead to. Every decision is made again from what was recorded with it, and
must come out the same.

Exit codes: 0 nothing found, 1 something found, 3 could not tell.`,
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().BoolVar(&noReplay, "no-replay", false, "leave out deciding again")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		trust, err := s.config.trust()
		if err != nil {
			return err
		}
		var replay func(ledger.Decision) (json.RawMessage, error)
		if !noReplay {
			if replay, err = s.replayer(cmd.Context()); err != nil {
				return err
			}
		}
		report, err := ledger.Verify(cmd.Context(), s.repo, trust, nil, replay)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = writeJSON(std.out, report)
		} else {
			writeAudit(std, report)
		}
		if err == nil && len(report.Findings) > 0 {
			err = saysNo("")
		}
		return err
	}
	return cmd
}

func writeAudit(std stdio, r ledger.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(std.out, "%s: %s\n", f.Fault, f.Error())
	}
	for _, open := range r.Open {
		fmt.Fprintf(std.out, "under way: %s of %s by %s until %s\n", open.Effect, open.Subject, open.Holder, day(open.Until))
	}
	verdict := "nothing found"
	if n := len(r.Findings); n > 0 {
		verdict = plural(n, "finding")
	}
	fmt.Fprintf(std.out, "%s verified, %s made again, %s\n", plural(r.Records, "record"), plural(r.Decisions, "decision"), verdict)
}

// replayer decides again what was recorded, by the rules that were admitted then.
func (s *system) replayer(ctx context.Context) (func(ledger.Decision) (json.RawMessage, error), error) {
	view, err := s.ledger.Refresh(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := reconciler.PastRules(ctx, s.repo, s.engine, view)
	if err != nil {
		return nil, err
	}
	return func(d ledger.Decision) (json.RawMessage, error) {
		set, ok := rules[d.Policy]
		if !ok {
			return nil, fmt.Errorf("the rules %s are not those of any admitted governance", d.Policy.Short())
		}
		var brief policies.Brief
		if err := json.Unmarshal(d.Brief, &brief); err != nil {
			return nil, fmt.Errorf("read what it was decided from: %w", err)
		}
		return catalog.Canonical(set.Decide(ctx, brief))
	}, nil
}
