package forgetest

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Showing is a verdict as it was shown.
type Showing struct {
	Head    catalog.Commit
	Verdict forge.Verdict
}

// Posted is a comment as people see it.
type Posted struct {
	ID     string
	Text   string
	Writes int // 1 for one that was never edited
}

// Landing is a change that landed.
type Landing struct {
	Change  string
	Head    catalog.Commit
	Message string
	Commit  catalog.Commit
}

// Shown lists the verdicts that were shown on a change, each time one differed from
// the one before.
func (f *Fake) Shown(id string) []Showing {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.must(id).shown)
}

// Comments lists the comments beside a change.
func (f *Fake) Comments(id string) []Posted {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.must(id).comments)
}

// Told lists what was told, once for each key.
func (f *Fake) Told(id string) []forge.Mention {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.must(id).told)
}

// Asked lists who was asked for a review, each person once.
func (f *Fake) Asked(id string) []forge.Identity {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.must(id).asked)
}

// Suggested lists the corrections that can be taken over with a click.
func (f *Fake) Suggested(id string) []forge.Note {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.must(id)
	if len(c.shown) == 0 || !f.can[forge.Suggest] {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.shown[len(c.shown)-1].Verdict.Notes), func(n forge.Note) bool { return n.Suggest == "" })
}

// Landings lists what landed, in that order.
func (f *Fake) Landings() []Landing {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.lands)
}

// Writes counts the writes that actions made.
func (f *Fake) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}

// Status is how far a commit of the base branch has come, as was shown last; the zero
// status where nothing was.
func (f *Fake) Status(commit catalog.Commit) forge.CommitStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.statuses[commit]
}
