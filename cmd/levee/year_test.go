package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// year is sixty apps and a daemon for a year, with the trouble a year brings: people
// who never answer, addresses that fail, a rule that turns against what runs, a
// channel that is down for a week, a daemon that sleeps for a month and is killed
// at random.
type year struct {
	*world
	fake *notifiertest.Fake
	rand *rand.Rand
	sys  *system // the daemon; nil while it is dead
	kill *killer
	// killed counts the effects at which the process ended.
	killed int
	ids    []string
	fates  map[string]string // app → what its owner does
	files  map[string]string // app → its manifest
}

// fates and how many apps have each.
var fates = []struct {
	name string
	apps int
}{{"kept", 20}, {"forgotten", 16}, {"unreachable", 8}, {"retired", 5}, {"denied", 6}, {"late", 5}}

func newYear(t *testing.T) *year {
	w := newWorld(t)
	y := &year{world: w, rand: rand.New(rand.NewPCG(60, 365)), fates: map[string]string{}, files: map[string]string{}}
	y.fake = notifiertest.New(w.now)
	w.sender = y.fake
	changes := map[string]string{}
	for _, fate := range fates {
		for i := range fate.apps {
			app := fmt.Sprintf("%s-%d", fate.name, i)
			age := y.rand.IntN(60)
			if fate.name == "forgotten" && i < 8 {
				age = 20 // more at once than may go down
			}
			created := catalog.DateOf(start, time.UTC).AddDays(-age)
			y.ids, y.fates[app] = append(y.ids, app), fate.name
			y.files[app] = boardFile(app, "stage: prototype, created: 2026-03-05, ttl: 30d", "stage: approved, created: "+string(created)+", ttl: 90d", "title: Board", "title: App "+app)
			changes[boardPath(app)] = y.files[app]
		}
	}
	for app, fate := range y.fates {
		if fate == "unreachable" {
			y.edit(app, "owner: {person: ana,", "owner: {person: eve,")
			changes[boardPath(app)] = y.files[app]
		}
	}
	y.fake.Refuse("eve@example.com", notifier.ErrAddress)
	w.govern(map[string]string{"roles.yaml": strings.Replace(rolesFile(w.keys), "members: [ana, ben]", "members: [ana, ben, eve]", 1)})
	w.remote.Commit("main", gitrepotest.Change{Write: changes, Message: "sixty apps"})
	return y
}

func (y *year) edit(app string, replace ...string) {
	if !strings.Contains(y.files[app], replace[0]) {
		y.t.Fatalf("%s has no %q:\n%s", app, replace[0], y.files[app])
	}
	y.files[app] = strings.Replace(y.files[app], replace[0], replace[1], 1)
}

// pass is one pass of the daemon, which may die in it.
func (y *year) pass() {
	y.t.Helper()
	y.kill = &killer{}
	if y.rand.IntN(25) == 0 {
		y.kill = &killer{at: 1 + y.rand.IntN(8), after: y.rand.IntN(2) == 0}
	}
	if y.sys == nil {
		var err error
		y.sys, err = openSystem(y.t.Context(), filepath.Join(y.dir, "levee.yaml"), stdio{
			out: &y.out, err: &y.out, now: func() time.Time { return y.clock }, sender: y.fake,
			intercept: func(what string, effect func() error) error { return y.kill.intercept(what, effect) },
		}, serving)
		if err != nil {
			y.t.Fatal(err)
		}
	}
	y.out.Reset()
	_, err := y.sys.rec.Once(y.t.Context())
	switch {
	case y.kill.dead:
		y.killed++
		y.sys.close()
		y.sys = nil
	case err != nil && !errors.Is(err, errKilled):
		y.t.Fatalf("%s: %v\n%s", y.clock, err, &y.out)
	}
}

// morning makes the passes of one day.
func (y *year) morning(day time.Time) {
	y.clock = day.Add(9*time.Hour + time.Minute)
	y.pass()
	y.clock = y.clock.Add(10 * time.Minute)
	y.pass()
}

// change publishes the files of some apps and has ben approve them.
func (y *year) change(name string, apps []string) {
	if len(apps) == 0 {
		return
	}
	files := map[string]string{}
	for _, app := range apps {
		files[boardPath(app)] = y.files[app]
	}
	y.publish("ana", name, files)
	y.kill = &killer{}
	y.clock = y.clock.Add(time.Minute)
	y.pass()
	y.clock = y.clock.Add(2 * time.Minute)
	y.approve("ben", name)
	for range 3 {
		y.clock = y.clock.Add(3 * time.Minute)
		y.pass()
	}
}

// renew renews apps as of today.
func (y *year) renew(name string, apps []string) {
	today := catalog.DateOf(y.clock, time.UTC)
	for _, app := range apps {
		before, rest, _ := strings.Cut(y.files[app], "ttl: 90d")
		_, after, _ := strings.Cut(rest, "}")
		y.files[app] = before + "ttl: 90d, renewed: " + string(today) + "}" + after
	}
	y.change(name, apps)
}

func (y *year) of(fate string) []string {
	return slices.DeleteFunc(slices.Clone(y.ids), func(app string) bool { return y.fates[app] != fate })
}

func (y *year) state(app string) ledger.App {
	y.t.Helper()
	view, err := y.sys.ledger.Refresh(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	state, _ := view.App(app)
	return state
}

// TestYear: after a year nobody's app went down without notice, nobody was told
// anything twice, no cap was passed but where people agreed, and one command brings
// everything back. Under the race detector the year has sixty days, and nobody's fate is
// settled by then.
func TestYear(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	day := start.Truncate(24 * time.Hour)
	y.clock = day.Add(9 * time.Hour)
	y.pass()
	days := 365
	if sampled {
		days = 60
	}
	for n := range days {
		day = day.AddDate(0, 0, 1)
		switch {
		case n >= 150 && n < 180: // it sleeps
			continue
		case n == 60:
			y.fake.Refuse("ana@example.com", errors.New("the channel is down"))
		case n == 67:
			y.fake.Refuse("ana@example.com", nil)
		case n == 90:
			y.govern(map[string]string{"policies/own.rego": denial})
		}
		if y.rand.IntN(20) == 0 {
			y.fake.Lose("ana@example.com", errors.New("the answer was lost"))
		}
		y.morning(day)
		y.fake.Lose("ana@example.com", nil)
		y.people(n)
	}
	y.kill = &killer{}
	y.wantYear()
}

// denial is a rule that turns against some of the apps.
const denial = `# METADATA
# title: No more of these
# custom: {id: own.denied, remedy: Give it up., grace: 10d}
package own

problem contains {"field": "metadata.name", "message": "Apps of this kind are not allowed any more."} if startswith(input.app.metadata.name, "denied-")
`

// people do what people do on the n-th day.
func (y *year) people(n int) {
	if y.sys == nil {
		return
	}
	if n%40 == 30 {
		y.renew(fmt.Sprintf("keep-%d", n), y.of("kept"))
	}
	if n == 120 {
		for _, app := range y.of("retired") {
			y.edit(app, "stage: approved", "stage: retired")
		}
		y.change("retire", y.of("retired"))
	}
	if n%15 == 0 && y.sys != nil {
		y.renew(fmt.Sprintf("late-%d", n), slices.DeleteFunc(y.of("late"), func(app string) bool { return y.state(app).Stage != ledger.Disabled }))
	}
	if n%10 == 5 && y.sys != nil {
		for id := range y.state(catalog.Governance).Changes {
			y.must("approve", id, "--as", "chris", "--key", y.keys["chris"].File)
		}
	}
}

// wantYear checks what must hold at the end of the year, from the ledger alone.
func (y *year) wantYear() {
	t := y.t
	t.Helper()
	y.morning(y.clock.Truncate(24*time.Hour).AddDate(0, 0, 1))
	view, err := y.sys.ledger.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var downs []time.Time
	var down []string
	stages := map[string]map[ledger.Stage]int{}
	for _, app := range y.ids {
		state, _ := view.App(app)
		fate := y.fates[app]
		if stages[fate] == nil {
			stages[fate] = map[ledger.Stage]int{}
		}
		stages[fate][state.Stage]++
		if state.Stage == ledger.Disabled {
			down = append(down, app)
		}
		downs = append(downs, y.wantAnnounced(view, app)...)
	}
	t.Logf("%d records, %d messages, taken down %d times, killed %d times: %v", view.Root().Seq, len(y.fake.Sent()), len(downs), y.killed, stages)
	if !sampled && (stages["kept"][ledger.Disabled] > 0 || stages["forgotten"][ledger.Disabled] != 16 || stages["unreachable"][ledger.Disabled] != 8 ||
		stages["retired"][ledger.Disabled] != 5 || stages["denied"][ledger.Disabled] != 6 || len(downs) < len(down)+5) {
		t.Errorf("the year ends with %v", stages)
	}
	keys := map[string]int{}
	for _, m := range y.fake.Sent() {
		if keys[m.Notice.Key]++; keys[m.Notice.Key] > 1 {
			t.Errorf("%s was sent twice", m.Notice.Key)
		}
	}
	y.wantCaps(downs)
	y.wantAudit()
	y.must(append([]string{"release", "--reason", "all of it was a mistake", "--by", "chris"}, down...)...)
	y.morning(y.clock.Truncate(24*time.Hour).AddDate(0, 0, 1))
	runs := y.runs("production")
	for _, app := range down {
		if runs[app] == "" {
			t.Errorf("%s was taken back and does not run", app)
		}
	}
}

// wantAnnounced checks every time an app went down, and returns when they were.
func (y *year) wantAnnounced(view *ledger.View, app string) []time.Time {
	y.t.Helper()
	transitions, err := view.Records(y.t.Context(), ledger.KindTransition, app)
	if err != nil {
		y.t.Fatal(err)
	}
	notices, err := view.Records(y.t.Context(), ledger.KindNotice, app)
	if err != nil {
		y.t.Fatal(err)
	}
	var downs []time.Time
	for _, r := range transitions {
		body, err := r.Read()
		if err != nil {
			y.t.Fatal(err)
		}
		m := body.(ledger.Transition)
		if m.To != ledger.Disabled {
			continue
		}
		downs = append(downs, r.At)
		var last time.Time
		for _, n := range notices {
			body, err := n.Read()
			if err != nil {
				y.t.Fatal(err)
			}
			if b := body.(ledger.Notice); n.Seq < r.Seq && b.Epoch == m.Epoch && b.Delivered && strings.HasPrefix(b.Reminder, "last") {
				last = n.At
			}
		}
		if waited := r.At.Sub(last); last.IsZero() || waited < 20*time.Hour {
			y.t.Errorf("%s went down %s after the last word", app, waited)
		}
	}
	return downs
}

// wantCaps: of what nobody approved at most five go down in a run and ten in any 24
// hours. What was approved is known from the catalog.
func (y *year) wantCaps(downs []time.Time) {
	y.t.Helper()
	approved := strings.Count(y.remote.Git("log", "-p", "--format=", "main", "--", "retirements"), "+  - app: ")
	slices.SortFunc(downs, time.Time.Compare)
	over := 0
	for i, at := range downs {
		day := 0
		for _, other := range downs[:i+1] {
			if at.Sub(other) < 24*time.Hour {
				day++
			}
		}
		if day > 10 {
			over++
		}
	}
	y.t.Logf("%d approved in changes; %d went down beyond ten a day", approved, over)
	if !sampled && approved == 0 || over > approved {
		y.t.Errorf("%d went down beyond the caps, %d were approved", over, approved)
	}
}
