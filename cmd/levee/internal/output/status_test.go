package output

import (
	"bytes"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// start is when what is shown happened.
var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

// TestStatusIsTrue: one line for each state an app may be in.
func TestStatusIsTrue(t *testing.T) {
	t.Parallel()
	admitted := map[string]ledger.Admitted{"staging": {Seq: 7, Admission: ledger.Admission{Digest: "c1:abcdef0123", Environment: "staging"}}}
	applied := func(a ledger.Applied) map[string]ledger.Applied { return map[string]ledger.Applied{"staging": a} }
	done := applied(ledger.Applied{Admission: 7, Outcome: "done"})
	digest := admitted["staging"].Digest.Short()
	cases := map[string]struct {
		app  ledger.App
		want string
	}{
		"running":          {ledger.App{Stage: ledger.Active, Applied: done}, "active  staging " + digest},
		"admitted only":    {ledger.App{Stage: ledger.Active}, "active  nothing  " + digest + " waits to be applied in staging"},
		"newer admitted":   {ledger.App{Stage: ledger.Active, Applied: applied(ledger.Applied{Admission: 3, Outcome: "done"})}, "active  staging an earlier version  " + digest + " waits to be applied in staging"},
		"failed":           {ledger.App{Stage: ledger.Active, Applied: applied(ledger.Applied{Admission: 7, Outcome: "failed", Error: "disk full"})}, "active  staging unknown  apply failed in staging: disk full"},
		"not doing well":   {ledger.App{Stage: ledger.Active, Applied: applied(ledger.Applied{Admission: 7, Outcome: "done", Health: &ledger.AppliedHealth{State: ledger.HealthFailing, Reason: "it restarts", Since: start}})}, "active  staging " + digest + "  staging: failing since 2026-03-10 09:00 (it restarts)"},
		"held":             {ledger.App{Stage: ledger.Active, Applied: done, Held: &ledger.Held{Digest: "c1:fedcba9876", Verdict: "needs-approval"}}, "active  staging " + digest + "  held " + catalog.Digest("c1:fedcba9876").Short() + " (needs-approval)"},
		"denied":           {ledger.App{Stage: ledger.Active, Applied: done, Running: &ledger.Judged{Verdict: "deny"}, Since: map[string]time.Time{"own.free": start}}, "active  staging " + digest + "  what runs is now deny: own.free"},
		"throttled":        {ledger.App{Stage: ledger.Active, Applied: done, Throttle: &ledger.Throttle{By: "ben", Reason: "too dear"}}, "throttled  staging " + digest + "  throttled by ben: too dear"},
		"both":             {ledger.App{Stage: ledger.Active, Applied: done, Quarantine: &ledger.Quarantine{By: "ben", Reason: "it leaks"}, Throttle: &ledger.Throttle{By: "ana", Reason: "too dear"}}, "contained  nothing  contained by ben: it leaks; throttled by ana: too dear"},
		"throttled, going": {ledger.App{Stage: ledger.Expiring, Applied: done, Throttle: &ledger.Throttle{By: "ben", Reason: "too dear"}}, "expiring  staging " + digest + "  throttled by ben: too dear"},
		"fought for":       {ledger.App{Stage: ledger.Active, Applied: done, Fights: map[string]ledger.Fight{"x": {At: start, Environment: "staging", Contested: ledger.Contested{What: "Deployment/board", Field: "spec.replicas", By: "a-scaler"}}}}, "active  staging " + digest + "  in staging spec.replicas of Deployment/board (written by a-scaler) is changed back again and again since 2026-03-10 09:00, and corrected less often"},
		"unthrottled":      {ledger.App{Stage: ledger.Active, Applied: done, Unthrottled: start}, "active  staging " + digest + "  no longer throttled, and waits to be applied whole in staging"},
		"contained":        {ledger.App{Stage: ledger.Active, Applied: done, Quarantine: &ledger.Quarantine{By: "ben", Reason: "it leaks"}}, "contained  nothing  contained by ben: it leaks"},
		"released":         {ledger.App{Stage: ledger.Active, Applied: done, Released: start}, "active  nothing  released, and waits to be brought back in staging"},
		"back, but not up": {ledger.App{Stage: ledger.Active, Applied: applied(ledger.Applied{Admission: 7, Outcome: "done", Disabled: true})}, "active  nothing"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			c.app.Name, c.app.Admitted = "board", admitted
			Apps(&out, []ledger.App{c.app}, nil, time.UTC)
			_, row, _ := bytes.Cut(out.Bytes(), []byte("\n"))
			if got := squeeze(string(row)); got != squeeze("board  "+c.want) {
				t.Errorf("%q, want %q", got, squeeze("board  "+c.want))
			}
		})
	}
}

// TestStatusOfOneApp: everything about it, also how it does.
func TestStatusOfOneApp(t *testing.T) {
	t.Parallel()
	app := ledger.App{
		Name: "board", Stage: ledger.Active,
		Admitted: map[string]ledger.Admitted{"staging": {Seq: 7, At: start, Admission: ledger.Admission{Digest: "c1:abcdef0123", Environment: "staging"}}},
		Applied:  map[string]ledger.Applied{"staging": {Admission: 7, At: start, Outcome: "done", Health: &ledger.AppliedHealth{State: ledger.HealthReady, Since: start}}},
	}
	var out bytes.Buffer
	App(&out, app, []string{"more"}, time.UTC)
	want := "board: active staging admitted " + app.Admitted["staging"].Digest.Short() + " on 2026-03-10 09:00 as record 7; applied 2026-03-10 09:00: done; ready since 2026-03-10 09:00 more"
	if got := squeeze(out.String()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func squeeze(text string) string { return string(bytes.Join(bytes.Fields([]byte(text)), []byte(" "))) }
