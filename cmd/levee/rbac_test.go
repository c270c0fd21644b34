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

// TestRBAC: the rights are those for one target of levee.yaml, for whoever applies apps there.
func TestRBAC(t *testing.T) {
	t.Parallel()
	const one = "cluster: {kind: kubernetes}"
	const others = "cluster: {kind: kubernetes, namespace: levee-far, impersonate: {production: 'system:serviceaccount:levee-far:production', staging: deployer, lab: ''}}"
	for name, test := range map[string]struct {
		targets string
		args    []string
		code    int
		out     string // in the manifests
		lacks   string // in the manifests
		says    string // beside them
	}{
		"default":      {one, nil, exit.CodeFine, "- kind: ServiceAccount\n  namespace: \"levee-system\"\n  name: \"levee\"\n", "impersonate", ""},
		"user":         {one, []string{"--user", "levee"}, exit.CodeFine, "kind: User\n  name: \"levee\"\n", "kind: ServiceAccount", ""},
		"kinds":        {one, []string{"--kinds", "Rollout.argoproj.io"}, exit.CodeFine, "- apiGroups: [\"argoproj.io\"]\n  resources: [\"rollouts\"]\n", "", ""},
		"resource":     {one, []string{"--resource", "settings.example.com"}, exit.CodeFine, `resources: ["settings"]`, "", ""},
		"impersonate":  {others, nil, exit.CodeFine, "resources: [\"serviceaccounts\"]\n  resourceNames: [\"production\"]\n  verbs: [\"impersonate\"]\n", "", ""},
		"as users":     {others, nil, exit.CodeFine, "resources: [\"users\"]\n  resourceNames: [\"deployer\"]\n  verbs: [\"impersonate\"]\n", "", ""},
		"a namespace":  {others, nil, exit.CodeFine, `name: "levee-apps-levee-far"`, "levee-system", ""},
		"also itself":  {others, nil, exit.CodeFine, "  name: \"levee\"\n- kind: ServiceAccount\n  namespace: \"levee-far\"\n  name: \"production\"", "", ""},
		"what plural":  {one, []string{"--kinds", "Settings.example.com"}, exit.CodeUsage, "", "kind", "give the resource instead"},
		"no such kind": {one, []string{"--kinds", "rollouts"}, exit.CodeUsage, "", "kind", "is not a kind with its group"},
		"too much":     {one, []string{"--resource", "secrets"}, exit.CodeUsage, "", "kind", "no secret may lie in the catalog"},
		"no cluster":   {"here: {kind: directory}", nil, exit.CodeUsage, "", "kind", "no target of kind kubernetes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "levee.yaml")
			if err := os.WriteFile(file, []byte("repository: catalog.git\ntargets:\n  "+test.targets+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"rbac", "--config", file}, test.args...), terminal.IO{Out: &out, Err: &errs})
			if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.says) {
				t.Errorf("exit code %d, want %d\n%s\n%s", code, test.code, &out, &errs)
			}
			if test.lacks != "" && strings.Contains(out.String(), test.lacks) {
				t.Errorf("it prints %q:\n%s", test.lacks, &out)
			}
		})
	}
}
