package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/reconciler/check"
)

// awsKey looks like a key, and is put together here so that nobody's scan finds it.
const awsKey = "AKIA" + "Y34FZKBOKMUTVV7A"

// TestCheckFindsSecrets: a secret in a file beside an app denies the app, one in a file of governance
// is told with that file, and against a base only what differs from it is scanned.
func TestCheckFindsSecrets(t *testing.T) {
	t.Parallel()
	files := archived(t, "testdata/remedies/catalog.txtar")
	files["docs/notes.md"] = "old: " + awsKey + "\n"
	remote := gitrepotest.NewEmpty(t)
	base := remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
	remote.Commit("main", gitrepotest.Change{Message: "more", Write: map[string]string{
		"apps/operations/desk-finder/chart/values.yaml": "a: b\nkey: " + awsKey + "\n",
		"README.md": "key: " + awsKey + "\n",
	}})
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"README.md:1:6", "apps/operations/desk-finder/chart/values.yaml:2:6", "docs/notes.md:1:6"}},
		{[]string{"--base", string(base)}, []string{"README.md:1:6", "apps/operations/desk-finder/chart/values.yaml:2:6"}},
	} {
		args := append([]string{"check", remote.Dir, "--rev", "main"}, c.args...)
		out, code := quietly(t, append(args, "-o", "json")...)
		var report check.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range report.Results {
			for _, p := range r.Problems {
				if p.Rule == "secrets.in-repository" {
					got = append(got, output.Place(p, ""))
				}
			}
		}
		slices.Sort(got)
		if code != exit.CodeNo || !slices.Equal(got, c.want) {
			t.Errorf("%v: exit code %d, found %q, want %q", c.args, code, got, c.want)
		}
		table, _ := quietly(t, args...)
		if strings.Contains(out+table, awsKey) || !strings.Contains(table, "holds a secret (AWS access token)") {
			t.Errorf("%v says\n%s", c.args, table)
		}
	}
}

// TestCheckRedacts: a value that was found is in nothing that a check says, also where a rule or
// the reading of a file repeats what is written there.
func TestCheckRedacts(t *testing.T) {
	t.Parallel()
	for place, edit := range map[string][2]string{
		"title":              {"  title: Desk finder", "  title: Desk " + awsKey},
		"description":        {"  title: Desk finder", "  title: Desk finder\n  description: use " + awsKey},
		"a host":             {"  title: Desk finder", "  title: Desk finder\n  egress: [" + strings.ToLower(awsKey) + ".example.com, \"" + awsKey + "\"]"},
		"a label":            {"metadata: {name: desk-finder", "metadata: {labels: {costCenter: \"" + awsKey + "\"}, name: desk-finder"},
		"a field's name":     {"  title: Desk finder", "  title: Desk finder\n  " + awsKey + ": x"},
		"a comment":          {"  title: Desk finder", "  title: Desk finder # " + awsKey},
		"a broken file":      {"  title: Desk finder", "  title: Desk finder\n   " + awsKey + ": [x"},
		"the version":        {"  version: ", "  version: " + awsKey + " # "},
		"the owner":          {"owner: {person: ", "owner: {person: \"" + awsKey + "\", x: "},
		"the kind":           {"kind: App", "kind: " + awsKey},
		"the classification": {"  classification: ", "  classification: " + awsKey + " # "},
	} {
		const app = "apps/operations/desk-finder/app.yaml"
		files := archived(t, "testdata/remedies/catalog.txtar")
		files[app] = replacedIn(t, app, edit[0], edit[1])
		remote := gitrepotest.NewEmpty(t)
		remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
		for _, format := range []string{"json", "table"} {
			out, code := quietly(t, "check", remote.Dir, "--rev", "main", "-o", format)
			if strings.Contains(out, awsKey) || strings.Contains(out, awsKey[:12]) || !strings.Contains(out, "secrets.in-repository") || code != exit.CodeNo {
				t.Errorf("%s, as %s: exit code %d\n%s", place, format, code, out)
			}
		}
	}
}
