package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
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
	var tips, files []string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every record, signature and state of the ledger, and decide everything again",
		Long: `Verify reads the ledger from its first commit: each must be signed by a key that
was valid then, add one record that names the one before, and carry the state the
records lead to. Every decision is made again from what was recorded with it, and
must come out the same. What another release decided is made again by the rules that
governed then, as they stand in this one; where that leads to another verdict, it is
said, and is no finding.

A ledger from which the newest records were cut off is sound in itself. It is held
against whoever remembers its tip besides the repository: this machine's data folder,
the targets that can be reached, and what --tip and --witness name. Where none of them
remembers one, nothing tells, which is said and has an exit code of its own.

Exit codes: 0 nothing found, 1 something found, 3 could not tell, 4 nothing found, and
held against nothing that remembers the newest record.`,
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().BoolVar(&noReplay, "no-replay", false, "leave out deciding again")
	cmd.Flags().StringSliceVar(&tips, "tip", nil, "ledger commit that was noted before: a full commit id")
	cmd.Flags().StringSliceVar(&files, "witness", nil, "file in which ledger commits were noted: one full commit id at the start of a line, or a daemon's ledger.witness")
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
		witnesses, err := s.witnesses(cmd.Context(), tips, files)
		if err != nil {
			return err
		}
		var replay chain.Replay
		if !noReplay {
			if replay, err = s.replay(cmd.Context()); err != nil {
				return err
			}
		}
		report, err := chain.Verify(cmd.Context(), s.repo, trust, nil, replay, witnesses...)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = writeJSON(std.out, report)
		} else {
			writeAudit(std, report)
		}
		switch {
		case err != nil:
			return err
		case len(report.Findings) > 0:
			return saysNo("")
		case len(report.Witnesses) == 0:
			return unwitnessed{}
		}
		return nil
	}
	return cmd
}

// witnesses are whoever remembers a tip of the ledger besides the repository: the
// machine, the targets, and what an auditor noted.
func (s *system) witnesses(ctx context.Context, tips, files []string) ([]chain.Witness, error) {
	list := s.rec.Witnesses.List(ctx, s.rec.Now())
	for _, tip := range tips {
		if !fullHash.MatchString(tip) {
			return nil, usagef("--tip %s is no full commit id: 40 digits and letters from a to f", tip)
		}
		list = append(list, chain.Witness{Where: "--tip", Tip: catalog.Commit(tip)})
	}
	for _, file := range files {
		noted, err := readNoted(file)
		if err != nil {
			return nil, err
		}
		for _, tip := range noted {
			list = append(list, chain.Witness{Where: file, Tip: tip})
		}
	}
	return list, nil
}

// maxNoted is how many bytes a file with noted tips may have.
const maxNoted = 1 << 20

// readNoted reads the tips that a file names: a daemon's ledger.witness, or lines that
// begin with a full commit id, as `git ls-remote` prints them. Blank lines and those
// that begin with # are left out; anything else is an error, and so is a file that
// names none.
func readNoted(name string) ([]catalog.Commit, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("read --witness: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxNoted+1))
	if err != nil {
		return nil, fmt.Errorf("read --witness: %w", err)
	}
	if len(raw) > maxNoted {
		return nil, usagef("read --witness %s: it is larger than %d bytes", name, maxNoted)
	}
	var one struct {
		Tip string `json:"tip"`
	}
	if json.Unmarshal(raw, &one) == nil && fullHash.MatchString(one.Tip) {
		return []catalog.Commit{catalog.Commit(one.Tip)}, nil
	}
	var tips []catalog.Commit
	for n, line := range strings.Split(string(raw), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if !fullHash.MatchString(words[0]) {
			return nil, usagef("read --witness %s, line %d: it begins with no full commit id", name, n+1)
		}
		tips = append(tips, catalog.Commit(words[0]))
	}
	if len(tips) == 0 {
		return nil, usagef("read --witness %s: it names no ledger commit", name)
	}
	return tips, nil
}

// unwitnessed ends a verification that found nothing and was held against nothing that
// remembers the newest record.
type unwitnessed struct{}

func (unwitnessed) Error() string {
	return "nothing remembers the ledger's newest record, so nobody can tell whether some were cut off at the end; name a tip that was noted before with --tip or --witness, or verify where the targets can be reached"
}

// heldAgainst says who remembers which record.
func heldAgainst(list []chain.Witness) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = fmt.Sprintf("%s (record %d)", w.Where, w.Seq)
		if w.Seq == 0 {
			words[i] = fmt.Sprintf("%s (%s, which the ledger does not contain)", w.Where, w.Tip.Short())
		}
	}
	return cmp.Or(strings.Join(words, ", "), "NOTHING that remembers its newest record")
}

func writeAudit(std stdio, r chain.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(std.out, "%s: %s\n", f.Fault, f.Error())
	}
	for _, o := range r.Otherwise {
		fmt.Fprintf(std.out, "record %d: %s: %s when %q decided it, %s today; the decisions differ in %s\n",
			o.Seq, o.Subject, verdictWords[policies.Verdict(o.Verdict)], o.Engine, verdictWords[policies.Verdict(o.Today)], strings.Join(o.Fields, ", "))
	}
	for _, open := range r.Open {
		fmt.Fprintf(std.out, "under way: %s of %s by %s until %s UTC\n", open.Effect, open.Subject, open.Holder, minute(open.Until, time.UTC))
	}
	fmt.Fprintf(std.out, "verified against %s\n", heldAgainst(r.Witnesses))
	verdict := "nothing found"
	if n := len(r.Findings); n > 0 {
		verdict = plural(n, "finding")
	}
	fmt.Fprintf(std.out, "%s verified, %s made again, %s\n", plural(r.Records, "record"), plural(r.Decisions, "decision"), verdict)
}

// replay decides again what was recorded.
func (s *system) replay(ctx context.Context) (chain.Replay, error) {
	view, err := s.ledger.Refresh(ctx)
	if err != nil {
		return chain.Replay{}, err
	}
	past, err := reconciler.PastRules(ctx, s.repo, s.engine, view)
	if err != nil {
		return chain.Replay{}, err
	}
	return past.Replay(ctx, engineName(s.engine)), nil
}
