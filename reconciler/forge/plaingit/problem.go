package plaingit

import (
	"context"
	"log/slog"
	"sync"

	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// Problem is something below the prefix of changes or reviews that means nothing,
// and why. It is for the operator: nothing follows from it.
type Problem struct {
	Change string      // empty where it belongs to none
	Ref    gitrepo.Ref // where it is
	ID     gitrepo.ID  // what is there
	Reason string      // untrusted text may be quoted in it
}

// Problems lists what is named like a review of a change and is none, and the
// commits of the change that are nobody's, by ref. The errors are those of Change.
func (f *Forge) Problems(ctx context.Context, id string) ([]Problem, error) {
	_, problems, err := f.read(ctx, id)
	return problems, err
}

// maxTold bounds what a journal remembers. A repository with more problems is told
// some of them again.
const maxTold = 10_000

// A journal logs each problem once.
type journal struct {
	log  *slog.Logger
	mu   *sync.Mutex
	told map[Problem]bool
}

func newJournal(log *slog.Logger) journal {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return journal{log: log, mu: &sync.Mutex{}, told: map[Problem]bool{}}
}

func (j *journal) note(ctx context.Context, problems ...Problem) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range problems {
		if j.told[p] {
			continue
		}
		if len(j.told) >= maxTold {
			clear(j.told)
		}
		j.told[p] = true
		j.log.WarnContext(ctx, "ignored in the repository", "change", p.Change, "ref", string(p.Ref), "object", string(p.ID), "reason", p.Reason)
	}
}
