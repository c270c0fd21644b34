package main

import (
	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func auditCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Prove the ledger",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(auditVerifyCommand(std))
	return cmd
}

func auditVerifyCommand(std terminal.IO) *cobra.Command {
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
	name := config.Flag(cmd)
	cmd.Flags().BoolVar(&noReplay, "no-replay", false, "leave out deciding again")
	cmd.Flags().StringSliceVar(&tips, "tip", nil, "ledger commit that was noted before: a full commit id")
	cmd.Flags().StringSliceVar(&files, "witness", nil, "file in which ledger commits were noted: one full commit id at the start of a line, or a daemon's ledger.witness")
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		trust, err := s.Config.Trust()
		if err != nil {
			return err
		}
		witnesses, err := s.Witnesses(cmd.Context(), tips, files)
		if err != nil {
			return err
		}
		var replay chain.Replay
		if !noReplay {
			if replay, err = s.Replay(cmd.Context()); err != nil {
				return err
			}
		}
		report, err := chain.Verify(cmd.Context(), s.Repo, trust, nil, replay, witnesses...)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = output.JSON(std.Out, report)
		} else {
			output.Audit(std.Out, report)
		}
		switch {
		case err != nil:
			return err
		case len(report.Findings) > 0:
			return exit.No("")
		case len(report.Witnesses) == 0:
			return exit.Unwitnessed{}
		}
		return nil
	}
	return cmd
}
