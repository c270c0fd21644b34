package system

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/inbox"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Witnessing is a forge that sends webhooks, whose payloads on reviews are the one
// evidence of what was reviewed.
type Witnessing interface {
	Handler(secret []byte, nudge func(forge.Key), capture func(forge.Evidence) error) (http.Handler, error)
	Capture(payload []byte) (forge.Evidence, error)
}

// Witness is the forge as one that sends webhooks, where they are configured; nil where they are
// not.
func Witness(c *config.Config, f forge.Forge) (Witnessing, error) {
	if c.Forge.Webhook == "" {
		return nil, nil
	}
	w, ok := f.(Witnessing)
	switch {
	case !ok:
		return nil, exit.Usagef("forge.webhookSecret is set, and a forge of kind %s sends no webhooks; leave it out", c.Forge.Kind)
	case c.Listen == "":
		return nil, exit.Usagef("forge.webhookSecret is set, and nothing listens for webhooks; set listen to an address such as \":8080\"")
	}
	return w, nil
}

// openWebhook makes the webhook's handler where a secret is configured, and hands the
// forge what was received before a restart. The spool is one process's, the daemon's.
func (s *System) openWebhook(f forge.Forge, std terminal.IO) (*inbox.Inbox, http.Handler, error) {
	w, err := Witness(s.Config, f)
	if w == nil || err != nil {
		return nil, nil, err
	}
	secret, err := os.ReadFile(s.Config.Forge.Webhook)
	if err != nil {
		return nil, nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	in, err := inbox.Open(filepath.Join(s.Config.Data, "spool"), map[string]inbox.Reader{inbox.ReviewKind: inbox.ReviewReader(w.Capture)}, std.Intercept, s.Log)
	if err != nil {
		return nil, nil, err
	}
	// An editor ends a file with a line break, which is no part of the secret.
	handler, err := w.Handler(bytes.TrimRight(secret, "\r\n"), func(key forge.Key) { s.Rec.Nudge(key) }, in.KeepReview)
	return in, handler, err
}
