package doctor

import (
	"context"
	"path/filepath"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/session"
)

// ledger looks at the ledger as a pass of the daemon does, which fetches and verifies it.
func (d *doctor) ledger(ctx context.Context) {
	const what = "trust"
	trust, err := d.Config.Trust()
	if err != nil {
		d.wrong(what, "found the ledger with `levee ledger init`, and pin it in levee.yaml: levee ledger pins >> levee.yaml", "%v", err)
		return
	}
	if d.repo == nil || !d.reached {
		d.unknown(what, "mend the repository first", "the repository is not reached")
		return
	}
	l, err := chain.Open(d.repo, chain.Options{Trust: trust, Signer: d.signer, Cache: filepath.Join(d.Config.Data, "ledger.witness")})
	if err != nil {
		d.wrong(what, "mend that; the file is cache, and may be deleted if nobody can have changed the ledger meanwhile", "%v", err)
		return
	}
	now := d.Std.Now()
	look := (&session.Source{Repo: d.repo, Ledger: l, Branch: d.Config.Branch, Holder: d.Config.Holder}).New(now)
	if err := look.Look(ctx); err != nil {
		d.unknown(what, "try again", "%v", err)
		return
	}
	root := look.View.Root()
	const frozen = "docs/configuration.md lists the causes under Frozen, and what to do about each"
	switch found := look.View.Frozen; {
	case found != nil && found.Fault == chain.FaultMissing:
		d.wrong(what, "found it with `levee ledger init`; or, where it was deleted, push its last good tip back", "%s", found)
	case found != nil:
		d.wrong(what, frozen, "it is not to be trusted, so that nothing new is admitted: %s", found)
	case look.Unreachable != nil:
		d.unknown(what, "try again", "%s", look.Frozen)
		return
	default:
		d.well(what, "it begins with the pinned record, and is verified up to number %d at %s", root.Seq, look.View.Tip.Short())
	}
	if look.View.Frozen != nil {
		return
	}
	if look.Frozen != "" {
		d.wrong("frozen", frozen, "nothing new is admitted: %s", look.Frozen)
	} else {
		d.well("frozen", "it is not")
	}
	if ahead := root.At.Sub(now); ahead > reconciler.MaxSkew {
		d.wrong("clock", "set the clock here right (NTP); or, if that of the ledger was wrong, see `levee ledger adopt --help`", "the newest record is of %s, which is %s ahead", root.At.Format("2006-01-02 15:04:05 MST"), ahead.Round(1e9))
	}
	d.signs(l, look.View)
	d.governance(ctx, look)
}

// signs looks whether the daemon's key may sign what is recorded next.
func (d *doctor) signs(l *chain.Ledger, view *chain.View) {
	const what = "daemon's key"
	if d.signer == nil {
		d.unknown(what, "mend the key's file first", "the key cannot be read")
		return
	}
	if err := l.MaySign(view); err != nil {
		d.wrong(what, "with the daemon's key of before: levee ledger rotate-key --add "+d.Config.Key+".pub --reason …", "%v", err)
		return
	}
	d.well(what, "it may sign the next record")
}

// governance reads the settings that govern, and looks whether each environment has a target.
func (d *doctor) governance(ctx context.Context, look *session.Session) {
	settings, err := look.Settings(ctx)
	if err != nil {
		d.unknown("settings", "", "those that govern cannot be read: %v", err)
		return
	}
	d.settings = settings
	for _, env := range settings.Environments {
		if _, ok := d.Config.Targets[string(env.Target)]; !ok {
			d.wrong("environment "+string(env.Name), "add it below targets in levee.yaml, or name another in catalog.yaml", "levee.yaml has no target %q", env.Target)
			continue
		}
		d.well("environment "+string(env.Name), "it is the target %s", env.Target)
	}
}
