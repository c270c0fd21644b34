package reconciler

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog"
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
		app: held.Subject, effect: proposeEffect(held.Digest), sentence: "Ask for approval of " + what + ", which is held",
		change: forge.Proposal{
			Key: "held-" + held.Subject + "-" + held.Digest.Short(), Base: p.r.Branch,
			Title: "Approve " + what + ", which landed already", Text: note,
			Files: map[string][]byte{noteOn(held): []byte(note)},
		},
	}
	p.proposals = append(p.proposals, x)
	return ledger.Entry{
		Kind: ledger.KindClaim, Subject: x.app, Body: ledger.NewClaim(x.effect, p.r.Holder, p.now, p.r.ClaimFor),
		Sentence: "Claim to ask for approval of " + what + ", which is held",
	}
}

func proposeEffect(held catalog.Digest) string { return ledger.Effect("propose", string(held)) }

// noteOn is where the note on held content lies: beside the app, or for governance
// in a folder that means nothing else.
func noteOn(held policies.Decision) string {
	name := "landed-" + held.Digest.Short() + ".md"
	if held.Subject == catalog.Governance {
		return path.Join("landed", name)
	}
	return path.Join(path.Dir(held.Path), "evidence", name)
}

// asksForGovernance reports whether a change is the one that the daemon opened for
// governance which landed and is held. It brings nothing itself; what it asks for
// stands on the branch already.
func (p *pass) asksForGovernance(ctx context.Context, change string) (bool, error) {
	held := p.view.Root().Held
	if held == nil || change == "" {
		return false, nil
	}
	records, err := p.view.Records(ctx, ledger.KindReceipt, catalog.Governance)
	if err != nil {
		return false, err
	}
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return false, err
		}
		if b := body.(ledger.Receipt); b.Effect == proposeEffect(held.Digest) && openedBy(b) == change {
			return true, nil
		}
	}
	return false, nil
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
