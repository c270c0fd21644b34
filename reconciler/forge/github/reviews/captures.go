package reviews

import (
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Captured is what a review said when it was submitted, before GitHub could change it.
type Captured struct {
	Base     string // the branch that the pull request was for; the review does not count for another
	Commit   catalog.Commit
	Confirms string
}

// maxCaptured bounds the captured reviews. The oldest go first; they are in the ledger by
// then.
const maxCaptured = 20_000

// Captures are the reviews as they were when they were submitted, by Key.
type Captures struct {
	mu      sync.Mutex // held while one is added
	reviews *lru.Cache[string, Captured]
}

// NewCaptures remembers none yet.
func NewCaptures() *Captures { return &Captures{reviews: api.NewLRU[Captured](maxCaptured)} }

// Get returns what is remembered of a review.
func (c *Captures) Get(key string) (Captured, bool) { return c.reviews.Get(key) }

// Add remembers a review. The first capture of a review stays.
func (c *Captures) Add(key string, r Captured) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.reviews.Peek(key)
	// Change may have seen the review before its payload arrived. Only the payload has the
	// text as it was submitted.
	if !ok || first.Confirms == "" && first.Base == r.Base && first.Commit == r.Commit {
		c.reviews.Add(key, r)
	}
}

// Key is the key of a review in captures.
func Key(pull int, review int64) string { return fmt.Sprintf("%d/%d", pull, review) }
