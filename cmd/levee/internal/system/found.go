package system

import (
	"context"
	"fmt"
	"path"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Found writes the genesis and what becomes of the apps that exist.
func Found(ctx context.Context, c *config.Config, kinds plugins.Kinds, repo *gitrepo.Repo, root, daemon *sshkey.Signer, hold bool, std terminal.IO) (catalog.Commit, int, error) {
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
	engine, err := Engine()
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
	by := render.ForTargets(kinds.Renderers(c), std.Log())
	problems = append(problems, policies.CheckGovernance(snapshot, rules, std.Now())...)
	problems = append(problems, by.Blueprints(snapshot, nil)...)
	if rules == nil || denied(problems) {
		return "", 0, notToBegin(c)
	}
	for _, said := range policies.ApproversMissing(snapshot, c.Forge.Kind == "github") {
		fmt.Fprintf(std.Err, "WARNING: %s\n", said)
	}
	keep, err := chain.KeepGovernance(ctx, files)
	if err != nil {
		return "", 0, err
	}
	entries, err := judge.Adopt(ctx, rules, by, snapshot, main, !hold, std.Now(), func(doc *catalog.Document) (catalog.Entry, error) {
		e, _, err := files.Entry(ctx, path.Dir(doc.Path))
		return e, err
	})
	if err != nil {
		return "", 0, err
	}
	genesis, _, err := chain.Init(ctx, repo, chain.Founding{
		Branch: c.Ledger.Branch, Catalog: c.Branch, Main: main, Governance: snapshot.GovernanceDigest(),
		Key: daemon.Public(), Adopt: !hold, Now: std.Now(), Engine: EngineName(engine), Keep: keep, Entries: entries.Entries,
	}, root)
	return genesis, entries.Apps, err
}

func notToBegin(c *config.Config) error {
	return exit.No(fmt.Sprintf("the governance on %s is not one to begin with; `levee check --rev %s` says what to mend", c.Branch, c.Branch))
}

func denied(problems []catalog.Problem) bool {
	for _, p := range problems {
		if p.Level == catalog.Deny {
			return true
		}
	}
	return false
}
