package reconciler_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// year is sixty apps and a daemon for a year, with the trouble a year brings: people
// who never answer, addresses that fail, a rule that turns against what runs, a
// channel that is down for a week, a daemon that sleeps for a month and is killed
// at random.
type year struct {
	*reconcilertest.World
	notices *reconcilertest.Notices
	rand    *rand.Rand
	daemon  *reconcilertest.Process // nil while it is dead
	kill    *reconcilertest.Killer
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
	w := reconcilertest.New(t)
	y := &year{World: w, notices: w.Notify(), rand: rand.New(rand.NewPCG(60, 365)), fates: map[string]string{}, files: map[string]string{}}
	changes := reconcilertest.Files{}
	for _, fate := range fates {
		for i := range fate.apps {
			app := fmt.Sprintf("%s-%d", fate.name, i)
			age := y.rand.IntN(60)
			if fate.name == "forgotten" && i < 8 {
				age = 20 // more at once than may go down
			}
			created := scalar.DateOf(reconcilertest.Start, time.UTC).AddDays(-age)
			y.ids, y.fates[app] = append(y.ids, app), fate.name
			y.files[app] = reconcilertest.Board(app, "stage: prototype, created: 2026-03-05, ttl: 30d", "stage: approved, created: "+string(created)+", ttl: 90d", "title: Board", "title: App "+app)
			changes[reconcilertest.BoardPath(app)] = y.files[app]
		}
	}
	for app, fate := range y.fates {
		if fate == "unreachable" {
			y.edit(app, "owner: {person: ana,", "owner: {person: eve,")
			changes[reconcilertest.BoardPath(app)] = y.files[app]
		}
	}
	y.notices.Refuse("eve@example.com", notifier.ErrAddress)
	w.Govern(reconcilertest.Files{"roles.yaml": strings.Replace(reconcilertest.Roles(w.Keys), "members: [ana, ben]", "members: [ana, ben, eve]", 1)})
	w.Remote.Commit("main", gitrepotest.Change{Write: changes, Message: "sixty apps"})
	return y
}

func (y *year) edit(app string, replace ...string) {
	if !strings.Contains(y.files[app], replace[0]) {
		y.T.Fatalf("%s has no %q:\n%s", app, replace[0], y.files[app])
	}
	y.files[app] = strings.Replace(y.files[app], replace[0], replace[1], 1)
}

// pass is one pass of the daemon, which may die in it.
func (y *year) pass() {
	y.T.Helper()
	y.kill = &reconcilertest.Killer{}
	if y.rand.IntN(25) == 0 {
		y.kill = &reconcilertest.Killer{At: 1 + y.rand.IntN(8), After: y.rand.IntN(2) == 0}
	}
	if y.daemon == nil {
		y.Intercept = func(what string, effect func() error) error { return y.kill.Intercept(what, effect) }
		y.daemon = y.Serve()
		y.Intercept = nil // what people do beside it is not killed
	}
	_, err := y.daemon.Once(y.T.Context())
	switch {
	case y.kill.Dead:
		y.killed++
		y.daemon.Close()
		y.daemon = nil
	case err != nil && !errors.Is(err, reconcilertest.ErrKilled):
		y.T.Fatalf("%s: %v\n%s", y.Now(), err, y.daemon.Log)
	}
}

// morning makes the passes of one day.
func (y *year) morning(day time.Time) {
	y.Set(day.Add(9*time.Hour + time.Minute))
	y.pass()
	y.Later(10 * time.Minute)
	y.pass()
}

// change publishes the files of some apps and has ben approve them.
func (y *year) change(name string, apps []string) {
	if len(apps) == 0 {
		return
	}
	files := reconcilertest.Files{}
	for _, app := range apps {
		files[reconcilertest.BoardPath(app)] = y.files[app]
	}
	y.Publish("ana", name, files)
	y.kill = &reconcilertest.Killer{}
	y.Later(time.Minute)
	y.pass()
	y.Later(2 * time.Minute)
	y.Approve("ben", name)
	for range 3 {
		y.Later(3 * time.Minute)
		y.pass()
	}
}

// renew renews apps as of today.
func (y *year) renew(name string, apps []string) {
	today := scalar.DateOf(y.Now(), time.UTC)
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
	y.T.Helper()
	view, err := y.daemon.Ledger.Refresh(y.T.Context())
	if err != nil {
		y.T.Fatal(err)
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
	day := reconcilertest.Start.Truncate(24 * time.Hour)
	y.Set(day.Add(9 * time.Hour))
	y.pass()
	days := 365
	if reconcilertest.Sampled {
		days = 60
	}
	for n := range days {
		day = day.AddDate(0, 0, 1)
		switch {
		case n >= 150 && n < 180: // it sleeps
			continue
		case n == 60:
			y.notices.Refuse("ana@example.com", errors.New("the channel is down"))
		case n == 67:
			y.notices.Refuse("ana@example.com", nil)
		case n == 90:
			y.Govern(reconcilertest.Files{"policies/own.rego": denial})
		}
		if y.rand.IntN(20) == 0 {
			y.notices.Lose("ana@example.com", errors.New("the answer was lost"))
		}
		y.morning(day)
		y.notices.Lose("ana@example.com", nil)
		y.people(n)
	}
	y.kill = &reconcilertest.Killer{}
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
	if y.daemon == nil {
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
	if n%15 == 0 && y.daemon != nil {
		y.renew(fmt.Sprintf("late-%d", n), slices.DeleteFunc(y.of("late"), func(app string) bool { return y.state(app).Stage != ledger.Disabled }))
	}
	if n%10 == 5 && y.daemon != nil {
		for id := range y.state(catalog.Governance).Changes {
			y.Approve("chris", strings.TrimPrefix(id, "publish/"))
		}
	}
}

// wantYear checks what must hold at the end of the year, from the ledger alone.
func (y *year) wantYear() {
	t := y.T
	t.Helper()
	y.morning(y.Now().Truncate(24*time.Hour).AddDate(0, 0, 1))
	view, err := y.daemon.Ledger.Refresh(t.Context())
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
	t.Logf("%d records, %d messages, taken down %d times, killed %d times: %v", view.Root().Seq, len(y.notices.Sent()), len(downs), y.killed, stages)
	if !reconcilertest.Sampled && (stages["kept"][ledger.Disabled] > 0 || stages["forgotten"][ledger.Disabled] != 16 || stages["unreachable"][ledger.Disabled] != 8 ||
		stages["retired"][ledger.Disabled] != 5 || stages["denied"][ledger.Disabled] != 6 || len(downs) < len(down)+5) {
		t.Errorf("the year ends with %v", stages)
	}
	y.notices.WantOnce()
	y.wantCaps(downs)
	y.WantAudit()
	y.Release("all of it was a mistake", "chris", down...)
	y.morning(y.Now().Truncate(24*time.Hour).AddDate(0, 0, 1))
	runs := y.Runs("production")
	for _, app := range down {
		if runs[app] == "" {
			t.Errorf("%s was taken back and does not run", app)
		}
	}
}

// wantAnnounced checks every time an app went down, and returns when they were.
func (y *year) wantAnnounced(view *chain.View, app string) []time.Time {
	y.T.Helper()
	transitions, err := view.Records(y.T.Context(), ledger.KindTransition, app)
	if err != nil {
		y.T.Fatal(err)
	}
	notices, err := view.Records(y.T.Context(), ledger.KindNotice, app)
	if err != nil {
		y.T.Fatal(err)
	}
	var downs []time.Time
	for _, r := range transitions {
		body, err := r.Read()
		if err != nil {
			y.T.Fatal(err)
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
				y.T.Fatal(err)
			}
			if b := body.(ledger.Notice); n.Seq < r.Seq && b.Epoch == m.Epoch && b.Delivered && strings.HasPrefix(b.Reminder, "last") {
				last = n.At
			}
		}
		if waited := r.At.Sub(last); last.IsZero() || waited < 20*time.Hour {
			y.T.Errorf("%s went down %s after the last word", app, waited)
		}
	}
	return downs
}

// wantCaps: of what nobody approved at most five go down in a run and ten in any 24
// hours. What was approved is known from the catalog.
func (y *year) wantCaps(downs []time.Time) {
	y.T.Helper()
	approved := strings.Count(y.Remote.Git("log", "-p", "--format=", "main", "--", "retirements"), "+  - app: ")
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
	y.T.Logf("%d approved in changes; %d went down beyond ten a day", approved, over)
	if !reconcilertest.Sampled && approved == 0 || over > approved {
		y.T.Errorf("%d went down beyond the caps, %d were approved", over, approved)
	}
}
