//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// conftest lays out the same rules and the same inputs for the program conftest:
// each app's input as our rules see it, the settings as data, the rules as they
// are, and around them the names that conftest asks for. It starts where half of
// our work is done: it need not read manifests, resolve what they refer to, count
// approvals or find the lines of problems.
type conftest struct {
	dir    string
	inputs string   // the folder of the inputs: those of the valid apps
	first  string   // one of them
	rules  []string // packages with the sets they define: "data.levee.rules.egress.outside.problem"
}

// arrange writes the layout for the valid apps of a snapshot.
func arrange(tb testing.TB, s *catalog.Snapshot, rules *policies.RuleSet) *conftest {
	tb.Helper()
	c := &conftest{dir: tb.TempDir()}
	c.inputs = filepath.Join(c.dir, "inputs")
	write := func(name string, content []byte) {
		to := filepath.Join(c.dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	marshal := func(v any) []byte {
		raw, err := json.Marshal(v)
		if err != nil {
			tb.Fatal(err)
		}
		return raw
	}
	for d := range s.Documents("apps/") {
		b := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: d.Path, Now: start}, rules)
		if b.Input != nil && !strings.Contains(string(d.Source()), "reviewed: lately") { // which conftest stops at
			c.first = filepath.Join(c.inputs, d.Name+".json")
			write("inputs/"+d.Name+".json", marshal(b.Input))
		}
	}
	write("data/settings.json", marshal(map[string]any{"settings": rules.Settings().Value()}))
	library := os.DirFS("../../policies/bundle")
	sources := map[string]string{}
	err := fs.WalkDir(library, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".rego") || strings.HasSuffix(p, "_test.rego") {
			return err
		}
		raw, err := fs.ReadFile(library, p)
		sources[p] = string(raw)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for d := range s.Policies() {
		sources[d.Path] = string(d.Source())
	}
	for p, source := range sources {
		write("rules/"+p, []byte(source))
		name, _, _ := strings.Cut(source[strings.Index(source, "\npackage ")+len("\npackage "):], "\n")
		for _, set := range []string{"problem", "approval", "risk"} {
			if strings.Contains(source, "\n"+set+" contains ") {
				c.rules = append(c.rules, "data."+name+"."+set)
			}
		}
	}
	slices.Sort(c.rules)
	denies := func(name string, sets []string) string {
		var b strings.Builder
		for _, set := range sets {
			fmt.Fprintf(&b, "%s contains {\"msg\": json.marshal(found)} if some found in %s\n\n", name, set)
		}
		return b.String()
	}
	write("one/rules.rego", []byte("package main\n\n"+denies("deny", c.rules)))
	const names = 15
	fifteen := "package main\n\n"
	for i := range names {
		fifteen += denies(fmt.Sprintf("deny_%d", i), c.rules[i*len(c.rules)/names:(i+1)*len(c.rules)/names])
	}
	write("fifteen/rules.rego", []byte(fifteen))
	for i, set := range c.rules {
		write(fmt.Sprintf("named/rule_%d.rego", i), []byte(fmt.Sprintf("package named.rule_%d\n\n", i)+denies("deny", []string{set})))
	}
	return c
}

// args is the command line for one arrangement ("one", "fifteen", "named") over some
// inputs.
func (c *conftest) args(arrangement, inputs string) []string {
	args := []string{"test", "--no-color", "--output", "json", "--policy", filepath.Join(c.dir, "rules"), "--policy", filepath.Join(c.dir, arrangement), "--data", filepath.Join(c.dir, "data")}
	if arrangement == "named" {
		for i := range c.rules {
			args = append(args, "--namespace", fmt.Sprintf("named.rule_%d", i))
		}
	}
	return append(args, inputs)
}
