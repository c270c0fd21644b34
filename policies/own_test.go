package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

const goodRule = `# METADATA
# title: No version nine
# custom: {id: own.no-nine, remedy: Choose another.}
package own.no_nine

problem contains {"field": "spec.version", "message": "Nine is not allowed."} if startswith(input.app.spec.version, "9.")
`

// TestOwnRules: a broken rule of the organisation's is a problem of its file, and all other
// rules stay in force.
func TestOwnRules(t *testing.T) {
	rule := func(id, body string) string {
		return "# METADATA\n# title: A rule\n# custom: {id: " + id + "}\npackage own.bad\n\n" + body
	}
	for name, c := range map[string]struct {
		source  string
		line    int
		message string
	}{
		"does not parse":          {"package own\n\nproblem contains x if {\n", 4, "does not compile"},
		"unsafe variable":         {rule("own.bad", "problem contains {\"message\": x} if input.app.spec.version == \"1\"\n"), 6, "unsafe"},
		"misspelt field":          {rule("own.bad", "problem contains {\"message\": \"x\"} if input.app.spec.clasification == \"public\"\n"), 6, "undefined ref: input.app.spec.clasification"},
		"misspelt setting's type": {rule("own.bad", "problem contains {\"message\": \"x\"} if startswith(input.app.spec.runtime.memory, \"6\")\n"), 6, "invalid argument"},
		"asks the network":        {rule("own.bad", "problem contains {\"message\": \"x\"} if http.send({\"url\": \"http://127.0.0.1\"}).status_code == 200\n"), 6, "undefined function http.send"},
		"asks the clock":          {rule("own.bad", "problem contains {\"message\": \"x\"} if time.now_ns() > 0\n"), 6, "undefined function time.now_ns"},
		"asks the environment":    {rule("own.bad", "problem contains {\"message\": \"x\"} if opa.runtime().env.HOME == \"x\"\n"), 6, "undefined function opa.runtime"},
		"asks for chance":         {rule("own.bad", "problem contains {\"message\": \"x\"} if rand.intn(\"x\", 2) == 1\n"), 6, "undefined function rand.intn"},
		"no id":                   {"package own.bad\n\nproblem contains {\"message\": \"x\"} if true\n", 1, "no annotation with custom.id"},
		"no title":                {"# METADATA\n# custom: {id: own.bad}\npackage own.bad\n\nproblem contains {\"message\": \"x\"} if true\n", 3, "has no title"},
		"an id taken":             {rule("runtime.limits", "problem contains {\"message\": \"x\"} if true\n"), 4, "stands also in library/"},
		"an area of ours":         {rule("schema.mine", "problem contains {\"message\": \"x\"} if true\n"), 4, "belongs to the program"},
		"wrong enforcement":       {rule("own.bad, enforcement: hard", "problem contains {\"message\": \"x\"} if true\n"), 4, "must be deny, warn or dryrun"},
		"our package":             {"package levee.rules.mine\n\nproblem contains {\"message\": \"x\"} if true\n", 1, "belongs to the program"},
		"says nothing":            {rule("own.bad", "allow if true\n"), 4, "defines none of problem, approval, risk"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t)
			big := strings.Replace(strings.Replace(board, "version: 1.0.0", "version: 9.0.0", 1), "{type: static}", "{type: static, memory: 64Gi}", 1)
			s := with(t, map[string]string{"policies/bad.rego": c.source, "policies/good.rego": goodRule, boardPath: big})
			rules, problems, err := e.Rules(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if len(problems) != 1 || problems[0].Path != "policies/bad.rego" || problems[0].Line != c.line || !strings.Contains(problems[0].Message, c.message) {
				t.Errorf("problems %+v; want one at policies/bad.rego:%d with %q", problems, c.line, c.message)
			}
			d := rules.Decide(t.Context(), policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}, rules))
			found := map[string]bool{}
			for _, p := range d.Problems {
				found[p.Rule] = true
			}
			if !found["own.no-nine"] || !found["runtime.limits"] || d.Verdict != policies.Deny {
				t.Errorf("the other rules are not in force: %s %s %+v", d.Verdict, d.Reason, d.Problems)
			}
		})
	}
}

// TestRuleThatCannotTell: a rule that fails gives the verdict Error.
func TestRuleThatCannotTell(t *testing.T) {
	for name, body := range map[string]string{
		"fails in a built-in":   `problem contains {"message": "x"} if time.parse_rfc3339_ns(input.app.spec.version) > 0`,
		"gives no set":          `problem := {"message": "x"}`,
		"gives no message":      `problem contains {"field": "spec"} if true`,
		"a file elsewhere":      `problem contains {"message": "x", "file": "app.yaml"} if true`,
		"a file above":          `problem contains {"message": "x", "file": "evidence/../app.yaml"} if true`,
		"a folder":              `problem contains {"message": "x", "file": "evidence/"} if true`,
		"gives a word":          `problem contains "no" if true`,
		"an approval of nobody": `approval contains {"reason": "x"} if true`,
		"a risk nobody knows":   `risk contains {"level": "huge", "reason": "x"} if true`,
		"too many approvals":    `approval contains {"role": "dpo", "reason": "x", "count": 1000} if true`,
		"never ends":            `problem contains {"message": sprintf("%v", [n])} if { some a in numbers.range(1, 4000); some b in numbers.range(1, 4000); some c in numbers.range(1, 4000); n := (a + b) + c; n < 0 }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t)
			s := with(t, map[string]string{"policies/own.rego": "# METADATA\n# title: Own\n# custom: {id: own.rule}\npackage own\n\n" + body + "\n"})
			d := decide(t, e, policies.Question{Governing: s, Proposed: s})
			if d.Verdict != policies.Error || d.Reason == "" {
				t.Errorf("verdict %s (%s), want error", d.Verdict, d.Reason)
			}
			running := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: policies.Facts{Admission: &policies.AdmissionFacts{}}})
			if running.Running == nil || running.Running.Effect != policies.Runs {
				t.Errorf("what runs: %+v, want that it runs on", running.Running)
			}
		})
	}
}

func TestOwnTests(t *testing.T) {
	e := newEngine(t)
	test := func(want string) string {
		return "package own.no_nine_test\n\nimport data.own.no_nine\n\ntest_nine if {\n\tcount(no_nine.problem) == " + want + " with input as {\"app\": {\"spec\": {\"version\": \"9.0.0\"}}}\n}\n"
	}
	s := with(t, map[string]string{"policies/no_nine.rego": goodRule, "policies/no_nine_test.rego": test("1")})
	if set := rulesOf(t, e, s); len(set.Tests()) != 1 || !set.Tests()[0].Passed {
		t.Errorf("tests %+v, want one that passed", set.Tests())
	}
	s = with(t, map[string]string{"policies/no_nine.rego": goodRule, "policies/no_nine_test.rego": test("2")})
	_, problems, err := e.Rules(t.Context(), s)
	if err != nil || len(problems) != 1 || problems[0].Path != "policies/no_nine_test.rego" || problems[0].Line != 5 {
		t.Errorf("a failing test: %v %+v", err, problems)
	}
	s = with(t, map[string]string{"policies/no_nine.rego": goodRule, "policies/no_nine_test.rego": "package own.x_test\n\ntest_x if undefined_function(1)\n"})
	if _, problems, err = e.Rules(t.Context(), s); err != nil || len(problems) != 1 || problems[0].Path != "policies/no_nine_test.rego" {
		t.Errorf("a test that does not compile: %v %+v", err, problems)
	}
}

func TestGovernance(t *testing.T) {
	e := newEngine(t)
	governing := with(t, nil)
	for name, c := range map[string]struct {
		edits   map[string]string
		riders  []string
		reviews []catalog.Name
		verdict policies.Verdict
		missing []string
		rule    string
	}{
		"a vendor needs its owners":     {map[string]string{"vendors/acme.yaml": "apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: acme}\nspec: {title: A, domains: [a.example.com], purpose: maps, approver: dana}\n"}, nil, nil, policies.NeedsApproval, []string{"platform"}, ""},
		"approved":                      {map[string]string{"waivers/w.yaml": waiver("2026-12-31")}, nil, []catalog.Name{"chris"}, policies.Allow, nil, ""},
		"by the wrong person":           {map[string]string{"waivers/w.yaml": waiver("2026-12-31")}, nil, []catalog.Name{"dana"}, policies.NeedsApproval, []string{"platform"}, ""},
		"naming oneself grants nothing": {map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], "platform: [{person: chris}]", "platform: [{person: ben}]", 1)}, nil, []catalog.Name{"ben"}, policies.NeedsApproval, []string{"platform"}, ""},
		"must not ride with an app":     {map[string]string{"waivers/w.yaml": waiver("2026-12-31")}, []string{"board"}, []catalog.Name{"chris"}, policies.Invalid, nil, "governance.rides"},
		"a broken rule":                 {map[string]string{"policies/x.rego": "package x\n\nproblem contains y if true\n"}, nil, []catalog.Name{"chris"}, policies.Invalid, nil, "schema.policy"},
		"a broken file":                 {map[string]string{"roles.yaml": "x"}, nil, []catalog.Name{"chris"}, policies.Invalid, nil, "schema.syntax"},
		"settings taken away":           {map[string]string{"catalog.yaml": ""}, nil, []catalog.Name{"chris"}, policies.Invalid, nil, "governance.complete"},
		"a role for nobody known":       {map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], "platform: [{person: chris}]", "platform: [{person: nobody}]", 1)}, nil, []catalog.Name{"chris"}, policies.Invalid, nil, "governance.consistent"},
	} {
		t.Run(name, func(t *testing.T) {
			proposed := with(t, c.edits)
			_, digest, err := policies.GovernanceEdit(governing, proposed)
			if err != nil {
				t.Fatal(err)
			}
			q := policies.GovernanceQuestion{Governing: governing, Proposed: proposed, Riders: c.riders, Facts: change(), Now: now}
			for _, p := range c.reviews {
				q.Approvals = append(q.Approvals, catalog.Approval{ID: string(p), Change: "42", Base: "main", Subject: catalog.Governance, Digest: digest, Person: p, Review: catalog.Approve, At: now, Confirmed: true})
			}
			set, compile, err := e.Rules(t.Context(), proposed)
			if err != nil {
				t.Fatal(err)
			}
			rules := rulesOf(t, e, governing)
			brief, err := e.NewGovernanceBrief(q, rules, set, compile)
			if err != nil {
				t.Fatal(err)
			}
			d := rules.Decide(t.Context(), brief)
			if d.Verdict != c.verdict || len(c.missing) > 0 && strings.Join(d.Approvals.Missing, " ") != strings.Join(c.missing, " ") {
				t.Errorf("verdict %s missing %v (%s); want %s %v", d.Verdict, d.Approvals.Missing, d.Reason, c.verdict, c.missing)
			}
			if c.rule != "" && (len(d.Problems) == 0 || d.Problems[0].Rule != c.rule) {
				t.Errorf("problems %+v, want %s", d.Problems, c.rule)
			}
		})
	}
}

// TestGovernanceEditStandsStill: the digest of a change of governance stays the same when
// other governance is admitted.
func TestGovernanceEditStandsStill(t *testing.T) {
	edit := map[string]string{"waivers/w.yaml": waiver("2026-12-31")}
	_, before, err := policies.GovernanceEdit(with(t, nil), with(t, edit))
	if err != nil {
		t.Fatal(err)
	}
	other := map[string]string{"blueprints/page/1/chart.txt": "more"}
	_, after, err := policies.GovernanceEdit(with(t, other), with(t, map[string]string{"waivers/w.yaml": waiver("2026-12-31"), "blueprints/page/1/chart.txt": "more"}))
	if err != nil || before != after {
		t.Errorf("digest moved from %s to %s (%v)", before, after, err)
	}
}
