package directory

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// TestHealthFile reads what whoever runs an app may have written.
func TestHealthFile(t *testing.T) {
	since := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		content string
		meddle  func(file string) error
		want    target.Health // what the sentence begins with
	}{
		"failing":          {content: `{"state":"failing","reason":"it restarts","since":"2026-04-02T05:00:00+02:00"}`, want: target.Health{State: target.Failing, Reason: "it restarts", Since: since}},
		"without a moment": {content: `{"state":"progressing"}`, want: target.Health{State: target.Progressing}},
		"two lines":        {content: `{"state":"failing","reason":"a\n\u202eb"}`, want: target.Health{State: target.Failing, Reason: "a��b"}},
		"another state":    {content: `{"state":"Ready"}`, want: target.Health{State: target.Unknown, Reason: `apps/expense-submit.health.json says the state "Ready"`}},
		"no state":         {content: `{}`, want: target.Health{State: target.Unknown, Reason: `apps/expense-submit.health.json says the state ""`}},
		"null":             {content: `null`, want: target.Health{State: target.Unknown, Reason: `apps/expense-submit.health.json says the state ""`}},
		"empty":            {content: ``, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json is not an object"}},
		"no JSON":          {content: `ready`, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json is not an object"}},
		"an unknown field": {content: `{"state":"ready","sate":1}`, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json is not an object"}},
		"two of them":      {content: `{"state":"ready"}{"state":"failing"}`, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json goes on after its end"}},
		"too large":        {content: `{"state":"ready","reason":"` + strings.Repeat("x", live.MaxHealth) + `"}`, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json cannot be read"}},
		"a link": {content: `{"state":"ready"}`, meddle: func(file string) error {
			return errors.Join(os.Rename(file, file+".away"), os.Symlink(file+".away", file))
		}, want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json cannot be read"}},
		"a folder": {content: `{}`, meddle: func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o755)) },
			want: target.Health{State: target.Unknown, Reason: "apps/expense-submit.health.json cannot be read"}},
		"of an earlier document": {content: `{"state":"ready"}`, meddle: func(file string) error {
			old := time.Now().Add(-time.Hour)
			return os.Chtimes(file, old, old)
		}, want: target.Health{State: target.Progressing, Reason: "apps/expense-submit.health.json is older"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			d := open(t, root)
			must(t, apply(v1)(d, root))
			name := env + "/apps/" + v1.App + ".health.json"
			write(t, root, name, test.content)
			if test.meddle != nil {
				must(t, test.meddle(filepath.Join(root, name)))
			}
			for range 2 { // what is read is not remembered
				got := observed(t, d)
				if got.Drift != "" || got.Health.State != test.want.State || !strings.HasPrefix(got.Health.Reason, test.want.Reason) || got.Health.Since != test.want.Since {
					t.Errorf("it does %+v, not %+v (drift %q)", got.Health, test.want, got.Drift)
				}
			}
			if steps := d.Plan([]target.Object{v1}, mustObserve(t, d)); len(steps) != 0 {
				t.Errorf("planned: %+v", steps)
			}
		})
	}
}

// TestHealthOfDamaged holds that an entry that says nothing vouches for nobody.
func TestHealthOfDamaged(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	write(t, root, env+"/apps/"+v1.App+".health.json", `{"state":"ready"}`)
	must(t, os.Truncate(in(root, layout.Inventory), 40))
	if got := observed(t, d); got.Health.State != target.Unknown || !strings.Contains(got.Health.Reason, "damaged") {
		t.Errorf("it does %+v", got.Health)
	}
}

func mustObserve(t *testing.T, d *Target) target.Inventory {
	t.Helper()
	all, err := d.Observe(bg, env)
	must(t, err)
	return all
}
