package comment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// mostChanges is how many differences are shown: more is no longer read, and to be
// asked for in two changes.
const mostChanges = 10

// writeChanges says what changes in meaning, field by field; of a new app, what a
// reviewer has to know of it; of governance, which files and whom it touches.
func writeChanges(b *strings.Builder, s Subject) {
	switch {
	case s.Subject == catalog.Governance:
		writeGovernance(b, s)
	case s.Verdict == policies.Invalid:
	case s.Kind == policies.KindRemoval:
		writeList(b, "**What is taken away**", append([]string{"the app's file " + span(s.Path)}, fileEdits(s.Files)...))
	case s.Unchanged:
		if files := s.Files; len(files) > 0 {
			b.WriteString("What the app is and may do stays as it was agreed on.\n\n")
			writeList(b, "**What changes beside it**", fileEdits(files))
			break
		}
		b.WriteString("Only wording or layout changes. What was agreed on before stays agreed on, and nobody has to look at it again.\n\n")
	case s.Before == nil && s.App != nil:
		writeList(b, "**What it is**", portrait(s.App))
	default:
		writeList(b, "**What changes**", append(bullets(s.Edits), fileEdits(s.Files)...))
	}
}

// writeEvidence says what the build found out about an app. It is left out where the change
// is not about that: it takes the app away, or nobody has to look at it again.
func writeEvidence(b *strings.Builder, s Subject) {
	if s.Evidence != "" && s.Kind != policies.KindRemoval && (!s.Unchanged || len(s.Files) > 0) {
		fmt.Fprintf(b, "**What its build shows:** %s.\n\n", s.Evidence)
	}
}

// writeAnswers shows what people were asked of an app and what they answered: whoever agrees
// to the app agrees to that too. Questions without an answer are things to fix.
func (p Page) writeAnswers(b *strings.Builder, s Subject) {
	if p.Governing == nil || s.App == nil || s.Unchanged || s.Kind == policies.KindRemoval {
		return
	}
	var lines []string
	for _, q := range policies.QuestionsFor(p.Governing, s.App, s.Risk.Level) {
		if q.Answer == nil {
			continue
		}
		said := fmt.Sprintf("%s %s (%s", plain(q.Ask), spanOf(q.Answer.Answer, 300), q.Answer.Date)
		if q.Answer.Link != "" {
			said += ", see " + spanOf(q.Answer.Link, 200)
		}
		lines = append(lines, said+")")
	}
	writeList(b, "**What was asked, and the answers**", lines)
}

// fileEdits says which files change that no digest covers: what they say is not
// agreed to field by field, so they are named.
func fileEdits(files []catalog.FileEdit) []string {
	lines := make([]string, len(files))
	for i, f := range files {
		word := "changed file: "
		switch {
		case f.Added:
			word = "new file: "
		case f.Gone:
			word = "taken away: "
		}
		lines[i] = word + span(f.Path)
	}
	return lines
}

// writeList writes a title and a bounded list.
func writeList(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.WriteString(title + "\n")
	for _, line := range shortly(lines, mostChanges) {
		fmt.Fprintf(b, "- %s\n", line)
	}
	b.WriteString("\n")
}

// portrait is what a reviewer has to know of a new app: what it touches and reaches,
// and what it costs. The rest is in the file.
func portrait(app *catalog.App) []string {
	told := []string{
		"spec.data", "spec.egress", "spec.integrations", "spec.models", "spec.secrets", "spec.access.scopes", "spec.access.groups",
		"spec.classification", "spec.owner.person", "spec.budget.monthly", "spec.lifecycle.stage",
	}
	byList := map[string][]catalog.FieldEdit{}
	for _, e := range catalog.Edits(nil, app) {
		list := e.Field
		if f := take(e.Field); f.list != "" {
			list = f.list
		}
		byList[list] = append(byList[list], e)
	}
	var lines []string
	for _, list := range told {
		for _, line := range bullets(byList[list]) {
			line = strings.TrimPrefix(strings.TrimSuffix(line, " (nothing was said before)"), "new ")
			lines = append(lines, line)
		}
	}
	return lines
}

// writeGovernance says which files a change of governance is about, and for which
// apps something follows.
func writeGovernance(b *strings.Builder, s Subject) {
	writeList(b, "**What changes**", s.Governance)
	flips, judged := s.Impact.Flips, s.Impact.Judged
	switch {
	case len(flips) > 0:
		lines := make([]string, len(flips))
		for i, f := range flips {
			lines[i] = flipSentence(f)
		}
		writeList(b, fmt.Sprintf("**What follows for apps that run** (%d of %d)", len(flips), judged), lines)
	case judged > 0:
		fmt.Fprintf(b, "Nothing follows for the apps that run: all %d looked at are judged as before.\n\n", judged)
	}
	writeRerenders(b, s.Impact.Rerenders)
	if left := s.Impact.Left; left > 0 {
		fmt.Fprintf(b, "For %d more that could not be told in time: rules of this change take long to answer. Make them faster before this is approved.\n\n", left)
	}
}

// areaWords is what people call that which rules look at, by the first part of a
// rule's name.
var areaWords = map[string]struct {
	words  string
	fields []string // of an app that it is about
	always bool     // every app has some of it
}{
	"access":       {"who may use it", []string{"spec.access.sso", "spec.access.groups"}, true},
	"budget":       {"costs", []string{"spec.budget"}, true},
	"class":        {"data", []string{"spec.classification", "spec.data"}, true},
	"dataset":      {"data sets of the catalog", []string{"spec.data"}, false},
	"dependencies": {"apps it relies on", []string{"spec.dependsOn"}, false},
	"egress":       {"vendors and outside addresses", []string{"spec.egress", "spec.integrations"}, false},
	"lifecycle":    {"stage", []string{"spec.lifecycle"}, true},
	"models":       {"AI models", []string{"spec.models"}, false},
	"ownership":    {"owner", []string{"spec.owner"}, true},
	"quality":      {"tests", []string{"spec.quality"}, false},
	"runbook":      {"plan for emergencies", []string{"spec.runbook"}, false},
	"runtime":      {"size", []string{"spec.runtime", "spec.blueprint"}, true},
	"scopes":       {"permissions", []string{"spec.access.scopes"}, false},
	"secrets":      {"secrets", []string{"spec.secrets"}, false},
}

// writeFine says what was looked at and is in order: nothing is wrong with it, and
// nobody is asked about it.
func writeFine(b *strings.Builder, s Subject, areas map[string]bool) {
	if s.App == nil || s.Unchanged || s.App.Spec.Lifecycle.Stage == "retired" {
		return
	}
	open := map[string]bool{}
	for _, problem := range s.Problems {
		if area, _, _ := strings.Cut(problem.Rule, "."); problem.Level != catalog.DryRun {
			open[area] = true
		}
	}
	if len(s.Approvals.Missing) > 0 {
		edits := s.Edits
		if s.Before == nil {
			edits = catalog.Edits(nil, s.App)
			open["class"] = true
		}
		for area, w := range areaWords {
			open[area] = open[area] || (s.Before != nil || !w.always) && touching(edits, w.fields)
		}
	}
	all := catalog.Edits(nil, s.App)
	var fine []string
	for _, area := range slices.Sorted(maps.Keys(areaWords)) {
		if w := areaWords[area]; areas[area] && !open[area] && (w.always || touching(all, w.fields)) {
			fine = append(fine, w.words)
		}
	}
	if len(fine) > 0 {
		fmt.Fprintf(b, "**What is fine:** %s.\n\n", enumerate(fine, "and"))
	}
}

// touching reports whether edits are about one of the fields, or what lies in it.
func touching(edits []catalog.FieldEdit, fields []string) bool {
	return slices.ContainsFunc(edits, func(e catalog.FieldEdit) bool {
		return slices.ContainsFunc(fields, func(field string) bool {
			rest, ok := strings.CutPrefix(e.Field, field)
			return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
		})
	})
}
