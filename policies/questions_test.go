package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

const asking = `  gates: {low: {publish: automatic}, medium: {publish: automatic}, high: {publish: automatic}}
  questions:
    failure: {ask: "What do users do when the app fails?", risk: low}
    data-flow: {ask: "Where does the data go?", risk: low, classifications: [confidential], about: [data], document: true, age: 30d, approvers: [dpo or security]}
    privacy: {ask: "Who tells the people concerned?", risk: low, categories: [pii], about: [data], approvers: [dpo]}
    vendors: {ask: "What do vendors get?", about: [integrations, egress]}
    writes: {ask: "Who checks what is written?", risk: high, about: [scopes]}
`

const answerFailure = "  answers: [{question: failure, answer: they call, date: 2026-03-01}"

// TestQuestions: the settings ask questions by risk, classification, categories and what an
// app has; an answer must be there, be of a day that has come, hold, and name its document.
func TestQuestions(t *testing.T) {
	e := newEngine(t)
	doc := ", link: https://docs.example.com/flow, digest: \"sha256:" + strings.Repeat("0a", 32) + "\"}"
	rooms := "  data: [{dataset: rooms, access: read, purpose: show, retention: 30d}]\n"
	people := "  data: [{dataset: rooms, access: read, purpose: show, retention: 30d, categories: [pii]}]\n"
	for name, c := range map[string]struct {
		lines   string // of the app's spec
		class   string
		edits   map[string]string // of the catalog
		says    []string          // rule, field and words of each problem
		missing []string
	}{
		"not answered":        {"", "internal", nil, []string{"questions.answered spec.answers `failure` is not answered: What do users do when the app fails? Add `{question: failure, answer: \"…\", date: 2026-03-10}`"}, nil},
		"answered":            {answerFailure + "]\n", "internal", nil, nil, nil},
		"dated tomorrow":      {strings.Replace(answerFailure, "03-01", "03-11", 1) + "]\n", "internal", nil, []string{"questions.current spec.answers[failure].date has not come yet Write `2026-03-10`"}, nil},
		"dated today":         {strings.Replace(answerFailure, "03-01", "03-10", 1) + "]\n", "internal", nil, nil, nil},
		"misspelt":            {answerFailure + ", {question: falure, answer: x, date: 2026-03-01}]\n", "internal", nil, []string{"questions.known spec.answers[falure].question no question `falure` Did you mean `failure`?"}, nil},
		"of nobody":           {answerFailure + ", {question: else, answer: x, date: 2026-03-01}]\n", "internal", map[string]string{"catalog.yaml": base["catalog.yaml"]}, []string{"questions.known spec.answers[else].question", "questions.known spec.answers[failure].question"}, nil},
		"no data":             {answerFailure + "]\n", "confidential", nil, nil, nil},
		"data":                {answerFailure + "]\n" + rooms, "confidential", nil, []string{"questions.answered spec.answers `data-flow` is not answered", "link: …, digest: …"}, []string{"dpo or security"}},
		"data, less secret":   {answerFailure + "]\n" + rooms, "internal", nil, nil, nil},
		"no document":         {answerFailure + ", {question: data-flow, answer: nowhere, date: 2026-03-01}]\n" + rooms, "confidential", nil, []string{"questions.answered spec.answers[data-flow].link names no document"}, []string{"dpo or security"}},
		"no digest":           {answerFailure + ", {question: data-flow, answer: nowhere, date: 2026-03-01, link: x}]\n" + rooms, "confidential", nil, []string{"questions.answered spec.answers[data-flow].digest names no document"}, []string{"dpo or security"}},
		"a document":          {answerFailure + ", {question: data-flow, answer: nowhere, date: 2026-03-01" + doc + "]\n" + rooms, "confidential", nil, nil, []string{"dpo or security"}},
		"on its last day":     {answerFailure + ", {question: data-flow, answer: nowhere, date: 2026-02-09" + doc + "]\n" + rooms, "confidential", nil, nil, []string{"dpo or security"}},
		"too old":             {answerFailure + ", {question: data-flow, answer: nowhere, date: 2026-02-08" + doc + "]\n" + rooms, "confidential", nil, []string{"questions.current spec.answers[data-flow].date holds for 30d Read it again, correct it, and write `date: 2026-03-10`"}, []string{"dpo or security"}},
		"people":              {answerFailure + "]\n" + people, "internal", nil, []string{"questions.answered spec.answers `privacy` is not answered"}, []string{"dpo"}},
		"people, by the data": {answerFailure + "]\n" + rooms, "internal", map[string]string{"data/rooms.yaml": "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: rooms}\nspec: {owner: {person: ana, team: ops}, classification: internal, categories: [pii], approvedScopes: [{access: read}]}\n"}, []string{"questions.answered spec.answers `privacy` is not answered"}, []string{"dpo"}},
		"less risk":           {answerFailure + "]\n  access: {groups: [everyone], scopes: [readonly-database]}\n", "internal", nil, nil, nil},
		"high risk":           {answerFailure + "]\n  access: {groups: [everyone], scopes: [write-database]}\n", "internal", nil, []string{"questions.answered spec.answers `writes` is not answered"}, []string{"security"}},
		"only a warning":      {"", "internal", map[string]string{"catalog.yaml": base["catalog.yaml"] + asking + "  rules: {questions.answered: {enforcement: warn}}\n"}, []string{"warn questions.answered"}, nil},
		"off for its team":    {"", "internal", map[string]string{"catalog.yaml": base["catalog.yaml"] + asking + "  rules: {questions.answered: {where: [{teams: [ops], enforcement: off}]}}\n"}, nil, nil},
		"waived": {"", "internal", map[string]string{"waivers/w.yaml": "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: questions.answered, app: board, reason: later, expires: 2026-04-01}\n"},
			[]string{"waived questions.answered"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(board, "classification: internal", "classification: "+c.class, 1)
			file = strings.Replace(file, "stage: prototype", "stage: approved", 1)
			if strings.Contains(c.lines, "access:") {
				file = strings.Replace(file, "  access: {groups: [everyone]}\n", "", 1)
			}
			edits := map[string]string{boardPath: strings.Replace(file, "  budget:", c.lines+"  budget:", 1), "catalog.yaml": base["catalog.yaml"] + asking}
			for p, content := range c.edits {
				edits[p] = content
			}
			s := with(t, edits)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change()})
			var said []string
			for _, p := range d.Problems {
				if strings.HasPrefix(p.Rule, "questions.") {
					waived := ""
					if p.Waiver != nil {
						waived = "waived "
					}
					said = append(said, string(p.Level)+" "+waived+p.Rule+" "+p.Field+" "+p.Message+" "+p.Remedy)
				}
			}
			text := strings.Join(said, "\n")
			for _, want := range c.says {
				for word := range strings.SplitSeq(want, " ") {
					if !strings.Contains(text, word) {
						t.Errorf("%q lacks %q of %q", text, word, want)
					}
				}
			}
			if len(c.says) == 0 && text != "" {
				t.Errorf("said %q", text)
			}
			if !slices.Equal(d.Approvals.Missing, c.missing) && len(d.Approvals.Missing)+len(c.missing) > 0 {
				t.Errorf("%s, missing %q; want %q (%+v)", d.Verdict, d.Approvals.Missing, c.missing, d.Problems)
			}
		})
	}
}

// TestAnswersGrowOld: where what a question is about changes, its answer is given again; and
// an answer alone asks for no new version.
func TestAnswersGrowOld(t *testing.T) {
	e := newEngine(t)
	data := func(purpose, day string) string {
		return strings.Replace(board, "  budget:", "  answers: [{question: privacy, answer: a page tells them, date: "+day+"}, {question: failure, answer: they call, date: 2026-03-01}]\n"+
			"  data: [{dataset: rooms, access: read, purpose: "+purpose+", retention: 30d, categories: [pii]}]\n  budget:", 1)
	}
	settings := base["catalog.yaml"] + asking
	admitted := with(t, map[string]string{boardPath: data("show", "2026-03-01"), "catalog.yaml": settings}).AppNamed("board").App()
	for name, c := range map[string]struct {
		file  string
		rules []string
	}{
		"the same":               {data("show", "2026-03-01"), nil},
		"other data":             {strings.Replace(data("count", "2026-03-01"), "version: 1.0.0", "version: 1.1.0", 1), []string{"questions.current"}},
		"other data, read again": {strings.Replace(data("count", "2026-03-10"), "version: 1.0.0", "version: 1.1.0", 1), nil},
		"another answer alone":   {data("show", "2026-03-10"), nil},
		"other data alone":       {data("count", "2026-03-10"), []string{"lifecycle.version-raised"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, map[string]string{boardPath: c.file, "catalog.yaml": settings})
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change(), Admitted: admitted})
			var rules []string
			for _, p := range d.Problems {
				if p.Level == catalog.Deny {
					rules = append(rules, p.Rule)
				}
			}
			if !slices.Equal(rules, c.rules) && len(rules)+len(c.rules) > 0 {
				t.Errorf("denied by %q, want %q", rules, c.rules)
			}
		})
	}
}

// TestQuestionOfWhatRuns: an app that runs has the grace of the rule for a question that is
// newly asked, and for the approval that its answer needs.
func TestQuestionOfWhatRuns(t *testing.T) {
	e := newEngine(t)
	for name, answers := range map[string]string{"not answered": "", "not agreed to": answerFailure + "]\n"} {
		s := with(t, map[string]string{
			boardPath:      strings.Replace(board, "  budget:", answers+"  budget:", 1),
			"catalog.yaml": base["catalog.yaml"] + "  questions: {failure: {ask: What they do, risk: low, approvers: [platform]}}\n  rules: {questions.answered: {grace: 9d}}\n",
		})
		d := decide(t, e, policies.Question{Governing: s, Proposed: s, Now: now, Facts: policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{}}}})
		if d.Running == nil || d.Running.Effect != policies.Grace || !d.Running.Until.Equal(now.AddDate(0, 0, 9)) || !slices.Equal(d.Running.Rules, []string{"questions.answered"}) {
			t.Errorf("%s: %s %+v", name, d.Verdict, d.Running)
		}
	}
}
