package review

import (
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// A refusal is why a change was not landed when it was tried last, and when it is
// tried again.
type refusal struct {
	head  catalog.Commit
	why   string
	times int
	until time.Time
}

// The first pause after the forge refused to land a change, and the longest. What it
// waits for may be over soon, such as another check.
const firstRefusal, longestRefusal = 30 * time.Second, 10 * time.Minute

func (r *Reviewer) refusalOf(change string) refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refusals[change]
}

func (r *Reviewer) refuse(change string, x refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refusals == nil {
		r.refusals = map[string]refusal{}
	}
	r.refusals[change] = x
}

func (r *Reviewer) forgetRefusal(change string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.refusals, change)
}

// refused is the refusal of the change's head; the zero one where there is none.
func (v *review) refused() refusal {
	if r := v.by.refusalOf(v.change.ID); r.head == v.change.Head {
		return r
	}
	return refusal{}
}
