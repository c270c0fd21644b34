package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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
must come out the same. What another release decided is made again by the rules that
governed then, as they stand in this one; where that leads to another verdict, it is
said, and is no finding.

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
		var replay ledger.Replay
		if !noReplay {
			if replay, err = s.replay(cmd.Context()); err != nil {
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
	for _, o := range r.Otherwise {
		fmt.Fprintf(std.out, "record %d: %s: %s when %q decided it, %s today; the decisions differ in %s\n",
			o.Seq, o.Subject, verdictWords[policies.Verdict(o.Verdict)], o.Engine, verdictWords[policies.Verdict(o.Today)], strings.Join(o.Fields, ", "))
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

// replay decides again what was recorded, by the rules that were admitted then.
func (s *system) replay(ctx context.Context) (ledger.Replay, error) {
	view, err := s.ledger.Refresh(ctx)
	if err != nil {
		return ledger.Replay{}, err
	}
	past, err := reconciler.PastRules(ctx, s.repo, s.engine, view)
	if err != nil {
		return ledger.Replay{}, err
	}
	name := engineName(s.engine)
	return ledger.Replay{Engine: name, Again: func(r ledger.Record, d ledger.Decision) (json.RawMessage, error) {
		var brief policies.Brief
		if err := json.Unmarshal(d.Brief, &brief); err != nil {
			return nil, fmt.Errorf("read what it was decided from: %w", err)
		}
		rules := past.Named(d.Policy)
		if rules == nil && r.Engine != name { // the digest names the library of then, too
			if rules = past.At(r.Seq); rules != nil {
				brief.Policy = rules.Digest()
			}
		}
		if rules == nil {
			return nil, fmt.Errorf("the rules %s are not those of any admitted governance", d.Policy.Short())
		}
		return catalog.Canonical(rules.Decide(ctx, brief))
	}}, nil
}
