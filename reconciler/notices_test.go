package reconciler_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestNobodyTold: as long as nobody was told, nothing goes down; an address that
// fails passes on after 14 days, to the fallback and then to the platform team.
func TestNobodyTold(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	notices := w.Notify()
	notices.Refuse("ana@example.com", notifier.ErrAddress)
	notices.Refuse("ben@example.com", errors.New("the mail server is down"))
	notices.Refuse("chris@example.com", notifier.ErrAddress)
	w.Pass()
	for day := range 60 {
		w.Set(time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day))
		w.Pass()
	}
	if n := len(notices.Sent()); n != 0 {
		t.Errorf("%d arrived", n)
	}
	w.WantRuns("production", "board=1.0.0")
	w.WantStage("board", ledger.Expiring)
	notices.Refuse("chris@example.com", nil)
	w.Set(w.Now().AddDate(0, 0, 1))
	w.Pass()
	notices.Want("chris@example.com: The time of Board is over")
	for range 10 {
		w.Set(w.Now().AddDate(0, 0, 1))
		w.Pass()
	}
	w.WantRuns("production")
	w.WantAudit()
}

// TestDeniedAndWaived: a rule newly denies what runs. The owner is told at once; a
// waiver stops the clock, its end is announced, and then the clock runs to the end.
func TestDeniedAndWaived(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t)
	notices := w.Notify()
	w.Remote.Commit("main", gitrepotest.Change{Write: reconcilertest.BoardFile("board", "stage: prototype, created: 2026-03-05, ttl: 30d", "stage: approved, created: 2026-03-05")})
	w.Pass()
	w.Govern(reconcilertest.Files{"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 10d}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`})
	notices.Want("ana@example.com: Board breaks a rule, and has until 20 March 2026")
	w.Govern(reconcilertest.Files{"waivers/w1.yaml": `apiVersion: levee.dev/v1
kind: Waiver
metadata: {name: w1}
spec: {rule: own.free, app: board, reason: until the new site, expires: 2026-03-31}
`})
	notices.Want("ana@example.com: An exception for Board ends in 22 days, on 1 April 2026")
	w.WantStage("board", ledger.Active)
	w.Days(20)
	notices.Want("ana@example.com: An exception for Board ends in 7 days, on 1 April 2026")
	w.Days(1)
	notices.Want("ana@example.com: An exception for Board ends tomorrow, 1 April 2026")
	w.Days(1)
	notices.Want("ana@example.com: Board breaks a rule, and has until 11 April 2026")
	w.Days(25)
	w.WantRuns("production")
	w.WantAudit()
}

// TestNoSender: where nobody can be told, nothing is taken down, and that is said.
func TestNoSender(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	w.Days(40)
	w.WantRuns("production", "board=1.0.0")
}

// TestOwnerLeft: when an owner leaves, everybody who answers for the app is told with the
// next pass, with that reason, once; and again of nothing after a restart.
func TestOwnerLeft(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "desk")
	notices := w.Notify()
	w.Pass()
	w.Pass()
	w.Leave("ana")
	w.Pass()
	notices.Want(
		"ben@example.com: Board has lost its owner", "chris@example.com: Board has lost its owner",
		"ben@example.com: Board has lost its owner", "chris@example.com: Board has lost its owner", // the other of that title
	)
	for range 3 {
		w.Pass()
	}
	w.Morning(3, 12)
	notices.Want()
	if app := w.App("board"); app.Running.Verdict != "deny" || app.Since["ownership.owner-active"].IsZero() {
		t.Errorf("of what runs it is on record: %+v since %v", app.Running, app.Since)
	}
	wantLeavers(w, "its owner `ana` no longer works here; until there is another, `ben` answers for it")
	w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
	w.WantAudit()
}

// wantLeavers fails unless it is said of the board that somebody left, when it alone is asked
// about and when all apps are.
func wantLeavers(w *reconcilertest.World, want string) {
	w.T.Helper()
	for _, apps := range [][]string{{"board"}, w.View().Apps()} {
		if said := w.Leavers(apps...)["board"]; !slices.Contains(said, want) {
			w.T.Errorf("of those who left it is said %q, want %q", said, want)
		}
	}
}

// TestNobodyIsLeftToAnswer: the people of a team are told of its app's owner who left, and
// the owner of a fallback who did.
func TestNobodyIsLeftToAnswer(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	notices := w.Notify()
	roles := strings.Replace(reconcilertest.Roles(w.Keys), "members: [ana, ben]", "members: [ana, dana, ben]", 1)
	w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"roles.yaml": roles})
	w.Pass()
	w.Pass()
	w.Leave("ben")
	w.Pass()
	told := []string{"ana@example.com: Board has lost its fallback owner", "chris@example.com: Board has lost its fallback owner", "dana@example.com: Board has lost its fallback owner"}
	notices.Want(told...)
	w.Pass()
	wantLeavers(w, "its fallback owner `ben` no longer works here, so nobody stands in for `ana`")
	w.Leave("ana")
	w.Pass()
	notices.Want("chris@example.com: Board has lost its owner", "dana@example.com: Board has lost its owner")
	w.Pass()
	w.Morning(3, 12)
	notices.Want()
	wantLeavers(w, "its owner `ana` no longer works here; nobody answers for it, or can renew it, until there is another")
	w.Publish("dana", "renew", reconcilertest.BoardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-03-12}"))
	w.Pass()
	w.WantTold("approval by owner: the app is renewed on `2026-03-12`; nobody can give it: `ana` no longer works here, `ben` no longer works here; let `dana` first name an owner who works here, in a change of its own")
	w.Leave("dana")
	w.WantPreview("renew", "nobody of its team could name another owner; a change of `roles.yaml` has to bring somebody into the team `ops`, which `chris` can approve")
	w.WantAudit()
}

// TestContainmentIsTold: whoever answers for an app is told that it was contained, by
// whom and why, and that it goes on.
func TestContainmentIsTold(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	notices := w.Notify()
	w.Pass()
	w.Quarantine("board", "it leaks", "eve")
	w.Pass()
	notices.Want("ana@example.com: Board was contained", "ben@example.com: Board was contained", "chris@example.com: Board was contained")
	if text := notices.Sent()[0].Notice.Text; !strings.Contains(text, "contained by eve: it leaks") {
		t.Errorf("it says %q", text)
	}
	w.Pass()
	w.Morning(3, 12)
	notices.Want()
	w.Release("it does not", "eve", "board")
	w.Pass()
	w.Pass()
	for _, m := range notices.Sent() {
		if m.Notice.Title != "Board goes on" || m.Edits != 1 {
			t.Errorf("after its release: %+v", m)
		}
	}
	w.WantAudit()
}
