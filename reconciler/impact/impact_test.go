package impact_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/impact"
)

// decision is one on an app: a verdict, rules with their levels, roles that are asked.
func decision(app string, verdict policies.Verdict, words ...string) *policies.Decision {
	d := policies.Decision{Subject: app, Path: "apps/" + app + "/app.yaml", Verdict: verdict}
	for _, word := range words {
		if role, ok := strings.CutPrefix(word, "@"); ok {
			d.Approvals.Required = append(d.Approvals.Required, policies.Requirement{Role: role, Count: 1})
			continue
		}
		rule, level, _ := strings.Cut(word, ":")
		p := catalog.Problem{Rule: rule, Level: catalog.Level(level), Message: rule + " says so."}
		if level == "waived" {
			id := "w-1"
			p.Level, p.Waiver = catalog.Deny, &id
		}
		d.Problems = append(d.Problems, p)
	}
	return &d
}

// TestBetween: a rule begins or ceases to speak also where its level or a waiver changes, and not
// where it says the same in other words or more often.
func TestBetween(t *testing.T) {
	for _, c := range []struct {
		before, after *policies.Decision
		want          string
	}{
		{decision("a", policies.Allow), decision("a", policies.Allow), ""},
		{decision("a", policies.Allow, "x:warn"), decision("a", policies.Allow, "x:warn", "x:warn"), ""},
		{decision("a", policies.Allow, "x:warn"), decision("a", policies.Deny, "x:deny"), "allow → deny [{x deny false x says so.}] [{x warn false }] [] [] denied"},
		{decision("a", policies.Deny, "x:deny"), decision("a", policies.Allow, "x:waived"), "deny → allow [{x deny true x says so.}] [{x deny false }] [] []"},
		{decision("a", policies.Allow, "@dpo"), decision("a", policies.NeedsApproval, "@security"), "allow → needs-approval [] [] [security] [dpo]"},
		{decision("a", policies.Invalid), decision("a", policies.Deny, "x:deny"), "invalid → deny [{x deny false x says so.}] [] [] []"},
		{nil, decision("a", policies.Deny, "x:deny"), "absent → deny [{x deny false x says so.}] [] [] [] denied"},
		{decision("a", policies.Allow, "x:warn", "@dpo"), nil, "allow → absent [] [{x warn false }] [] []"},
		{decision("a", policies.Allow), decision("a", policies.Error), "allow → error [] [] [] [] untold"},
		{decision("a", policies.Error), decision("a", policies.Error), ""},
	} {
		f := impact.Between(c.before, c.after, time.Time{})
		got := ""
		if f.Changed() {
			var asks []string
			for _, r := range f.Asks {
				asks = append(asks, r.Role)
			}
			got = fmt.Sprintf("%s → %s %v %v %v %v", f.From, f.To, f.Begins, f.Ceases, asks, f.Asked)
		}
		if f.NewlyDenied() {
			got += " denied"
		}
		if f.NewlyUntold() {
			got += " untold"
		}
		if got != c.want || f.App != "a" || f.Path != "apps/a/app.yaml" {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// TestGroups: apps for which the same follows are one group; what stops apps comes first, and of that
// what stops most.
func TestGroups(t *testing.T) {
	allow := decision("a", policies.Allow)
	var flips []impact.Flip
	for _, after := range []*policies.Decision{
		decision("a", policies.Allow, "w:warn"), decision("b", policies.NeedsApproval, "@dpo"), decision("c", policies.Deny, "x:deny"),
		decision("d", policies.Deny, "y:deny"), decision("e", policies.Error), decision("f", policies.Deny, "y:deny"), decision("g", policies.Deny, "y:deny", "x:deny"),
	} {
		flips = append(flips, impact.Between(allow, after, time.Time{}))
	}
	var got []string
	for _, g := range impact.Groups(flips) {
		names := ""
		for _, f := range g.Flips {
			names += f.App
		}
		got = append(got, fmt.Sprintf("%d%s %s%v%v", g.Count, names, g.To, g.Begins, g.Asks))
	}
	want := []string{"1e error[][]", "2df deny[y (deny)][]", "1c deny[x (deny)][]", "1g deny[x (deny) y (deny)][]", "1b needs-approval[][dpo]", "1a allow[w (warn)][]"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
