package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/target"
)

// When corrections become a fight, how long they pause then, and when it is over.
const (
	fightAfter   = 5                // corrections of the same within fightWindow
	fightWindow  = 10 * time.Minute // also how long nothing of it is seen until it is over
	firstRest    = time.Minute      // doubled with each correction
	longestRest  = 30 * time.Minute
	mostFights   = 8   // of one app that are recorded
	maxContested = 200 // bytes of what is fought for
)

// fight is something of an app in an environment that was corrected of late. Once that was often
// it is a fight, until nobody changed it for a while.
type fight struct {
	about     ledger.Contested
	corrected []time.Time // within fightWindow
	seen      time.Time   // when it was last found changed, or corrected
	rest      time.Duration
	next      time.Time // when it is corrected again; zero while it is no fight
	over      bool      // a look found it left alone, long after it was seen
}

// place is an app in an environment.
type place struct{ app, environment string }

// fights are those of this process. What makes one is counted here and forgotten with the
// process; that it is one is in the ledger, where another goes on from. They are used by passes,
// one at a time.
type fights map[place][]*fight

// of is what is known of something that differs; nil where nothing is.
func (f fights) of(p place, c ledger.Contested) *fight {
	for _, x := range f[p] {
		if x.about.What == c.What && x.about.Field == c.Field {
			return x
		}
	}
	return nil
}

// contested is what differs of an app, as fights are told apart by; its drift, where the target
// tells nothing more.
func contested(o target.Observed) (list []ledger.Contested) {
	drifted := o.Drifted
	if len(drifted) == 0 && o.Drift != "" {
		drifted = []target.Drifted{{What: o.Drift}}
	}
	for _, d := range drifted {
		list = append(list, ledger.Contested{What: ledger.OneLine(d.What, maxContested), Field: ledger.OneLine(d.Field, maxContested), By: ledger.OneLine(d.By, maxContested)})
	}
	return list
}

// looked takes up what a look at an app found to differ at a moment, and with it the fights that
// another process left.
func (f fights) looked(p place, state ledger.App, differs []ledger.Contested, at time.Time) {
	for _, is := range state.Fights {
		if is.Environment == p.environment && f.of(p, is.Contested) == nil {
			f[p] = append(f[p], &fight{about: is.Contested, seen: at, rest: firstRest, next: at})
		}
	}
	for _, x := range f[p] {
		i := slices.IndexFunc(differs, func(c ledger.Contested) bool { return f.of(p, c) == x })
		switch {
		case i >= 0:
			x.about.By, x.over = differs[i].By, false
			if at.After(x.seen) { // it may be a look from before the last correction
				x.seen = at
			}
		case at.Sub(x.seen) > fightWindow:
			x.over = true
		}
	}
}

// pauses reports whether all that differs is fought for and waits for its next correction.
func (f fights) pauses(p place, differs []ledger.Contested, now time.Time) bool {
	return len(differs) > 0 && !slices.ContainsFunc(differs, func(c ledger.Contested) bool {
		x := f.of(p, c)
		return x == nil || !now.Before(x.next)
	})
}

// corrected counts what was corrected.
func (f fights) corrected(e effect, made []Effect, now time.Time) {
	if !slices.ContainsFunc(made, func(m Effect) bool { return m.Outcome == target.Done }) {
		return
	}
	p := place{e.app, e.environment}
	for _, c := range e.differs {
		x := f.of(p, c)
		if x == nil {
			x = &fight{about: c}
			f[p] = append(f[p], x)
		}
		x.seen, x.over = now, false
		x.corrected = append(slices.DeleteFunc(x.corrected, func(at time.Time) bool { return now.Sub(at) > fightWindow }), now)
		switch {
		case !x.next.IsZero():
			x.rest = min(2*x.rest, longestRest)
			x.next = now.Add(x.rest)
		case len(x.corrected) >= fightAfter:
			x.rest, x.next = firstRest, now.Add(firstRest)
		}
	}
}

// news are the records of fights that have begun and of those that are over, as far as the ledger
// does not have them. What is over and not on record is forgotten.
func (f fights) news(v *chain.View) (entries []ledger.Entry) {
	for p, list := range f {
		state, _ := v.App(p.app)
		recorded := len(state.Fights)
		f[p] = slices.DeleteFunc(list, func(x *fight) bool {
			_, known := state.Fights[ledger.FightKey(p.environment, x.about)]
			switch {
			case x.over && known:
				entries = append(entries, x.entry(p, ledger.IncidentFightOver, "Nobody changes back any more"))
			case !x.over && !known && !x.next.IsZero() && recorded < mostFights:
				recorded++
				entries = append(entries, x.entry(p, ledger.IncidentFight, "Others change back again and again"))
			}
			return x.over && !known
		})
		if len(f[p]) == 0 {
			delete(f, p)
		}
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return cmp.Compare(a.Sentence, b.Sentence) })
	return entries
}

func (x *fight) entry(p place, what ledger.IncidentKind, verb string) ledger.Entry {
	about := x.about
	return ledger.Entry{
		Kind: ledger.KindIncident, Subject: p.app, Sentence: fmt.Sprintf("%s in %s of %s: %s", verb, p.environment, p.app, about),
		Body: ledger.Incident{What: what, Message: about.String(), By: "levee", Marks: []string{p.environment}, Fight: &about},
	}
}
