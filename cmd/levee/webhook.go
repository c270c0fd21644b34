package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// reviewKind is the kind of payloads that tell a review of a change.
const reviewKind = "review"

// witnessing is a forge that sends webhooks, whose payloads on reviews are the one
// evidence of what was reviewed.
type witnessing interface {
	Handler(secret []byte, nudge func(forge.Key), capture func(forge.Evidence) error) (http.Handler, error)
	Capture(payload []byte) (forge.Evidence, error)
}

// witness is the forge as one that sends webhooks, where they are configured; nil where they are
// not.
func (c *config) witness(f forge.Forge) (witnessing, error) {
	if c.Forge.Webhook == "" {
		return nil, nil
	}
	w, ok := f.(witnessing)
	switch {
	case !ok:
		return nil, usagef("forge.webhookSecret is set, and a forge of kind %s sends no webhooks; leave it out", c.Forge.Kind)
	case c.Listen == "":
		return nil, usagef("forge.webhookSecret is set, and nothing listens for webhooks; set listen to an address such as \":8080\"")
	}
	return w, nil
}

// openWebhook makes the webhook's handler where a secret is configured, and hands the
// forge what was received before a restart. The spool is one process's, the daemon's.
func (s *system) openWebhook(f forge.Forge, std stdio) (*inbox, http.Handler, error) {
	w, err := s.config.witness(f)
	if w == nil || err != nil {
		return nil, nil, err
	}
	secret, err := os.ReadFile(s.config.Forge.Webhook)
	if err != nil {
		return nil, nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	in, err := openInbox(filepath.Join(s.config.Data, "spool"), map[string]payloadReader{reviewKind: readsReview(w.Capture)}, std.intercept, s.log)
	if err != nil {
		return nil, nil, err
	}
	// An editor ends a file with a line break, which is no part of the secret.
	handler, err := w.Handler(bytes.TrimRight(secret, "\r\n"), func(key forge.Key) { s.rec.Nudge(key) }, in.keepReview)
	return in, handler, err
}

// readsReview reads payloads that tell a review as a forge does.
func readsReview(capture func(payload []byte) (forge.Evidence, error)) payloadReader {
	return func(payload []byte) (change, review string, err error) {
		e, err := capture(payload)
		return e.Change, e.Review, err
	}
}

// keepReview keeps what a forge received about a review.
func (in *inbox) keepReview(e forge.Evidence) error {
	err := in.keep(topic{reviewKind, e.Change}, e.Review, e.Payload)
	if errors.Is(err, spool.ErrFull) {
		return fmt.Errorf("%w: %w", forge.ErrFull, err)
	}
	return err
}

// readingReviews is reading of what is kept about the reviews of a change.
func (in *inbox) readingReviews(change string) (recorded func(reviews []string, closed bool)) {
	return in.reading(topic{reviewKind, change})
}
