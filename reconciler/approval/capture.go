package approval

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Subject is an app, or governance, that a change touches.
type Subject struct {
	Name     string
	Document *catalog.Document // as proposed; nil for governance, and for an app that is taken away
	Edit     catalog.FolderEdit
	Digest   catalog.Digest // of what is proposed
	State    ledger.App
	Before   *catalog.App // as admitted; nil where nothing is
}

// Capture is one change whose reviews are captured.
type Capture struct {
	Session *session.Session
	Judge   *judge.Judge
	Change  forge.Change
}

// Captured is what the reviews of a change say of one subject.
type Captured struct {
	Reviews []catalog.Approval // those recorded and those new
	Entries []ledger.Entry     // the records of those new
	Notes   []string           // for the people of the change
}

// Of reads the reviews of one subject. What was captured first counts; what cannot be
// known has to be given again.
func (c *Capture) Of(ctx context.Context, s Subject) (Captured, error) {
	out := Captured{Reviews: slices.Clone(s.State.Changes[c.Change.ID].Approvals)}
	closed := c.Session.View.Closed(s.Name, c.Change.ID)
	before, err := c.recordedBefore(ctx, s.Name, closed)
	if err != nil {
		return out, err
	}
	for _, given := range c.Change.Reviews {
		if slices.ContainsFunc(out.Reviews, func(k catalog.Approval) bool {
			return k.ID == given.ID && k.Review == given.Review && (k.Confirmed || given.Confirms == "")
		}) {
			continue // recorded, whatever the forge says of it by now
		}
		if before[given.ID] {
			given.At = closed // by whatever clock it was dated
		}
		a, note := c.approval(ctx, s, given, closed)
		if note != "" && !slices.Contains(out.Notes, note) {
			out.Notes = append(out.Notes, note)
		}
		if a.ID == "" || slices.ContainsFunc(out.Reviews, func(k catalog.Approval) bool {
			return k.ID == a.ID && k.Review == a.Review && (k.Confirmed || !a.Confirmed || k.Digest != a.Digest)
		}) {
			continue
		}
		out.Reviews = append(out.Reviews, a)
		out.Entries = append(out.Entries, entry(a))
	}
	return out, nil
}

// Withdrawn is Of for a change that has landed: it captures only what was taken back.
// Between the last look at the change and its landing somebody may have withdrawn, while
// the check was green still. An approval that nobody had recorded by then is none.
func (c *Capture) Withdrawn(ctx context.Context, s Subject) (Captured, error) {
	left := *c
	left.Change.Reviews = slices.DeleteFunc(slices.Clone(c.Change.Reviews), func(r forge.Review) bool { return r.Review == catalog.Approve })
	return left.Of(ctx, s)
}

// recordedBefore lists the reviews of an earlier change of the same name that are on
// record. When it was closed is told by our clock, and when they were given by others.
func (c *Capture) recordedBefore(ctx context.Context, subject string, closed time.Time) (map[string]bool, error) {
	if closed.IsZero() {
		return nil, nil
	}
	records, err := c.Session.View.Records(ctx, ledger.KindApproval, subject)
	if err != nil {
		return nil, fmt.Errorf("read what was approved of %s before: %w", subject, err)
	}
	before := map[string]bool{}
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return nil, fmt.Errorf("read what was approved of %s before: %w", subject, err)
		}
		if a, ok := body.(catalog.Approval); ok && a.Change == c.Change.ID && !r.At.After(closed) {
			before[a.ID] = true
		}
	}
	return before, nil
}

// approval is what one review says of one subject; the zero one where it says
// nothing that could be recorded, with a note for the people of the change.
func (c *Capture) approval(ctx context.Context, s Subject, given forge.Review, closed time.Time) (catalog.Approval, string) {
	person := c.Judge.People.Person(given.By)
	listed, _ := c.Judge.People.Listed(person)
	switch {
	case given.Bot || listed.Bot:
		return catalog.Approval{}, ""
	case person == "":
		return catalog.Approval{}, "Somebody reviewed this whom `roles.yaml` does not list. Their review does not count."
	case !given.At.IsZero() && !given.At.After(closed):
		return catalog.Approval{}, fmt.Sprintf("The review by %s is of an earlier change of the same name, and does not count.", comment.PersonName(c.Judge.People, person))
	case given.Review == catalog.Approve && !given.Witnessed:
		return catalog.Approval{}, fmt.Sprintf("%s approved while the content moved, so nobody can tell which of it they looked at. Please approve once more.", comment.PersonName(c.Judge.People, person))
	}
	a := catalog.Approval{
		ID: given.ID, Change: c.Change.ID, Base: c.Change.Base, Subject: s.Name, Person: person, Review: given.Review, At: c.Session.Now, Given: given.At,
		Roles: c.rolesThen(s, given, person),
	}
	switch {
	case given.Digests != nil:
		a.Digest = given.Digests[s.Name]
		a.Confirmed = true // it names what it is about
		if a.Digest == "" {
			return catalog.Approval{}, ""
		}
	case given.Commit == c.Change.Head:
		a.Digest = s.Digest
	default:
		a.Digest = c.digestAt(ctx, s, given.Commit)
	}
	if repeats(given.Confirms, a.Digest) {
		a.Confirmed = true
	}
	a.Shown = c.shownTo(s, given, a.Digest)
	return a, ""
}

// lateBy is how late a review may be learnt of.
const lateBy = 10 * time.Minute

// rolesThen lists the roles in which a review was given. One from before the governance
// that would tell was given in none: its giver may have come to them since.
func (c *Capture) rolesThen(s Subject, given forge.Review, person catalog.Name) []string {
	governance, _ := c.Session.View.App(catalog.Governance)
	if !given.At.IsZero() && !given.At.After(governance.Admitted[""].At.Add(-lateBy)) {
		return []string{}
	}
	proposed := s.Document.App()
	if s.Document == nil && s.Edit.From != nil {
		proposed = s.Edit.From.App() // which is taken away
	}
	return policies.RolesOf(c.Judge.Governing, s.Before, proposed, person)
}

// shownTo is since when somebody who reviewed could read the verdict on a digest. Of
// what the head has come back to, people read something else until just now.
func (c *Capture) shownTo(s Subject, given forge.Review, digest catalog.Digest) time.Time {
	judged := s.State.Changes[c.Change.ID].Judged
	for i, j := range judged {
		if j.Digest == digest && (given.Commit != c.Change.Head || i == len(judged)-1) {
			return j.Shown
		}
	}
	return time.Time{}
}

// repeats reports whether somebody wrote a digest, or as much of it as is shown.
func repeats(written string, d catalog.Digest) bool {
	_, hash, _ := strings.Cut(string(d), ":")
	return len(written) >= len(d.Short()) && written != "" && strings.HasPrefix(hash, written)
}

// digestAt is the digest of a subject at an earlier head of the change: as it was
// recorded then, for the head itself may be gone, or as it can still be read.
func (c *Capture) digestAt(ctx context.Context, s Subject, commit catalog.Commit) catalog.Digest {
	const gone = catalog.Digest("c1:unknown") // equal to nothing
	for _, j := range s.State.Changes[c.Change.ID].Judged {
		if j.Commit == commit && j.Digest != "" {
			return j.Digest
		}
	}
	if s.Document == nil {
		return gone
	}
	if doc := c.DocumentAt(ctx, s.Document.Path, commit); doc.App() != nil && doc.Digest() != "" {
		return doc.Digest()
	}
	return gone
}

// DocumentAt reads a file of the change as it was at a commit; nil where it cannot be
// read any more.
func (c *Capture) DocumentAt(ctx context.Context, path string, commit catalog.Commit) *catalog.Document {
	if commit == "" {
		return nil
	}
	doc, err := c.Session.Document(ctx, commit, path)
	if err != nil {
		return nil
	}
	return doc
}

func entry(a catalog.Approval) ledger.Entry {
	verb := map[catalog.Review]string{catalog.Approve: "approves", catalog.Reject: "rejects", catalog.Dismiss: "withdraws from"}[a.Review]
	return ledger.Entry{
		Kind: ledger.KindApproval, Subject: a.Subject, Body: a,
		Sentence: fmt.Sprintf("%s %s %s %s in change %s", a.Person, verb, a.Subject, a.Digest.Short(), a.Change),
		Trailers: []ledger.Trailer{{Key: "Change", Value: a.Change}, {Key: "Reviewer", Value: string(a.Person)}, {Key: "Digest", Value: string(a.Digest)}},
	}
}
