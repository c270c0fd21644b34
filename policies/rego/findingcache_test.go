package rego_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/policiestest"
	"github.com/levee-gitops/levee/policies/rego"
)

const (
	boardPath = policiestest.BoardPath
	board     = policiestest.Board
)

var (
	now       = policiestest.Now
	with      = policiestest.With
	app       = policiestest.Edit
	newEngine = policiestest.NewEngine
	rulesOf   = policiestest.RulesOf
	decide    = policiestest.Decide
)

// drawn is a question about a board with random lines, and the source of that board.
func drawn(t *testing.T, rng *rand.Rand) (policies.Question, string) {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	src := board
	for _, edit := range [][2]string{
		{"classification: internal", "classification: " + pick("public", "internal", "confidential", "restricted")},
		{"{type: static}", "{type: " + pick("static", "container") + ", memory: " + pick("64Mi", "2Gi") + ", cpu: " + pick("100m", "3") + pick("", ", image: registry.example.com/x", ", language: nodejs:22") + "}"},
		{"monthly: 5", "monthly: " + pick("5", "50", "500")},
		{"version: 1.0.0", "version: " + pick("1.0.0", "1.1.0")},
		{"  budget:", pick("", "  data: [{dataset: people, access: read, purpose: show, categories: [pii], retention: 30d}]\n", "  egress: [x.example.com]\n", "  data: [{dataset: x, access: write, purpose: show}]\n") + "  budget:"},
		{"  budget:", pick("", "  models: [{name: m, purpose: x}]\n", "  secrets: [{name: KEY, store: vault, path: a/b, ttl: 9h}]\n", "  integrations: [{vendor: maps, purpose: maps, scopes: [all]}]\n", "  dependsOn: [board]\n") + "  budget:"},
		{"person: ana", "person: " + pick("ana", "ben", "eve", "nobody")},
		{"stage: prototype", "stage: " + pick("prototype", "production", "retired")},
		{"  budget:", pick("", "  runbook: {contact: x, killSwitch: flag}\n", "  quality: {tests: true, coverage: 0.1}\n", "  slo: {availability: 99}\n") + "  budget:"},
	} {
		src = strings.Replace(src, edit[0], edit[1], 1)
	}
	s := with(t, map[string]string{boardPath: src, "vendors/maps.yaml": "apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: maps}\nspec: {title: A, domains: [x.example.com], purpose: maps, approver: dana}\n"})
	q := policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}
	if rng.IntN(2) == 0 {
		q.Admitted = with(t, nil).Document(boardPath).App()
	}
	if rng.IntN(2) == 0 {
		q.Facts.Change = &policies.ChangeFacts{Author: catalog.Name(pick("ana", "dana", "")), Bot: rng.IntN(2) == 0}
	}
	return q, src
}

// TestInputPaths: a rule's finding depends on nothing but the input paths that dependencies
// found. The values at all other paths are replaced by those of another input.
func TestInputPaths(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	e := newEngine(t)
	var inputs []map[string]any
	var rules *policies.RuleSet
	for range 40 {
		q, _ := drawn(t, rng)
		rules = rulesOf(t, e, q.Governing)
		inputs = append(inputs, policies.NewBrief(q, rules).Input)
	}
	// In another order excerpt would write into objects of the input.
	if depths := rules.Depths(); len(depths) < 20 || !slices.IsSortedFunc(depths, func(a, b int) int { return b - a }) {
		t.Errorf("excerpts take places in the order of depths %v", depths)
	}
	said := map[string]bool{}
	for id, reads := range rules.Inputs() {
		for i, input := range inputs {
			var mixed map[string]any
			if err := json.Unmarshal([]byte(mustJSON(t, inputs[(i+1)%len(inputs)])), &mixed); err != nil {
				t.Fatal(err)
			}
			for _, at := range reads {
				if at == "" {
					mixed = input
				} else {
					lay(input, mixed, strings.Split(at, "."))
				}
			}
			want, got := rules.Answer(t.Context(), id, input), rules.Answer(t.Context(), id, mixed)
			if want != got {
				t.Errorf("rule %s reads more than %v: it says %s, and with other places replaced %s", id, reads, want, got)
			}
			if got := rules.Answer(t.Context(), id, input, i%len(rules.Inputs())); want != got {
				t.Errorf("rule %s says %s, and of its excerpt %s", id, want, got)
			}
			said[want] = true
		}
	}
	if len(said) < 60 {
		t.Errorf("only %d different answers; the inputs are too alike to show anything", len(said))
	}
}

// lay copies the value at a path from one input to another, or removes it where there is none.
func lay(from, to map[string]any, path []string) {
	name, rest := path[0], path[1:]
	value, ok := from[name]
	below, isObject := value.(map[string]any)
	switch {
	case len(rest) > 0 && isObject:
		next, _ := to[name].(map[string]any)
		if next == nil {
			next = map[string]any{}
			to[name] = next
		}
		lay(below, next, rest)
	case len(rest) > 0:
		if next, _ := to[name].(map[string]any); next != nil {
			lay(map[string]any{}, next, rest)
		}
	case ok:
		to[name] = value
	default:
		delete(to, name)
	}
}

// TestEncodingsDiffer: different values have different encodings.
func TestEncodingsDiffer(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	var draw func(depth int) any
	draw = func(depth int) any {
		words := []string{"", "s", "o", "l", "n", "\x00", "\x01s", "1", "null"}
		switch k := rng.IntN(7); {
		case k == 0:
			return nil
		case k == 1:
			return rng.IntN(2) == 0
		case k == 2:
			return float64(rng.IntN(3))
		case k < 5 || depth == 0:
			return words[rng.IntN(len(words))]
		case k == 5:
			list := make([]any, rng.IntN(3))
			for i := range list {
				list[i] = draw(depth - 1)
			}
			return list
		default:
			object := map[string]any{}
			for range rng.IntN(3) {
				object[words[rng.IntN(len(words))]] = draw(depth - 1)
			}
			return object
		}
	}
	seen := map[string]string{}
	for range 200_000 {
		value := draw(3)
		raw, err := rego.AppendValue(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		text := mustJSON(t, value)
		if other, ok := seen[string(raw)]; ok && other != text {
			t.Fatalf("%s and %s are written alike: %q", text, other, raw)
		}
		seen[string(raw)] = text
	}
	if len(seen) < 1000 {
		t.Errorf("only %d different values", len(seen))
	}
	places := map[[32]byte]string{}
	for _, text := range []string{`{}`, `{"a": null}`, `{"a": {"b": null}}`, `{"a": {"b": {}}}`, `{"a": {"b": []}}`, `{"a": {"b": ""}}`, `{"a": {"b": 0}}`, `{"a": {"b": false}}`} {
		for _, at := range []string{"", "a", "a.b"} {
			var input map[string]any
			if err := json.Unmarshal([]byte(text), &input); err != nil {
				t.Fatal(err)
			}
			a, _ := input["a"].(map[string]any)
			b, there := a["b"]
			switch at {
			case "":
				b, there = input, true
			case "a":
				b, there = input["a"], len(input) > 0
			}
			means := fmt.Sprintf("%#v %v", b, there)
			if other, ok := places[rego.KeyAt(input, at)]; ok && other != means {
				t.Errorf("%s of %s, which is %s, is remembered as %s", at, text, means, other)
			}
			places[rego.KeyAt(input, at)] = means
		}
	}
	if _, err := rego.AppendValue(nil, 7); err == nil {
		t.Error("a value that is no JSON value was written")
	}
}

// TestRulesLeaveEachOtherAlone: a rule that replaces the input with "with", and one that
// fails, do not affect others that are evaluated in the same query.
func TestRulesLeaveEachOtherAlone(t *testing.T) {
	plain := app("{type: static}", "{type: static, memory: 64Gi}")
	own := func(body string) map[string]string {
		return map[string]string{boardPath: plain[boardPath], "policies/own.rego": "# METADATA\n# title: Own\n# custom: {id: a.own}\npackage own\n\nimport data.levee.lib\n\n" + body}
	}
	e := newEngine(t)
	want := decide(t, e, policies.Question{Governing: with(t, plain), Proposed: with(t, plain)})
	for name, body := range map[string]string{
		"other input":  "problem contains {\"message\": \"x\"} if { not lib.live with input.app.spec.lifecycle.stage as \"prototype\" }\nrisk contains {\"level\": \"high\", \"reason\": \"x\"} if { lib.closed with input.app.spec.classification as \"restricted\"; lib.closed }\n",
		"other helper": "problem contains {\"message\": \"x\"} if { lib.live with data.levee.lib.live as false }\n",
	} {
		s := with(t, own(body))
		got := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s})
		got.Policy, got.Digest = want.Policy, want.Digest
		if diff := cmp.Diff(mustJSON(t, want), mustJSON(t, got)); diff != "" {
			t.Errorf("%s: the other rules say something else (-without +with):\n%s", name, diff)
		}
	}
}

// TestForgets: the cache is bounded, and findings that are used stay.
func TestForgets(t *testing.T) {
	if held, first := rego.Forgets(5 * rego.MaxFindings); held > rego.MaxFindings || held < rego.MaxFindings/2 || !first {
		t.Errorf("%d answers are held, the first among them: %v", held, first)
	}
}

// TestRememberedAcrossRules: if a rule refers to another, a change of the other is a change
// of both.
func TestRememberedAcrossRules(t *testing.T) {
	e := newEngine(t)
	most := func(most string) *catalog.Snapshot {
		rule := func(id, body string) string {
			return "# METADATA\n# title: Own\n# custom: {id: own." + id + "}\npackage own." + id + "\n\n" + body + "\n"
		}
		return with(t, map[string]string{
			"policies/b.rego": rule("b", "most := "+most+"\n\nproblem contains {\"message\": \"b\"} if input.app.spec.version == \"9.9.9\""),
			"policies/a.rego": rule("a", "problem contains {\"message\": \"a\"} if input.app.spec.budget.monthly > data.own.b.most"),
		})
	}
	for _, c := range []struct {
		most string
		want policies.Verdict
	}{{"10", policies.Allow}, {"4", policies.Deny}, {"5", policies.Allow}} {
		s := most(c.most)
		if d := decide(t, e, policies.Question{Governing: s, Proposed: s}); d.Verdict != c.want {
			t.Errorf("a budget of 5 where %s is the most: %s, want %s", c.most, d.Verdict, c.want)
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

// TestRunning: of an app that runs, what is judged and what is admitted are one value in its input.
// Rules find the same as of two, and the input stays as it is.
func TestRunning(t *testing.T) {
	const whole = `# METADATA
# title: Reads all of the input
# custom: {id: own.whole}
package own.whole

risk contains {"level": "high", "reason": key} if {
	some key, value in input
	value == input.admitted
}
`
	s := with(t, map[string]string{"policies/whole.rego": whole})
	running := s.Document(boardPath).App()
	e := newEngine(t)
	rules := rulesOf(t, e, s)
	input := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Admitted: running, Now: now}, rules).Input
	if reflect.ValueOf(input["app"]).Pointer() != reflect.ValueOf(input["admitted"]).Pointer() {
		t.Error("what is judged and what is admitted are written twice")
	}
	before := mustJSON(t, input)
	found, err := rules.Evaluate(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	if after := mustJSON(t, input); after != before {
		t.Errorf("the input of rules was\n%s\nand is\n%s", before, after)
	}
	if !slices.ContainsFunc(found, func(f rego.Found) bool { return f.Rule.ID == "own.whole" && len(f.Risks) == 2 }) {
		t.Errorf("what is judged is not what is admitted: %v", found)
	}
	var copied map[string]any
	if err := json.Unmarshal([]byte(before), &copied); err != nil {
		t.Fatal(err)
	}
	want, err := rulesOf(t, newEngine(t), s).Evaluate(t.Context(), copied)
	if err != nil {
		t.Fatal(err)
	}
	said := func(list []rego.Found) (text string) {
		for _, f := range list {
			text += fmt.Sprintf("%s %+v\n", f.Rule.ID, f.Finding)
		}
		return text
	}
	if diff := cmp.Diff(said(want), said(found)); diff != "" {
		t.Errorf("rules find something else of two equal values:\n%s", diff)
	}
}
