package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestAdmission: the guard is that of one target of levee.yaml, with those that may write, and
// what each choice risks is said beside it.
func TestAdmission(t *testing.T) {
	t.Parallel()
	const one = "cluster: {kind: kubernetes, impersonate: {production: deployer, staging: deployer}}"
	const two = one + "\n  far: {kind: kubernetes, namespace: levee-far}"
	for name, test := range map[string]struct {
		targets string
		args    []string
		code    int
		out     string // in the manifests
		says    string // beside them
	}{
		"default":     {one, nil, exit.CodeFine, "\n#   deployer\n#   system:apiserver\n", "--owned deny: Writes by others to what an inventory lists are refused"},
		"the daemon":  {one, nil, exit.CodeFine, `"system:serviceaccount:levee-system:levee"`, "--unlisted report: What no inventory lists can be put"},
		"users":       {one, []string{"--user", "levee", "--allow", "eso", "--allow-group", "oncall"}, exit.CodeFine, "\"deployer\",\n      \"eso\",\n      \"levee\",\n      \"system:apiserver\"", "--fail closed: A write whose rule the API server cannot evaluate is refused"},
		"group":       {one, []string{"--allow-group", "oncall"}, exit.CodeFine, "[\n      \"oncall\",\n      \"system:nodes\"", ""},
		"open":        {one, []string{"--fail", "open"}, exit.CodeFine, "failurePolicy: Ignore", "--fail open: A write whose rule the API server cannot evaluate goes through"},
		"report":      {one, []string{"--owned", "report"}, exit.CodeFine, "validationActions:\n  - Warn\n  - Audit", "--owned report: "},
		"one of two":  {two, []string{"--target", "far"}, exit.CodeFine, "system:serviceaccount:levee-far:levee", ""},
		"which":       {two, nil, exit.CodeUsage, "", "several targets of kind kubernetes; name one of cluster, far"},
		"unknown":     {two, []string{"--target", "near"}, exit.CodeUsage, "", `no target "near" of kind kubernetes; choose one of cluster, far`},
		"no cluster":  {"here: {kind: directory}", nil, exit.CodeUsage, "", "no target of kind kubernetes"},
		"no such":     {one, []string{"--fail", "ajar"}, exit.CodeUsage, "", `--fail is "ajar"; choose one of closed, open`},
		"no name":     {one, []string{"--allow", ""}, exit.CodeUsage, "", "has no name; see --user"},
		"no argument": {one, []string{"board"}, exit.CodeUsage, "", "levee admission --help"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "levee.yaml")
			if err := os.WriteFile(file, []byte("repository: catalog.git\ntargets:\n  "+test.targets+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"admission", "--config", file}, test.args...), terminal.IO{Out: &out, Err: &errs})
			if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.says) {
				t.Errorf("exit code %d, want %d\n%s\n%s", code, test.code, &out, &errs)
			}
			if (code == exit.CodeFine) != (out.Len() > 0) {
				t.Errorf("it exits with %d and prints\n%s", code, &out)
			}
		})
	}
}
