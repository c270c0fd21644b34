package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/render"
)

func ledgerCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Found the ledger, end a freeze, change its keys",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(ledgerInitCommand(std), ledgerPinsCommand(std), ledgerAdoptCommand(std), ledgerRotateCommand(std))
	return cmd
}

func ledgerInitCommand(std stdio) *cobra.Command {
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
	name := configFlag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key; made if it is not there")
	cmd.Flags().BoolVar(&hold, "hold", false, "hold the apps that exist instead of adopting them")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := readConfig(*name)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		root, made, err := loadOrMakeKey(rootKey, "levee root")
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(out, "made the root key %s: keep it away from the daemon's machine\n", rootKey)
		}
		daemon, made, err := loadOrMakeKey(c.Key, "levee daemon")
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(out, "made the daemon's key %s\n", c.Key)
		}
		repo, err := c.openMirror(cmd.Context(), std, beside)
		if err != nil {
			return err
		}
		defer repo.Close()
		if _, err := repo.Fetch(cmd.Context()); err != nil {
			return err
		}
		genesis, adopted, err := found(cmd.Context(), c, repo, root, daemon, hold, std)
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
			plural(adopted, "app"), verb, *name, pinsCommand(*name, rootKey), *name, pins(genesis, root))
		return nil
	}
	return cmd
}

// The files that are taken where no other is named.
const defaultConfig, defaultRootKey = "levee.yaml", "levee-root.key"

// pinsCommand is the command that prints the pins for the same configuration and root key.
func pinsCommand(config, rootKey string) string {
	words := "levee ledger pins"
	if config != defaultConfig {
		words += " --config " + config
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

func ledgerPinsCommand(std stdio) *cobra.Command {
	var rootKey string
	cmd := &cobra.Command{
		Use:   "pins",
		Short: "Print what to pin in the configuration, with the root key at hand",
		Long: `Pins prints the lines that name the ledger's first commit and its root key, as
` + "`levee ledger init`" + ` did. The ledger has to begin with a record that this root key signed:
whoever has only the repository cannot know which ledger is the right one.`,
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := readConfig(*name)
		if err != nil {
			return err
		}
		root, err := sshkey.LoadSigner(rootKey, passphrase())
		if err != nil {
			return fmt.Errorf("read the root key: %w; name it with --root-key", err)
		}
		repo, err := c.openMirror(cmd.Context(), std, beside)
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
		fmt.Fprint(std.out, pins(genesis, root))
		return nil
	}
	return cmd
}

// loadOrMakeKey reads a private key, or makes one that only its owner can read.
func loadOrMakeKey(name, comment string) (*sshkey.Signer, bool, error) {
	signer, err := sshkey.LoadSigner(name, passphrase())
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return signer, false, err
	}
	pem, signer, err := sshkey.Generate(comment)
	if err != nil {
		return nil, false, err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, false, fmt.Errorf("write a key: %w", err)
	}
	if err := os.WriteFile(name, pem, 0o600); err != nil {
		return nil, false, fmt.Errorf("write a key: %w", err)
	}
	public := []byte(signer.Public().String() + " " + comment + "\n")
	return signer, true, os.WriteFile(name+".pub", public, 0o644)
}

// found writes the genesis and what becomes of the apps that exist.
func found(ctx context.Context, c *config, repo *gitrepo.Repo, root, daemon *sshkey.Signer, hold bool, std stdio) (catalog.Commit, int, error) {
	id, err := repo.Tip(gitrepo.Branch(c.Branch))
	if err != nil {
		return "", 0, fmt.Errorf("the repository has no branch %s; push a catalog there first: %w", c.Branch, err)
	}
	main := catalog.Commit(id)
	files, err := repo.Files(ctx, main)
	if err != nil {
		return "", 0, err
	}
	snapshot, err := catalog.Load(ctx, files, main, catalog.Empty())
	if err != nil {
		return "", 0, err
	}
	engine, err := engine()
	if err != nil {
		return "", 0, err
	}
	trial, err := engine.Try(ctx, snapshot) // before they govern, in a process of their own
	if err != nil {
		return "", 0, err
	}
	trial.Close()
	if denied(trial.Problems()) {
		return "", 0, notToBegin(c)
	}
	rules, problems, err := engine.Rules(ctx, snapshot)
	if err != nil {
		return "", 0, err
	}
	by := render.ForTargets(renderers(c), std.log())
	problems = append(problems, policies.CheckGovernance(snapshot, rules, std.now())...)
	problems = append(problems, by.Blueprints(snapshot, nil)...)
	if rules == nil || denied(problems) {
		return "", 0, notToBegin(c)
	}
	for _, said := range policies.ApproversMissing(snapshot, c.Forge.Kind == "github") {
		fmt.Fprintf(std.err, "WARNING: %s\n", said)
	}
	keep, err := chain.KeepGovernance(ctx, files)
	if err != nil {
		return "", 0, err
	}
	entries, err := judge.Adopt(ctx, rules, by, snapshot, main, !hold, std.now(), func(doc *catalog.Document) (catalog.Entry, error) {
		e, _, err := files.Entry(ctx, path.Dir(doc.Path))
		return e, err
	})
	if err != nil {
		return "", 0, err
	}
	genesis, _, err := chain.Init(ctx, repo, chain.Founding{
		Branch: c.Ledger.Branch, Catalog: c.Branch, Main: main, Governance: snapshot.GovernanceDigest(),
		Key: daemon.Public(), Adopt: !hold, Now: std.now(), Engine: engineName(engine), Keep: keep, Entries: entries.Entries,
	}, root)
	return genesis, entries.Apps, err
}

func notToBegin(c *config) error {
	return saysNo(fmt.Sprintf("the governance on %s is not one to begin with; `levee check --rev %s` says what to mend", c.Branch, c.Branch))
}

func denied(problems []catalog.Problem) bool {
	for _, p := range problems {
		if p.Level == catalog.Deny {
			return true
		}
	}
	return false
}

func ledgerAdoptCommand(std stdio) *cobra.Command {
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
	name := configFlag(cmd)
	cmd.Flags().StringVar(&rootKey, "root-key", defaultRootKey, "file of the root key")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.Flags().StringVar(&main, "main", "", "tip of the catalog's branch to accept: a full commit id")
	cmd.Flags().BoolVar(&governance, "governance", false, "admit the governance at that tip")
	cmd.Flags().StringVar(&tip, "tip", "", "ledger commit to go on from")
	cmd.Flags().StringSliceVar(&givenUp, "give-up", nil, "ledger tips that are lost")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if reason == "" {
			return usagef("--reason is needed")
		}
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		root, err := sshkey.LoadSigner(rootKey, passphrase())
		if err != nil {
			return err
		}
		a := ledger.Adoption{Main: catalog.Commit(main), Tip: catalog.Commit(tip), Reason: reason}
		for _, id := range givenUp {
			a.GivenUp = append(a.GivenUp, catalog.Commit(id))
		}
		keep, err := s.adoptGovernance(cmd.Context(), &a, governance)
		if err != nil {
			return err
		}
		v, err := s.ledger.Adopt(cmd.Context(), std.now(), a, root, keep...)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "adopted; the ledger goes on at %s\n", v.Tip.Short())
		return nil
	}
	return cmd
}

// adoptGovernance adds the governance of the tip that is accepted.
func (s *system) adoptGovernance(ctx context.Context, a *ledger.Adoption, wanted bool) ([]catalog.Entry, error) {
	if !wanted {
		return nil, nil
	}
	main := a.Main
	if main == "" {
		v, err := s.ledger.Refresh(ctx)
		if err != nil {
			return nil, err
		}
		main = v.Root().Main
	}
	files, err := s.repo.Files(ctx, main)
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

func ledgerRotateCommand(std stdio) *cobra.Command {
	var add, revoke, reason, by string
	cmd := &cobra.Command{
		Use:   "rotate-key",
		Short: "Name the daemon's next key, or revoke one with the root key",
		Args:  cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&add, "add", "", "file of the public key that may sign from now on")
	cmd.Flags().StringVar(&revoke, "revoke", "", "file of the public key that may not sign any more; needs the root key")
	cmd.Flags().StringVar(&by, "by", "", "file of the signing key: the daemon's (default) or the root key")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if reason == "" || add == "" && revoke == "" {
			return usagef("--reason and one of --add or --revoke are needed")
		}
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		if by == "" {
			by = s.config.Key
		}
		signer, err := sshkey.LoadSigner(by, passphrase())
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
		v, err := s.ledger.Refresh(cmd.Context())
		if err != nil {
			return err
		}
		if v, err = s.ledger.RotateKey(cmd.Context(), v, std.now(), k, signer); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "recorded as number %d\n", v.Root().Seq)
		return nil
	}
	return cmd
}
