package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/inbox"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// System is everything a command on a running system works with.
type System struct {
	Config *config.Config
	Repo   *gitrepo.Repo
	Ledger *chain.Ledger
	Engine *policies.Engine
	Rec    *reconciler.Reconciler
	Log    *slog.Logger
	Away   error // why the repository could not be asked; nil where it was
}

// Close gives the mirror free.
func (s *System) Close() { _ = s.Repo.Close() }

// Purpose is what a process opens a system for.
type Purpose int

const (
	Reading    Purpose = iota // it needs no key
	Acting                    // it writes, beside the daemon if one runs
	Containing                // as acting, but what is known must do: it waits for nobody
	Drilling                  // as acting, for long, and for a daemon beside it: it leaves the mirror to that
	Serving                   // it is the daemon, and has the data folder for itself
)

// Open wires a system from its configuration.
func Open(ctx context.Context, name string, std terminal.IO, kinds plugins.Kinds, why Purpose) (*System, error) {
	c, err := config.Read(name)
	if err != nil {
		return nil, err
	}
	trust, err := c.Trust()
	if err != nil {
		return nil, err
	}
	s := &System{Config: c, Log: std.Log()}
	var signer *sshkey.Signer
	if why != Reading {
		if signer, err = sshkey.LoadSigner(c.Key, config.Passphrase()); err != nil {
			return nil, fmt.Errorf("read the daemon's key: %w", err)
		}
	}
	if s.Engine, err = Engine(); err != nil {
		return nil, err
	}
	open := catalogs.Beside
	switch why {
	case Serving:
		open = catalogs.Patiently
	case Drilling:
		open = gitrepo.OpenClone
	}
	if s.Repo, err = catalogs.OpenMirror(ctx, c, std, open); err != nil {
		if errors.Is(err, gitrepo.ErrLocked) {
			return nil, fmt.Errorf("%w: another daemon works in the folder %s, or a command that takes long; give each daemon its own `data`", err, c.Data)
		}
		return nil, err
	}
	// The ledger is opened before the fetch: it remembers a tip that a daemon beside
	// this process accepted, which what was fetched before need not contain.
	s.Ledger, err = chain.Open(s.Repo, chain.Options{
		Trust: trust, Signer: signer, Engine: EngineName(s.Engine), Cache: filepath.Join(c.Data, "ledger.witness"),
	})
	if err != nil {
		s.Close()
		return nil, err
	}
	if why != Containing || !s.known(ctx) {
		if _, err := s.Repo.Fetch(ctx); err != nil {
			s.Away = err
			s.Log.Warn("the repository cannot be reached; going on with what is known of it", "error", err)
		}
	}
	if err := s.wire(ctx, c, kinds, signer, std, why); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// known reports whether the mirror knows enough of the catalog to contain an app.
func (s *System) known(ctx context.Context) bool {
	view, err := s.Ledger.Refresh(ctx)
	return err == nil && view.Root().Governing.Commit != ""
}

func (s *System) wire(ctx context.Context, c *config.Config, kinds plugins.Kinds, signer *sshkey.Signer, std terminal.IO, why Purpose) (err error) {
	f, err := kinds.OpenForge(plugins.ForgeParts{Config: c, Repo: s.Repo, Signer: signer, Keys: s.keys(ctx), Log: s.Log, Std: std})
	if err != nil {
		return err
	}
	targets, err := kinds.OpenTargets(c)
	if err != nil {
		return err
	}
	sender, err := kinds.OpenSender(c.Notices, std)
	if err != nil {
		return err
	}
	if std.Sender != nil {
		sender = std.Sender
	}
	var in *inbox.Inbox
	var webhook http.Handler
	if why == Serving {
		if in, webhook, err = s.openWebhook(f, std); err != nil {
			return err
		}
	}
	options := reconciler.Options{
		Repo: s.Repo, Ledger: s.Ledger, Engine: s.Engine, Forge: f, Targets: targets, Renderers: kinds.Renderers(c), Branch: c.Branch,
		Sender: sender, SenderKind: c.Notices.Kind, FileURL: plugins.FileURL(c),
		Holder: c.Holder, Now: std.Now, Log: s.Log, Intercept: std.Intercept, DriftEvery: time.Duration(c.Drift), ReviewEvery: time.Duration(c.Read),
		MergeWhenApproved: c.MergeWhenApproved == nil && c.Forge.Kind == "plaingit" || c.MergeWhenApproved != nil && *c.MergeWhenApproved,
	}
	if why == Serving {
		if options.Lead, err = lead(c, s.Log); err != nil {
			return err
		}
		if options.API, err = Callers(c, std); err != nil {
			return err
		}
		options.Resume, options.Wiring = filepath.Join(c.Data, "resume.json"), c.Wiring(EngineName(s.Engine))
	}
	if in != nil {
		options.Webhook, options.Reading = webhook, in.ReadingReviews
	}
	s.Rec = reconciler.New(options)
	if in != nil {
		for _, change := range in.Names(inbox.ReviewKind) { // also one that is closed by now, and not listed
			s.Rec.Nudge(forge.KeyChange(change))
		}
	}
	return nil
}

// keys are the daemon's keys that the ledger names and nobody revoked: what was landed
// with one of them was landed by the daemon. Without a ledger to read there are none.
func (s *System) keys(ctx context.Context) []sshkey.PublicKey {
	view, err := s.Ledger.Refresh(ctx)
	if err != nil {
		return nil
	}
	var list []sshkey.PublicKey
	for _, k := range view.Root().Keys {
		if key, err := sshkey.ParsePublicKey(k.Public); err == nil && k.To == 0 {
			list = append(list, key)
		}
	}
	return list
}
