package reconciler

import (
	"context"
	"fmt"
	"path"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// proposal is a change that the daemon opens so that content which landed past the
// check can be approved afterwards. The other way out is to take it back.
type proposal struct {
	app    string
	held   policies.Decision
	effect string
}

// propose claims to open a change for newly held content.
func (p *pass) propose(held policies.Decision) ledger.Entry {
	x := proposal{app: held.Subject, held: held, effect: ledger.Effect("propose", string(held.Digest))}
	p.proposals = append(p.proposals, x)
	return ledger.Entry{
		Kind: ledger.KindClaim, Subject: x.app, Body: ledger.NewClaim(x.effect, p.r.Holder, p.now, p.r.ClaimFor),
		Sentence: fmt.Sprintf("Claim to ask for approval of %s %s, which is held", x.app, held.Digest.Short()),
	}
}

// openProposals opens the changes that were claimed. It touches nothing but a note
// beside the app, so that approving it approves what landed.
func (p *pass) openProposals(ctx context.Context) []ledger.Entry {
	var entries []ledger.Entry
	for _, x := range p.proposals {
		claim, ok := p.view.Held(x.app, x.effect, p.r.Holder, p.now)
		if !ok {
			continue
		}
		note := fmt.Sprintf("Content %s of %s landed without the approvals it needs.\nApproving this change approves it afterwards.\n", x.held.Digest, x.app)
		receipt, err := p.r.Forge.Do(ctx, forge.Action{Propose: &forge.Proposal{
			Key: "held-" + x.app + "-" + x.held.Digest.Short(), Base: p.r.Branch,
			Title: fmt.Sprintf("Approve %s %s, which landed already", x.app, x.held.Digest.Short()), Text: note,
			Files: map[string][]byte{path.Join(path.Dir(x.held.Path), "evidence", "landed-"+x.held.Digest.Short()+".md"): []byte(note)},
		}})
		outcome := ledger.Receipt{Effect: x.effect, Claim: claim.Seq, Outcome: "done", Steps: []string{"opened " + receipt.ID}}
		if err != nil {
			p.r.Log.Error("a change for held content could not be opened", "app", x.app, "error", err)
			outcome.Outcome, outcome.Error, outcome.Steps = "failed", err.Error(), nil
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: x.app, Body: outcome,
			Sentence: fmt.Sprintf("Ask for approval of %s %s, which is held: %s", x.app, x.held.Digest.Short(), outcome.Outcome),
		})
	}
	p.proposals = nil
	return entries
}
