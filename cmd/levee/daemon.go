package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// engine is the one engine of the process: compiling the rules costs more than
// asking them.
var engine = sync.OnceValues(policies.NewEngine)

// configFlag adds --config to a command that works on a running system.
func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("config", defaultConfig, "the operator's configuration")
}

// system is everything a command on a running system works with.
type system struct {
	config *config
	repo   *gitrepo.Repo
	ledger *chain.Ledger
	engine *policies.Engine
	rec    *reconciler.Reconciler
	log    *slog.Logger
	away   error // why the repository could not be asked; nil where it was
}

// close gives the mirror free.
func (s *system) close() { _ = s.repo.Close() }

// purpose is what a process opens a system for.
type purpose int

const (
	reading    purpose = iota // it needs no key
	acting                    // it writes, beside the daemon if one runs
	containing                // as acting, but what is known must do: it waits for nobody
	drilling                  // as acting, for long, and for a daemon beside it: it leaves the mirror to that
	serving                   // it is the daemon, and has the data folder for itself
)

// openSystem wires a system from its configuration.
func openSystem(ctx context.Context, name string, std stdio, why purpose) (*system, error) {
	c, err := readConfig(name)
	if err != nil {
		return nil, err
	}
	trust, err := c.trust()
	if err != nil {
		return nil, err
	}
	s := &system{config: c, log: std.log()}
	var signer *sshkey.Signer
	if why != reading {
		if signer, err = sshkey.LoadSigner(c.Key, passphrase()); err != nil {
			return nil, fmt.Errorf("read the daemon's key: %w", err)
		}
	}
	if s.engine, err = engine(); err != nil {
		return nil, err
	}
	open := beside
	switch why {
	case serving:
		open = patiently
	case drilling:
		open = gitrepo.OpenClone
	}
	if s.repo, err = c.openMirror(ctx, std, open); err != nil {
		if errors.Is(err, gitrepo.ErrLocked) {
			return nil, fmt.Errorf("%w: another daemon works in the folder %s, or a command that takes long; give each daemon its own `data`", err, c.Data)
		}
		return nil, err
	}
	// The ledger is opened before the fetch: it remembers a tip that a daemon beside
	// this process accepted, which what was fetched before need not contain.
	s.ledger, err = chain.Open(s.repo, chain.Options{
		Trust: trust, Signer: signer, Engine: engineName(s.engine), Cache: filepath.Join(c.Data, "ledger.witness"),
	})
	if err != nil {
		s.close()
		return nil, err
	}
	if why != containing || !s.known(ctx) {
		if _, err := s.repo.Fetch(ctx); err != nil {
			s.away = err
			s.log.Warn("the repository cannot be reached; going on with what is known of it", "error", err)
		}
	}
	if err := s.wire(ctx, c, signer, std, why); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// known reports whether the mirror knows enough of the catalog to contain an app.
func (s *system) known(ctx context.Context) bool {
	view, err := s.ledger.Refresh(ctx)
	return err == nil && view.Root().Governing.Commit != ""
}

func (s *system) wire(ctx context.Context, c *config, signer *sshkey.Signer, std stdio, why purpose) (err error) {
	f, err := newForge(forgeParts{config: c, repo: s.repo, signer: signer, keys: s.keys(ctx), log: s.log, std: std})
	if err != nil {
		return err
	}
	targets, err := newTargets(c)
	if err != nil {
		return err
	}
	sender, err := newSender(c.Notices, std)
	if err != nil {
		return err
	}
	if std.sender != nil {
		sender = std.sender
	}
	var in *inbox
	var webhook http.Handler
	if why == serving {
		if in, webhook, err = s.openWebhook(f, std); err != nil {
			return err
		}
	}
	options := reconciler.Options{
		Repo: s.repo, Ledger: s.ledger, Engine: s.engine, Forge: f, Targets: targets, Renderers: renderers(c), Branch: c.Branch,
		Sender: sender, SenderKind: c.Notices.Kind, FileURL: fileURL(c),
		Holder: c.Holder, Now: std.now, Log: s.log, Intercept: std.intercept, DriftEvery: timeOf(c.Drift), ReviewEvery: timeOf(c.Read),
		MergeWhenApproved: c.MergeWhenApproved == nil && c.Forge.Kind == "plaingit" || c.MergeWhenApproved != nil && *c.MergeWhenApproved,
	}
	if why == serving {
		if options.Lead, err = c.lead(s.log); err != nil {
			return err
		}
		options.Resume, options.Wiring = filepath.Join(c.Data, "resume.json"), c.wiring(engineName(s.engine))
	}
	if in != nil {
		options.Webhook, options.Reading = webhook, in.readingReviews
	}
	s.rec = reconciler.New(options)
	if in != nil {
		for _, change := range in.names(reviewKind) { // also one that is closed by now, and not listed
			s.rec.Nudge(forge.KeyChange(change))
		}
	}
	return nil
}

// keys are the daemon's keys that the ledger names and nobody revoked: what was landed
// with one of them was landed by the daemon. Without a ledger to read there are none.
func (s *system) keys(ctx context.Context) []sshkey.PublicKey {
	view, err := s.ledger.Refresh(ctx)
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

// engineName says what decides, for the record.
func engineName(e *policies.Engine) string {
	return "levee " + release() + ", " + e.Name()
}

// release is the version of this program: that of its module, where it was built
// from one.
func release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
