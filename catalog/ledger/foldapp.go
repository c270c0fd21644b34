package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// An appFolding folds a record into the app that it is about.
type appFolding struct {
	*App
	r    Record
	root *Root
}

func (a *appFolding) record(body any) error {
	switch b := body.(type) {
	case catalog.Approval:
		return a.approval(b)
	case Decision:
		return a.decision(b)
	case Admission:
		return a.admission(b)
	case Claim:
		return a.claim(b)
	case Receipt:
		return a.receipt(b)
	case Health:
		return a.health(b)
	case Notice:
		a.notice(b)
	case Incident:
		a.incident(b)
	case Transition:
		return a.transition(b)
	}
	return nil
}

// approval keeps a review as it was first captured. The same review again may
// only confirm; what it says otherwise, now, is not what was captured.
func (a *appFolding) approval(b catalog.Approval) error {
	if b.Subject != a.r.Subject || b.Change == "" || b.ID == "" {
		return fmt.Errorf("%w: an approval names its id, its change and the subject of its record", ErrInvalid)
	}
	if !b.At.After(a.ClosedAt(b.Change)) {
		return nil // it ended with a change of the same name
	}
	c := a.Changes[b.Change]
	i := slices.IndexFunc(c.Approvals, func(x catalog.Approval) bool { return x.ID == b.ID && x.Review == b.Review })
	switch {
	case i < 0:
		c.Approvals = append(slices.Clip(c.Approvals), b)
	case b.Confirmed && !c.Approvals[i].Confirmed && b.Digest == c.Approvals[i].Digest && b.Person == c.Approvals[i].Person:
		c.Approvals = slices.Clone(c.Approvals)
		c.Approvals[i].Confirmed = true
	default:
		return nil
	}
	a.Changes = with(a.Changes, b.Change, c)
	return nil
}

// ClosedAt is the instant up to which approvals of a change are void; zero where
// there is none.
func (a *App) ClosedAt(change string) time.Time {
	if at, ok := a.Closed[change]; ok {
		return at
	}
	if _, open := a.Changes[change]; open {
		return time.Time{}
	}
	return a.ClosedBefore
}

func (a *appFolding) decision(b Decision) error {
	j := Judged{
		Seq: a.r.Seq, Commit: b.Commit, Verdict: b.Verdict, Digest: b.Digest,
		Outcome: b.Outcome, Policy: b.Policy, At: a.r.At,
	}
	if b.Shown {
		j.Shown = a.r.At
	}
	switch {
	case b.Change != "" && b.Environment != "":
		return fmt.Errorf("%w: a decision is about a change, or about what runs in an environment", ErrInvalid)
	case b.Change != "":
		c := a.Changes[b.Change]
		c.Judged = judge(c.Judged, j)
		a.Changes = with(a.Changes, b.Change, c)
		a.renewal(b)
	case b.Environment != "":
		a.Running = &j
		a.since(b)
	default:
		a.landed(j)
	}
	return nil
}

// judge puts a decision at the end of those of a change, in place of an older one
// of the same digest. Since when that digest's verdict could be read stays, unless
// another digest was judged meanwhile: then people read about that one.
func judge(list []Judged, j Judged) []Judged {
	next := make([]Judged, 0, len(list)+1)
	for i, old := range list {
		if old.Digest != j.Digest {
			next = append(next, old)
		} else if !old.Shown.IsZero() && i == len(list)-1 {
			j.Shown = old.Shown
		}
	}
	next = append(next, j)
	return next[max(0, len(next)-keepJudged):]
}

// landed remembers what stands on the catalog's branch, and holds it unless it is
// admitted somewhere.
func (a *appFolding) landed(j Judged) {
	a.Landed = &j
	held := &Held{Commit: j.Commit, Digest: j.Digest, Verdict: j.Verdict, Decision: j.Seq, At: j.At}
	if a.runs(j.Digest) {
		held = nil
	} else if a.Held != nil && a.Held.Digest == j.Digest {
		held.At = a.Held.At
	}
	a.Held = held
	if a.Name == catalog.Governance {
		a.root.Held = held
	}
}

// runs reports whether content is admitted in any environment.
func (a *App) runs(d catalog.Digest) bool {
	for _, x := range a.Admitted {
		if x.Digest == d {
			return true
		}
	}
	return false
}

// since starts the clock of rules that newly deny what runs, and stops that of
// rules that do not any more. While another environment runs other content, no
// clock stops: what this decision does not list, one on the other may.
func (a *appFolding) since(b Decision) {
	var others bool
	for _, x := range a.Admitted {
		others = others || x.Digest != b.Digest
	}
	next := map[string]time.Time{}
	for _, rule := range b.Denied {
		next[rule] = a.r.At
	}
	for rule, at := range a.Since {
		if _, denied := next[rule]; denied || others {
			next[rule] = at
		}
	}
	if len(next) == 0 {
		next = nil
	}
	a.Since = next
}

func (a *appFolding) admission(b Admission) error {
	if (b.Environment == "") != (a.Name == catalog.Governance) || a.Name == SubjectLedger {
		return fmt.Errorf("%w: apps are admitted to an environment, governance to none", ErrInvalid)
	}
	if b.Environment != "" && (b.Environment == ReservedEnvironment || !scalar.IsName(b.Environment)) {
		return fmt.Errorf("%w: %.80q is no name of an environment", ErrInvalid, b.Environment)
	}
	a.admit(b)
	return nil
}

func (a *appFolding) admit(b Admission) {
	a.Admitted = with(a.Admitted, b.Environment, Admitted{Seq: a.r.Seq, At: a.r.At, Admission: b})
	if _, thawed := a.Thawed[b.Environment]; thawed {
		a.Thawed = without(a.Thawed, b.Environment)
	}
	// Admitted governance is all of it, with whatever was held before; what is held
	// is named by its edit, an admission by the whole.
	if a.Held != nil && (a.Held.Digest == b.Digest || a.Name == catalog.Governance) {
		a.Held = nil
	}
	if a.Name == catalog.Governance {
		a.root.Governing = Governing{Commit: b.Commit, Digest: b.Digest, Admission: a.r.Seq}
		a.root.Held = a.Held
	}
}

// claim refuses to take what somebody else holds: no push can lose that race, so
// it can only be a mistake.
func (a *appFolding) claim(b Claim) error {
	if b.Effect == "" || b.Holder == "" || !b.Until.After(a.r.At) {
		return fmt.Errorf("%w: a claim names its effect, its holder and a later end", ErrInvalid)
	}
	if old, ok := a.Claims[b.Effect]; ok && old.Holder != b.Holder && a.r.At.Before(old.Until) {
		return fmt.Errorf("%w: %q is claimed by %s until %s", ErrInvalid, b.Effect, old.Holder, old.Until.Format(time.RFC3339))
	}
	a.Claims = with(a.Claims, b.Effect, ClaimState{Seq: a.r.Seq, Claim: b})
	return nil
}

func (a *appFolding) receipt(b Receipt) error {
	if open, ok := a.Claims[b.Effect]; ok && (b.Claim == 0 || b.Claim == open.Seq) {
		a.Claims = without(a.Claims, b.Effect)
	}
	if b.Change != "" {
		a.shown(b)
	}
	if b.Environment == "" {
		return nil
	}
	if b.Health != nil {
		if err := checkHealth(*b.Health); err != nil {
			return err
		}
	}
	next := Applied{Admission: b.Admission, Digest: b.Digest, At: a.r.At, Outcome: b.Outcome, Disabled: b.Disabled, Error: b.Error}
	old := a.Applied[b.Environment]
	if next.Digest == "" {
		// A failure does not say what the target holds now: the last that is known.
		next.Admission, next.Digest, next.Disabled = old.Admission, old.Digest, old.Disabled
	}
	next.Health = a.healthAfter(old, next, b.Health)
	a.Applied = with(a.Applied, b.Environment, next)
	return nil
}

// shown notes since when the verdict on a digest can be read in its change.
func (a *appFolding) shown(b Receipt) {
	c, open := a.Changes[b.Change]
	i := slices.IndexFunc(c.Judged, func(j Judged) bool { return j.Digest == b.Digest && j.Shown.IsZero() })
	if !open || i < 0 || b.Outcome == OutcomeFailed {
		return
	}
	c.Judged = slices.Clone(c.Judged)
	c.Judged[i].Shown = a.r.At
	a.Changes = with(a.Changes, b.Change, c)
}

// fight begins or ends one; what says not where, or what it is about, changes nothing.
func (a *appFolding) fight(b Incident) {
	if b.Fight == nil || len(b.Marks) != 1 {
		return
	}
	key := FightKey(b.Marks[0], *b.Fight)
	_, known := a.Fights[key]
	switch {
	case b.What == IncidentFightOver && known:
		a.Fights = without(a.Fights, key)
	case b.What == IncidentFight && !known:
		a.Fights = with(a.Fights, key, Fight{Seq: a.r.Seq, At: a.r.At, Environment: b.Marks[0], Contested: *b.Fight})
	}
}

func (a *appFolding) incident(b Incident) {
	switch b.What {
	case IncidentFight, IncidentFightOver:
		a.fight(b)
	case IncidentQuarantine:
		// The first containment stays, but for a drill that turned out to be in earnest.
		if a.Quarantine == nil || a.Quarantine.Drill && b.Drill == nil {
			a.Quarantine = &Quarantine{Seq: a.r.Seq, At: a.r.At, By: b.By, Reason: b.Message, Drill: b.Drill != nil}
		}
	case IncidentRelease:
		a.Quarantine, a.Released = nil, a.r.At
	case IncidentThrottle:
		if a.Throttle == nil {
			a.Throttle = &Throttle{Seq: a.r.Seq, At: a.r.At, By: b.By, Reason: b.Message}
		}
	case IncidentUnthrottle:
		a.Throttle, a.Unthrottled = nil, a.r.At
	case IncidentThaw:
		for _, environment := range b.Marks {
			a.Thawed = with(a.Thawed, environment, b.Digest)
		}
	case IncidentDrill:
		if b.Drill != nil && !b.Drill.Failed {
			a.Drilled = a.r.At
		}
	}
}
