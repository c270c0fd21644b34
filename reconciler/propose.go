package reconciler

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// proposal is a change that the daemon itself asks for, and the claim to.
type proposal struct {
	app      string // the subject of its records
	effect   string
	sentence string
	change   forge.Proposal
}

// propose claims to open a change for newly held content, so that what landed past
// the check can be approved afterwards. The other way out is to take it back. The
// change touches nothing but a note beside the app, so that approving it approves
// what landed.
func (p *pass) propose(held policies.Decision) ledger.Entry {
	what := held.Subject + " " + held.Digest.Short()
	note := fmt.Sprintf("Content %s of %s landed without the approvals it needs.\nApproving this change approves it afterwards.\n", held.Digest, held.Subject)
	x := proposal{
		app: held.Subject, effect: ledger.Effect("propose", string(held.Digest)), sentence: "Ask for approval of " + what + ", which is held",
		change: forge.Proposal{
			Key: "held-" + held.Subject + "-" + held.Digest.Short(), Base: p.r.Branch,
			Title: "Approve " + what + ", which landed already", Text: note,
			Files: map[string][]byte{path.Join(path.Dir(held.Path), "evidence", "landed-"+held.Digest.Short()+".md"): []byte(note)},
		},
	}
	p.proposals = append(p.proposals, x)
	return ledger.Entry{
		Kind: ledger.KindClaim, Subject: x.app, Body: ledger.NewClaim(x.effect, p.r.Holder, p.now, p.r.ClaimFor),
		Sentence: "Claim to ask for approval of " + what + ", which is held",
	}
}

// openProposals opens the changes that were claimed.
func (p *pass) openProposals(ctx context.Context) []ledger.Entry {
	var entries []ledger.Entry
	for _, x := range p.proposals {
		claim, ok := p.view.Held(x.app, x.effect, p.r.Holder, p.now)
		if !ok {
			continue
		}
		receipt, err := p.r.Forge.Do(ctx, forge.Action{Propose: &x.change})
		outcome := ledger.Receipt{Effect: x.effect, Claim: claim.Seq, Outcome: "done", Steps: []string{opened + receipt.ID}}
		if err != nil {
			p.r.Log.Error("a change could not be opened", "title", x.change.Title, "error", err)
			outcome.Outcome, outcome.Error, outcome.Steps = "failed", err.Error(), nil
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: x.app, Body: outcome, Sentence: x.sentence + ": " + outcome.Outcome,
		})
	}
	p.proposals = nil
	return entries
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
