package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func ledgerCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Found the ledger, end a freeze, change its keys",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(ledgerInitCommand(std), ledgerPinsCommand(std), ledgerAdoptCommand(std), ledgerRotateCommand(std))
	return cmd
}

func ledgerInitCommand(std terminal.IO) *cobra.Command {
	var rootKey string
	var hold bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Found the ledger: once, by a person, with the root key",
		Long: `Init writes the first record: the governance of the catalog's branch is admitted
as it stands, and the apps that exist are adopted (they run on and are shown as
never reviewed) or, with --hold, held until somebody approves them. It is signed
by the root key, which stays with people and not with the daemon.

A key that does not exist yet is made. What has to be pinned in the configuration
is printed at the end.`,
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key; made if it is not there")
	cmd.Flags().BoolVar(&hold, "hold", false, "hold the apps that exist instead of adopting them")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := config.Read(*name)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		root, made, err := keys.LoadOrMake(rootKey, "levee root")
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(out, "made the root key %s: keep it away from the daemon's machine\n", rootKey)
		}
		daemon, made, err := keys.LoadOrMake(c.Key, "levee daemon")
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(out, "made the daemon's key %s\n", c.Key)
		}
		repo, err := catalogs.OpenMirror(cmd.Context(), c, std, catalogs.Beside)
		if err != nil {
			return err
		}
		defer repo.Close()
		if _, err := repo.Fetch(cmd.Context()); err != nil {
			return err
		}
		genesis, adopted, err := system.Found(cmd.Context(), c, kinds, repo, root, daemon, hold, std)
		if errors.Is(err, chain.ErrExists) {
			return fmt.Errorf("%w; `%s` prints what to pin of it", err, pinsCommand(*name, rootKey))
		}
		if err != nil {
			return err
		}
		verb := "adopted"
		if hold {
			verb = "held"
		}
		fmt.Fprintf(out, "founded the ledger; %s %s\n\nPin it in %s (`%s >> %s`):\n\n%s",
			output.Plural(adopted, "app"), verb, *name, pinsCommand(*name, rootKey), *name, pins(genesis, root))
		return nil
	}
	return cmd
}

// defaultRootKey is the file of the root key where no other is named.
const defaultRootKey = "levee-root.key"

// pinsCommand is the command that prints the pins for the same configuration and root key.
func pinsCommand(file, rootKey string) string {
	words := "levee ledger pins"
	if file != config.Default {
		words += " --config " + file
	}
	if rootKey != defaultRootKey {
		words += " --root-key " + rootKey
	}
	return words
}

// pins are the lines of the configuration that name whom to trust.
func pins(genesis catalog.Commit, root *sshkey.Signer) string {
	return fmt.Sprintf("ledger:\n  genesis: %s\n  root: %s\n", genesis, root.Public().String())
}

func ledgerPinsCommand(std terminal.IO) *cobra.Command {
	var rootKey string
	cmd := &cobra.Command{
		Use:   "pins",
		Short: "Print what to pin in the configuration, with the root key at hand",
		Long: `Pins prints the lines that name the ledger's first commit and its root key, as
` + "`levee ledger init`" + ` did. The ledger has to begin with a record that this root key signed:
whoever has only the repository cannot know which ledger is the right one.`,
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := config.Read(*name)
		if err != nil {
			return err
		}
		root, err := sshkey.LoadSigner(rootKey, config.Passphrase())
		if err != nil {
			return fmt.Errorf("read the root key: %w; name it with --root-key", err)
		}
		repo, err := catalogs.OpenMirror(cmd.Context(), c, std, catalogs.Beside)
		if err != nil {
			return err
		}
		defer repo.Close()
		if _, err := repo.Fetch(cmd.Context()); err != nil {
			return err
		}
		genesis, err := chain.Beginning(cmd.Context(), repo, c.Ledger.Branch, root.Public())
		if err != nil {
			return err
		}
		fmt.Fprint(std.Out, pins(genesis, root))
		return nil
	}
	return cmd
}

func ledgerAdoptCommand(std terminal.IO) *cobra.Command {
	var rootKey, reason, main, tip string
	var governance bool
	var givenUp []string
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "End a freeze, or settle what nobody else can, with the root key",
		Long: `Adopt accepts, on the record and signed by the root key, what the daemon must not
accept by itself: a catalog's branch that was rewritten (--main), the governance on
it although nobody could approve it (--governance), or a ledger that was reset
(--tip, with --give-up for each tip that is lost).`,
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.Flags().StringVar(&main, "main", "", "tip of the catalog's branch to accept: a full commit id")
	cmd.Flags().BoolVar(&governance, "governance", false, "admit the governance at that tip")
	cmd.Flags().StringVar(&tip, "tip", "", "ledger commit to go on from")
	cmd.Flags().StringSliceVar(&givenUp, "give-up", nil, "ledger tips that are lost")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if reason == "" {
			return exit.Usagef("--reason is needed")
		}
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		root, err := sshkey.LoadSigner(rootKey, config.Passphrase())
		if err != nil {
			return err
		}
		a := ledger.Adoption{Main: catalog.Commit(main), Tip: catalog.Commit(tip), Reason: reason}
		for _, id := range givenUp {
			a.GivenUp = append(a.GivenUp, catalog.Commit(id))
		}
		keep, err := adoptGovernance(cmd.Context(), s, &a, governance)
		if err != nil {
			return err
		}
		v, err := s.Ledger.Adopt(cmd.Context(), std.Now(), a, root, keep...)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "adopted; the ledger goes on at %s\n", v.Tip.Short())
		return nil
	}
	return cmd
}

// adoptGovernance adds the governance of the tip that is accepted.
func adoptGovernance(ctx context.Context, s *system.System, a *ledger.Adoption, wanted bool) ([]catalog.Entry, error) {
	if !wanted {
		return nil, nil
	}
	main := a.Main
	if main == "" {
		v, err := s.Ledger.Refresh(ctx)
		if err != nil {
			return nil, err
		}
		main = v.Root().Main
	}
	files, err := s.Repo.Files(ctx, main)
	if err != nil {
		return nil, err
	}
	snapshot, err := catalog.Load(ctx, files, main, catalog.Empty())
	if err != nil {
		return nil, err
	}
	a.Governance = snapshot.GovernanceDigest()
	return chain.KeepGovernance(ctx, files)
}

func ledgerRotateCommand(std terminal.IO) *cobra.Command {
	var add, revoke, reason, by string
	cmd := &cobra.Command{
		Use:   "rotate-key",
		Short: "Name the daemon's next key, or revoke one with the root key",
		Args:  cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&add, "add", "", "file of the public key that may sign from now on")
	cmd.Flags().StringVar(&revoke, "revoke", "", "file of the public key that may not sign any more; needs the root key")
	cmd.Flags().StringVar(&by, "by", "", "file of the signing key: the daemon's (default) or the root key")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if reason == "" || add == "" && revoke == "" {
			return exit.Usagef("--reason and one of --add or --revoke are needed")
		}
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		if by == "" {
			by = s.Config.Key
		}
		signer, err := sshkey.LoadSigner(by, config.Passphrase())
		if err != nil {
			return err
		}
		k := ledger.KeyChange{Reason: reason}
		for file, into := range map[string]*string{add: &k.Add, revoke: &k.Revoke} {
			if file == "" {
				continue
			}
			line, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read a public key: %w", err)
			}
			*into = string(line)
		}
		v, err := s.Ledger.Refresh(cmd.Context())
		if err != nil {
			return err
		}
		if v, err = s.Ledger.RotateKey(cmd.Context(), v, std.Now(), k, signer); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "recorded as number %d\n", v.Root().Seq)
		return nil
	}
	return cmd
}
