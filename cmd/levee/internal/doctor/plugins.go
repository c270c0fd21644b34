package doctor

import (
	"context"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
)

// forge looks whether the forge can be used, and what it says of the credentials for it.
func (d *doctor) forge(ctx context.Context) {
	kind := d.Config.Forge.Kind
	if d.repo == nil {
		d.unknown(kind, "mend the repository first", "there is no mirror to work with")
		return
	}
	f, err := d.Kinds.OpenForge(plugins.ForgeParts{Config: d.Config, Repo: d.repo, Signer: d.signer, Log: d.Std.Log(), Std: d.Std})
	if err == nil {
		_, err = system.Witness(d.Config, f)
	}
	if err != nil {
		d.wrong(kind, "mend that in levee.yaml", "%v", err)
		return
	}
	if examine := d.Kinds.Forges[kind].Examine; examine != nil {
		d.add(examine(ctx, f))
		return
	}
	d.well(kind, "it needs no more than the repository")
}

// notices looks whether people can be told.
func (d *doctor) notices(ctx context.Context) {
	const what = "sender"
	kind := d.Config.Notices.Kind
	sender, err := d.Kinds.OpenSender(d.Config.Notices, d.Std)
	switch {
	case err != nil:
		d.wrong(what, "mend that in levee.yaml or the environment", "%v", err)
	case sender == nil:
		d.well(what, "levee.yaml names none, so nobody is told, and no app is taken down when its time is over")
	case d.Kinds.Senders[kind].Examine == nil:
		d.well(what, "%s needs nothing", kind)
	default:
		d.add(d.Kinds.Senders[kind].Examine(ctx, sender))
	}
}

// targets looks at each target, or the one that a flag names.
func (d *doctor) targets(ctx context.Context) {
	for _, name := range config.Names(d.Config.Targets) {
		if only := *d.Rights.TargetName; only != "" && only != name {
			continue
		}
		d.about("target " + name)
		t := d.Config.Targets[name]
		kind, ok := d.Kinds.Targets[t.Kind]
		if !ok {
			d.wrong("kind", "choose one of "+config.Listed(d.Kinds.Targets), "it is %q", t.Kind)
			continue
		}
		rights, err := d.Rights.Of(d.Config, name)
		if err != nil {
			d.wrong("lease", "mend that in levee.yaml", "%v", err)
		}
		rights.Daemon = d.Rights.User // else as whom the target is reached
		guard, err := d.Guard.Of(t, nil)
		if err != nil {
			d.wrong("impersonate", "name a user, or leave the environment out", "%v", err)
			continue
		}
		of := plugins.Examined{Config: t, Reader: d.Reader, Rights: rights, Guard: guard, Settings: d.settings, Now: d.Std.Now()}
		if d.settings != nil {
			for _, env := range d.settings.Environments {
				if string(env.Target) == name {
					of.Environments = append(of.Environments, string(env.Name))
					if env.Strategy != nil {
						of.Shares = append(of.Shares, string(env.Name))
					}
				}
			}
		}
		d.add(kind.Examine(ctx, of)...)
	}
}
