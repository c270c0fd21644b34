package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// witnessing is a forge that sends webhooks, whose payloads on reviews are the one
// evidence of what was reviewed.
type witnessing interface {
	Handler(secret []byte, nudge func(forge.Key), capture func(payload []byte) error) (http.Handler, error)
	Capture(payload []byte) error
}

const (
	// maxSpool bounds what is received and not yet recorded, in bytes.
	maxSpool = 64 << 20
	// spoolFor is how long a payload is kept at least. A forge may show a review only
	// some time after it told of it, and passes until then cannot have recorded it.
	spoolFor = 10 * time.Minute
)

// inbox keeps payloads on disk from the moment they are acknowledged until a pass
// that began after them has recorded what they say.
type inbox struct {
	spool  *ledger.Spool
	now    func() time.Time
	around around

	mu    sync.Mutex
	since map[string]time.Time // since when a fact was there as a pass ended
}

// openWebhook makes the webhook's handler where a secret is configured, and hands the
// forge what was received before a restart. The spool is one process's, the daemon's.
func (s *system) openWebhook(f forge.Forge, std stdio) (*inbox, http.Handler, error) {
	if s.config.Forge.Webhook == "" {
		return nil, nil, nil
	}
	w, ok := f.(witnessing)
	switch {
	case !ok:
		return nil, nil, usagef("forge.webhookSecret is set, and a forge of kind %s sends no webhooks; leave it out", s.config.Forge.Kind)
	case s.config.Listen == "":
		return nil, nil, usagef("forge.webhookSecret is set, and nothing listens for webhooks; set listen to an address such as \":8080\"")
	}
	secret, err := os.ReadFile(s.config.Forge.Webhook)
	if err != nil {
		return nil, nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	spool, torn, err := ledger.OpenSpool(filepath.Join(s.config.Data, "spool"), maxSpool)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range torn {
		s.log.Warn("a payload was torn by a crash; its sender was not told it had arrived", "file", name)
	}
	in := &inbox{spool: spool, now: std.now, around: std.around, since: map[string]time.Time{}}
	pending, err := spool.Pending()
	if err != nil {
		s.log.Warn("a payload cannot be read, and is left for you to look at", "error", err)
	}
	for _, fact := range pending {
		if err := w.Capture(fact.Payload); err != nil {
			s.log.Warn("a payload of before the start says nothing", "error", err)
		}
	}
	// An editor ends a file with a line break, which is no part of the secret.
	handler, err := w.Handler(bytes.TrimRight(secret, "\r\n"), func(key forge.Key) { s.rec.Nudge(key) }, in.keep)
	return in, handler, err
}

// keep puts a payload where a crash cannot take it.
func (in *inbox) keep(payload []byte) error {
	sum := sha256.Sum256(payload)
	add := func() error {
		_, err := in.spool.Add("review", hex.EncodeToString(sum[:]), payload)
		return err
	}
	if in.around != nil {
		return in.around("spool a review", add)
	}
	return add()
}

// passed lets go of what has been there for a while, and was when the pass that has
// just ended began.
func (in *inbox) passed() {
	in.mu.Lock()
	defer in.mu.Unlock()
	pending, _ := in.spool.Pending() // what cannot be read stays, for people to look at
	now, since := in.now(), map[string]time.Time{}
	for _, fact := range pending {
		at, known := in.since[fact.ID]
		if known && now.Sub(at) >= spoolFor && in.spool.Done(fact.ID) == nil {
			continue
		}
		if !known {
			at = now
		}
		since[fact.ID] = at
	}
	in.since = since
}
