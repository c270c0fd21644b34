package reconciler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// cause is why an app's time ends: nobody asked for it again, a rule denies it, or
// its owner wants it retired. Each has an epoch, by which notices and approvals
// are told apart: what was said or approved of one epoch holds for no other.
type cause struct {
	epoch  string
	kind   causeKind
	reason string           // "it was last renewed on 10 January 2026, for 90 days"
	remedy string           // what keeps the app, for its owner
	from   time.Time        // since when there is something to say
	ends   time.Time        // when the app is due
	grace  catalog.Duration // how long it stays up once it is due
	rungs  []rung           // what is announced before, the earliest first
}

// rung is one announcement of a cause.
type rung struct {
	name string
	at   time.Time
}

// causeKind is what a cause comes from.
type causeKind string

const (
	byAge     causeKind = "ttl"
	byRule    causeKind = "rule"
	byOwner   causeKind = "retired"
	byWaiver  causeKind = "waiver"    // only told: what follows is the rule's
	unjudged  causeKind = "unjudged"  // only told: nobody knows what follows
	leaver    causeKind = "left"      // only told: who answered for the app is gone
	deputy    causeKind = "deputy"    // only told: who answered for it in the owner's place is
	contained causeKind = "contained" // only told: it was cut off at once
)

// toAll reports whether everybody who answers for the app is told, and not only the
// first who can be reached: what happened at once concerns all of them at once.
func (c cause) toAll() bool { return c.kind == leaver || c.kind == deputy || c.kind == contained }

// harmful reports whether the app is taken down for it.
func (c cause) harmful() bool { return c.kind == byAge || c.kind == byRule || c.kind == byOwner }

// causes lists why an app's time ends, from what is admitted of it and from the
// decision on what runs.
func (b *bench) causes(t timetable, app *catalog.App, newest ledger.Admitted, state ledger.App, d policies.Decision) []cause {
	settings := b.rules.Settings().Lifecycle
	var list []cause
	switch app.Spec.Lifecycle.Stage {
	case "retired":
		list = append(list, cause{
			epoch: "retired " + newest.Commit.Short(), kind: byOwner, reason: "its owner asked for it to be retired",
			remedy: "take the stage back to what it was, in a change", from: newest.At, ends: newest.At,
		})
	default:
		list = append(list, t.age(app.Spec.Lifecycle, settings))
	}
	if c, ok := t.denial(d, state, settings); ok {
		list = append(list, c)
	}
	if c, ok := unjudgedCause(d, newest); ok {
		list = append(list, c)
	}
	list = append(list, leaversOf(app.Spec.Owner, b.governing.Roles())...)
	if c, ok := containment(state); ok {
		list = append(list, c)
	}
	for _, w := range b.governing.WaiversOf(string(app.Metadata.Name)) {
		if c := t.waiver(w, settings); t.now.Before(c.ends) {
			list = append(list, c)
		}
	}
	for i := range list {
		list[i] = t.reprieved(list[i], state.Reprieve, settings)
	}
	return list
}

// age is the cause that every app has: the end of its time to live.
func (t timetable) age(l catalog.Lifecycle, s catalog.LifecycleSettings) cause {
	since, word := l.Created, "first asked for"
	if l.Renewed != "" {
		since, word = l.Renewed, "last renewed"
	}
	ttl := lifetime(l, s)
	start := since.Start(t.zone)
	ends := t.after(start, ttl)
	c := cause{
		epoch: "ttl " + string(catalog.DateOf(ends, t.zone)), kind: byAge, from: start, ends: ends, grace: s.Grace,
		reason: fmt.Sprintf("it was %s on %s, for %s", word, t.day(start), words(ttl)),
		remedy: "renew it: set `spec.lifecycle.renewed` to today's date, in a change",
	}
	c.rungs = t.rungs(c.from, c.ends, s.Notices)
	return c
}

// renews is the epoch that content would end by letting the app live longer; empty
// where it does not.
func (b *bench) renews(admitted, proposed *catalog.App, state ledger.App) string {
	settings := b.rules.Settings()
	t := timetable{zone: settings.Location(), now: b.now}
	before, after := t.age(admitted.Spec.Lifecycle, settings.Lifecycle), t.age(proposed.Spec.Lifecycle, settings.Lifecycle)
	if !after.ends.After(before.ends) || proposed.Spec.Lifecycle.Stage == "retired" {
		return ""
	}
	return t.reprieved(before, state.Reprieve, settings.Lifecycle).epoch
}

// lifetime is how long an app lives without renewal.
func lifetime(l catalog.Lifecycle, s catalog.LifecycleSettings) catalog.Duration {
	most := s.TTL
	if l.Stage == "prototype" {
		most = s.PrototypeTTL
	}
	if l.TTL != nil {
		most = *l.TTL
	}
	return most
}

// denial is the cause of a rule that denies what runs, or newly asks for an
// approval. It is told at once, and before the rule's grace ends.
func (t timetable) denial(d policies.Decision, state ledger.App, s catalog.LifecycleSettings) (cause, bool) {
	r := d.Running
	if r == nil || r.Effect != policies.Grace && r.Effect != policies.Due {
		return cause{}, false
	}
	from, ok := state.Since[r.Rule]
	if !ok {
		from = t.now
	}
	c := cause{
		epoch: fmt.Sprintf("rule %s %s", r.Rule, r.Until.UTC().Format(time.RFC3339)), kind: byRule, from: from, ends: r.Until, grace: s.Grace,
	}
	words, remedies := map[string]bool{}, []string{}
	for _, p := range d.Problems {
		if p.Rule == r.Rule && p.Level == catalog.Deny && p.Waiver == nil {
			words[strings.TrimSuffix(p.Message, ".")] = true
			remedies = append(remedies, strings.TrimSuffix(p.Remedy, "."))
		}
	}
	if c.reason = strings.Join(sortedApps(words), "; "); c.reason == "" {
		c.reason = "the rule " + r.Rule + " asks for an approval that it does not have"
		remedies = []string{"ask for the approval of " + strings.Join(d.Approvals.Missing, ", ") + ", in a change"}
	}
	c.remedy = strings.Join(slices.Compact(remedies), "; ")
	c.rungs = append([]rung{{"denied", from}}, t.rungs(from, c.ends, s.Notices)...)
	return c, true
}

// waiver is the end of an exception, which people are told of beforehand.
func (t timetable) waiver(w *catalog.Waiver, s catalog.LifecycleSettings) cause {
	ends := w.Spec.Expires.End(t.zone)
	return cause{
		epoch: fmt.Sprintf("waiver %s %s", w.Metadata.Name, w.Spec.Expires), kind: byWaiver, ends: ends,
		reason: fmt.Sprintf("its exception from the rule %s holds until %s", w.Spec.Rule, t.day(w.Spec.Expires.Start(t.zone))),
		remedy: "mend what the rule finds, or ask for the exception to be prolonged, in a change",
		rungs:  t.rungs(time.Time{}, ends, s.Notices),
	}
}

// unjudgedCause tells that what runs could not be judged.
func unjudgedCause(d policies.Decision, newest ledger.Admitted) (cause, bool) {
	if d.Verdict != policies.Error && d.Verdict != policies.Invalid {
		return cause{}, false
	}
	return cause{
		epoch: fmt.Sprintf("unjudged %s %s", newest.Digest.Short(), d.Policy.Short()), kind: unjudged,
		reason: cmp.Or(d.Reason, "its file cannot be read"), remedy: "mend it in a change",
		rungs: []rung{{"unjudged", newest.At}},
	}, true
}

// atOnce is the one rung of what is told as soon as it is known.
func atOnce(name string) []rung { return []rung{{name: name}} }

// leaversOf tells that the owner of an app or the fallback is gone, to those who are
// left. The rule about owners has a grace of its own; this does not wait for what else
// may end first.
func leaversOf(owner catalog.Owner, roles *catalog.RolesSpec) []cause {
	if roles == nil {
		return nil
	}
	var list []cause
	if why := goneWords(owner.Person, roles); why != "" {
		c := cause{
			epoch: "left " + string(owner.Person), kind: leaver, rungs: atOnce("left"), reason: "its owner " + why,
			remedy: "name somebody who works here as its owner, in a change",
		}
		if owner.Fallback != "" && goneWords(owner.Fallback, roles) == "" {
			c.reason += fmt.Sprintf("; until there is another, `%s` answers for it", owner.Fallback)
		} else {
			c.reason += "; nobody answers for it, or can renew it, until there is another"
		}
		list = append(list, c)
	}
	if why := goneWords(owner.Fallback, roles); owner.Fallback != "" && why != "" {
		list = append(list, cause{
			epoch: "deputy " + string(owner.Fallback), kind: deputy, rungs: atOnce("left"),
			reason: fmt.Sprintf("its fallback owner %s, so nobody stands in for `%s`", why, owner.Person),
			remedy: "name somebody who works here as its fallback, in a change",
		})
	}
	return list
}

// goneWords say that a person does not work here, or is on no list; empty where neither
// is so.
func goneWords(name catalog.Name, roles *catalog.RolesSpec) string {
	switch person, listed := roles.People[name]; {
	case !listed:
		return fmt.Sprintf("`%s` is not on the catalog's list of people any more", name)
	case person.Left:
		return fmt.Sprintf("`%s` no longer works here", name)
	}
	return ""
}

// containment tells that an app was cut off, by whom and why.
func containment(state ledger.App) (cause, bool) {
	q := state.Quarantine
	if q == nil {
		return cause{}, false
	}
	return cause{
		epoch: fmt.Sprintf("contained %d", q.Seq), kind: contained, rungs: atOnce("contained"),
		reason: fmt.Sprintf("contained by %s: %s", q.By, q.Reason),
		remedy: fmt.Sprintf("when it may run again, `levee release %s --reason …` brings it back", state.Name),
	}, true
}

// rungs are the announcements before an end. What would have to be said before
// there is anything to say is left out.
func (t timetable) rungs(from, ends time.Time, spans []catalog.Duration) []rung {
	var list []rung
	for _, span := range spans {
		if at := t.before(ends, span); at.After(from) {
			list = append(list, rung{rungName(span), at})
		}
	}
	slices.SortFunc(list, func(a, b rung) int { return a.at.Compare(b.at) })
	return list
}

// words is a span as people say it.
func words(span catalog.Duration) string {
	switch days := span / catalog.Days(1); {
	case span%catalog.Days(1) != 0:
		return span.String()
	case days == 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", days)
	}
}

// rungName names an announcement by its span, in days where it has whole ones.
func rungName(span catalog.Duration) string {
	if span%catalog.Days(1) == 0 {
		return fmt.Sprintf("%dd", span/catalog.Days(1))
	}
	return span.String()
}

// reprieved puts off the end of a cause whose app somebody brought back. It is an
// epoch of its own, so that people are told again.
func (t timetable) reprieved(c cause, r *ledger.Reprieve, s catalog.LifecycleSettings) cause {
	if r == nil || r.Epoch != c.epoch && !strings.HasPrefix(r.Epoch, c.epoch+again) {
		return c
	}
	c.epoch += again + r.Until.UTC().Format(time.RFC3339)
	c.from, c.ends = t.before(r.Until, s.Grace), r.Until
	c.rungs = t.rungs(c.from, c.ends, s.Notices)
	return c
}

// again stands between an epoch and the end of a reprieve from it.
const again = " again "
