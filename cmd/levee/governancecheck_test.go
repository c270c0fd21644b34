package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// checkChange checks what a change makes of the catalog of remedies.
func checkChange(t *testing.T, change map[string]string, args ...string) (out string, code int) {
	t.Helper()
	base := archived(t, "testdata/remedies/catalog.txtar")
	remote := gitrepotest.NewEmpty(t)
	main := remote.Commit("main", gitrepotest.Change{Message: "begin", Write: base})
	remote.Commit("change", gitrepotest.Change{Message: "change", Write: change, From: main})
	return quietly(t, append([]string{"check", remote.Dir, "--rev", "change", "--base", "main"}, args...)...)
}

// replacedIn is a file of the catalog of remedies with a text in it replaced.
func replacedIn(t *testing.T, file, old, with string) string {
	t.Helper()
	src := archived(t, "testdata/remedies/catalog.txtar")[file]
	if !strings.Contains(src, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	return strings.Replace(src, old, with, 1)
}

// TestCheckSeesGovernance: with a base, a check says which files of governance change
// and who approves that, and refuses what the daemon would.
func TestCheckSeesGovernance(t *testing.T) {
	t.Parallel()
	vendor := map[string]string{"vendors/paper-mail.yaml": replacedIn(t, "vendors/paper-mail.yaml", "purpose: letters", "purpose: parcels")}
	out, code := checkChange(t, vendor)
	for _, part := range []string{"change of governance: needs approval\n", "changes vendors/paper-mail.yaml\n", "approval by platform: changes vendors/paper-mail.yaml; ask chris-duval", "approval by security: "} {
		if !strings.Contains(out, part) {
			t.Errorf("it does not say %q:\n%s", part, out)
		}
	}
	if code != exit.CodeFine {
		t.Errorf("exit code %d", code)
	}
	if _, code := checkChange(t, vendor, "--require-approval"); code != exit.CodeNo {
		t.Errorf("where approvals are required, exit code %d", code)
	}
	mixed := maps.Clone(vendor)
	mixed[bellApp] = replacedIn(t, bellApp, "version: 2.0.0", "version: 2.1.0")
	if out, code := checkChange(t, mixed); code != exit.CodeNo || !strings.Contains(out, "governance and apps (parcel-bell) at once") {
		t.Errorf("governance that rides with an app: exit code %d\n%s", code, out)
	}
	if out, _ := checkChange(t, map[string]string{boardApp: replacedIn(t, boardApp, "version: 0.3.0", "version: 0.4.0")}); strings.Contains(out, "governance") {
		t.Errorf("of a change of an app alone it says\n%s", out)
	}
	if out, code := checkChange(t, map[string]string{"catalog.yaml": replacedIn(t, "catalog.yaml", "confidential: [eu-central]", "confidental: [eu-central]")}); code != exit.CodeNo || !strings.Contains(out, "Did you mean `confidential`?") {
		t.Errorf("a setting that matches nothing: exit code %d\n%s", code, out)
	}
}

// TestOneSlipIsToldOnce: what is wrong in roles.yaml is one problem, not one for each
// app of whoever it is about, and files are not counted as apps.
func TestOneSlipIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, old, with, once, following string }{
		{"roles.yaml", "    eve-sato: {", "    eve-sat: {", "`eve-sato` is not listed under people.", "2 apps denied only for what is wrong in roles.yaml: desk-finder, parcel-bell"},
		{"roles.yaml", "{name: Dana Petrov, email", "{nam: Dana Petrov, email", "Did you mean `name`?", "3 apps denied only for what is wrong in roles.yaml"},
		{"vendors/paper-mail.yaml", "purpose: letters, ", "", "lacks `purpose`", "1 app denied only for what is wrong in vendors/paper-mail.yaml: parcel-bell"},
		{"data/receipts.yaml", "  classification: confidential\n", "", "lacks `classification`", "1 app denied only for what is wrong in data/receipts.yaml: expense-submit"},
		{"blueprints/page/1/blueprint.yaml", "owner: operations, ", "", "lacks `owner`", "1 app denied only for what is wrong in blueprints/page/1/blueprint.yaml: desk-finder"},
	} {
		files := archived(t, "testdata/remedies/catalog.txtar")
		files[c.file] = replacedIn(t, c.file, c.old, c.with)
		remote := gitrepotest.NewEmpty(t)
		remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
		out, code := quietly(t, "check", remote.Dir, "--rev", "main")
		if code != exit.CodeNo || strings.Count(out, c.once) != 1 || !strings.Contains(out, c.following) || strings.Contains(out, "Mend the file") {
			t.Errorf("%s without %q: exit code %d\n%s", c.file, c.old, code, out)
		}
		if !strings.Contains(out, "\n3 apps: ") || !strings.Contains(out, "beside apps: 1 to be mended\n") {
			t.Errorf("%s: the count is wrong:\n%s", c.file, out)
		}
	}
}
