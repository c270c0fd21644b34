package plugins

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// Kinds are the kinds of plug-ins that a configuration may name.
type Kinds struct {
	Forges  map[string]Forge
	Targets map[string]Target
	Senders map[string]Sender
}

// Forge is a kind of forge.
type Forge struct {
	Open    func(ForgeParts) (forge.Forge, error)
	Examine func(context.Context, forge.Forge) target.Check // of its credentials; nil for one that has none of its own
}

// Sender is a kind of sender.
type Sender struct {
	Open    func(config.Notices, terminal.IO) (notifier.Sender, error)
	Examine func(context.Context, notifier.Sender) target.Check // of its credentials; nil for one that has none
}

// Target is a kind of target.
type Target struct {
	Open    func(config.Target) (target.Target, error)
	Renders target.Renderer                                // nil for one that takes the runtime document as it is
	Print   func(artefact json.RawMessage) ([]byte, error) // for people; nil for JSON
	Examine func(context.Context, Examined) []target.Check // for levee doctor
}

// ForgeParts is what a forge may be made of.
type ForgeParts struct {
	Config *config.Config
	Repo   *gitrepo.Repo
	Signer *sshkey.Signer     // nil for a forge that is only read
	Keys   []sshkey.PublicKey // the daemon's keys of other days
	Log    *slog.Logger
	Std    terminal.IO
}

// OpenForge makes the forge of a configuration.
func (k Kinds) OpenForge(p ForgeParts) (forge.Forge, error) {
	kind, ok := k.Forges[p.Config.Forge.Kind]
	if !ok {
		return nil, exit.Usagef("forge.kind is %q; choose one of %s", p.Config.Forge.Kind, config.Listed(k.Forges))
	}
	return kind.Open(p)
}

// OpenSender makes the sender of notices; nil where none is configured.
func (k Kinds) OpenSender(c config.Notices, std terminal.IO) (notifier.Sender, error) {
	if c.Kind == "" {
		return nil, nil
	}
	kind, ok := k.Senders[c.Kind]
	if !ok {
		return nil, exit.Usagef("notices.kind is %q; choose one of %s", c.Kind, config.Listed(k.Senders))
	}
	return kind.Open(c, std)
}

// OpenTargets makes the targets of a configuration, by their name.
func (k Kinds) OpenTargets(c *config.Config) (map[string]target.Target, error) {
	made := map[string]target.Target{}
	for name, tc := range c.Targets {
		kind, ok := k.Targets[tc.Kind]
		if !ok {
			return nil, exit.Usagef("targets.%s.kind is %q; choose one of %s", name, tc.Kind, config.Listed(k.Targets))
		}
		t, err := kind.Open(tc)
		if err != nil {
			return nil, fmt.Errorf("open target %s: %w", name, err)
		}
		made[name] = t
	}
	return made, nil
}

// Examined is what of a configuration bears on one target.
type Examined struct {
	Config       config.Target
	Reader       string // a kubeconfig; empty for that of the target
	Rights       rbac.Rights
	Guard        admission.Guard
	Settings     *settings.Settings // nil where they cannot be read
	Environments []string
	Shares       []string // those of them in which a share of the replicas is to have new content first
	Now          time.Time
}
