package propose

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Proposal is a change that the daemon asks for.
type Proposal struct {
	Subject  string        // of its records
	Effect   ledger.Effect // to open it, as claims and receipts name it
	Sentence string
	Change   forge.Proposal
}

// Claim asks to open the change.
func (p Proposal) Claim(s *session.Session) ledger.Entry {
	return s.Claim(p.Subject, p.Effect, "Claim to a"+p.Sentence[1:])
}

// Receipt is the record of a change that was opened as id, or could not be.
func (p Proposal) Receipt(claim ledger.ClaimState, id string, err error) ledger.Entry {
	r := ledger.Receipt{Effect: p.Effect, Claim: claim.Seq, Outcome: ledger.OutcomeDone, Steps: []string{opened + id}}
	if err != nil {
		r.Outcome, r.Error, r.Steps = ledger.OutcomeFailed, err.Error(), nil
	}
	return ledger.Entry{Kind: ledger.KindReceipt, Subject: p.Subject, Body: r, Sentence: p.Sentence + ": " + string(r.Outcome)}
}

// opened begins the step that names the change which a receipt opened.
const opened = "opened "

// openedBy is the change that a receipt opened; empty for none.
func openedBy(r ledger.Receipt) string {
	for _, step := range r.Steps {
		if id, ok := strings.CutPrefix(step, opened); ok {
			return id
		}
	}
	return ""
}

// Opened lists the changes that were opened about a subject for an effect, or for any,
// since an instant: content that was taken back and landed once more is asked for once
// more.
func Opened(ctx context.Context, v *chain.View, subject string, effect ledger.Effect, since time.Time) ([]string, error) {
	records, err := v.Records(ctx, ledger.KindReceipt, subject)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return nil, err
		}
		if b := body.(ledger.Receipt); (effect == "" || b.Effect == effect) && openedBy(b) != "" && !r.At.Before(since) {
			list = append(list, openedBy(b))
		}
	}
	return list, nil
}

// Own reports whether the daemon opened a change about a subject, whatever became of what
// it asked for. people tell the daemon's account from everybody else's.
func Own(ctx context.Context, v *chain.View, people identity.Directory, subject string, c forge.Change) (bool, error) {
	if !c.Bot || people.Person(c.Author) != "" {
		return false, nil
	}
	list, err := Opened(ctx, v, subject, "", time.Time{})
	return slices.Contains(list, c.ID), err
}

// AsksForGovernance reports whether a change is the one that the daemon opened for
// governance which landed and is held. It brings nothing itself; what it asks for stands on
// the branch already.
func AsksForGovernance(ctx context.Context, v *chain.View, change string) (bool, error) {
	held := v.Root().Held
	if held == nil || change == "" {
		return false, nil
	}
	list, err := Opened(ctx, v, catalog.Governance, heldEffect(held.Digest), time.Time{})
	return slices.Contains(list, change), err
}
