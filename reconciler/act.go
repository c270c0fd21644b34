package reconciler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// act shows the verdict, asks for reviews, tells whoever the change waits for and
// lands it, and records what really happened.
func (v *review) act(ctx context.Context) error {
	receipts, err := v.acts(ctx)
	// What was done is recorded, whatever failed after it.
	err = errors.Join(err, v.Record(context.WithoutCancel(ctx), nil, "", receipts))
	v.out.Records = v.Records
	return err
}

// acts does it, one thing after the other, and returns the receipts of what was done
// also where the next thing failed.
func (v *review) acts(ctx context.Context) (receipts []ledger.Entry, err error) {
	for _, act := range []func(context.Context) ([]ledger.Entry, error){v.show, v.ask, v.mention, v.land} {
		done, err := act(ctx)
		receipts = append(receipts, done...)
		if err != nil {
			return receipts, err
		}
	}
	return receipts, nil
}

// do does one action and counts it if it wrote anything.
func (v *review) do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	a.Change, a.Head = v.change.ID, v.change.Head
	receipt, err := v.r.Forge.Do(ctx, a)
	if err == nil && receipt.Done {
		v.out.Actions++
	}
	return receipt, err
}

// unshown lists the subjects whose verdict reviewers could not yet read, where the
// forge is where they read it.
func (v *review) unshown() []subject {
	if !v.r.Forge.Can()[forge.Comment] {
		return nil // they read it in the ledger, as soon as it is recorded
	}
	var list []subject
	for _, s := range v.subjects {
		if last, ok := v.judged(s); !ok || last.Shown.IsZero() {
			list = append(list, s)
		}
	}
	return list
}

func (v *review) showEffect(s subject) string {
	return ledger.Effect("show", v.change.ID, string(s.digest))
}

// showing claims to show the verdicts that nobody could read yet.
func (v *review) showing() []ledger.Entry {
	var claims []ledger.Entry
	for _, s := range v.unshown() {
		if effect := v.showEffect(s); v.View.Claimable(s.name, effect, v.Now) {
			claims = append(claims, ledger.Entry{
				Kind: ledger.KindClaim, Subject: s.name, Sentence: "Claim to show the verdict on " + s.name + " in change " + v.change.ID,
				Body:     ledger.NewClaim(effect, v.r.Holder, v.Now, v.r.ClaimFor),
				Trailers: []ledger.Trailer{{Key: "Change", Value: v.change.ID}},
			})
		}
	}
	return claims
}

// show makes the verdict readable where the change is. Only then do reviews of it
// begin to count.
func (v *review) show(ctx context.Context) ([]ledger.Entry, error) {
	verdict := v.page.Verdict()
	for _, s := range v.subjects {
		verdict.Digests = append(verdict.Digests, forge.SubjectSeen{Subject: s.name, Digest: s.digest})
	}
	if _, err := v.do(ctx, forge.Action{Show: &verdict}); err != nil {
		return nil, fmt.Errorf("show the verdict: %w", err)
	}
	var entries []ledger.Entry
	for _, s := range v.unshown() {
		claim, ok := v.View.Held(s.name, v.showEffect(s), v.r.Holder, v.Now)
		if !ok {
			continue
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: s.name,
			Body:     ledger.Receipt{Effect: v.showEffect(s), Claim: claim.Seq, Outcome: "done", Change: v.change.ID, Digest: s.digest},
			Sentence: fmt.Sprintf("Show the verdict on %s %s in change %s", s.name, s.digest.Short(), v.change.ID),
			Trailers: []ledger.Trailer{{Key: "Change", Value: v.change.ID}},
		})
	}
	return entries, nil
}

// ask asks those who can give what is missing, and nobody else.
func (v *review) ask(ctx context.Context) ([]ledger.Entry, error) {
	if v.out.State != forge.Pending || v.change.Draft || !v.r.Forge.Can()[forge.Ask] {
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
	_, err := v.do(ctx, forge.Action{Ask: &forge.Asking{People: v.judge.People.Accounts(slices.Compact(people))}})
	if err != nil && !errors.Is(err, forge.ErrRefused) {
		return nil, fmt.Errorf("ask for reviews: %w", err)
	}
	return nil, nil
}

// A refusal is why a change was not landed when it was tried last, and when it is
// tried again.
type refusal struct {
	head  catalog.Commit
	why   string
	times int
	until time.Time
}

// The first pause after the forge refused to land a change, and the longest. What it
// waits for may be over soon, such as another check.
const firstRefusal, longestRefusal = 30 * time.Second, 10 * time.Minute

func (r *Reconciler) refusalOf(change string) refusal {
	r.cache.Lock()
	defer r.cache.Unlock()
	return r.refusals[change]
}

func (r *Reconciler) refuse(change string, x refusal) {
	r.cache.Lock()
	defer r.cache.Unlock()
	r.refusals[change] = x
}

func (r *Reconciler) forgetRefusal(change string) {
	r.cache.Lock()
	defer r.cache.Unlock()
	delete(r.refusals, change)
}

// refused is the refusal of the change's head; the zero one where there is none.
func (v *review) refused() refusal {
	if r := v.r.refusalOf(v.change.ID); r.head == v.change.Head {
		return r
	}
	return refusal{}
}

// land merges the change, if this replica landed the claim to.
func (v *review) land(ctx context.Context) ([]ledger.Entry, error) {
	effect := v.landEffect()
	claim, ok := v.View.Held(ledger.SubjectLedger, effect, v.r.Holder, v.Now)
	if !ok || !v.r.Now().Before(claim.Until) || v.out.State != forge.Success {
		return nil, nil
	}
	receipt, err := v.do(ctx, forge.Action{Land: &forge.Landing{Message: landMessage(v.change, v.out.Decisions)}})
	outcome := ledger.Receipt{Effect: effect, Claim: claim.Seq, Outcome: "done"}
	switch {
	case errors.Is(err, forge.ErrStale), errors.Is(err, forge.ErrRefused):
		outcome.Outcome, outcome.Error = "failed", err.Error()
		v.out.Notes = append(v.out.Notes, "The change could not be landed: "+err.Error())
		times := v.refused().times
		v.r.refuse(v.change.ID, refusal{v.change.Head, err.Error(), times + 1, v.Now.Add(min(firstRefusal<<min(times, 8), longestRefusal))})
	case err != nil:
		return nil, fmt.Errorf("land the change: %w", err)
	default:
		v.out.Landed = receipt.Commit
		v.r.forgetRefusal(v.change.ID)
	}
	return []ledger.Entry{{
		Kind: ledger.KindReceipt, Subject: ledger.SubjectLedger, Body: outcome,
		Sentence: fmt.Sprintf("Land change %s: %s", v.change.ID, outcome.Outcome),
		Trailers: []ledger.Trailer{{Key: "Change", Value: v.change.ID}},
	}}, nil
}

func landMessage(c forge.Change, decisions []policies.Decision) string {
	if len(decisions) == 1 && decisions[0].Subject != catalog.Governance {
		return fmt.Sprintf("Publish %s %s", decisions[0].Subject, decisions[0].Digest.Short())
	}
	return "Land change " + c.ID
}
