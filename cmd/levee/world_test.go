package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
	"github.com/levee-gitops/levee/reconciler/review"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/notifier"
)

// world is a real bare repository with a catalog, its people with their keys, the
// operator's files, a directory target, and a clock. Commands run in it as they
// would from a shell.
type world struct {
	t         testing.TB
	dir       string
	remote    *gitrepotest.Remote
	keys      map[string]*gitrepotest.Key
	clock     time.Time
	tick      sync.Mutex // of the clock, while something runs that reads it
	intercept intercept
	out       bytes.Buffer // of the last command
	founded   string       // what was said when the ledger was
	sender    notifier.Sender
	sleep     func(ctx context.Context, d time.Duration) error // waits by the clock
}

// start is when the stories begin: a morning in March.
var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

var people = []string{"ana", "ben", "chris", "dana", "eve"}

func rolesFile(keys map[string]*gitrepotest.Key) string {
	var b strings.Builder
	b.WriteString("apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: r}\nspec:\n  people:\n")
	for _, p := range people {
		fmt.Fprintf(&b, "    %s: {name: %s, email: %s@example.com, github: %s, keys: [%q], certifications: [{name: secrets-and-gates, until: 2030-01-01}]}\n", p, p, p, p, keys[p].Public.String())
	}
	b.WriteString(`  teams:
    ops: {members: [ana, ben]}
  roles:
    product-owner: [{person: ben, teams: [ops]}]
    security: [{person: chris}, {person: dana}]
    dpo: [{person: dana}]
    platform: [{person: chris}]
    cost-team: [{person: dana}]
`)
	return b.String()
}

const (
	settingsFile = `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: c}
spec:
  timeZone: UTC
  environments: [{name: staging, soak: 10m}, {name: production, stages: [prototype, approved, production]}]
  limits: {scopes: [readonly-database]}
  rules: {quality.sbom: {enforcement: "off"}, quality.tests: {enforcement: "off"}, quality.slo: {enforcement: "off"}, runbook.present: {enforcement: "off"}}
`
	blueprintFile = `apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: page}
spec: {title: Page, owner: ops, ceiling: restricted, types: [static]}
`
)

// boardFile is an app. Replacements are pairs of old and new text.
func boardFile(name string, replace ...string) string {
	src := fmt.Sprintf(`apiVersion: levee.dev/v1
kind: App
metadata: {name: %s, labels: {costCenter: ops-1}}
spec:
  title: Board
  version: 1.0.0
  owner: {person: ana, team: ops, fallback: ben}
  blueprint: page@1
  classification: internal
  runtime: {type: static}
  access: {groups: [everyone]}
  budget: {monthly: 5}
  lifecycle: {stage: prototype, created: 2026-03-05, ttl: 30d}
`, name)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(src, replace[i]) {
			panic("the board has no " + replace[i])
		}
		src = strings.Replace(src, replace[i], replace[i+1], 1)
	}
	return src
}

func boardPath(name string) string { return "apps/ops/" + name + "/app.yaml" }

// medium makes an edit that the product owner has to approve.
func medium(version string) []string {
	return []string{"version: 1.0.0", "version: " + version, "  budget:", "  data: [{dataset: people, access: read, purpose: show, categories: [employee], retention: 30d}]\n  budget:"}
}

// newWorld founds a catalog with the apps named.
func newWorld(t testing.TB, apps ...string) *world {
	t.Helper()
	w := emptyWorld(t)
	files := map[string]string{"catalog.yaml": settingsFile, "roles.yaml": rolesFile(w.keys), "blueprints/page/1/blueprint.yaml": blueprintFile}
	for _, name := range apps {
		files[boardPath(name)] = boardFile(name)
	}
	return w.found(files)
}

// emptyWorld has people with keys and nothing yet that they look after.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), keys: map[string]*gitrepotest.Key{}, clock: start}
	for _, p := range append(people, "daemon", "root") {
		w.keys[p] = gitrepotest.NewKey(t, p)
	}
	w.remote = gitrepotest.NewEmpty(t)
	return w
}

// found begins a catalog with these files, and its ledger.
func (w *world) found(files map[string]string) *world {
	t := w.t
	t.Helper()
	w.remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
	if err := os.Mkdir(filepath.Join(w.dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write("levee.yaml", fmt.Sprintf("repository: %s\nholder: one\nkey: %s\ndrift: 1s\ntargets:\n  directory: {kind: directory, root: run}\n", w.remote.Dir, w.keys["daemon"].File))
	w.must("ledger", "init", "--root-key", w.keys["root"].File)
	w.founded = w.out.String()
	_, pinned, _ := strings.Cut(w.founded, "\nledger:")
	w.write("levee.yaml", w.read("levee.yaml")+"ledger:"+pinned)
	return w
}

func (w *world) write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

// levee runs a command line and returns its exit code; w.out holds what it said.
func (w *world) levee(args ...string) int {
	w.t.Helper()
	w.out.Reset()
	if args[0] != "check" {
		args = append(args, "--config", filepath.Join(w.dir, "levee.yaml"))
	}
	return run(w.t.Context(), args, stdio{out: &w.out, err: &w.out, now: w.now, intercept: w.intercept, sender: w.sender, sleep: w.sleep})
}

// now is the world's clock, also while a daemon runs in it; later lets it run.
func (w *world) now() time.Time {
	w.tick.Lock()
	defer w.tick.Unlock()
	return w.clock
}

func (w *world) later(d time.Duration) {
	w.tick.Lock()
	defer w.tick.Unlock()
	w.clock = w.clock.Add(d)
}

// must is levee for a command that has to succeed.
func (w *world) must(args ...string) string {
	w.t.Helper()
	if code := w.levee(args...); code != exitFine {
		w.t.Fatalf("levee %s: exit code %d\n%s", strings.Join(args, " "), code, &w.out)
	}
	return w.out.String()
}

// pass is one pass of the daemon, a minute later.
func (w *world) pass() string {
	w.t.Helper()
	w.clock = w.clock.Add(time.Minute)
	code := w.levee("reconcile", "--once")
	if code == exitError && strings.Contains(w.out.String(), "reconcile: frozen: ") || code == exitFine {
		return w.out.String()
	}
	w.t.Fatalf("a pass: exit code %d\n%s", code, &w.out)
	return ""
}

// publish pushes a signed commit to a publish branch that starts at main.
func (w *world) publish(person, branch string, files map[string]string) catalog.Commit {
	w.t.Helper()
	c := gitrepotest.Change{Write: map[string]string{}, From: w.remote.Branch("main"), Author: fmt.Sprintf("%s <%s@example.com>", person, person), Key: w.keys[person]}
	for p, content := range files {
		if content == "" {
			c.Delete = append(c.Delete, p)
		} else {
			c.Write[p] = content
		}
	}
	return w.remote.Commit("publish/"+branch, c)
}

func (w *world) approve(person, branch string) {
	w.t.Helper()
	w.must("approve", "publish/"+branch, "--as", person, "--key", w.keys[person].File)
}

// approveByHand signs a review as somebody would with nothing but Git, which asks
// nobody who is who.
func (w *world) approveByHand(person, branch string) {
	w.t.Helper()
	var change review.Preview
	if err := json.Unmarshal([]byte(w.must("status", "publish/"+branch, "-o", "json")), &change); err != nil {
		w.t.Fatal(err)
	}
	review := plaingit.Review{Change: "publish/" + branch, Verdict: catalog.Approve, Digests: map[string]catalog.Digest{}}
	for _, d := range change.Decisions {
		review.Digests[d.Subject] = d.Digest
	}
	by := plaingit.Reviewer{Person: catalog.Name(person), Signer: w.keys[person].Signer, As: gitrepo.Person{Name: person, Email: person + "@localhost", When: w.clock}}
	if _, err := plaingit.Sign(w.t.Context(), gitrepotest.Open(w.t, w.remote), by, change.Head, review); err != nil {
		w.t.Fatal(err)
	}
}

// push is a push to main past everything.
func (w *world) push(files map[string]string) catalog.Commit {
	w.t.Helper()
	return w.remote.Commit("main", gitrepotest.Change{Write: files, Message: "forced", Key: w.keys["eve"]})
}

// runs is what the target runs in an environment: app → version.
func (w *world) runs(environment string) map[string]string {
	w.t.Helper()
	found := map[string]string{}
	dir := filepath.Join(w.dir, "run", environment, "apps")
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(raw), `"version":"`)
		version, _, _ := strings.Cut(rest, `"`)
		found[strings.TrimSuffix(e.Name(), ".json")] = version
	}
	return found
}

// wantRuns compares what runs with "app=version" words.
func (w *world) wantRuns(environment string, want ...string) {
	w.t.Helper()
	var got []string
	for app, version := range w.runs(environment) {
		got = append(got, app+"="+version)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%s runs %v, want %v", environment, got, want)
	}
}

// log is the ledger as an auditor reads it, oldest first.
func (w *world) log() []string {
	w.t.Helper()
	return strings.Split(strings.TrimSpace(w.remote.Git("log", "--reverse", "--format=%s", "levee/ledger")), "\n")
}

// wantAudit verifies the ledger and fails on any finding.
func (w *world) wantAudit() {
	w.t.Helper()
	if code := w.levee("audit", "verify"); code != exitFine {
		w.t.Errorf("audit verify: exit code %d\n%s", code, &w.out)
	}
}

// wantSaid fails unless the last output holds all the words.
func (w *world) wantSaid(words ...string) {
	w.t.Helper()
	for _, word := range words {
		if !strings.Contains(w.out.String(), word) {
			w.t.Errorf("the output lacks %q:\n%s", word, &w.out)
		}
	}
}

// files is everything below the target's folder, for comparing two worlds.
func (w *world) files() map[string]string {
	w.t.Helper()
	found := map[string]string{}
	root := filepath.Join(w.dir, "run")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(p, ".levee") {
			return err
		}
		raw, err := os.ReadFile(p)
		found[strings.TrimPrefix(p, root)] = string(raw)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}
