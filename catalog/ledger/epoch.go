package ledger

import (
	"strings"
	"time"
)

// Epoch names one end of an app's time: the kind of reason, which one it is, and until when
// somebody put it off, as in "ttl 2026-05-01" or "ttl 2026-05-01 again 2026-05-15T08:00:00Z".
// What is announced, approved or recorded of one epoch holds for no other. The kinds are
// those of lifecycle reviews.
type Epoch string

// again stands between an epoch and the end of a reprieve from it.
const again = " again "

// NewEpoch names an end by its kind, which is one word, and by what tells it from others of
// that kind.
func NewEpoch(kind string, which ...string) Epoch {
	return Epoch(strings.Join(append([]string{kind}, which...), " "))
}

// Kind is the kind of reason; empty for no epoch.
func (e Epoch) Kind() string {
	kind, _, _ := strings.Cut(string(e), " ")
	return kind
}

// PutOff is the epoch of the same end once it is put off: one of its own, so that people are
// told again.
func (e Epoch) PutOff(until time.Time) Epoch {
	return e + again + Epoch(until.UTC().Format(time.RFC3339))
}

// Original is the epoch that was put off, or e itself.
func (e Epoch) Original() Epoch {
	original, _, _ := strings.Cut(string(e), again)
	return Epoch(original)
}
