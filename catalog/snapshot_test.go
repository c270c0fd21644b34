package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes a snapshot down, so that two can be compared.
func describe(s *Snapshot) string {
	var b strings.Builder
	for d := range s.Documents("") {
		fmt.Fprintf(&b, "%s %s %s %s %d problems, evidence %v, folder %s %v\n", d.Path, d.Kind, d.Name, d.Digest(), len(d.Problems), d.Evidence, d.Folder, d.Subfolders)
	}
	fmt.Fprintf(&b, "governance %s %v\n", s.GovernanceDigest(), s.GovernanceObjects())
	for k, v := range entries(s.names) {
		fmt.Fprintf(&b, "name %q %s\n", k, v)
	}
	for k, v := range entries(s.refs) {
		fmt.Fprintf(&b, "ref %q %s\n", k, v)
	}
	return b.String()
}

func appSource(name string, spec ...string) string {
	return fmt.Sprintf(`apiVersion: levee.dev/v1
kind: App
metadata: {name: %s}
spec:
  title: T
  version: 1.0.0
  owner: {person: ana, team: ops}
  blueprint: page@1
  classification: internal
  runtime: {type: static}
  lifecycle: {stage: prototype, created: 2026-01-10}
%s`, name, strings.Join(spec, "\n"))
}

func vendorSource(name, domain, purpose string) string {
	return fmt.Sprintf("apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: %s}\nspec: {title: V, domains: [%s], purpose: %s, approver: ana}\n", name, domain, purpose)
}

func dataSetSource(name, class string) string {
	return fmt.Sprintf("apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: %s}\nspec: {owner: {person: ana, team: ops}, classification: %s}\n", name, class)
}

// TestIncremental edits a catalog at random and holds each snapshot made from
// the last against one made from nothing, and the reads against the edit.
func TestIncremental(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := &memory{files: map[string]string{}}
	for i := range 20 {
		m.files[fmt.Sprintf("apps/team%d/app%d/app.yaml", i%4, i)] = appSource(fmt.Sprintf("app%d", i))
	}
	prev := load(t, m, "c0", Empty())
	for step := range 160 {
		before := maps.Clone(m.files)
		for range 1 + rng.IntN(3) {
			edit(m, rng)
		}
		m.reads.Store(0)
		s := load(t, m, Commit(fmt.Sprint("c", step)), prev)
		reads := int(m.reads.Load())
		fresh := load(t, m, s.Commit(), Empty())
		if diff := cmp.Diff(describe(fresh), describe(s)); diff != "" {
			t.Fatalf("step %d: incremental differs from fresh (-fresh +incremental):\n%s", step, diff)
		}
		for p := range m.files {
			governed := s.GovernanceObjects()[p] != "" || strings.HasPrefix(p, "blueprints/") && s.Document("blueprints/page/1/blueprint.yaml") != nil
			if app := appFolder(s, path.Dir(p)) != ""; governed == app {
				t.Errorf("step %d: %s: part of governance is %v, in an app's folder %v", step, p, governed, app)
			}
		}
		touched := 0
		for p, content := range m.files {
			if before[p] != content {
				touched++
			}
		}
		if blueprints := 4; reads > touched*2+blueprints {
			t.Errorf("step %d: %d reads for %d files that changed", step, reads, touched)
		}
		for p := range changedDocuments(before, m.files) {
			if !slices.Contains(Changed(prev, s), p) {
				t.Errorf("step %d: Changed lacks %s", step, p)
			}
		}
		checkFolderEdits(t, before, m.files, prev, s)
		prev = s
	}
}

func edit(m *memory, rng *rand.Rand) {
	app := fmt.Sprintf("app%d", rng.IntN(50))
	dir := fmt.Sprintf("apps/team%d/%s", rng.IntN(4), app)
	switch rng.IntN(19) {
	case 12: // to another folder, under its name
		for from := range 4 {
			old := fmt.Sprintf("apps/team%d/%s/app.yaml", from, app)
			if content, ok := m.files[old]; ok {
				delete(m.files, old)
				m.files[dir+"/app.yaml"] = content
				return
			}
		}
	case 0:
		m.files[dir+"/app.yaml"] = appSource(app, fmt.Sprintf("  egress: [h%d.example.com]", rng.IntN(5)), fmt.Sprintf("  dependsOn: [app%d]", rng.IntN(50)))
	case 1:
		m.files[dir+"/app.yaml"] = "broken: [" + app
	case 2:
		for p := range m.files {
			if strings.HasPrefix(p, dir+"/") {
				delete(m.files, p)
			}
		}
	case 3:
		m.files[dir+"/evidence/sbom.json"] = fmt.Sprint(rng.IntN(3))
	case 4:
		delete(m.files, dir+"/evidence/sbom.json")
	case 5:
		m.files["vendors/acme.yaml"] = vendorSource("acme", fmt.Sprintf("h%d.example.com", rng.IntN(5)), "maps")
	case 6:
		m.files["blueprints/page/1/blueprint.yaml"] = fmt.Sprintf("apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: page}\nspec: {title: P%d, owner: ops, ceiling: internal, types: [static]}\n", rng.IntN(3))
	case 7:
		m.files["blueprints/page/1/chart/values.yaml"] = fmt.Sprint(rng.IntN(3))
	case 8:
		m.files["policies/own.rego"] = fmt.Sprintf("package own%d", rng.IntN(3))
	case 9:
		m.files["apps/team0/strange"] = "link:x"
	case 10:
		delete(m.files, "apps/team0/strange")
	case 11:
		m.files["README.md"] = fmt.Sprint(rng.IntN(9))
	case 13:
		m.files[".github/workflows/check.yml"] = fmt.Sprint(rng.IntN(9))
	case 14:
		m.files[dir+"/notes/deep/plan.md"] = fmt.Sprint(rng.IntN(9))
	case 15:
		delete(m.files, dir+"/app.yaml") // and what lies beside it belongs to nobody
	case 16:
		m.files["apps/team1/notes.txt"] = fmt.Sprint(rng.IntN(9))
	case 17:
		m.files["docs/link"] = fmt.Sprint("link:", rng.IntN(9))
	case 18:
		m.files["data/people.yaml"] = dataSetSource("people", Classifications[rng.IntN(4)])
	}
}

// checkFolderEdits holds what FolderEdits says against what was edited: every file below
// apps/ that differs is in one edit, or belongs to no app.
func checkFolderEdits(t *testing.T, before, now map[string]string, from, to *Snapshot) {
	t.Helper()
	said := map[string]int{}
	for _, e := range FolderEdits(from, to) {
		for _, f := range e.Files {
			said[f.Path]++
			_, was := before[f.Path]
			_, is := now[f.Path]
			if f.Added == was || f.Gone == is {
				t.Errorf("%+v, but it was there: %v, is there: %v", f, was, is)
			}
		}
		for _, d := range []*Document{e.From, e.To} {
			if d != nil {
				said[d.Path]++
			}
		}
	}
	for _, pair := range [][2]map[string]string{{before, now}, {now, before}} {
		for p, content := range pair[0] {
			dir := path.Dir(p)
			mine := strings.HasPrefix(p, "apps/") && (appFolder(from, dir) != "" || appFolder(to, dir) != "")
			if pair[1][p] != content && mine && said[p] == 0 {
				t.Errorf("no edit has %s", p)
			}
		}
	}
}

func changedDocuments(before, now map[string]string) map[string]bool {
	changed := map[string]bool{}
	for _, pair := range [][2]map[string]string{{before, now}, {now, before}} {
		for p, content := range pair[0] {
			if _, _, ok := Address(p); ok && pair[1][p] != content {
				changed[p] = true
			}
		}
	}
	return changed
}

// failing stands for a source that breaks in the middle.
type failing struct {
	*memory
	at string
}

var errBroken = errors.New("the disk is gone")

func (f failing) List(ctx context.Context, dir string) ([]Entry, error) {
	if dir == f.at {
		return nil, errBroken
	}
	return f.memory.List(ctx, dir)
}

func (f failing) Read(ctx context.Context, e Entry, limit int64) ([]byte, error) {
	if e.Path == f.at {
		return nil, errBroken
	}
	return f.memory.Read(ctx, e, limit)
}

// TestPartialReadIsNoCatalog: a part must never pass for the whole, since what is
// missing from it would look deleted.
func TestPartialReadIsNoCatalog(t *testing.T) {
	m := &memory{files: map[string]string{
		"apps/ops/a/app.yaml": appSource("a"), "apps/ops/b/app.yaml": appSource("b"),
		"blueprints/page/1/blueprint.yaml": "x", "blueprints/page/1/chart/x": "y",
	}}
	for _, at := range []string{"", "apps", "apps/ops", "apps/ops/b", "apps/ops/b/app.yaml", "blueprints/page/1/chart/x"} {
		if s, err := Load(t.Context(), failing{m, at}, "", Empty()); !errors.Is(err, errBroken) || s != nil {
			t.Errorf("broken at %q: snapshot %v, error %v", at, s, err)
		}
	}
}

func TestAffected(t *testing.T) {
	base := map[string]string{
		"apps/ops/a/app.yaml": appSource("a", "  egress: [maps.example.com]"),
		"apps/ops/b/app.yaml": appSource("b", "  integrations: [{vendor: acme, purpose: maps}]"),
		"apps/ops/c/app.yaml": appSource("c", "  dependsOn: [a]"),
		"apps/ops/d/app.yaml": appSource("d"),
		"apps/ops/e/app.yaml": appSource("e", "  data: [{dataset: people, access: read, purpose: show}, {dataset: rooms, access: read, purpose: show}]"),
		"apps/ops/f/app.yaml": appSource("f", "  data: [{dataset: people, access: write, purpose: mend}]"),
		"data/people.yaml":    dataSetSource("people", "internal"),
		"roles.yaml":          "apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: r}\nspec: {people: {ana: {name: Ana}, ben: {name: Ben}}, teams: {ops: {members: [ana]}}, roles: {dpo: [{person: ana}]}}\n",
		"vendors/acme.yaml":   vendorSource("acme", "maps.example.com", "maps"),
		"vendors/other.yaml":  vendorSource("other", "pay.example.com", "pay"),
	}
	path := func(names ...string) []string {
		list := []string{}
		for _, n := range names {
			list = append(list, "apps/ops/"+n+"/app.yaml")
		}
		return list
	}
	for name, c := range map[string]struct {
		edit map[string]string
		want []string
	}{
		"nothing":             {map[string]string{}, path()},
		"an app":              {map[string]string{"apps/ops/d/app.yaml": appSource("d", "  egress: [x.example.com]")}, path("d")},
		"a dependency":        {map[string]string{"apps/ops/a/app.yaml": appSource("a")}, path("a", "c")},
		"evidence":            {map[string]string{"apps/ops/d/evidence/sbom.json": "{}"}, path("d")},
		"a vendor":            {map[string]string{"vendors/acme.yaml": vendorSource("acme", "maps.example.com", "charts")}, path("a", "b")},
		"a vendor of others":  {map[string]string{"vendors/other.yaml": vendorSource("other", "pay2.example.com", "pay")}, path()},
		"a domain moves":      {map[string]string{"vendors/acme.yaml": vendorSource("acme", "x.example.com", "maps")}, path("a", "b")},
		"an alternative":      {map[string]string{"vendors/more.yaml": vendorSource("more", "m.example.com", "maps")}, path("b")},
		"a wildcard domain":   {map[string]string{"vendors/more.yaml": vendorSource("more", `"*.example.com"`, "all")}, path("a")},
		"a data set":          {map[string]string{"data/people.yaml": dataSetSource("people", "restricted")}, path("e", "f")},
		"a data set cleared":  {map[string]string{"data/people.yaml": ""}, path("e", "f")},
		"a data set unread":   {map[string]string{"data/people.yaml": "x"}, path("e", "f")},
		"a data set listed":   {map[string]string{"data/rooms.yaml": dataSetSource("rooms", "public")}, path("e")},
		"data of nobody":      {map[string]string{"data/rates.yaml": dataSetSource("rates", "public")}, path()},
		"data of another":     {map[string]string{"apps/ops/f/app.yaml": appSource("f", "  data: [{dataset: rooms, access: write, purpose: mend}]")}, path("f")},
		"a waiver":            {map[string]string{"waivers/w.yaml": "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: a.b, app: d, reason: r, expires: 2026-12-01}\n"}, path("d")},
		"the owner":           {map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], "name: Ana", "left: true, name: Ana", 1)}, path("a", "b", "c", "d", "e", "f")},
		"somebody else":       {map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], "name: Ben", "left: true, name: Ben", 1)}, path()},
		"who holds a role":    {map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], "dpo: [{person: ana}]", "dpo: [{person: ben}]", 1)}, path()},
		"settings":            {map[string]string{"catalog.yaml": "x"}, path("a", "b", "c", "d", "e", "f")},
		"a rule":              {map[string]string{"policies/x.rego": "package x"}, path("a", "b", "c", "d", "e", "f")},
		"an app goes":         {map[string]string{"apps/ops/a/app.yaml": ""}, path("a", "c")},
		"a second of a name":  {map[string]string{"apps/hr/d/app.yaml": appSource("d")}, append([]string{"apps/hr/d/app.yaml"}, path("d")...)},
		"a ring closes":       {map[string]string{"apps/ops/a/app.yaml": appSource("a", "  dependsOn: [c]")}, path("a", "c")},
		"something not ours":  {map[string]string{"docs/a.md": "x"}, path()},
		"an app of a new ref": {map[string]string{"blueprints/page/1/blueprint.yaml": "x"}, path("a", "b", "c", "d", "e", "f")},
	} {
		from := load(t, &memory{files: base}, "c0", Empty())
		files := maps.Clone(base)
		for p, content := range c.edit {
			if files[p] = content; content == "" {
				delete(files, p)
			}
		}
		to := load(t, &memory{files: files}, "c1", from)
		got, _ := Affected(from, to)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: affected %v, want %v", name, got, c.want)
		}
		back, _ := Affected(to, from)
		if !slices.Equal(back, c.want) {
			t.Errorf("%s, back: affected %v, want %v", name, back, c.want)
		}
	}
}

func TestCrossFacts(t *testing.T) {
	budget := func(name string, amount int, more ...string) string {
		return appSource(name, append(more, fmt.Sprintf("  budget: {monthly: %d}", amount))...)
	}
	s := load(t, &memory{files: map[string]string{
		"catalog.yaml":         "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: UTC, environments: [{name: production}], limits: {teamMonthly: 100}}\n",
		"apps/ops/a/app.yaml":  budget("a", 60, "  dependsOn: [b]"),
		"apps/ops/b/app.yaml":  budget("b", 60, "  dependsOn: [c]"),
		"apps/ops/c/app.yaml":  appSource("c", "  dependsOn: [a, gone]"),
		"apps/hr/c/app.yaml":   appSource("c"),
		"apps/ops/me/app.yaml": appSource("me", "  dependsOn: [me]"),
	}}, "", Empty())
	facts := func(p string) CrossFacts { return s.CrossFacts(s.Document(p), s) }
	if got := facts("apps/ops/b/app.yaml"); got.TeamTotal != 120 || got.TeamLimit != 100 {
		t.Errorf("team over its limit: %+v", got)
	}
	if got := facts("apps/ops/me/app.yaml"); !slices.Equal(got.Cycle, []string{"me"}) {
		t.Errorf("an app that depends on itself: %+v", got)
	}
	if got := facts("apps/ops/c/app.yaml"); !slices.Equal(got.SameName, []string{"apps/hr/c/app.yaml"}) {
		t.Errorf("two apps of a name: %+v", got)
	}
}

// TestTeamLimit checks that money is decimal, and that a limit of nothing is one.
func TestTeamLimit(t *testing.T) {
	for limit, over := range map[string]bool{"3.3": false, "3.29": true, "3.299999": true, "0": true} {
		s := load(t, &memory{files: map[string]string{
			"catalog.yaml":        "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: UTC, environments: [{name: production}], limits: {teamMonthly: " + limit + "}}\n",
			"apps/ops/a/app.yaml": appSource("a", "  budget: {monthly: 1.1}"),
			"apps/ops/b/app.yaml": appSource("b", "  budget: {monthly: 2.2}"),
		}}, "", Empty())
		got := s.CrossFacts(s.Document("apps/ops/a/app.yaml"), s)
		if (got.TeamTotal > 0) != over || over && got.TeamTotal != 3.3 {
			t.Errorf("under a limit of %s: %+v", limit, got)
		}
	}
}

func entries(tree index) func(yield func(string, []string) bool) {
	return func(yield func(string, []string) bool) {
		tree.Root().Walk(func(k []byte, v []string) bool { return !yield(string(k), v) })
	}
}
