package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// witnessing is a forge that sends webhooks, whose payloads on reviews are the one
// evidence of what was reviewed.
type witnessing interface {
	Handler(secret []byte, nudge func(change string), capture func(payload []byte) error) (http.Handler, error)
	Capture(payload []byte) error
}

// maxSpool bounds what is received and not yet recorded, in bytes.
const maxSpool = 64 << 20

// inbox keeps payloads on disk from the moment they are acknowledged until a pass
// that began after them has recorded what they say.
type inbox struct {
	spool *ledger.Spool
	mu    sync.Mutex
	old   []string // those that were there when the last pass ended
}

// openWebhook makes the webhook's handler where the forge has one and a secret is
// configured, and hands the forge what was received before a restart.
func (s *system) openWebhook(f forge.Forge) (*inbox, http.Handler, error) {
	w, ok := f.(witnessing)
	if !ok || s.config.Forge.Webhook == "" {
		return nil, nil, nil
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
	in := &inbox{spool: spool}
	pending, err := spool.Pending()
	if err != nil {
		return nil, nil, err
	}
	for _, fact := range pending {
		if err := w.Capture(fact.Payload); err != nil {
			s.log.Warn("a payload of before the start says nothing", "error", err)
		}
	}
	handler, err := w.Handler(secret, func(string) { s.rec.Nudge() }, in.keep)
	return in, handler, err
}

// keep puts a payload where a crash cannot take it.
func (in *inbox) keep(payload []byte) error {
	sum := sha256.Sum256(payload)
	_, err := in.spool.Add("review", hex.EncodeToString(sum[:]), payload)
	return err
}

// passed lets go of what was there before the pass that has just ended began.
func (in *inbox) passed() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, id := range in.old {
		_ = in.spool.Done(id) // what cannot be let go is looked at again
	}
	in.old = nil
	pending, err := in.spool.Pending()
	if err != nil {
		return
	}
	for _, fact := range pending {
		in.old = append(in.old, fact.ID)
	}
}
