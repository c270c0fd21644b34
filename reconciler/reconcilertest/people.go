package reconcilertest

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
	"github.com/levee-gitops/levee/reconciler/review"
)

// Approve is a review of what a change says now. The person is known by their key.
func (w *World) Approve(person, branch string) {
	w.T.Helper()
	w.review(person, branch, catalog.Approve)
}

// Reject is the other review.
func (w *World) Reject(person, branch string) {
	w.T.Helper()
	w.review(person, branch, catalog.Reject)
}

func (w *World) review(person, branch string, verdict catalog.Review) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	whose, err := p.Status.PersonOf(w.T.Context(), w.Keys[person].Public)
	w.must(err)
	if string(whose) != person {
		w.T.Fatalf("the key of %s is of %s", person, whose)
	}
	w.sign(p, person, branch, verdict)
}

// ApproveByHand is a review made with nothing but Git, which asks nobody who is who.
func (w *World) ApproveByHand(person, branch string) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	w.sign(p, person, branch, catalog.Approve)
}

func (w *World) sign(p *Process, person, branch string, verdict catalog.Review) {
	w.T.Helper()
	id := "publish/" + branch
	change, err := p.Reviews.Preview(w.T.Context(), id)
	w.must(err)
	r := plaingit.Review{Change: id, Verdict: verdict, Digests: map[string]catalog.Digest{}}
	for _, d := range change.Decisions {
		if r.Digests[d.Subject] = d.Digest; d.Digest == "" {
			w.T.Fatalf("%s of %s is not valid, and nothing to review", d.Subject, id)
		}
	}
	by := plaingit.Reviewer{Person: catalog.Name(person), Signer: w.Keys[person].Signer, As: gitrepo.Person{Name: person, Email: person + "@localhost", When: w.Now()}}
	_, err = plaingit.Sign(w.T.Context(), p.Repo, by, change.Head, r)
	w.must(err)
}

// Preview is an open change as it stands now.
func (w *World) Preview(branch string) review.Preview {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	change, err := p.Reviews.Preview(w.T.Context(), "publish/"+branch)
	w.must(err)
	return change
}
