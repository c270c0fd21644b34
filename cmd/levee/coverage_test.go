package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies/rego"
)

// playbook is a file of testdata/coverage: what one playbook on governing small apps asks for.
type playbook struct {
	Title string         `json:"title"`
	Items []playbookItem `json:"items"`
}

// playbookItem is one thing that a playbook asks for, and what answers it. Settings are paths
// of catalog.yaml below spec, and fields those of an app's file, or of another kind's behind
// its name. A test is named by its folder and its function, a document with its heading.
type playbookItem struct {
	Asks    string              `json:"asks"`
	State   string              `json:"state"`
	By      map[string][]string `json:"by,omitempty"`
	Missing string              `json:"missing,omitempty"`
}

// answerKinds are the kinds of what answers an item, in the order in which they are shown.
var answerKinds = []string{"rules", "settings", "fields", "commands", "tests", "docs"}

// TestCoverage holds docs/coverage.md, and each name in it, against what is there. With -update
// it writes the page again.
func TestCoverage(t *testing.T) {
	t.Parallel()
	var beyond map[string]string
	readCoverage(t, "beyond.yaml", &beyond)
	paths, err := filepath.Glob("testdata/coverage/playbook-*.yaml")
	if err != nil || len(paths) != 5 {
		t.Fatal(len(paths), "playbooks:", err)
	}
	library := libraryRules(t)
	there := whatThereIs(t, library)
	unnamed := maps.Clone(library)
	var books []playbook
	for _, path := range paths {
		var book playbook
		readCoverage(t, filepath.Base(path), &book)
		for _, item := range book.Items {
			for _, wrong := range there.wrongWith(item) {
				t.Errorf("%s: %q %s", path, item.Asks, wrong)
			}
			for _, rule := range item.By["rules"] {
				delete(unnamed, rule)
			}
		}
		books = append(books, book)
	}
	for id := range beyond {
		if !library[id] {
			t.Errorf("beyond.yaml: there is no rule %s in the library", id)
		} else if !unnamed[id] {
			t.Errorf("beyond.yaml: the rule %s is named by an item; take it out here", id)
		}
		delete(unnamed, id)
	}
	for id := range unnamed {
		t.Errorf("the rule %s is named by no item; name it where it answers one, or in beyond.yaml", id)
	}
	const kept = "../../docs/coverage.md"
	page := coveragePage(books, beyond)
	if *update {
		if err := os.WriteFile(kept, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), page); diff != "" {
		t.Errorf("docs/coverage.md is not what testdata/coverage says; run with -update and read it (-docs +testdata):\n%s", diff)
	}
}

// TestCoverageFinds: what is wrong with an item is found.
func TestCoverageFinds(t *testing.T) {
	t.Parallel()
	there := whatThereIs(t, libraryRules(t))
	by := func(kind, name string) map[string][]string { return map[string][]string{kind: {name}} }
	for name, c := range map[string]struct {
		item playbookItem
		want string
	}{
		"no words":            {playbookItem{State: "no", Missing: "all"}, "says nothing"},
		"no state":            {playbookItem{Asks: "a", By: by("rules", "scopes.count")}, "state"},
		"done by nothing":     {playbookItem{Asks: "a", State: "done"}, "names nothing"},
		"partly by nothing":   {playbookItem{Asks: "a", State: "partly", Missing: "b"}, "names nothing"},
		"no, by something":    {playbookItem{Asks: "a", State: "no", Missing: "b", By: by("rules", "scopes.count")}, "names what answers it"},
		"done, but for":       {playbookItem{Asks: "a", State: "done", Missing: "b", By: by("rules", "scopes.count")}, "done"},
		"partly, not told":    {playbookItem{Asks: "a", State: "partly", By: by("rules", "scopes.count")}, "missing"},
		"no kind":             {playbookItem{Asks: "a", State: "done", By: by("laws", "scopes.count")}, "laws"},
		"no rule":             {playbookItem{Asks: "a", State: "done", By: by("rules", "scopes.many")}, "scopes.many"},
		"no setting":          {playbookItem{Asks: "a", State: "done", By: by("settings", "limits.many")}, "limits.many"},
		"no setting in list":  {playbookItem{Asks: "a", State: "done", By: by("settings", "environments[].many")}, "environments[].many"},
		"a list that is none": {playbookItem{Asks: "a", State: "done", By: by("settings", "limits[].hosts")}, "limits[].hosts"},
		"a group that is not": {playbookItem{Asks: "a", State: "done", By: by("settings", "limits.*")}, "limits.*"},
		"no field":            {playbookItem{Asks: "a", State: "done", By: by("fields", "spec.colour")}, "spec.colour"},
		"no field of a kind":  {playbookItem{Asks: "a", State: "done", By: by("fields", "Vendor.spec.runtime")}, "Vendor.spec.runtime"},
		"no command":          {playbookItem{Asks: "a", State: "done", By: by("commands", "levee audit sell")}, "levee audit sell"},
		"no flag":             {playbookItem{Asks: "a", State: "done", By: by("commands", "levee check --colour")}, "levee check --colour"},
		"no test":             {playbookItem{Asks: "a", State: "done", By: by("tests", "policies.TestNothingAtAll")}, "policies.TestNothingAtAll"},
		"test in another":     {playbookItem{Asks: "a", State: "done", By: by("tests", "cmd/levee.TestQuestions")}, "cmd/levee.TestQuestions"},
		"no document":         {playbookItem{Asks: "a", State: "done", By: by("docs", "colours.md")}, "colours.md"},
		"no heading":          {playbookItem{Asks: "a", State: "done", By: by("docs", "evidence.md#colours")}, "evidence.md#colours"},
	} {
		if got := strings.Join(there.wrongWith(c.item), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q in it", name, got, c.want)
		}
	}
	for _, name := range []string{"spec.data[].masking", "metadata.labels.*", "Roles.spec.roles.*[].teams"} {
		if got := there.wrongWith(playbookItem{Asks: "a", State: "done", By: by("fields", name)}); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// readCoverage reads a file of testdata/coverage. A field that it does not know fails the test.
func readCoverage(t *testing.T, name string, into any) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", "coverage", name))
	if err == nil {
		err = yaml.UnmarshalStrict(src, into)
	}
	if err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
}

// libraryRules are the ids of the rules that every catalog is judged with.
func libraryRules(t *testing.T) map[string]bool {
	t.Helper()
	out, code := quietly(t, "explain", "-C", t.TempDir(), "-o", "json")
	var rules []rego.Rule
	if err := json.Unmarshal([]byte(out), &rules); code != exit.CodeFine || err != nil || len(rules) == 0 {
		t.Fatal(code, err, out)
	}
	ids := map[string]bool{}
	for _, r := range rules {
		ids[r.ID] = true
	}
	return ids
}

// answers tells by kind whether there is what a name says.
type answers map[string]func(name string) bool

// whatThereIs asks the program, and the files of the repository.
func whatThereIs(t *testing.T, library map[string]bool) answers {
	t.Helper()
	rules := maps.Clone(library)
	for _, r := range programRules() {
		rules[r.ID] = true
	}
	var schemas map[string]map[string]any
	if out, code := quietly(t, "schema"); code != exit.CodeFine || json.Unmarshal([]byte(out), &schemas) != nil {
		t.Fatal(code, out)
	}
	root := rootCommand(terminal.IO{Out: &strings.Builder{}, Err: &strings.Builder{}})
	tests := testsByFolder(t)
	return answers{
		"rules":    func(name string) bool { return rules[name] },
		"settings": func(name string) bool { return schemaHas(schemas["Catalog"], "spec."+name) },
		"fields": func(name string) bool {
			if kind, path, _ := strings.Cut(name, "."); schemas[kind] != nil {
				return schemaHas(schemas[kind], path)
			}
			return schemaHas(schemas["App"], name)
		},
		"commands": func(name string) bool { return hasCommand(root, name) },
		"tests":    func(name string) bool { return tests[name] },
		"docs":     hasHeading,
	}
}

// wrongWith says what is wrong with an item.
func (a answers) wrongWith(item playbookItem) (wrong []string) {
	if item.Asks == "" {
		wrong = append(wrong, "says nothing of what is asked for")
	}
	switch {
	case item.State != "done" && item.State != "partly" && item.State != "no":
		wrong = append(wrong, fmt.Sprintf("has the state %q; it is done, partly or no", item.State))
	case item.State == "no" && len(item.By) > 0:
		wrong = append(wrong, "is not there, and names what answers it")
	case item.State != "no" && len(item.By) == 0:
		wrong = append(wrong, "is answered, and names nothing")
	case item.State == "done" && item.Missing != "":
		wrong = append(wrong, "is done, and says what is missing")
	case item.State != "done" && item.Missing == "":
		wrong = append(wrong, "is not done, and does not say what is missing")
	}
	for kind, names := range item.By {
		for _, name := range names {
			if there := a[kind]; there == nil || !there(name) {
				wrong = append(wrong, fmt.Sprintf("names %q among %s, and there is no such thing", name, kind))
			}
		}
	}
	return wrong
}

// schemaHas tells whether a JSON Schema has a path of fields: `[]` behind a name is a list, `*`
// stands for names that are free.
func schemaHas(schema map[string]any, path string) bool {
	for _, step := range strings.Split(path, ".") {
		name, isList := strings.CutSuffix(step, "[]")
		if name == "*" {
			schema, _ = schema["additionalProperties"].(map[string]any)
		} else {
			fields, _ := schema["properties"].(map[string]any)
			schema, _ = fields[name].(map[string]any)
		}
		if isList {
			schema, _ = schema["items"].(map[string]any)
		}
	}
	return schema != nil
}

// hasCommand tells whether there is a command, with the flags that stand behind it.
func hasCommand(root *cobra.Command, line string) bool {
	words := strings.Fields(line)
	flags := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "--") })
	if flags < 0 {
		flags = len(words)
	}
	cmd, _, err := root.Find(words[1:flags])
	if err != nil || cmd.CommandPath() != strings.Join(words[:flags], " ") {
		return false
	}
	return !slices.ContainsFunc(words[flags:], func(w string) bool { return cmd.Flags().Lookup(strings.TrimPrefix(w, "--")) == nil })
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// testsByFolder finds the tests of the repository, such as policies.TestQuestions.
func testsByFolder(t *testing.T) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && name != ".."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
		for _, found := range testFunction.FindAllSubmatch(src, -1) {
			tests[folder+"."+string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// hasHeading tells whether docs has a file, with the heading behind `#`.
func hasHeading(name string) bool {
	path, anchor, asked := strings.Cut(name, "#")
	src, err := os.ReadFile(filepath.Join("..", "..", "docs", filepath.FromSlash(path)))
	if err != nil || !asked {
		return err == nil
	}
	for line := range strings.Lines(string(src)) {
		if title := strings.TrimLeft(line, "#"); title != line && anchorOf(title) == anchor {
			return true
		}
	}
	return false
}
