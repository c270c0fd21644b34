package reconciler

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
)

// capture turns the reviews that are new into records: what each person looked at,
// as far as it can be known. What is captured first counts; what cannot be known
// has to be given again.
func (v *review) capture(ctx context.Context) ([]ledger.Entry, error) {
	var entries []ledger.Entry
	for i := range v.subjects {
		s := &v.subjects[i]
		if s.strays != nil {
			continue // nobody can approve them
		}
		known := s.state.Changes[v.change.ID]
		s.reviews = slices.Clone(known.Approvals)
		closed := v.View.Closed(s.name, v.change.ID)
		before, err := v.recordedBefore(ctx, s.name, closed)
		if err != nil {
			return nil, err
		}
		for _, given := range v.change.Reviews {
			if slices.ContainsFunc(s.reviews, func(k catalog.Approval) bool {
				return k.ID == given.ID && k.Review == given.Review && (k.Confirmed || given.Confirms == "")
			}) {
				continue // recorded, whatever the forge says of it by now
			}
			if before[given.ID] {
				given.At = closed // by whatever clock it was dated
			}
			a, note := v.approval(ctx, s, given, closed)
			if note != "" && !slices.Contains(v.out.Notes, note) {
				v.out.Notes = append(v.out.Notes, note)
			}
			if a.ID == "" || slices.ContainsFunc(s.reviews, func(k catalog.Approval) bool {
				return k.ID == a.ID && k.Review == a.Review && (k.Confirmed || !a.Confirmed || k.Digest != a.Digest)
			}) {
				continue
			}
			s.reviews = append(s.reviews, a)
			entries = append(entries, approvalEntry(a))
		}
	}
	return entries, nil
}

// recordedBefore lists the reviews of an earlier change of the same name that are on
// record. When it was closed is told by our clock, and when they were given by others.
func (v *review) recordedBefore(ctx context.Context, subject string, closed time.Time) (map[string]bool, error) {
	if closed.IsZero() {
		return nil, nil
	}
	records, err := v.View.Records(ctx, ledger.KindApproval, subject)
	if err != nil {
		return nil, fmt.Errorf("read what was approved of %s before: %w", subject, err)
	}
	before := map[string]bool{}
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return nil, fmt.Errorf("read what was approved of %s before: %w", subject, err)
		}
		if a, ok := body.(catalog.Approval); ok && a.Change == v.change.ID && !r.At.After(closed) {
			before[a.ID] = true
		}
	}
	return before, nil
}

// withdrawn records what was taken back of one subject of a change that landed, and
// returns all its reviews. Between the last look at the change and its landing
// somebody may have withdrawn, while the check was green still. An approval that nobody
// had recorded by then is none.
func (p *pass) withdrawn(ctx context.Context, b *judge.Judge, change forge.Change, s subject) ([]catalog.Approval, []ledger.Entry, error) {
	change.Reviews = slices.DeleteFunc(slices.Clone(change.Reviews), func(r forge.Review) bool { return r.Review == catalog.Approve })
	v := review{pass: p, change: change, judge: b, subjects: []subject{s}}
	entries, err := v.capture(ctx)
	return v.subjects[0].reviews, entries, err
}

// approval is what one review says of one subject; the zero one where it says
// nothing that could be recorded, with a note for the people of the change.
func (v *review) approval(ctx context.Context, s *subject, given forge.Review, closed time.Time) (catalog.Approval, string) {
	person := v.judge.People.Person(given.By)
	listed, _ := v.judge.People.Listed(person)
	switch {
	case given.Bot || listed.Bot:
		return catalog.Approval{}, ""
	case person == "":
		return catalog.Approval{}, "Somebody reviewed this whom `roles.yaml` does not list. Their review does not count."
	case !given.At.IsZero() && !given.At.After(closed):
		return catalog.Approval{}, fmt.Sprintf("The review by %s is of an earlier change of the same name, and does not count.", comment.PersonName(v.judge.People, person))
	case given.Review == catalog.Approve && !given.Witnessed:
		return catalog.Approval{}, fmt.Sprintf("%s approved while the content moved, so nobody can tell which of it they looked at. Please approve once more.", comment.PersonName(v.judge.People, person))
	}
	a := catalog.Approval{
		ID: given.ID, Change: v.change.ID, Base: v.change.Base, Subject: s.name, Person: person, Review: given.Review, At: v.Now, Given: given.At,
		Roles: v.rolesThen(s, given, person),
	}
	switch {
	case given.Digests != nil:
		a.Digest = given.Digests[s.name]
		a.Confirmed = true // it names what it is about
		if a.Digest == "" {
			return catalog.Approval{}, ""
		}
	case given.Commit == v.change.Head:
		a.Digest = s.digest
	default:
		a.Digest = v.digestAt(ctx, s, given.Commit)
	}
	if repeats(given.Confirms, a.Digest) {
		a.Confirmed = true
	}
	a.Shown = v.shownTo(s, given, a.Digest)
	return a, ""
}

// lateBy is how late a review may be learnt of.
const lateBy = 10 * time.Minute

// rolesThen lists the roles in which a review was given. One from before the governance
// that would tell was given in none: its giver may have come to them since.
func (v *review) rolesThen(s *subject, given forge.Review, person catalog.Name) []string {
	governance, _ := v.View.App(catalog.Governance)
	if !given.At.IsZero() && !given.At.After(governance.Admitted[""].At.Add(-lateBy)) {
		return []string{}
	}
	proposed := s.doc.App()
	if s.doc == nil && s.edit.From != nil {
		proposed = s.edit.From.App() // which is taken away
	}
	return policies.RolesOf(v.judge.Governing, s.before, proposed, person)
}

// shownTo is since when somebody who reviewed could read the verdict on a digest. Of
// what the head has come back to, people read something else until just now.
func (v *review) shownTo(s *subject, given forge.Review, digest catalog.Digest) time.Time {
	judged := s.state.Changes[v.change.ID].Judged
	for i, j := range judged {
		if j.Digest == digest && (given.Commit != v.change.Head || i == len(judged)-1) {
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
func (v *review) digestAt(ctx context.Context, s *subject, commit catalog.Commit) catalog.Digest {
	const gone = catalog.Digest("c1:unknown") // equal to nothing
	for _, j := range s.state.Changes[v.change.ID].Judged {
		if j.Commit == commit && j.Digest != "" {
			return j.Digest
		}
	}
	if s.doc == nil {
		return gone
	}
	if doc := v.documentAt(ctx, s.doc.Path, commit); doc.App() != nil && doc.Digest() != "" {
		return doc.Digest()
	}
	return gone
}

// documentAt reads a file of the change as it was at a commit; nil where it cannot be
// read any more.
func (v *review) documentAt(ctx context.Context, path string, commit catalog.Commit) *catalog.Document {
	if commit == "" {
		return nil
	}
	files, err := v.r.Repo.Files(ctx, commit)
	if err != nil {
		return nil
	}
	e, ok, err := files.Entry(ctx, path)
	if err != nil || !ok {
		return nil
	}
	src, err := files.Read(ctx, e, catalog.MaxManifest)
	if err != nil {
		return nil
	}
	return catalog.Parse(path, e.ID, src)
}

func approvalEntry(a catalog.Approval) ledger.Entry {
	verb := map[catalog.Review]string{catalog.Approve: "approves", catalog.Reject: "rejects", catalog.Dismiss: "withdraws from"}[a.Review]
	return ledger.Entry{
		Kind: ledger.KindApproval, Subject: a.Subject, Body: a,
		Sentence: fmt.Sprintf("%s %s %s %s in change %s", a.Person, verb, a.Subject, a.Digest.Short(), a.Change),
		Trailers: []ledger.Trailer{{Key: "Change", Value: a.Change}, {Key: "Reviewer", Value: string(a.Person)}, {Key: "Digest", Value: string(a.Digest)}},
	}
}
