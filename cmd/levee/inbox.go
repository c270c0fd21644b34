package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// What is received and not yet recorded is bounded in number and in bytes. What is there
// stays, and the sender of more is told to deliver it again later.
const maxSpooled, maxSpool = 10_000, 64 << 20

// reviewFact is the kind of facts in the spool that are payloads of reviews.
const reviewFact = "review"

// inbox keeps evidence on disk from the moment it is acknowledged until what it says was
// recorded, or its change is closed. No time ends that.
type inbox struct {
	spool  *ledger.Spool
	around around

	mu   sync.Mutex
	kept map[string]map[string]string // facts in the spool, by change and review
}

// openInbox opens the spool in a folder and has each payload in it captured. What says nothing to
// this forge is left in the spool for people to look at.
func openInbox(dir string, capture func(payload []byte) (forge.Evidence, error), around around, log *slog.Logger) (*inbox, error) {
	spool, torn, err := ledger.OpenSpool(dir, maxSpooled, maxSpool)
	if err != nil {
		return nil, err
	}
	for _, name := range torn {
		log.Warn("a payload was torn by a crash; its sender was not told it had arrived", "file", name)
	}
	in := &inbox{spool: spool, around: around, kept: map[string]map[string]string{}}
	pending, err := spool.Pending()
	if err != nil {
		log.Warn("a payload cannot be read, and is left for you to look at", "error", err)
	}
	for _, fact := range pending {
		if fact.Kind != reviewFact {
			continue
		}
		e, err := capture(fact.Payload)
		if err != nil || e.Review == "" {
			log.Warn("a payload of before the start says nothing, and is left for you to look at", "fact", fact.ID, "error", err)
			continue
		}
		in.add(e, fact.ID)
	}
	return in, nil
}

// keep puts evidence where a crash cannot take it. The first payload about a review stays.
func (in *inbox) keep(e forge.Evidence) error {
	add := func() error {
		id, err := in.spool.Add(reviewFact, e.Change+" "+e.Review, e.Payload)
		if errors.Is(err, ledger.ErrFull) {
			return fmt.Errorf("%w: %w", forge.ErrFull, err)
		}
		if err == nil {
			in.add(e, id)
		}
		return err
	}
	if in.around != nil {
		return in.around("spool a review", add)
	}
	return add()
}

func (in *inbox) add(e forge.Evidence, fact string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.kept[e.Change] == nil {
		in.kept[e.Change] = map[string]string{}
	}
	in.kept[e.Change][e.Review] = fact
}

// changes lists the changes about which something is kept.
func (in *inbox) changes() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var list []string
	for change := range in.kept {
		list = append(list, change)
	}
	return list
}

// reading notes what is kept about a change that is about to be read, and returns what lets
// go of it: of the reviews that the forge showed, and of all where the change is closed. What comes
// during the reading stays for the next.
func (in *inbox) reading(change string) (recorded func(reviews []string, closed bool)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	before := map[string]string{}
	for review, fact := range in.kept[change] {
		before[review] = fact
	}
	return func(reviews []string, closed bool) {
		in.mu.Lock()
		defer in.mu.Unlock()
		for review, fact := range before {
			if !closed && !slices.Contains(reviews, review) {
				continue
			}
			if in.spool.Done(fact) != nil {
				continue // it is done again after the next reading
			}
			delete(in.kept[change], review)
		}
		if len(in.kept[change]) == 0 {
			delete(in.kept, change)
		}
	}
}
