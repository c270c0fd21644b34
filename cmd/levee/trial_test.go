package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestMain serves as the child that tries proposed rules, where the daemon under test
// starts it: this program is then the test.
func TestMain(m *testing.M) {
	sandbox.Dispatch(jobs)
	os.Exit(m.Run())
}

// TestProposedRulesEndNobody: rules that take all memory, in their tests or over the apps
// that run, are their change's problem; beside them others are reviewed, land and run.
func TestProposedRulesEndNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.pass()
	wide := `count({x | some a in numbers.range(1, 90000); some b in numbers.range(1, 90000); x := sprintf("%d-%d-` + strings.Repeat("0123456789", 2000) + `", [a, b])}) > 0`
	rule := "# METADATA\n# title: Wide\n# custom: {id: own.wide}\npackage own.wide\n\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if "
	w.publish("eve", "over-apps", map[string]string{"policies/wide.rego": rule + wide + "\n"})
	w.publish("eve", "in-tests", map[string]string{"policies/wide.rego": rule + "false\n", "policies/wide_test.rego": "package own.wide_test\n\ntest_it if " + wide + "\n"})
	w.publish("eve", "fine", map[string]string{"policies/fine.rego": rule + "input.app.metadata.name == \"desk\"\n"})
	w.publish("ana", "healthy", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.wantSaid("change publish/over-apps: failure", "change publish/in-tests: failure", "change publish/fine: pending", "change publish/healthy: success")
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "desk=1.0.0")
	w.must("status", "publish/over-apps")
	w.wantSaid("`policies/wide.rego`", "What to do: ")
	w.must("status", "publish/fine")
	w.wantSaid("What follows for apps that run (1 of 2)", "`desk`: from “fine” to “something to fix”")
	w.wantAudit()
}

// TestCheckoutRulesEndNobody: rules of a checkout, to which nobody agreed, take neither
// this process nor its memory: not when their tests run, nor over apps.
func TestCheckoutRulesEndNobody(t *testing.T) {
	t.Parallel()
	head := "# METADATA\n# title: Wide\n# description: Takes all there is.\n# custom: {id: own.wide}\npackage own.wide\n\n"
	for name, c := range map[string]struct {
		files map[string]string
		code  map[string]int // by command
		says  string
	}{
		"over apps": {
			map[string]string{"policies/wide.rego": head + doubledLists("s") + doubledLists("z") + "\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if s30 == z30\n"},
			map[string]int{"check": exit.CodeError, "test": exit.CodeNo, "explain": exit.CodeFine}, "trying them needed more than 1024 MiB of memory",
		},
		"in tests": {
			map[string]string{
				"policies/wide.rego":      head + "problem contains {\"field\": \"spec.title\", \"message\": \"x\"} if false\n",
				"policies/wide_test.rego": "package own.wide_test\n\n" + strings.ReplaceAll(doubledLists("s")+doubledLists("z"), "input.app.metadata.name", `"a"`) + "\ntest_it if s30 == z30\n",
			},
			map[string]int{"check": exit.CodeError, "test": exit.CodeNo, "explain": exit.CodeFine}, "trying them needed more than 1024 MiB of memory",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if code := run(t.Context(), []string{"init", dir + "/c"}, terminal.IO{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Now: time.Now}); code != exit.CodeFine {
				t.Fatalf("init ended with %d", code)
			}
			for p, text := range c.files {
				if err := os.WriteFile(dir+"/c/"+p, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for command, want := range c.code {
				var out bytes.Buffer
				args := []string{command, dir + "/c"}
				if command == "explain" {
					args = []string{command, "-C", dir + "/c"}
				}
				began := time.Now()
				code := run(t.Context(), args, terminal.IO{Out: &out, Err: &out, Now: time.Now})
				late := time.Since(began) > 15*time.Second && strings.Contains(out.String(), "trying them took longer") // on a busy machine
				if code != want || code != exit.CodeFine && !strings.Contains(out.String(), c.says) && !late {
					t.Errorf("%s ended with %d\n%s", command, code, &out)
				}
			}
		})
	}
}

// doubledLists defines, as name0 to name30, lists that hold twice and thrice what was before:
// nothing to write down, and without end for whoever compares them.
func doubledLists(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s0 := [input.app.metadata.name]\n", name)
	for i := range 30 {
		fmt.Fprintf(&b, "%s%d := object.get({\"a\": [%[1]s%[3]d, %[1]s%[3]d, %[1]s%[3]d]}, \"a\", 0)\n", name, i+1, i)
	}
	return b.String()
}
