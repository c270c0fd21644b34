package policies_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/policiestest"
)

// The catalog that is judged, and short ways to judge it.
const (
	boardPath = policiestest.BoardPath
	board     = policiestest.Board
)

var (
	now       = policiestest.Now
	base      = policiestest.Base
	with      = policiestest.With
	app       = policiestest.Edit
	newEngine = policiestest.NewEngine
	rulesOf   = policiestest.RulesOf
	decide    = policiestest.Decide
)

func TestVerdictsAndGates(t *testing.T) {
	e := newEngine(t)
	for name, c := range map[string]struct {
		edits   map[string]string
		verdict policies.Verdict
		risk    policies.Level
		publish string
		rules   []string // that deny
		missing []string
	}{
		"low risk publishes by itself": {nil, policies.Allow, policies.Low, settings.Automatic, nil, nil},
		"confidential data is medium": {
			app("classification: internal", "classification: confidential"), policies.Deny, policies.Medium, settings.Staged, []string{"lifecycle.prototype-data"}, []string{"product-owner"}},
		"medium asks the product owner": {
			app("  budget:", "  data: [{dataset: people, access: read, purpose: show, categories: [employee], retention: 30d}]\n  budget:"), policies.NeedsApproval, policies.Medium, settings.Staged, nil, []string{"product-owner"}},
		"a dear app asks who pays": {
			app("monthly: 5", "monthly: 500"), policies.NeedsApproval, policies.Low, settings.Automatic, nil, []string{"cost-team"}},
		"elevated scopes are high risk": {
			app("access: {groups", "access: {scopes: [write-database], groups"), policies.NeedsApproval, policies.High, settings.Staged, nil, []string{"dpo", "security"}},
		"too much memory is denied": {
			app("{type: static}", "{type: static, memory: 64Gi}"), policies.Deny, policies.Low, settings.Automatic, []string{"runtime.limits"}, nil},
		"a wrong file is invalid": {
			app("type: static", "type: staitc"), policies.Invalid, policies.Low, settings.Staged, []string{"schema.value"}, nil},
		"a rule only warns before its day": {
			map[string]string{"catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {effective: 2027-01-01}}\n", boardPath: strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)},
			policies.Allow, policies.Low, settings.Automatic, nil, nil},
		"a rule can be off": {
			map[string]string{"catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {enforcement: \"off\"}}\n", boardPath: strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)},
			policies.Allow, policies.Low, settings.Automatic, nil, nil},
		"a waiver covers a problem": {
			map[string]string{"waivers/w.yaml": waiver("2026-03-10"), boardPath: strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)},
			policies.Allow, policies.Low, settings.Automatic, nil, nil},
		"a waiver ends with its day": {
			map[string]string{"waivers/w.yaml": waiver("2026-03-09"), boardPath: strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)},
			policies.Deny, policies.Low, settings.Automatic, []string{"runtime.limits"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, c.edits)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s})
			var denied []string
			for _, p := range d.Problems {
				if p.Level == catalog.Deny && p.Waiver == nil {
					denied = append(denied, p.Rule)
				}
			}
			if d.Verdict != c.verdict || d.Risk.Level != c.risk || d.Publish != c.publish || !slices.Equal(slices.Compact(denied), c.rules) || !slices.Equal(d.Approvals.Missing, c.missing) && len(d.Approvals.Missing)+len(c.missing) > 0 {
				t.Errorf("verdict %s risk %s publish %s denied %v missing %v (%s)\nwant %s %s %s %v %v", d.Verdict, d.Risk.Level, d.Publish, denied, d.Approvals.Missing, d.Reason, c.verdict, c.risk, c.publish, c.rules, c.missing)
			}
		})
	}
}

func waiver(expires string) string {
	return "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: runtime.limits, app: board, reason: big pictures, expires: " + expires + "}\n"
}

// change is the facts of a change by ana, with a contributor.
func change() policies.Facts {
	return policies.Facts{Change: &policies.ChangeFacts{ID: "42", Base: "main", Author: "ana", Contributors: []catalog.Name{"ana"}}}
}

func TestApprovals(t *testing.T) {
	e := newEngine(t)
	s := with(t, app("access: {groups", "access: {scopes: [write-database], groups")) // asks dpo and security
	digest := s.Document(boardPath).Digest()
	shown := now.Add(-time.Hour)
	review := func(person catalog.Name, edit ...func(*catalog.Approval)) catalog.Approval {
		a := catalog.Approval{ID: "r-" + string(person), Change: "42", Base: "main", Subject: "board", Digest: digest, Person: person, Review: catalog.Approve, At: now.Add(-time.Minute), Shown: shown}
		for _, f := range edit {
			f(&a)
		}
		return a
	}
	for name, c := range map[string]struct {
		reviews []catalog.Approval
		facts   policies.Facts
		same    bool
		missing []string
		ignored []string
	}{
		"none":                       {nil, change(), false, []string{"dpo", "security"}, nil},
		"both, by two people":        {[]catalog.Approval{review("chris"), review("dana")}, change(), false, nil, nil},
		"dana fills only one of two": {[]catalog.Approval{review("dana")}, change(), false, []string{"security"}, nil},
		"unless one may give both":   {[]catalog.Approval{review("dana")}, change(), true, nil, nil},
		"the order does not matter":  {[]catalog.Approval{review("dana"), review("chris")}, change(), false, nil, nil},
		"no role":                    {[]catalog.Approval{review("ben"), review("dana")}, change(), false, []string{"security"}, nil},
		"left":                       {[]catalog.Approval{review("eve"), review("dana")}, change(), false, []string{"security"}, []string{"its giver holds no role for this app"}},
		"in no role yet":             {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Roles = []string{} }), review("dana")}, change(), false, []string{"security"}, []string{"its giver held no role for this app when it was given; approve once more"}},
		"in one of two roles":        {[]catalog.Approval{review("dana", func(a *catalog.Approval) { a.Roles = []string{"dpo"} })}, change(), true, []string{"security"}, nil},
		"in the role":                {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Roles = []string{"security"} }), review("dana")}, change(), false, nil, nil},
		"a bot":                      {[]catalog.Approval{review("robot"), review("dana")}, change(), false, []string{"security"}, []string{"its giver holds no role for this app"}},
		"a contributor": {[]catalog.Approval{review("chris"), review("dana")},
			policies.Facts{Change: &policies.ChangeFacts{ID: "42", Base: "main", Author: "ana", Contributors: []catalog.Name{"ana", "chris"}}}, false, []string{"security"}, []string{"its giver had a hand in this content"}},
		"another change":      {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Change = "41" }), review("dana")}, change(), false, []string{"security"}, []string{"it was given for another change"}},
		"another base":        {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Base = "next" }), review("dana")}, change(), false, []string{"security"}, []string{"it was given for another change"}},
		"another app":         {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Subject = "other" }), review("dana")}, change(), false, []string{"security"}, nil},
		"another content":     {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Digest = "c1:0123456789" }), review("dana")}, change(), false, []string{"security"}, []string{"it was given for 0123456; the content is now " + digest.Short()}},
		"too soon":            {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Shown = a.At.Add(-59 * time.Second) }), review("dana")}, change(), false, []string{"security"}, []string{"the content changed while it was being read; confirm " + digest.Short()}},
		"just in time":        {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Shown = a.At.Add(-60 * time.Second) }), review("dana")}, change(), false, nil, nil},
		"never shown":         {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Shown = time.Time{} }), review("dana")}, change(), false, []string{"security"}, []string{"the content changed while it was being read; confirm " + digest.Short()}},
		"too soon, confirmed": {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.Shown, a.Confirmed = a.At, true }), review("dana")}, change(), false, nil, nil},
		"withdrawn":           {[]catalog.Approval{review("chris"), review("chris", func(a *catalog.Approval) { a.ID, a.Review, a.At = "r2", catalog.Reject, now }), review("dana")}, change(), false, []string{"security"}, []string{"it was withdrawn"}},
		"given again":         {[]catalog.Approval{review("chris", func(a *catalog.Approval) { a.ID, a.Review, a.At = "r0", catalog.Dismiss, shown }), review("chris"), review("dana")}, change(), false, nil, nil},
		"hidden until its giver withdrew": {[]catalog.Approval{
			review("chris", func(a *catalog.Approval) {
				a.ID, a.Review, a.At, a.Given = "r2", catalog.Reject, now.Add(-2*time.Minute), now.Add(-10*time.Minute)
			}),
			review("chris", func(a *catalog.Approval) { a.At, a.Given = now.Add(-time.Minute), now.Add(-20*time.Minute) }), review("dana"),
		}, change(), false, []string{"security"}, []string{"it was withdrawn"}},
		"given again after it was withdrawn": {[]catalog.Approval{
			review("chris", func(a *catalog.Approval) {
				a.ID, a.Review, a.At, a.Given = "r2", catalog.Reject, now.Add(-3*time.Minute), now.Add(-4*time.Minute)
			}),
			review("chris", func(a *catalog.Approval) { a.At, a.Given = now.Add(-time.Minute), now.Add(-2*time.Minute) }), review("dana"),
		}, change(), false, nil, nil},
		"no change, no approval": {[]catalog.Approval{review("chris"), review("dana")}, policies.Facts{}, false, []string{"dpo", "security"}, []string{"it was given for another change", "it was given for another change"}},
		"admitted with both":     {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo", "security"}}}, false, nil, nil},
		"admitted with one":      {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo"}}}, false, []string{"security"}, nil},
		"adopted":                {nil, policies.Facts{Admission: &policies.AdmissionFacts{Adopted: true}}, false, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			governing := s
			if c.same {
				governing = with(t, map[string]string{"catalog.yaml": base["catalog.yaml"] + "  approvals: {samePerson: true}\n"})
			}
			d := decide(t, e, policies.Question{Governing: governing, Proposed: s, Facts: c.facts, Approvals: c.reviews})
			want := policies.NeedsApproval
			if c.missing == nil {
				want = policies.Allow
			}
			var ignored []string
			for _, i := range d.Approvals.Ignored {
				ignored = append(ignored, i.Reason)
			}
			if d.Verdict != want || !slices.Equal(d.Approvals.Missing, c.missing) && len(c.missing) > 0 {
				t.Errorf("verdict %s, missing %v; want %s, %v", d.Verdict, d.Approvals.Missing, want, c.missing)
			}
			if c.ignored != nil && !slices.Equal(ignored, c.ignored) {
				t.Errorf("ignored %q, want %q", ignored, c.ignored)
			}
		})
	}
}

func TestEligibleAreNamed(t *testing.T) {
	e := newEngine(t)
	s := with(t, app("access: {groups", "access: {scopes: [write-database], groups"))
	facts := change()
	facts.Change.Contributors = append(facts.Change.Contributors, "chris")
	d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: facts})
	for _, r := range d.Approvals.Required {
		if want := []catalog.Name{"dana"}; !slices.Equal(r.From, want) {
			t.Errorf("%s can come from %v, want %v", r.Role, r.From, want)
		}
	}
}

func TestRunning(t *testing.T) {
	e := newEngine(t)
	big := strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)
	grace := 0
	for _, r := range rulesOf(t, e, with(t, nil)).Rules() {
		if r.ID == "runtime.limits" {
			grace = int(r.Grace / 86400)
		}
	}
	days := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		edits  map[string]string
		since  map[string]time.Time
		at     time.Time
		effect policies.Effect
		until  time.Time
	}{
		"fine":                  {nil, nil, now, policies.Runs, time.Time{}},
		"denied from now":       {map[string]string{boardPath: big}, nil, now, policies.Grace, days(grace)},
		"denied for a while":    {map[string]string{boardPath: big}, map[string]time.Time{"runtime.limits": days(-3)}, now, policies.Grace, days(grace - 3)},
		"just before the end":   {map[string]string{boardPath: big}, map[string]time.Time{"runtime.limits": days(-grace).Add(time.Second)}, now, policies.Grace, now.Add(time.Second)},
		"at the end":            {map[string]string{boardPath: big}, map[string]time.Time{"runtime.limits": days(-grace)}, now, policies.Due, now},
		"grace by settings":     {map[string]string{boardPath: big, "catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {grace: 1d}}\n"}, nil, now, policies.Grace, days(1)},
		"no grace by settings":  {map[string]string{boardPath: big, "catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {grace: 0s}}\n"}, nil, now, policies.Due, now},
		"contained by settings": {map[string]string{boardPath: big, "catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {onRunning: contain}}\n"}, nil, now, policies.Contain, time.Time{}},
		"grace starts with the end of a waiver": {map[string]string{boardPath: big, "waivers/w.yaml": waiver("2026-03-09")}, map[string]time.Time{"runtime.limits": days(-100)}, now,
			policies.Grace, time.Date(2026, 3, 9, 23, 0, 0, 0, time.UTC).AddDate(0, 0, grace)},
		"an unreadable file stops nothing": {app("type: static", "type: staitc"), nil, now, policies.Runs, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, c.edits)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Now: c.at, Facts: policies.Facts{Admission: &policies.AdmissionFacts{Adopted: true}, Since: c.since}})
			if d.Running == nil || d.Running.Effect != c.effect || !d.Running.Until.Equal(c.until) {
				t.Errorf("%s: running %+v, want %s until %s", d.Verdict, d.Running, c.effect, c.until)
			}
		})
	}
}

// TestRunningAsked: where a rule newly requires an approval, what runs has the rule's grace
// period; where a gate does, it goes on running.
func TestRunningAsked(t *testing.T) {
	e := newEngine(t)
	asks := "# METADATA\n# title: Ask\n# custom: {id: own.ask, grace: 5d}\npackage own\n\napproval contains {\"role\": \"dpo\", \"reason\": \"x\"} if true\n"
	gate := base["catalog.yaml"] + "  gates: {low: {publish: automatic, approvals: [dpo]}}\n"
	for name, c := range map[string]struct {
		edits  map[string]string
		roles  []string
		since  map[string]time.Time
		effect policies.Effect
		until  time.Time
	}{
		"from now":        {map[string]string{"policies/ask.rego": asks}, nil, nil, policies.Grace, now.AddDate(0, 0, 5)},
		"for a while":     {map[string]string{"policies/ask.rego": asks}, nil, map[string]time.Time{"own.ask": now.AddDate(0, 0, -5)}, policies.Due, now},
		"given at first":  {map[string]string{"policies/ask.rego": asks}, []string{"dpo"}, nil, policies.Runs, time.Time{}},
		"asked by a gate": {map[string]string{"catalog.yaml": gate}, nil, nil, policies.Runs, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, c.edits)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Now: now, Facts: policies.Facts{Admission: &policies.AdmissionFacts{Roles: c.roles}, Since: c.since}})
			if d.Running == nil || d.Running.Effect != c.effect || !d.Running.Until.Equal(c.until) {
				t.Errorf("%s: running %+v, want %s until %s", d.Verdict, d.Running, c.effect, c.until)
			}
		})
	}
}

// TestHoldsUntil: a decision holds until the end of the day in the catalog's zone, because
// rules depend on the date.
func TestHoldsUntil(t *testing.T) {
	s := with(t, nil)
	d := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s})
	if want := time.Date(2026, 3, 10, 23, 0, 0, 0, time.UTC); !d.Until.Equal(want) {
		t.Errorf("holds until %s, want midnight in Berlin, %s", d.Until, want)
	}
}

// TestGrantEndsDecision: a decision with a grant in the input holds until the grant ends, and
// from then on the grant is not in the input.
func TestGrantEndsDecision(t *testing.T) {
	e := newEngine(t)
	s := with(t, map[string]string{
		"grants/g-1.yaml":   "apiVersion: levee.dev/v1\nkind: Grant\nmetadata: {name: g-1}\nspec: {person: ana, app: board, scope: support, reason: A fault., expires: 2026-02-01T13:00:00+01:00}\n",
		"policies/own.rego": "# METADATA\n# title: Nobody has a grant\n# custom: {id: own.grants, remedy: Wait.}\npackage own\n\nproblem contains {\"message\": g.id} if some g in input.refs.grants\n",
	})
	ends := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC) // eleven hours before midnight in Berlin
	before := decide(t, e, policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: ends.Add(-time.Minute)})
	if !before.Until.Equal(ends) || before.Verdict != policies.Deny {
		t.Errorf("with the grant: %s until %s", before.Verdict, before.Until)
	}
	after := decide(t, e, policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: ends})
	if !after.Until.Equal(ends.Add(11*time.Hour)) || after.Verdict == policies.Deny {
		t.Errorf("after it: %s until %s", after.Verdict, after.Until)
	}
}

// TestReplay: a brief that was written and read again gives the same bytes on another engine.
func TestReplay(t *testing.T) {
	for i, edits := range []map[string]string{
		nil, app("monthly: 5", "monthly: 500"), app("type: static", "type: staitc"),
		app("{type: static}", "{type: static, memory: 64Gi}"),
		app("access: {groups", "access: {scopes: [write-database], groups"),
	} {
		s := with(t, edits)
		rules := rulesOf(t, newEngine(t), s)
		brief := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Facts: change(), Now: now}, rules)
		first := mustJSON(t, rules.Decide(t.Context(), brief))
		var again policies.Brief
		if err := json.Unmarshal([]byte(mustJSON(t, brief)), &again); err != nil {
			t.Fatal(err)
		}
		other := rulesOf(t, newEngine(t), s)
		if diff := cmp.Diff(first, mustJSON(t, other.Decide(t.Context(), again))); diff != "" {
			t.Errorf("%d: a replay differs:\n%s", i, diff)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestRemembersPerRule: if one rule changes, only that rule is evaluated again.
func TestRemembersPerRule(t *testing.T) {
	e := newEngine(t)
	own := func(message string) map[string]string {
		return map[string]string{"policies/own.rego": fmt.Sprintf("# METADATA\n# title: Own\n# custom: {id: own.rule}\npackage own\n\nproblem contains {\"field\": \"\", \"message\": %q} if input.app.spec.version == \"9.9.9\"\n", message)}
	}
	ask := func(s *catalog.Snapshot) int64 {
		before := e.Evaluated()
		if d := decide(t, e, policies.Question{Governing: s, Proposed: s}); d.Verdict != policies.Allow {
			t.Fatalf("verdict %s: %s", d.Verdict, d.Reason)
		}
		return e.Evaluated() - before
	}
	first := with(t, own("one"))
	all := int64(len(rulesOf(t, e, first).Set.Rules())) // those about secrets are asked of no engine
	for i, c := range []struct {
		s    *catalog.Snapshot
		want int64
	}{{first, all}, {first, 0}, {with(t, own("two")), 1}, {with(t, own("two")), 0}} {
		if got := ask(c.s); got != c.want {
			t.Errorf("step %d evaluated %d rules, want %d", i, got, c.want)
		}
	}
}

// TestRememberedAnswers: an engine with cached findings decides like a new one, over apps
// that have many values in common.
func TestRememberedAnswers(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	shared := newEngine(t)
	var asked, evaluated int64
	apps := 60
	if sampled {
		apps = 20
	}
	for range apps {
		src := board
		for _, edit := range [][2]string{
			{"classification: internal", "classification: " + pick("public", "internal", "confidential", "restricted")},
			{"{type: static}", "{type: " + pick("static", "container") + ", memory: " + pick("64Mi", "2Gi") + ", cpu: " + pick("100m", "3") + "}"},
			{"monthly: 5", "monthly: " + pick("5", "50", "500")},
			{"version: 1.0.0", "version: " + pick("1.0.0", "1.1.0")},
			{"  budget:", pick("", "  data: [{dataset: people, access: read, purpose: show, categories: [pii], retention: 30d}]\n", "  egress: [x.example.com]\n") + "  budget:"},
			{"person: ana", "person: " + pick("ana", "ben", "eve", "nobody")},
			{"stage: prototype", "stage: " + pick("prototype", "production", "retired")},
		} {
			src = strings.Replace(src, edit[0], edit[1], 1)
		}
		s := with(t, map[string]string{boardPath: src})
		q := policies.Question{Governing: s, Proposed: s}
		if rng.IntN(2) == 0 {
			q.Admitted = with(t, nil).Document(boardPath).App()
		}
		before := shared.Evaluated()
		got := mustJSON(t, decide(t, shared, q))
		evaluated += shared.Evaluated() - before
		asked += int64(len(rulesOf(t, shared, s).Rules()))
		if diff := cmp.Diff(mustJSON(t, decide(t, newEngine(t), q)), got); diff != "" {
			t.Fatalf("remembered answers differ (-fresh +remembered):\n%s\n%s", diff, src)
		}
	}
	if evaluated*2 > asked {
		t.Errorf("%d of %d answers were evaluated anew; apps that are alike should share more", evaluated, asked)
	}
}

// TestDrillDue: what runs above low risk is warned of once its kill switch was not tried for
// as long as the settings say, counted from when it was created or tried last; other
// content is not, nor where nobody can tell.
func TestDrillDue(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	medium := strings.Replace(board, "  budget:", "  data: [{dataset: people, access: read, purpose: show, categories: [employee], retention: 30d}]\n  budget:", 1)
	created := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	never, tried := &policies.DrillFacts{}, &policies.DrillFacts{Last: created.Add(200 * 24 * time.Hour)}
	days := func(n int) time.Time { return created.Add(time.Duration(n) * 24 * time.Hour) }
	for name, c := range map[string]struct {
		src, settings string
		drill         *policies.DrillFacts
		new           bool
		at            time.Time
		want          string // a part of the message; empty for no problem
	}{
		"never tried":     {src: medium, drill: never, at: days(91), want: "was never tried. At medium risk that has to be at least every 90d"},
		"not yet":         {src: medium, drill: never, at: days(89)},
		"tried long ago":  {src: medium, drill: tried, at: days(291), want: "was tried last on 2026-07-29."},
		"tried lately":    {src: medium, drill: tried, at: days(289)},
		"low risk":        {src: board, drill: never, at: days(500)},
		"cannot be told":  {src: medium, at: days(91)},
		"does not run":    {src: medium, new: true, at: days(91)},
		"low by settings": {src: board, settings: "{low: 365d}", drill: never, at: days(366), want: "At low risk that has to be at least every 365d"},
		"sooner":          {src: medium, settings: "{medium: 7d}", drill: never, at: days(8), want: "every 1w"},
		"never asked for": {src: medium, settings: "{medium: 0d, high: 0d}", drill: never, at: days(1000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{boardPath: c.src}
			if c.settings != "" {
				files["catalog.yaml"] = base["catalog.yaml"] + "  lifecycle: {drills: " + c.settings + "}\n"
			}
			s := with(t, files)
			q := policies.Question{Governing: s, Proposed: s, Now: c.at}
			if !c.new {
				q.Facts.Admission = &policies.AdmissionFacts{Roles: []string{"product-owner", "security", "dpo"}, Drill: c.drill}
			}
			var got []string
			for _, p := range decide(t, e, q).Problems {
				if p.Rule == policies.DrillDue {
					got = append(got, p.Message)
				}
			}
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
				t.Errorf("it says %q, and not %q", got, c.want)
			}
		})
	}
}
