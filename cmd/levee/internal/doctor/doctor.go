package doctor

import (
	"context"
	"errors"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// Options say what is examined.
type Options struct {
	Config *config.Config
	File   string // of the configuration
	Std    terminal.IO
	Kinds  plugins.Kinds
	Rights *cluster.Rights
	Guard  *cluster.Guard
	Reader string // a kubeconfig; empty for that of the target
}

// doctor is one examination of what a configuration names.
type doctor struct {
	Options
	Findings

	signer   *sshkey.Signer     // nil where the key cannot be read
	repo     *gitrepo.Repo      // nil where there is no mirror
	reached  bool               // the repository was
	settings *settings.Settings // those that govern; nil where they cannot be read
}

// Examine looks at everything. What one part needs of an earlier one is unknown where that failed.
func Examine(ctx context.Context, o Options) *Findings {
	d := &doctor{Options: o}
	defer d.close()
	d.about("files")
	d.files()
	d.about("repository")
	d.repository(ctx)
	d.about("ledger")
	d.ledger(ctx)
	d.about("forge")
	d.forge(ctx)
	d.about("notices")
	d.notices(ctx)
	if d.Config.API != nil {
		d.about("api")
		d.api(ctx)
	}
	d.targets(ctx)
	return &d.Findings
}

func (d *doctor) close() {
	if d.repo != nil {
		_ = d.repo.Close()
	}
}

// repository looks whether the catalog's repository can be read, and pushed to.
func (d *doctor) repository(ctx context.Context) {
	c, err := d.Config, error(nil)
	if d.repo, err = catalogs.OpenMirror(ctx, c, d.Std, catalogs.Beside); err != nil {
		d.wrong("mirror", "look at data and repository in levee.yaml", "it cannot be opened: %v", err)
		return
	}
	if _, err := d.repo.Fetch(ctx); err != nil {
		d.wrong("reachable", remedyOf(err), "%v", err)
		d.unknown("push", "", "it is not reached")
		return
	}
	d.reached = true
	d.well("reachable", "%s can be read", c.Repository)
	if tip, err := d.repo.Tip(gitrepo.Branch(c.Branch)); err != nil {
		d.wrong("branch "+c.Branch, "push a catalog there, such as `levee init` makes, or name another with branch in levee.yaml", "%v", err)
	} else {
		d.well("branch "+c.Branch, "it is at %s", catalog.Commit(tip).Short())
	}
	switch err := d.repo.MayPush(ctx); {
	case errors.Is(err, gitrepo.ErrUnauthorized), errors.Is(err, gitrepo.ErrNoRepository):
		d.wrong("push", "give the daemon credentials that may write to the repository", "%v", err)
	case err != nil:
		d.unknown("push", "try again", "%v", err)
	default:
		d.well("push", "the repository takes pushes; whether a branch is protected against them only a push tells")
	}
}

// remedyOf is what to do about a repository that is not reached.
func remedyOf(err error) string {
	switch {
	case errors.Is(err, gitrepo.ErrUnauthorized):
		return "set LEVEE_GIT_TOKEN to a token that may read and write the repository"
	case errors.Is(err, gitrepo.ErrNoRepository):
		return "look at repository in levee.yaml, and whether LEVEE_GIT_TOKEN may see it"
	}
	return "look at repository in levee.yaml, and at what is between here and there"
}
