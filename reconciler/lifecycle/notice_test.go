package lifecycle

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

var updateNotices = flag.Bool("update-notices", false, "write the golden notices again")

// TestNotices: what people are told, word for word. Read it aloud before it is
// written again.
func TestNotices(t *testing.T) {
	zone := settingsAt("Europe/Berlin", "0 9 * * *")
	now := time.Date(2026, 6, 1, 7, 1, 0, 0, time.UTC)
	table, err := NewTimetable(zone, now)
	if err != nil {
		t.Fatal(err)
	}
	app := &catalog.App{Spec: catalog.AppSpec{
		Title: "Expense quick submit", Owner: catalog.Owner{Person: "jdoe", Team: "finance", Fallback: "finance-lead"},
		Lifecycle: catalog.Lifecycle{Stage: "production", Created: "2026-01-10", Renewed: "2026-04-02"},
	}}
	ttl := table.ageOf(app.Spec.Lifecycle, zone.Lifecycle)
	rule, _ := table.denial(policies.Decision{
		Problems: []catalog.Problem{{Rule: "egress.vendor-approved", Level: catalog.Deny, Message: "This app reaches `maps.example.com`, and no approved vendor lists it.", Remedy: "Ask for the vendor to be approved, or take the address out."}},
		Running:  &policies.Running{Effect: policies.Grace, Rule: "egress.vendor-approved", Until: now.Add(14 * 24 * time.Hour)},
	}, ledger.App{}, zone.Lifecycle)
	asked, _ := table.denial(policies.Decision{
		Approvals: policies.Approvals{Missing: []string{"dpo"}},
		Running:   &policies.Running{Effect: policies.Grace, Rule: "own.privacy", Until: now.Add(14 * 24 * time.Hour)},
	}, ledger.App{}, zone.Lifecycle)
	exception := table.waiverEnd(&catalog.Waiver{Metadata: catalog.Metadata{Name: "w1"}, Spec: catalog.WaiverSpec{Rule: "egress.vendor-approved", Expires: "2026-06-30"}}, zone.Lifecycle)
	unwanted := Reason{Epoch: "retired 7f3a9c1", kind: retired, Text: "its owner asked for it to be retired", remedy: "take the stage back to what it was, in a change"}
	lost, _ := unjudgedReason(policies.Decision{Verdict: policies.Error, Reason: "the rule own.slow took longer than a second"}, ledger.Admitted{})
	gone := func(names ...catalog.Name) []Reason {
		people := map[catalog.Name]catalog.Person{"jdoe": {}, "finance-lead": {}}
		for _, name := range names {
			people[name] = catalog.Person{Left: true}
		}
		return leavers(app.Spec.Owner, &catalog.RolesSpec{People: people})
	}
	fight := fightsOver(ledger.App{Name: "expense-submit", Fights: map[string]ledger.Fight{"x": {Seq: 43, Environment: "production", Contested: ledger.Contested{What: "Deployment/expense-submit", Field: "spec.replicas", By: "kube-controller-manager"}}}})
	half := failedShares(ledger.App{Name: "expense-submit", Applied: map[string]ledger.Applied{"production": {Admission: 44, Health: &ledger.AppliedHealth{State: ledger.HealthFailing, Share: 20, Reason: "Rollout/expense-submit: RolloutAborted"}}}})
	less, _ := throttle(ledger.App{Name: "expense-submit", Throttle: &ledger.Throttle{Seq: 42, By: "ben", Reason: "it costs too much"}})
	cut, _ := containment(ledger.App{Name: "expense-submit", Quarantine: &ledger.Quarantine{Seq: 41, By: "oncall (unproved)", Reason: "it leaks"}})
	r := &Review{fileURL: "https://git.example.com/edit/apps/finance/expense-submit/app.yaml", app: app, path: "apps/finance/expense-submit/app.yaml", state: ledger.App{Name: "expense-submit", Stage: ledger.Active}, reasons: []Reason{ttl}}
	down := time.Date(2026, 7, 8, 7, 0, 0, 0, time.UTC)
	var got strings.Builder
	for _, s := range []Announcement{
		{ttl, "30d", down},
		{ttl, "1d", down},
		{ttl, reminderOver, down},
		{ttl, reminderDue, down},
		{ttl, finalNotice, down},
		{ttl, reminderDown, down},
		{ttl, reminderSettled, down},
		{rule, "denied", down},
		{rule, finalNotice, down},
		{asked, "denied", down},
		{exception, "7d", down},
		{unwanted, finalNotice, down},
		{unwanted, reminderDown, down},
		{lost, "unjudged", down},
		{gone("jdoe")[0], "left", down},
		{gone("jdoe", "finance-lead")[0], "left", down},
		{gone("finance-lead")[0], "left", down},
		{cut, "contained", down},
		{cut, reminderSettled, down},
		{less, "throttled", down},
		{fight[0], "fight", down},
		{fight[0], reminderSettled, down},
		{half[0], "share", down},
		{half[0], reminderSettled, down},
	} {
		if r.state.Stage = ledger.Active; s.Reminder == reminderDown {
			r.state.Stage = ledger.Disabled
		}
		n := r.notice(table, s)
		fmt.Fprintf(&got, "== %s, %s\n%s\n\n%s\n\n", s.kind, s.Reminder, n.Title, n.Text)
		for _, f := range n.Facts {
			fmt.Fprintf(&got, "%s: %s\n", f.Name, f.Value)
		}
		for _, a := range n.Actions {
			fmt.Fprintf(&got, "%s: %s%s\n", a.Label, a.Command, a.URL)
		}
		got.WriteString("\n")
	}
	file := filepath.Join("testdata", "notices.txt")
	if *updateNotices {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("the notices changed (-was +is):\n%s", diff)
	}
}
