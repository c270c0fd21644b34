package bundle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/levee-gitops/levee/policies/bundle"
)

// library is the parsed files of the bundle.
type library struct {
	modules map[string]*ast.Module
	rules   []rule
}

// rule is one rule with its test.
type rule struct {
	id, file string
	pkg      string // data.levee.rules.egress.vendor_approved
	module   *ast.Module
	test     *ast.Module
	about    *ast.Annotations
}

// sets lists which of the sets that are read the rule defines.
func (r rule) sets() []string {
	return slices.DeleteFunc([]string{"problem", "approval", "risk"}, func(set string) bool {
		return !slices.ContainsFunc(r.module.Rules, func(clause *ast.Rule) bool { return string(clause.Head.Name) == set })
	})
}

// capabilities leaves out what makes an answer depend on anything but the input.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	forbidden := []string{"http.", "net.", "opa.runtime", "time.now_ns", "rand.", "uuid.", "io.jwt.", "trace"}
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return b.IsNondeterministic() || slices.ContainsFunc(forbidden, func(p string) bool { return strings.HasPrefix(b.Name, p) })
	})
	return c
}

func load(t testing.TB) library {
	t.Helper()
	lib := library{modules: map[string]*ast.Module{}}
	opts := ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true, Capabilities: capabilities()}
	for name, src := range files(t) {
		module, err := ast.ParseModuleWithOpts(name, src, opts)
		if err != nil {
			t.Fatal(err)
		}
		lib.modules[name] = module
	}
	for name, module := range lib.modules {
		if strings.HasPrefix(name, "lib/") || strings.HasSuffix(name, "_test.rego") {
			continue
		}
		r := rule{file: name, module: module, pkg: module.Package.Path.String(), test: lib.modules[strings.TrimSuffix(name, ".rego")+"_test.rego"]}
		r.id = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(name, ".rego"), "/", "."), "_", "-")
		for _, a := range module.Annotations {
			if a.Scope == "package" {
				r.about = a
			}
		}
		lib.rules = append(lib.rules, r)
	}
	slices.SortFunc(lib.rules, func(a, b rule) int { return strings.Compare(a.id, b.id) })
	return lib
}

func files(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(bundle.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(bundle.FS, name)
		all[name] = string(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func compile(modules map[string]*ast.Module, strict bool) (*ast.Compiler, error) {
	c := ast.NewCompiler().WithStrict(strict).WithCapabilities(capabilities())
	if c.Compile(modules); c.Failed() {
		return nil, c.Errors
	}
	return c, nil
}

// with is what a rule's test needs to run, with another module for the rule.
func (l library) with(r rule, module *ast.Module) map[string]*ast.Module {
	modules := map[string]*ast.Module{r.file: module, "test": r.test}
	for name, m := range l.modules {
		if strings.HasPrefix(name, "lib/") {
			modules[name] = m
		}
	}
	return modules
}

func TestFormat(t *testing.T) {
	for name, src := range files(t) {
		want, err := format.SourceWithOpts(name, []byte(src), format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(want, []byte(src)) {
			t.Errorf("%s is not formatted as `opa fmt` does", name)
		}
	}
}

func TestRego(t *testing.T) {
	lib := load(t)
	ctx := context.Background()
	store := inmem.New()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	runner := tester.NewRunner().SetStore(store).RaiseBuiltinErrors(true).SetModules(lib.modules).
		SetCompiler(ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()))
	results, err := runner.RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for r := range results {
		ran++
		if r.Pass() {
			continue
		}
		t.Errorf("%s (%v)", r, r.Error)
		for name, sub := range r.SubResults.Iter {
			if sub.Fail {
				t.Errorf("%s: %s", r.Package, strings.Join(name, "/"))
			}
		}
	}
	if ran != len(lib.rules) {
		t.Errorf("%d tests ran for %d rules", ran, len(lib.rules))
	}
}

var (
	controls = regexp.MustCompile(`^(soc2:(CC|A|C|P|PI)[0-9]+\.[0-9]+|iso27001:A\.[5-8]\.[0-9]+|gdpr:Art\.[0-9]+|ssdf:(PO|PS|PW|RV)\.[0-9]+\.[0-9]+)$`)
	days     = regexp.MustCompile(`^[0-9]+d$`)
	date     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

func TestMetadata(t *testing.T) {
	for _, r := range load(t).rules {
		t.Run(r.id, func(t *testing.T) {
			if want := "data.levee.rules." + strings.ReplaceAll(strings.TrimSuffix(r.file, ".rego"), "/", "."); r.pkg != want {
				t.Errorf("package is %s, the file's place asks for %s", r.pkg, want)
			}
			if r.about == nil {
				t.Fatal("no annotation of the package")
			}
			if r.about.Title == "" || strings.HasSuffix(r.about.Title, ".") {
				t.Errorf("title %q", r.about.Title)
			}
			if n := strings.Count(r.about.Description+" ", ". "); n < 2 || n > 4 {
				t.Errorf("the description has %d sentences, not two to four", n)
			}
			text := func(key string) string { s, _ := r.about.Custom[key].(string); return s }
			if got := text("id"); got != r.id {
				t.Errorf("id is %q, the file's place asks for %q", got, r.id)
			}
			if !slices.Contains([]string{"deny", "warn", "dryrun"}, text("enforcement")) {
				t.Errorf("enforcement %q", text("enforcement"))
			}
			if !slices.Contains([]string{"grace", "contain"}, text("onRunning")) {
				t.Errorf("onRunning %q", text("onRunning"))
			}
			if !date.MatchString(text("effective")) || !days.MatchString(text("grace")) {
				t.Errorf("effective %q, grace %q", text("effective"), text("grace"))
			}
			if !strings.HasSuffix(text("remedy"), ".") {
				t.Errorf("remedy %q is no sentence", text("remedy"))
			}
			list, _ := r.about.Custom["controls"].([]any)
			if len(list) == 0 {
				t.Error("no controls")
			}
			for _, c := range list {
				if s, _ := c.(string); !controls.MatchString(s) {
					t.Errorf("control %q", c)
				}
			}
			for key := range r.about.Custom {
				if !slices.Contains([]string{"id", "enforcement", "effective", "grace", "onRunning", "remedy", "controls"}, key) {
					t.Errorf("unknown entry %q", key)
				}
			}
		})
	}
}

// TestSets checks that a rule speaks through the sets that are read, and that no
// other partial set looks as if it did.
func TestSets(t *testing.T) {
	for _, r := range load(t).rules {
		if len(r.sets()) == 0 {
			t.Errorf("%s says nothing", r.id)
		}
		for _, clause := range r.module.Rules {
			name := string(clause.Head.Name)
			read := slices.Contains([]string{"problem", "approval", "risk"}, name)
			if set := clause.Head.Key != nil && clause.Head.Value == nil; set && !read && slices.Contains([]string{"problems", "approvals", "risks", "deny", "warn", "violation"}, name) {
				t.Errorf("%s: the set %s is not read", r.id, name)
			} else if read && !set {
				t.Errorf("%s: %s is no partial set", r.id, name)
			}
		}
	}
}

// said is what a rule says in one case of its test.
type said struct {
	rule, name        string
	problem, approval []map[string]any
	risk              []map[string]any
}

// cases evaluates a rule in every case of its test.
func (l library) cases(t *testing.T, r rule) []said {
	t.Helper()
	if r.test == nil {
		t.Fatalf("%s has no test", r.id)
	}
	c, err := compile(l.with(r, r.module), false)
	if err != nil {
		t.Fatal(err)
	}
	list := func(v any) (out []map[string]any) {
		for _, item := range anys(v) {
			out = append(out, item.(map[string]any))
		}
		return out
	}
	var all []said
	for name, v := range ask(t, c, fmt.Sprintf(`x = {name: s | some name, case in %[1]s_test.cases
		s := %[1]s with input as data.levee.fixture.input_for(case) with data.settings as data.levee.fixture.settings_for(case)}`, r.pkg)).(map[string]any) {
		sets := v.(map[string]any)
		all = append(all, said{r.id, name, list(sets["problem"]), list(sets["approval"]), list(sets["risk"])})
	}
	return all
}

func anys(v any) []any { list, _ := v.([]any); return list }

// ask evaluates a query that binds x.
func ask(t *testing.T, c *ast.Compiler, query string) any {
	t.Helper()
	results, err := rego.New(rego.Query(query), rego.Compiler(c), rego.StrictBuiltinErrors(true), rego.SetRegoVersion(ast.RegoV1)).Eval(context.Background())
	if err != nil || len(results) != 1 {
		t.Fatalf("%s: %d results, %v", query, len(results), err)
	}
	return results[0].Bindings["x"]
}

// TestCases checks that each rule's test has a case in which it speaks and one
// in which it is silent, how it speaks, and that the whole library can reach
// every role and every level of risk.
func TestCases(t *testing.T) {
	lib := load(t)
	reached := map[string]bool{}
	for _, r := range lib.rules {
		speaks, silent := false, false
		for _, s := range lib.cases(t, r) {
			quiet := true
			for _, p := range s.problem {
				quiet = false
				checkProblem(t, r, s, p)
			}
			for _, a := range s.approval {
				quiet = false
				reached[a["role"].(string)] = true
				checkKeys(t, s, a, "role", "reason", "count")
			}
			for _, k := range s.risk {
				quiet = quiet && k["level"] == "low"
				reached[k["level"].(string)] = true
				checkKeys(t, s, k, "level", "reason")
			}
			speaks, silent = speaks || !quiet, silent || quiet
		}
		if !speaks || !silent {
			t.Errorf("%s: a case that speaks: %v; one that does not: %v", r.id, speaks, silent)
		}
	}
	for _, want := range []string{"medium", "high", "owner", "product-owner", "security", "dpo", "platform", "cost-team"} {
		if !reached[want] {
			t.Errorf("no case reaches %s", want)
		}
	}
}

var fieldPath = regexp.MustCompile(`^(metadata|spec)(\.[a-zA-Z0-9]+(\[[^\]]+\])?)+$`)

func checkProblem(t *testing.T, r rule, s said, p map[string]any) {
	t.Helper()
	checkKeys(t, s, p, "field", "file", "message", "remedy")
	if field, _ := p["field"].(string); !fieldPath.MatchString(field) {
		t.Errorf("%s, %s: field %q", r.id, s.name, field)
	}
	for _, key := range []string{"message", "remedy"} {
		text, given := p[key].(string)
		if !given && key == "remedy" {
			continue
		}
		if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "`?") || strings.Contains(text, "%!") || text[:1] != strings.ToUpper(text[:1]) {
			t.Errorf("%s, %s: %s %q is no sentence", r.id, s.name, key, text)
		}
		if plain := outsideQuotes(text); strings.Contains(plain, "\n") || strings.Contains(plain, "spec.") || strings.Contains(plain, "input.") {
			t.Errorf("%s, %s: %s %q speaks of the file's structure", r.id, s.name, key, text)
		}
	}
}

func outsideQuotes(text string) string {
	var plain strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i%2 == 0 {
			plain.WriteString(part)
		}
	}
	return plain.String()
}

func checkKeys(t *testing.T, s said, entry map[string]any, allowed ...string) {
	t.Helper()
	for key := range entry {
		if !slices.Contains(allowed, key) {
			t.Errorf("%s, %s: unknown key %q", s.rule, s.name, key)
		}
	}
	if text, given := entry["reason"].(string); given && (text == "" || strings.HasSuffix(text, ".") || strings.Contains(text, "%!")) {
		t.Errorf("%s, %s: reason %q", s.rule, s.name, text)
	}
}

// TestGoValues gives rules the cases as Go values, numbers as float64, which is
// how they arrive from the catalog, and expects them to say the same.
func TestGoValues(t *testing.T) {
	lib := load(t)
	c, err := compile(lib.modules, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lib.rules {
		given := ask(t, c, fmt.Sprintf(`x = {name: [data.levee.fixture.input_for(case), data.levee.fixture.settings_for(case)] |
			some name, case in %s_test.cases}`, r.pkg)).(map[string]any)
		for _, want := range lib.cases(t, r) {
			pair := plainGo(t, given[want.name]).([]any)
			store := inmem.NewFromObject(map[string]any{"settings": pair[1]})
			for _, set := range r.sets() {
				results, err := rego.New(rego.Query("x = "+r.pkg+"."+set), rego.Compiler(c), rego.Store(store), rego.Input(pair[0]), rego.StrictBuiltinErrors(true)).Eval(context.Background())
				if err != nil || len(results) != 1 {
					t.Fatalf("%s, %s: %d results, %v", r.id, want.name, len(results), err)
				}
				expected := map[string][]map[string]any{"problem": want.problem, "approval": want.approval, "risk": want.risk}[set]
				if got := results[0].Bindings["x"]; fmt.Sprint(got) != fmt.Sprint(expected) {
					t.Errorf("%s, %s: %v as Go values, %v as JSON", r.id, want.name, got, expected)
				}
			}
		}
	}
}

func plainGo(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// TestClean holds the plain app of the fixtures against the whole library: it
// breaks no rule, asks for nobody and is of low risk.
func TestClean(t *testing.T) {
	lib := load(t)
	c, err := compile(lib.modules, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lib.rules {
		for _, set := range r.sets() {
			query := "x = " + r.pkg + "." + set + " with input as data.levee.fixture.plain with data.settings as data.levee.fixture.settings"
			for _, entry := range anys(ask(t, c, query)) {
				if entry.(map[string]any)["level"] != "low" {
					t.Errorf("%s speaks of the plain app: %v", r.id, entry)
				}
			}
		}
	}
}

// beside are the comparisons that differ from another at the boundary only.
var beside = map[string]*ast.Builtin{
	"gt": ast.GreaterThanEq, "gte": ast.GreaterThan, "lt": ast.LessThanEq, "lte": ast.LessThan,
}

// TestMutants takes each clause of each rule away, then each condition of each
// clause, then moves the boundary of each comparison, and expects the rule's own
// test to notice.
func TestMutants(t *testing.T) {
	lib := load(t)
	for n, r := range lib.rules {
		if sampled && n%5 != 0 {
			continue
		}
		t.Run(r.id, func(t *testing.T) {
			t.Parallel()
			for i, clause := range r.module.Rules {
				without := r.module.Copy()
				without.Rules = slices.Delete(without.Rules, i, i+1)
				if lib.survives(t, r, without) {
					t.Errorf("line %d: no case notices that this clause is gone", clause.Loc().Row)
				}
				for j, expr := range clause.Body {
					if other := beside[operator(expr)]; other != nil {
						moved := r.module.Copy()
						moved.Rules[i].Body[j].SetOperator(ast.NewTerm(other.Ref()))
						if lib.survives(t, r, moved) {
							t.Errorf("line %d: no case stands at the boundary of %s", expr.Loc().Row, expr)
						}
					}
					if len(clause.Body) == 1 {
						continue
					}
					weaker := r.module.Copy()
					body := &weaker.Rules[i].Body
					*body = slices.Delete(*body, j, j+1)
					if lib.survives(t, r, weaker) {
						t.Errorf("line %d: no case notices that this condition is gone: %s", expr.Loc().Row, expr)
					}
				}
			}
		})
	}
}

func operator(expr *ast.Expr) string {
	if !expr.IsCall() {
		return ""
	}
	return expr.Operator().String()
}

// survives reports whether the rule's test passes with another module in the
// rule's place. A module that does not compile or whose evaluation fails does
// not survive.
func (l library) survives(t *testing.T, r rule, mutant *ast.Module) bool {
	t.Helper()
	c, err := compile(l.with(r, mutant), false)
	if err != nil {
		return false
	}
	query := fmt.Sprintf(`all := %[1]s_test.cases; x = [name | some name, case in all
		s := %[1]s with input as data.levee.fixture.input_for(case) with data.settings as data.levee.fixture.settings_for(case)
		data.levee.fixture.meets(s, case)]; y = count(all)`, r.pkg)
	results, err := rego.New(rego.Query(query), rego.Compiler(c), rego.StrictBuiltinErrors(true)).Eval(context.Background())
	if err != nil || len(results) != 1 {
		return false
	}
	return fmt.Sprint(len(anys(results[0].Bindings["x"]))) == fmt.Sprint(results[0].Bindings["y"])
}

// TestNames checks that every file has its place: area/rule_name.rego beside its
// test, or lib.
func TestNames(t *testing.T) {
	lib := load(t)
	for name := range lib.modules {
		dir, base := path.Split(name)
		if dir == "lib/" {
			continue
		}
		if rest, isTest := strings.CutSuffix(base, "_test.rego"); isTest && lib.modules[dir+rest+".rego"] == nil {
			t.Errorf("%s tests no rule", name)
		}
	}
}

// BenchmarkPlainApp evaluates the whole library over the plain app.
func BenchmarkPlainApp(b *testing.B) {
	lib := load(b)
	c, err := compile(lib.modules, true)
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	get := func(query string) any {
		results, err := rego.New(rego.Query("x = "+query), rego.Compiler(c)).Eval(ctx)
		if err != nil {
			b.Fatal(err)
		}
		return results[0].Bindings["x"]
	}
	input := ast.MustInterfaceToValue(get("data.levee.fixture.plain"))
	store := inmem.NewFromObject(map[string]any{"settings": get("data.levee.fixture.settings")})
	var sets []string
	for _, r := range lib.rules {
		for _, set := range r.sets() {
			sets = append(sets, r.pkg+"."+set)
		}
	}
	query, err := rego.New(rego.Query("found = ["+strings.Join(sets, ", ")+"]"), rego.Compiler(c), rego.Store(store), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := query.Eval(ctx, rego.EvalParsedInput(input)); err != nil {
			b.Fatal(err)
		}
	}
}
