package review

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// effects are what a review does on the forge. Each is claimed, then done by the replica
// that landed the claim, then its receipt is recorded.
type effects struct{ *review }

// claims asks for all that is to be done now and that nobody else is at.
func (v effects) claims() []ledger.Entry {
	claims := append(v.claimShow(), v.claimMentions()...)
	if land := v.claimLand(); land != nil {
		claims = append(claims, *land)
	}
	return claims
}

// trailer names the change in a record's commit.
func trailer(change string) ledger.Trailer { return ledger.Trailer{Key: "Change", Value: change} }

// do shows the verdict, asks for reviews, tells whoever the change waits for and lands it,
// and records what really happened.
func (v effects) do(ctx context.Context) error {
	receipts, err := v.all(ctx)
	// What was done is recorded, whatever failed after it.
	err = errors.Join(err, v.Record(context.WithoutCancel(ctx), nil, "", receipts))
	v.out.Records = v.Records
	return err
}

// all does it, one thing after the other, and returns the receipts of what was done
// also where the next thing failed.
func (v effects) all(ctx context.Context) (receipts []ledger.Entry, err error) {
	for _, act := range []func(context.Context) ([]ledger.Entry, error){v.show, v.ask, v.mention, v.land} {
		done, err := act(ctx)
		receipts = append(receipts, done...)
		if err != nil {
			return receipts, err
		}
	}
	return receipts, nil
}

// act does one action and counts it if it wrote anything.
func (v effects) act(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	a.Change, a.Head = v.change.ID, v.change.Head
	receipt, err := v.by.Forge.Do(ctx, a)
	if err == nil && receipt.Done {
		v.out.Actions++
	}
	return receipt, err
}

// unshown lists the subjects whose verdict reviewers could not yet read, where the
// forge is where they read it.
func (v effects) unshown() []subject {
	if !v.by.Forge.Can()[forge.Comment] {
		return nil // they read it in the ledger, as soon as it is recorded
	}
	var list []subject
	for _, s := range v.subjects {
		if last, ok := judged(v.View, v.change.ID, s); !ok || last.Shown.IsZero() {
			list = append(list, s)
		}
	}
	return list
}

func showEffect(change string, s subject) ledger.Effect {
	return ledger.NewEffect("show", change, string(s.Digest))
}

// claimShow claims to show the verdicts that nobody could read yet.
func (v effects) claimShow() []ledger.Entry {
	var claims []ledger.Entry
	for _, s := range v.unshown() {
		if effect := showEffect(v.change.ID, s); v.View.Claimable(s.Name, effect, v.Now) {
			claims = append(claims, v.Claim(s.Name, effect, "Claim to show the verdict on "+s.Name+" in change "+v.change.ID, trailer(v.change.ID)))
		}
	}
	return claims
}

// show makes the verdict readable where the change is. Only then do reviews of it
// begin to count.
func (v effects) show(ctx context.Context) ([]ledger.Entry, error) {
	verdict := v.page.Verdict()
	for _, s := range v.subjects {
		verdict.Digests = append(verdict.Digests, forge.SubjectSeen{Subject: s.Name, Digest: s.Digest})
	}
	if v.said.change == nil || !reflect.DeepEqual(v.said.shown, &verdict) {
		if _, err := v.act(ctx, forge.Action{Show: &verdict}); err != nil {
			return nil, fmt.Errorf("show the verdict: %w", err)
		}
	}
	v.said.shown = &verdict
	var entries []ledger.Entry
	for _, s := range v.unshown() {
		claim, ok := v.View.Held(s.Name, showEffect(v.change.ID, s), v.Holder, v.Now)
		if !ok {
			continue
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: s.Name,
			Body:     ledger.Receipt{Effect: showEffect(v.change.ID, s), Claim: claim.Seq, Outcome: ledger.OutcomeDone, Change: v.change.ID, Digest: s.Digest},
			Sentence: fmt.Sprintf("Show the verdict on %s %s in change %s", s.Name, s.Digest.Short(), v.change.ID),
			Trailers: []ledger.Trailer{trailer(v.change.ID)},
		})
	}
	return entries, nil
}

// ask asks those who can give what is missing, and nobody else.
func (v effects) ask(ctx context.Context) ([]ledger.Entry, error) {
	if v.out.State != forge.Pending || v.change.Draft || !v.by.Forge.Can()[forge.Ask] {
		return nil, nil
	}
	var people []catalog.Name
	for _, d := range v.out.Decisions {
		for _, need := range d.Approvals.Required {
			if slices.Contains(d.Approvals.Missing, need.Role) {
				people = append(people, need.From...)
			}
		}
	}
	slices.Sort(people)
	asked := v.judge.People.Accounts(slices.Compact(people))
	if v.said.change != nil && slices.Equal(v.said.asked, asked) {
		return nil, nil
	}
	_, err := v.act(ctx, forge.Action{Ask: &forge.Asking{People: asked}})
	if err != nil && !errors.Is(err, forge.ErrRefused) {
		return nil, fmt.Errorf("ask for reviews: %w", err)
	}
	v.said.asked = asked
	return nil, nil
}

// land merges the change, if this replica landed the claim to.
func (v effects) land(ctx context.Context) ([]ledger.Entry, error) {
	effect := landEffect(v.change)
	claim, ok := v.View.Held(ledger.SubjectLedger, effect, v.Holder, v.Now)
	if !ok || !v.by.Now().Before(claim.Until) || v.out.State != forge.Success {
		return nil, nil
	}
	receipt, err := v.act(ctx, forge.Action{Land: &forge.Landing{Message: landMessage(v.change, v.out.Decisions)}})
	outcome := ledger.Receipt{Effect: effect, Claim: claim.Seq, Outcome: ledger.OutcomeDone}
	switch {
	case errors.Is(err, forge.ErrStale), errors.Is(err, forge.ErrRefused):
		outcome.Outcome, outcome.Error = ledger.OutcomeFailed, err.Error()
		v.out.Notes = append(v.out.Notes, "The change could not be landed: "+err.Error())
		times := v.refused().times
		v.by.refuse(v.change.ID, refusal{v.change.Head, err.Error(), times + 1, v.Now.Add(min(firstRefusal<<min(times, 8), longestRefusal))})
	case err != nil:
		return nil, fmt.Errorf("land the change: %w", err)
	default:
		v.out.Landed = receipt.Commit
		v.by.forgetRefusal(v.change.ID)
	}
	return []ledger.Entry{{
		Kind: ledger.KindReceipt, Subject: ledger.SubjectLedger, Body: outcome,
		Sentence: fmt.Sprintf("Land change %s: %s", v.change.ID, outcome.Outcome),
		Trailers: []ledger.Trailer{trailer(v.change.ID)},
	}}, nil
}

func landMessage(c forge.Change, decisions []policies.Decision) string {
	if len(decisions) == 1 && decisions[0].Subject != catalog.Governance {
		return fmt.Sprintf("Publish %s %s", decisions[0].Subject, decisions[0].Digest.Short())
	}
	return "Land change " + c.ID
}

// claimLand asks to land the change, if nothing is missing and nobody else is at it.
func (v effects) claimLand() *ledger.Entry {
	effect := landEffect(v.change)
	if !v.landsNow() || !v.View.Claimable(ledger.SubjectLedger, effect, v.Now) {
		return nil
	}
	claim := v.Claim(ledger.SubjectLedger, effect, "Claim to land change "+v.change.ID, trailer(v.change.ID))
	return &claim
}

// mayLand reports whether nothing is missing for the change to be landed by the daemon.
func (v effects) mayLand() bool {
	return v.out.State == forge.Success && !v.change.Draft && len(v.subjects) > 0 && v.by.MergeWhenApproved
}

// landsNow reports whether it may, and the forge did not refuse to just now.
func (v effects) landsNow() bool {
	return v.mayLand() && !v.Now.Before(v.refused().until)
}

func landEffect(change forge.Change) ledger.Effect {
	return ledger.NewEffect("land", change.ID, string(change.Head))
}
