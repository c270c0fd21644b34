package policies_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/policies"
)

// TestMain serves the trial if the engine under test started this program as its child.
func TestMain(m *testing.M) {
	sandbox.Dispatch(sandbox.Jobs{policies.TrialJob: policies.ServeTrial})
	os.Exit(m.Run())
}

// wideRule is a rule of the organisation's with a body.
func wideRule(condition string) string {
	return "# METADATA\n# title: A rule\n# custom: {id: own.wide}\npackage own.wide\n\n" + condition + "\n"
}

// doubled defines s30 from s0 by thirty steps, each of which uses the one before as X.
func doubled(begin, step string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "s0 := %s\n", begin)
	for i := range 30 {
		fmt.Fprintf(&b, "s%d := %s\n", i+1, strings.ReplaceAll(step, "X", fmt.Sprint("s", i)))
	}
	return b.String()
}

const says = "\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if "

// TestExhaustingRules: proposed rules that use too much memory or time are a problem or give
// the verdict Error, and this process is not affected.
func TestExhaustingRules(t *testing.T) {
	t.Parallel()
	cross := "count({x | some a in numbers.range(1, 90000); some b in numbers.range(1, 90000); x := sprintf(\"%d-%d-0123456789012345678901234567890123456789\", [a, b])}) > 0"
	for name, c := range map[string]struct {
		rule, test string
		says       []string // one of them
	}{
		"shift":            {wideRule(says + "bits.lsh(1, 20000000000) < 0"), "", []string{"bits.lsh: it would shift by 20000000000 bits"}},
		"shift in a test":  {wideRule(says + "false"), "bits.lsh(1, 20000000000) < 0", []string{"bits.lsh: it would shift by 20000000000 bits"}},
		"powers":           {wideRule(doubled("1234567890123", "X * X") + says + "s30 < 0"), "", []string{"mul: its numbers have more than 8000 digits"}},
		"an exponent":      {wideRule(says + "floor(to_number(\"1e999999999\")) < 0"), "", []string{"floor: a number has an exponent beyond 1000", "1e999999999"}},
		"a range":          {wideRule(says + "count(numbers.range(1, 1000000000)) < 0"), "", []string{"numbers.range: it would make a list of 999999999 numbers"}},
		"a range by steps": {wideRule(says + "count(numbers.range_step(0, 1000000000, 3)) < 0"), "", []string{"numbers.range_step: it would make a list of"}},
		"doubled text":     {wideRule(doubled(`"0123456789012345"`, `concat("", [X, X])`) + says + "count(s30) < 0"), "", []string{"concat: it would make a text of"}},
		"replaced text":    {wideRule(doubled(`"aaaaaaaaaaaaaaaa"`, `replace(X, "a", "aaaa")`) + says + "count(s30) < 0"), "", []string{"replace: it would make a text of"}},
		"replaced often":   {wideRule(doubled(`"aaaaaaaaaaaaaaaa"`, `strings.replace_n({"a": "aaaa"}, X)`) + says + "count(s30) < 0"), "", []string{"strings.replace_n: it would make a text of"}},
		"formatted":        {wideRule(says + `count(sprintf("%1000000000d", [1])) < 0`), "", []string{"sprintf: a width in the format is more than 9999"}},
		"formatted by *":   {wideRule(says + `count(sprintf("%*d", [1000000000, 1])) < 0`), "", []string{"sprintf: a width is 1000000000"}},
		"formatted widely": {wideRule(says + `count(sprintf(concat("", ["%[1]9999d" | some i in numbers.range(1, 90000)]), [1])) < 0`), "", []string{"concat", "sprintf: it would make a text of"}},
		"formatted often": {wideRule(says + `count(sprintf(concat("", [c | some i in numbers.range(1, 9000); c := sprintf("%[1]v%.0s", ["%[1]v", i])]), [numbers.range(1, 9000)])) < 0`), "",
			[]string{"sprintf: it would make a text of"}},
		"a range far out": {wideRule(says + "count(numbers.range(1000000000000000000000000000000, 1000000000000010000000000000000)) < 0"), "", []string{"numbers.range: it would reach to"}},
		"encoded again":   {wideRule(doubled(`"0123456789012345"`, `hex.encode(X)`) + says + "count(s30) < 0"), "", []string{"hex.encode: it would make a text of"}},
		"encoded once":    {wideRule("t := concat(\"\", [sprintf(\"%090d\", [i]) | some i in numbers.range(1, 10000)])\n" + says + "count(base64.encode(t)) < 0"), "", []string{"base64.encode: it would make a text of"}},
		"flattened lists": {wideRule(doubled(`["a"]`, `array.flatten([X, X])`) + says + "count(s30) < 0"), "", []string{"array.flatten: it would make a list of"}},
		"cut into letters": {wideRule("u := [sprintf(\"%d0123456789\", [i]) | some i in numbers.range(1, 20000)]\n" + says + `count(split(concat("", u), "")) < 0`), "",
			[]string{"split: it would make a list of"}},
		"repeating YAML":     {wideRule(says + `count(yaml.unmarshal("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]")) < 0`), "", []string{"yaml.unmarshal: the text repeats parts of itself"}},
		"an answer of lists": {wideRule(doubled(`["a"]`, `[X, X]`) + "\nproblem contains {\"field\": \"spec.title\", \"message\": s30}"), "", []string{"rule own.wide: problem: its argument has more than 100000 values"}},
		"doubled lists":      {wideRule(doubled(`["a"]`, `[X, X]`) + says + "count(json.marshal(s30)) < 0"), "", []string{"json.marshal: its argument has more than 100000 values"}},
		"walked lists":       {wideRule(doubled(`["a"]`, `[X, X]`) + says + "count([p | walk(s30, [p, _])]) < 0"), "", []string{"walk: it would visit more than 100000 values"}},
		"joined lists":       {wideRule(doubled(`["a"]`, `array.concat(X, X)`) + says + "count(s30) < 0"), "", []string{"array.concat: it would make a list of"}},
		"a patch": {wideRule(says + `count(json.patch({"a": {}}, [{"op": "copy", "from": "", "path": sprintf("/a/%d", [i])} | some i in numbers.range(1, 40)])) < 0`), "",
			[]string{"json.patch: a patch may copy 16 times, not 40"}},
		"a network":         {wideRule(says + `count(net.cidr_expand("10.0.0.0/8")) < 0`), "", []string{"net.cidr_expand: a network of /8"}},
		"a product":         {wideRule(says + cross), "", []string{"needed more than 1024 MiB", "took longer than", "timed out"}},
		"a product in test": {wideRule(says + "false"), cross, []string{"needed more than 1024 MiB", "took longer than", "timed out", "context deadline", "timeout", "and took longer"}},
		"deep nesting":      {wideRule("x := " + strings.Repeat("[", 60_000) + strings.Repeat("]", 60_000) + says + "count(x) < 0"), "", []string{"compile", "needed more than 1024 MiB", "max"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"policies/wide.rego": c.rule}
			if c.test != "" {
				files["policies/wide_test.rego"] = "package own.wide_test\n\ntest_it if " + c.test + "\n"
			}
			e := newEngine(t)
			s := with(t, files)
			trial, err := e.Try(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			defer trial.Close()
			var said []string
			for _, p := range trial.Problems() {
				said = append(said, p.Path+": "+p.Message)
			}
			if len(said) == 0 {
				brief := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}, trial.Rules())
				died, err := trial.Judge(t.Context(), []policies.Brief{brief}, func(_ int, d policies.Decision) {
					if d.Verdict != policies.Error {
						t.Errorf("it answers %s", d.Verdict)
					}
					said = append(said, d.Reason)
				})
				if err != nil {
					t.Fatal(err)
				}
				said = append(said, died)
			}
			all := strings.Join(said, "\n")
			if sampled {
				c.says = append(c.says, "took longer than") // it is ten times slower, and may not come as far as the bound
			}
			for _, want := range c.says {
				if strings.Contains(all, want) {
					return
				}
			}
			t.Errorf("it says %.600q, and none of %q", all, c.says)
		})
	}
}

// TestTrialJudges: a trial decides as the same rules do in this process.
func TestTrialJudges(t *testing.T) {
	t.Parallel()
	s := with(t, map[string]string{"policies/good.rego": goodRule, boardPath: strings.Replace(board, "version: 1.0.0", "version: 9.0.0", 1)})
	e := newEngine(t)
	trial, err := e.Try(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer trial.Close()
	q := policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}
	brief := policies.NewBrief(q, trial.Rules())
	if d := trial.Rules().Decide(t.Context(), brief); d.Verdict != policies.Error {
		t.Errorf("rules that are elsewhere answer %s", d.Verdict)
	}
	here, _, err := newEngine(t).Rules(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := here.Decide(t.Context(), policies.NewBrief(q, here))
	asked := 0
	died, err := trial.Judge(t.Context(), []policies.Brief{brief, brief, brief}, func(_ int, d policies.Decision) {
		asked++
		if string(canonicalOf(t, d)) != string(canonicalOf(t, want)) {
			t.Errorf("it answers\n%s\nand here\n%s", canonicalOf(t, d), canonicalOf(t, want))
		}
	})
	if err != nil || died != "" || asked != 3 {
		t.Errorf("%d answers, %s, %v", asked, died, err)
	}
}

// TestTrialCannotBegin: if the child cannot be started, that is an error and not a problem.
func TestTrialCannotBegin(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	e.Program = t.TempDir() + "/none"
	if trial, err := e.Try(t.Context(), with(t, map[string]string{"policies/good.rego": goodRule})); err == nil {
		t.Errorf("it could be tried: %+v", trial.Problems())
	}
}

// TestNoInnocentBlamed: a rule has its whole time also if it comes after slow ones.
func TestNoInnocentBlamed(t *testing.T) {
	t.Parallel()
	rounds := 24 // each far below the time of a rule, all together above it
	if sampled {
		rounds = 3 // each takes ten times as long
	}
	slow := fmt.Sprintf("count([1 | some a in numbers.range(1, %d); some b in numbers.range(1, 1000); a * b < 0]) > 0", rounds)
	files := map[string]string{}
	for i := range 60 {
		id := fmt.Sprintf("slow%d", i)
		files["policies/"+id+".rego"] = fmt.Sprintf("# METADATA\n# title: A rule\n# custom: {id: own.%s}\npackage own.%s\n%s%s\n", id, id, says, slow)
	}
	files["policies/broken.rego"] = "# METADATA\n# title: A rule\n# custom: {id: own.zzz}\npackage own.zzz\n" + says + "bits.lsh(1, 100000) < 0\n"
	s := with(t, files)
	rules, problems, err := newEngine(t).Rules(t.Context(), s)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	d := rules.Decide(t.Context(), policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}, rules))
	if d.Verdict != policies.Error || !strings.Contains(d.Reason, "own.zzz") {
		t.Errorf("it says %s: %s", d.Verdict, d.Reason)
	}
}

func canonicalOf(t *testing.T, d policies.Decision) []byte {
	t.Helper()
	raw, err := catalog.Canonical(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
