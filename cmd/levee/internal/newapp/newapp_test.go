package newapp

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
)

// suggesting is a catalog with two blueprints in several versions, and two teams.
var suggesting = map[string]string{
	"catalog.yaml": "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: Pacific/Auckland, environments: [{name: production}], lifecycle: {prototypeTTL: 36h}}\n",
	"roles.yaml": `apiVersion: levee.dev/v1
kind: Roles
metadata: {name: r}
spec:
  people:
    ana: {name: Ana, email: Ana@example.com}
    ben: {name: Ben, left: true}
    cleo: {name: Cleo}
    dora: {name: Dora}
  teams:
    ops: {members: [ana, ben, cleo]}
    hr: {members: [dora, cleo]}
  roles: {platform: [{person: cleo}]}
`,
	"blueprints/form/2/blueprint.yaml":  blueprint("form", "types: [container, function], ceiling: internal"),
	"blueprints/form/10/blueprint.yaml": blueprint("form", "types: [function], ceiling: public"),
	"blueprints/form/11/blueprint.yaml": blueprint("form", "types: [static], ceiling: internal, obsolete: true"),
	"blueprints/page/1/blueprint.yaml":  blueprint("page", "types: [static], ceiling: restricted"),
	"apps/ops/one/app.yaml":             app("one", "ops", "ops-1"),
	"apps/ops/two/app.yaml":             app("two", "ops", "ops-1"),
	"apps/hr/three/app.yaml":            app("three", "hr", "hr-1"),
	"apps/hr/four/app.yaml":             app("four", "hr", "hr-2"),
}

func blueprint(name, rest string) string {
	return "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: " + name + "}\nspec: {title: T, owner: ops, " + rest + "}\n"
}

func app(name, team, costCenter string) string {
	return "apiVersion: levee.dev/v1\nkind: App\nmetadata: {name: " + name + ", labels: {costCenter: " + costCenter + "}}\nspec: {title: T, version: 1.0.0, owner: {person: cleo, team: " + team +
		"}, blueprint: page@1, classification: internal, runtime: {type: static}, access: {groups: [of-" + costCenter + "]}, lifecycle: {stage: prototype, created: 2026-01-01, ttl: 30d}}\n"
}

func load(t *testing.T, files map[string]string) *catalog.Snapshot {
	t.Helper()
	dir := t.TempDir()
	laid := map[string][]byte{}
	for p, content := range files {
		laid[p] = []byte(content)
	}
	if err := Write(dir, laid); err != nil {
		t.Fatal(err)
	}
	disk, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := catalog.Load(t.Context(), disk, "", catalog.Empty())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSuggestions: what the catalog says of what was not answered.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	s := load(t, suggesting)
	for name, c := range map[string]struct {
		given Answers
		email string
		want  string // owner team fallback blueprint type classification cost center, groups; or the error
	}{
		"by the address":        {Answers{Blueprint: "page"}, "ana@example.com", "ana ops cleo page@1 static internal ops-1 of-ops-1"},
		"nobody by the address": {Answers{Blueprint: "page"}, "x@example.com", "say --owner, one of ana, ben, cleo, dora"},
		"a person without one":  {Answers{Blueprint: "page"}, "", "say --owner, one of ana, ben, cleo, dora"},
		"of two teams":          {Answers{Blueprint: "page", Owner: "cleo"}, "", "say --team, one of hr, ops"},
		"of one of them":        {Answers{Blueprint: "page", Owner: "cleo", Team: "hr"}, "", "cleo hr dora page@1 static internal  "},
		"the newest in use":     {Answers{Blueprint: "form", Owner: "ana"}, "", "ana ops cleo form@10 function public ops-1 of-ops-1"},
		"an older one":          {Answers{Blueprint: "form@2", Owner: "ana"}, "", "ana ops cleo form@2 container internal ops-1 of-ops-1"},
		"one no longer in use":  {Answers{Blueprint: "form@11", Owner: "ana"}, "", "--blueprint form@11 is not in the catalog; did you mean form@10?"},
		"no blueprint":          {Answers{Owner: "ana"}, "", "say --blueprint, one of form@10, form@2, page@1"},
		"another team":          {Answers{Blueprint: "page", Owner: "ana", Team: "opps"}, "", "--team opps is not in the catalog; did you mean ops?"},
		"nobody to take over":   {Answers{Blueprint: "page", Owner: "ana", Fallback: "zoe"}, "", "--fallback zoe is not in the catalog; it has ana, ben, cleo, dora"},
		"all of it answered":    {Answers{Blueprint: "page@1", Owner: "ana", Team: "hr", Fallback: "dora", Type: "container", Classification: "restricted", CostCenter: "x"}, "", "ana hr dora page@1 container restricted x "},
		"a name in use":         {Answers{Name: "one"}, "", "the name of the app is taken: the catalog has an app one already, at apps/ops/one/app.yaml; names are never used twice"},
		"a path for a name":     {Answers{Name: "../../etc"}, "", "the name of the app is `../../etc`; it must be a short name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := c.given
			if a.Name == "" {
				a.Name = "new-app"
			}
			err := a.Complete(s, c.email)
			got := strings.Join([]string{a.Owner, a.Team, a.Fallback, a.Blueprint, a.Type, a.Classification, a.CostCenter, strings.Join(a.Groups, ",")}, " ")
			if err != nil {
				got = err.Error()
			}
			if got != c.want && (err == nil || !strings.HasPrefix(got, c.want)) {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

// TestFile: whatever an author says, it is one value in the file, and the day is that of the catalog's zone.
func TestFile(t *testing.T) {
	t.Parallel()
	s := load(t, suggesting)
	settings := s.Settings()
	now := time.Date(2026, 3, 10, 23, 0, 0, 0, time.UTC)
	for _, said := range []string{"Plain", "yes", "12", "012", "1e3", "a: b", "# no", "\"quotes\" and \\", "two\nlines", "{x: y}", "- item", "&a", "ä ö — 日本", "null", "~"} {
		a := Answers{Name: "new-app", Title: said, Description: said, Owner: "ana", Team: "ops", Blueprint: "page@1", Type: "static", Classification: "internal", CostCenter: "12", Groups: []string{said}}
		files := maps.Clone(suggesting)
		files["apps/ops/new-app/app.yaml"] = a.File(settings, now)
		doc := load(t, files).Document("apps/ops/new-app/app.yaml")
		app := doc.App()
		if app == nil {
			if said != "two\nlines" { // no title has a line break
				t.Errorf("%q: the file cannot be read: %+v\n%s", said, doc.Problems, files[doc.Path])
			}
			continue
		}
		if app.Spec.Title != said || app.Spec.Description != said || app.Spec.Access.Groups[0] != said || app.Metadata.Labels["costCenter"] != "12" {
			t.Errorf("%q became %+v", said, app.Spec)
		}
		if app.Spec.Lifecycle.Created != "2026-03-11" || int64(*app.Spec.Lifecycle.TTL) != 36*3600 || app.Spec.Lifecycle.Stage != "prototype" || app.Spec.Version != "0.1.0" {
			t.Errorf("its life is %+v, version %s", app.Spec.Lifecycle, app.Spec.Version)
		}
	}
}
