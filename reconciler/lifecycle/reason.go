package lifecycle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
)

// Reason is why an app's time ends, or something else that is announced of it: nobody
// asked for it again, a rule denies it, its owner wants it retired. Each has an epoch, by
// which notices and approvals are told apart: what was announced or approved of one epoch
// holds for no other.
type Reason struct {
	Epoch     ledger.Epoch
	Text      string // "it was last renewed on 10 January 2026, for 90 days"
	kind      kind
	remedy    string           // what keeps the app, for its owner
	from      time.Time        // since when there is something to announce
	ends      time.Time        // when the app is due
	grace     catalog.Duration // how long it stays up once it is due
	reminders []reminder       // what is announced before, the earliest first
}

// reminder is one announcement of a reason, before it ends.
type reminder struct {
	name string
	at   time.Time
}

// kind is what a reason comes from. It begins the reason's epoch.
type kind string

const (
	age       kind = "ttl"
	denied    kind = "rule"
	retired   kind = "retired"
	waiver    kind = "waiver"    // only announced: what follows is the rule's
	unjudged  kind = "unjudged"  // only announced: nobody knows what follows
	ownerGone kind = "left"      // only announced: who answered for the app is gone
	spareGone kind = "deputy"    // only announced: who answered for it in the owner's place is
	contained kind = "contained" // only announced: it was cut off at once
	throttled kind = "throttled" // only announced: it was made to run on with less
	fought    kind = "fight"     // only announced: others change back what is corrected
	shared    kind = "share"     // only announced: new content fails on the replicas that have it first
)

// toAll reports whether everybody who answers for the app is told, and not only the
// first who can be reached: what happened at once concerns all of them at once.
func (x Reason) toAll() bool {
	return x.kind == ownerGone || x.kind == spareGone || x.kind == contained || x.kind == throttled || x.kind == fought || x.kind == shared
}

// disables reports whether the app is taken down for it.
func (x Reason) disables() bool { return x.kind == age || x.kind == denied || x.kind == retired }

// reasons lists what there is to announce of an app, and why its time ends, from what is
// admitted of it and from the decision on what runs.
func (c Catalog) reasons(app *catalog.App, a App, d policies.Decision, now time.Time) []Reason {
	settings := c.Settings.Lifecycle
	t := Timetable{zone: c.Zone, now: now}
	var list []Reason
	switch app.Spec.Lifecycle.Stage {
	case "retired":
		list = append(list, Reason{
			Epoch: ledger.NewEpoch(string(retired), a.Admitted.Commit.Short()), kind: retired, Text: "its owner asked for it to be retired",
			remedy: "take the stage back to what it was, in a change", from: a.Admitted.At, ends: a.Admitted.At,
		})
	default:
		list = append(list, t.ageOf(app.Spec.Lifecycle, settings))
	}
	if x, ok := t.denial(d, a.State, settings); ok {
		list = append(list, x)
	}
	if x, ok := unjudgedReason(d, a.Admitted); ok {
		list = append(list, x)
	}
	list = append(list, leavers(app.Spec.Owner, c.Governing.Roles())...)
	if x, ok := containment(a.State); ok {
		list = append(list, x)
	}
	if x, ok := throttle(a.State); ok {
		list = append(list, x)
	}
	list = append(list, fightsOver(a.State)...)
	list = append(list, failedShares(a.State)...)
	for _, w := range c.Governing.WaiversOf(string(app.Metadata.Name)) {
		if x := t.waiverEnd(w, settings); t.now.Before(x.ends) {
			list = append(list, x)
		}
	}
	for i := range list {
		list[i] = t.reprieved(list[i], a.State.Reprieve, settings)
	}
	return list
}

// ageOf is the reason that every app has: the end of its time to live.
func (t Timetable) ageOf(l catalog.Lifecycle, s settings.Lifecycle) Reason {
	since, word := l.Created, "first asked for"
	if l.Renewed != "" {
		since, word = l.Renewed, "last renewed"
	}
	ttl := lifetime(l, s)
	start := since.Start(t.zone)
	ends := t.after(start, ttl)
	return Reason{
		Epoch: ledger.NewEpoch(string(age), string(scalar.DateOf(ends, t.zone))), kind: age, from: start, ends: ends, grace: s.Grace,
		Text:      fmt.Sprintf("it was %s on %s, for %s", word, t.Day(start), words(ttl)),
		remedy:    "renew it: set `spec.lifecycle.renewed` to today's date, in a change",
		reminders: t.reminders(start, ends, s.Notices),
	}
}

// lifetime is how long an app lives without renewal.
func lifetime(l catalog.Lifecycle, s settings.Lifecycle) catalog.Duration {
	most := s.TTL
	if l.Stage == "prototype" {
		most = s.PrototypeTTL
	}
	if l.TTL != nil {
		most = *l.TTL
	}
	return most
}

// Ends is the day on which the time of an app ends by its age.
func Ends(s *settings.Settings, app *catalog.App) catalog.Date {
	t := Timetable{zone: s.Location()}
	return scalar.DateOf(t.ageOf(app.Spec.Lifecycle, s.Lifecycle).ends, t.zone)
}

// Renews is the epoch that content would end by letting the app live longer; empty
// where it does not.
func Renews(s *settings.Settings, admitted, proposed *catalog.App, state ledger.App) ledger.Epoch {
	t := Timetable{zone: s.Location()}
	before, after := t.ageOf(admitted.Spec.Lifecycle, s.Lifecycle), t.ageOf(proposed.Spec.Lifecycle, s.Lifecycle)
	if !after.ends.After(before.ends) || proposed.Spec.Lifecycle.Stage == "retired" {
		return ""
	}
	return t.reprieved(before, state.Reprieve, s.Lifecycle).Epoch
}

// denial is the reason of a rule that denies what runs, or newly asks for an
// approval. It is announced at once, and before the rule's grace ends.
func (t Timetable) denial(d policies.Decision, state ledger.App, s settings.Lifecycle) (Reason, bool) {
	running := d.Running
	if running == nil || running.Effect != policies.Grace && running.Effect != policies.Due {
		return Reason{}, false
	}
	from, ok := state.Since[running.Rule]
	if !ok {
		from = t.now
	}
	x := Reason{
		Epoch: ledger.NewEpoch(string(denied), running.Rule, running.Until.UTC().Format(time.RFC3339)), kind: denied, from: from, ends: running.Until, grace: s.Grace,
	}
	messages, remedies := map[string]bool{}, []string{}
	for _, p := range d.Problems {
		if p.Rule == running.Rule && p.Denies() {
			messages[strings.TrimSuffix(p.Message, ".")] = true
			remedies = append(remedies, strings.TrimSuffix(p.Remedy, "."))
		}
	}
	if x.Text = strings.Join(slices.Sorted(maps.Keys(messages)), "; "); x.Text == "" {
		x.Text = "the rule " + running.Rule + " asks for an approval that it does not have"
		remedies = []string{"ask for the approval of " + strings.Join(d.Approvals.Missing, ", ") + ", in a change"}
	}
	x.remedy = strings.Join(slices.Compact(remedies), "; ")
	x.reminders = append([]reminder{{reminderDenied, from}}, t.reminders(from, x.ends, s.Notices)...)
	return x, true
}

// waiverEnd is the end of an exception, which people are told of beforehand.
func (t Timetable) waiverEnd(w *catalog.Waiver, s settings.Lifecycle) Reason {
	ends := w.Spec.Expires.End(t.zone)
	return Reason{
		Epoch: ledger.NewEpoch(string(waiver), string(w.Metadata.Name), string(w.Spec.Expires)), kind: waiver, ends: ends,
		Text:      fmt.Sprintf("its exception from the rule %s holds until %s", w.Spec.Rule, t.Day(w.Spec.Expires.Start(t.zone))),
		remedy:    "mend what the rule finds, or ask for the exception to be prolonged, in a change",
		reminders: t.reminders(time.Time{}, ends, s.Notices),
	}
}

// unjudgedReason announces that what runs could not be judged.
func unjudgedReason(d policies.Decision, newest ledger.Admitted) (Reason, bool) {
	if d.Verdict != policies.Error && d.Verdict != policies.Invalid {
		return Reason{}, false
	}
	return Reason{
		Epoch: ledger.NewEpoch(string(unjudged), newest.Digest.Short(), d.Policy.Short()), kind: unjudged,
		Text: cmp.Or(d.Reason, "its file cannot be read"), remedy: "mend it in a change",
		reminders: []reminder{{"unjudged", newest.At}},
	}, true
}

// atOnce is the one reminder of what is announced as soon as it is known.
func atOnce(name string) []reminder { return []reminder{{name: name}} }

// Leavers says of the owner of an app and the fallback whether they are gone, and what
// that means.
func Leavers(owner catalog.Owner, roles *catalog.RolesSpec) []string {
	var said []string
	for _, x := range leavers(owner, roles) {
		said = append(said, x.Text)
	}
	return said
}

// leavers announce that the owner of an app or the fallback is gone, to those who are
// left. The rule about owners has a grace of its own; this does not wait for what else
// may end first.
func leavers(owner catalog.Owner, roles *catalog.RolesSpec) []Reason {
	if roles == nil {
		return nil
	}
	var list []Reason
	if why := goneWords(owner.Person, roles); why != "" {
		x := Reason{
			Epoch: ledger.NewEpoch(string(ownerGone), string(owner.Person)), kind: ownerGone, reminders: atOnce("left"), Text: "its owner " + why,
			remedy: "name somebody who works here as its owner, in a change",
		}
		if owner.Fallback != "" && goneWords(owner.Fallback, roles) == "" {
			x.Text += fmt.Sprintf("; until there is another, `%s` answers for it", owner.Fallback)
		} else {
			x.Text += "; nobody answers for it, or can renew it, until there is another"
		}
		list = append(list, x)
	}
	if why := goneWords(owner.Fallback, roles); owner.Fallback != "" && why != "" {
		list = append(list, Reason{
			Epoch: ledger.NewEpoch(string(spareGone), string(owner.Fallback)), kind: spareGone, reminders: atOnce("left"),
			Text:   fmt.Sprintf("its fallback owner %s, so nobody stands in for `%s`", why, owner.Person),
			remedy: "name somebody who works here as its fallback, in a change",
		})
	}
	return list
}

// ToldOfLeavers reports whether it was announced that an owner is gone.
func ToldOfLeavers(state ledger.App) bool {
	for _, n := range state.Notices {
		if k := kind(n.Epoch.Kind()); k == ownerGone || k == spareGone {
			return true
		}
	}
	return false
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

// containment announces that an app was cut off, by whom and why.
func containment(state ledger.App) (Reason, bool) {
	q := state.Quarantine
	if q == nil {
		return Reason{}, false
	}
	return Reason{
		Epoch: ledger.NewEpoch(string(contained), strconv.FormatInt(q.Seq, 10)), kind: contained, reminders: atOnce("contained"),
		Text:   fmt.Sprintf("contained by %s: %s", q.By, q.Reason),
		remedy: fmt.Sprintf("when it may run again, `levee release %s --reason …` brings it back", state.Name),
	}, true
}

// throttle announces that an app was made to run on with less, by whom and why.
func throttle(state ledger.App) (Reason, bool) {
	by := state.Throttle
	if by == nil {
		return Reason{}, false
	}
	return Reason{
		Epoch: ledger.NewEpoch(string(throttled), strconv.FormatInt(by.Seq, 10)), kind: throttled, reminders: atOnce("throttled"),
		Text:   fmt.Sprintf("throttled by %s: %s", by.By, by.Reason),
		remedy: fmt.Sprintf("when it may have again what it was given, `levee release %s --reason …` ends that", state.Name),
	}, true
}

// fightsOver announce what others change back again and again, each once.
func fightsOver(state ledger.App) (list []Reason) {
	for _, key := range slices.Sorted(maps.Keys(state.Fights)) {
		f := state.Fights[key]
		list = append(list, Reason{
			Epoch: ledger.NewEpoch(string(fought), strconv.FormatInt(f.Seq, 10)), kind: fought, reminders: atOnce("fight"),
			Text:   fmt.Sprintf("in %s %s is changed back again and again", f.Environment, f.Contested),
			remedy: "find out who or what writes it, and have it stop; or have the app's own files say what it shall be, in a change",
		})
	}
	return list
}

// failedShares announce new content that does not do well on the share of the replicas that has
// it first, once for each admission.
func failedShares(state ledger.App) (list []Reason) {
	for _, environment := range slices.Sorted(maps.Keys(state.Applied)) {
		applied := state.Applied[environment]
		h := applied.Health
		if h == nil || h.Share == 0 || h.State != ledger.HealthFailing || state.Quarantine != nil {
			continue
		}
		text := fmt.Sprintf("in %s its new content fails on the %d%% of the replicas that have it first", environment, h.Share)
		if h.Reason != "" {
			text += " (" + h.Reason + ")"
		}
		list = append(list, Reason{
			Epoch: ledger.NewEpoch(string(shared), environment, strconv.FormatInt(applied.Admission, 10)), kind: shared, reminders: atOnce("share"), Text: text,
			remedy: fmt.Sprintf("mend it in a change, or have `levee rollback %s --reason …` bring back what ran before", state.Name),
		})
	}
	return list
}

// words is a span as people say it.
func words(span catalog.Duration) string {
	switch days := span / scalar.Days(1); {
	case span%scalar.Days(1) != 0:
		return span.String()
	case days == 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", days)
	}
}

// ReprievedUntil is when the reason for which an app was taken down counts again, once
// somebody brought it back: after the catalog's grace, and a day at least.
func ReprievedUntil(s *settings.Settings, now time.Time) time.Time {
	t := Timetable{zone: s.Location(), now: now}
	return t.after(now, max(s.Lifecycle.Grace, scalar.Days(1)))
}

// reprieved puts off the end of a reason whose app somebody brought back. It is an
// epoch of its own, so that people are told again.
func (t Timetable) reprieved(x Reason, given *ledger.Reprieve, s settings.Lifecycle) Reason {
	if given == nil || given.Epoch.Original() != x.Epoch {
		return x
	}
	x.Epoch = x.Epoch.PutOff(given.Until)
	x.from, x.ends = t.before(given.Until, s.Grace), given.Until
	x.reminders = t.reminders(x.from, x.ends, s.Notices)
	return x
}

// sameMatter reports whether two epochs are about the same thing, so that the
// later takes the place of the earlier: one put off, or a rule with another grace.
func sameMatter(a, b ledger.Epoch) bool { return matter(a) == matter(b) }

func matter(e ledger.Epoch) string {
	about := string(e.Original())
	if kind(e.Kind()) == denied {
		about = about[:max(0, strings.LastIndexByte(about, ' '))] // without the end of the grace
	}
	return about
}
