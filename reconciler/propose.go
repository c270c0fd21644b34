package reconciler

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// proposal is a change that the daemon itself asks for, and the claim to.
type proposal struct {
	app      string // the subject of its records
	effect   string
	sentence string
	change   forge.Proposal
}

// askForHeld claims to open a change for content that is held and lacks nothing but
// approvals, so that what landed past the check can be approved afterwards. The other
// way out is to take it back. It follows from what is held and not from the landing:
// whoever first claimed to may have died, or found the forge away.
func (p *pass) askForHeld(ctx context.Context, b *judge.Judge, apps []string) error {
	var claims []ledger.Entry
	for _, name := range append([]string{catalog.Governance}, apps...) {
		state, _ := p.View.App(name)
		x, ok := p.heldProposal(b, state)
		if !ok || p.Now.Before(p.r.sendAgain[x.effect]) || p.r.jobs.Busy(x.effect, 0) {
			continue
		}
		if opened, err := p.openedFor(ctx, name, x.effect, state.Held.At); err != nil {
			return err
		} else if len(opened) > 0 {
			continue
		}
		if !p.View.Claimable(name, x.effect, p.Now) {
			p.askAgain(x, state.Claims[x.effect].Until)
			continue
		}
		p.proposals = append(p.proposals, x)
		claims = append(claims, ledger.Entry{
			Kind: ledger.KindClaim, Subject: name, Body: ledger.NewClaim(x.effect, p.r.Holder, p.Now, p.r.ClaimFor),
			Sentence: "Claim to a" + x.sentence[1:],
		})
	}
	return p.Note(ctx, claims)
}

// heldProposal is the change that asks for approval of what is held of a subject; ok
// is false where there is nothing to approve. It touches nothing but a note beside the
// app, so that approving it approves what landed.
func (p *pass) heldProposal(b *judge.Judge, state ledger.App) (x proposal, ok bool) {
	held := state.Held
	if held == nil || held.Verdict != string(policies.NeedsApproval) {
		return proposal{}, false
	}
	file := path.Join(notesFolder, "landed-"+held.Digest.Short()+".md")
	if state.Name != catalog.Governance {
		doc := b.DocumentOf(b.Main, state, state.Name)
		if doc == nil || doc.Digest() != held.Digest {
			return proposal{}, false // it is gone from the branch
		}
		file = path.Join(path.Dir(doc.Path), "evidence", path.Base(file))
	}
	what := state.Name + " " + held.Digest.Short()
	note := fmt.Sprintf("Content %s of %s landed without the approvals it needs.\nApproving this change approves it afterwards.\n", held.Digest, state.Name)
	return proposal{
		app: state.Name, effect: proposeEffect(held.Digest), sentence: "Ask for approval of " + what + ", which is held",
		change: forge.Proposal{
			Key: "held-" + state.Name + "-" + held.Digest.Short(), Base: p.r.Branch,
			Title: "Approve " + what + ", which landed already", Text: note,
			Files: map[string][]byte{file: []byte(note)},
		},
	}, true
}

// notesFolder is where the note of a change lies that asks for governance which landed
// already.
const notesFolder = "landed"

func proposeEffect(held catalog.Digest) string { return ledger.Effect("propose", string(held)) }

// asksForGovernance reports whether a change is the one that the daemon opened for
// governance which landed and is held. It brings nothing itself; what it asks for
// stands on the branch already.
func (p *pass) asksForGovernance(ctx context.Context, change string) (bool, error) {
	held := p.View.Root().Held
	if held == nil || change == "" {
		return false, nil
	}
	return p.opensFor(ctx, ledger.App{Name: catalog.Governance, Held: held}, change)
}

// opensFor reports whether the daemon opened a change for content that is held.
func (p *pass) opensFor(ctx context.Context, state ledger.App, change string) (bool, error) {
	opened, err := p.openedFor(ctx, state.Name, proposeEffect(state.Held.Digest), time.Time{})
	return slices.Contains(opened, change), err
}

// ownChange reports whether the daemon opened a change about a subject, whatever became
// of what it asked for.
func (p *pass) ownChange(ctx context.Context, b *judge.Judge, subject string, c forge.Change) (bool, error) {
	if !c.Bot || b.People.Person(c.Author) != "" {
		return false, nil
	}
	opened, err := p.openedFor(ctx, subject, "", time.Time{})
	return slices.Contains(opened, c.ID), err
}

// onlyNote reports whether a change brings nothing to governance but a note of ours.
func (v *review) onlyNote() bool { return onlyNote(v.base, v.proposed) }

func onlyNote(from, to *catalog.Snapshot) bool {
	before, after := from.GovernanceObjects(), to.GovernanceObjects()
	for p := range before {
		if after[p] != before[p] {
			return false
		}
	}
	for p := range after {
		if before[p] == "" && path.Dir(p) != notesFolder {
			return false
		}
	}
	return true
}

// openedFor lists the changes that were opened for an effect, or for any, since an
// instant: content that was taken back and landed once more is asked for once more.
func (p *pass) openedFor(ctx context.Context, subject, effect string, since time.Time) ([]string, error) {
	records, err := p.View.Records(ctx, ledger.KindReceipt, subject)
	if err != nil {
		return nil, err
	}
	var opened []string
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return nil, err
		}
		if b := body.(ledger.Receipt); (effect == "" || b.Effect == effect) && openedBy(b) != "" && !r.At.Before(since) {
			opened = append(opened, openedBy(b))
		}
	}
	return opened, nil
}

// startProposals begins to open the changes that were claimed.
func (p *pass) startProposals(ctx context.Context) {
	for _, x := range p.proposals {
		claim, ok := p.View.Held(x.app, x.effect, p.r.Holder, p.Now)
		if !ok {
			p.askAgain(x, p.Now.Add(p.r.ClaimFor))
			continue
		}
		p.begin(ctx, "forge", x.effect, claim.Seq, x.app, x.effect, claim, func(ctx context.Context) outcome {
			var receipt forge.Receipt
			err := parallel.Guard(p.r.Log, "opening a change for", x.app, func() (err error) {
				receipt, err = p.r.Forge.Do(ctx, forge.Action{Propose: &x.change})
				return err
			})
			return func(p *pass) []ledger.Entry { return p.proposed(x, claim, receipt, err) }
		})
	}
	p.proposals = nil
}

// proposed is the record of a change that was opened, or could not be.
func (p *pass) proposed(x proposal, claim ledger.ClaimState, receipt forge.Receipt, err error) []ledger.Entry {
	outcome := ledger.Receipt{Effect: x.effect, Claim: claim.Seq, Outcome: "done", Steps: []string{opened + receipt.ID}}
	if err != nil {
		p.r.Log.Error("a change could not be opened", "title", x.change.Title, "error", err)
		outcome.Outcome, outcome.Error, outcome.Steps = outcomeFailed, err.Error(), nil
		at := p.Now.Add(min(firstPause<<min(p.r.unsent[x.effect], 8), longestPause))
		p.r.unsent[x.effect]++
		p.r.sendAgain[x.effect] = at
		p.askAgain(x, at)
	}
	return []ledger.Entry{{
		Kind: ledger.KindReceipt, Subject: x.app, Body: outcome, Sentence: x.sentence + ": " + outcome.Outcome,
	}}
}

// askAgain looks at once more whether a change has to be opened.
func (p *pass) askAgain(x proposal, at time.Time) { p.tryAgain(x.app, at) }

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
