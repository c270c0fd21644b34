package policies

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/rego"
)

// The rules about questions that people answer. They are set and waived like those in Rego,
// and written in Go since which questions are asked follows from the risk, which rules make
// and do not see.
const (
	QuestionAnswered = "questions.answered"
	QuestionCurrent  = "questions.current"
	QuestionKnown    = "questions.known"
)

var answersField = []string{"spec.answers"}

// questionRules describes them.
var questionRules = []rego.Rule{
	{
		ID: QuestionAnswered, Title: "The questions that are asked of an app are answered", Enforcement: catalog.Deny, Fields: answersField, Grace: scalar.Days(90),
		Description: "Some things no program can see: whether users are told what happens to their data, or what they do when the app fails. The settings ask a few such questions, by the risk, classification, data and vendors of an app. The answers stand in the app's file, so whoever approves it approves them too, and some of them are agreed to by a role that the question names.",
		Remedy:      "Answer it under `spec.answers`.", Settings: []string{"questions"},
		Controls: []string{"soc2:CC3.2", "iso27001:A.5.8", "gdpr:Art.25"},
	},
	{
		ID: QuestionCurrent, Title: "Answers are as new as what they are about", Enforcement: catalog.Deny, Fields: []string{"spec.answers[].date"}, Grace: scalar.Days(90),
		Description: "An answer that was true of an earlier app may be wrong now. It is read again where what it is about changes, and where it is older than its question allows.",
		Remedy:      "Read the answer again, correct it, and write the day.", Settings: []string{"questions"},
		Controls: []string{"soc2:CC3.4", "iso27001:A.5.36", "gdpr:Art.35"},
	},
	{
		ID: QuestionKnown, Title: "Answers belong to a question", Enforcement: catalog.Warn, Fields: answersField, Grace: scalar.Days(90),
		Description: "An answer to a question that nobody asks is read by nobody. Mostly the name of the question is misspelt.",
		Remedy:      "Correct the name of the question, or remove the answer.", Settings: []string{"questions"},
		Controls: []string{"soc2:CC3.2"},
	},
}

// Asked is a question that is asked of an app, with its answer.
type Asked struct {
	ID catalog.Name
	settings.Question
	Answer *catalog.Answer // nil where there is none
}

// QuestionsOf lists the questions that are asked of an app at a level of risk, by id. The
// input is that of the rules.
func QuestionsOf(settings *settings.Settings, input map[string]any, risk Level) []Asked {
	spec := objectAt(input, "app", "spec")
	if spec == nil || textAt(input, "app", "spec", "lifecycle", "stage") == "retired" {
		return nil
	}
	class, categories := textAt(input, "app", "spec", "classification"), categoriesIn(input)
	answers := answersIn(spec)
	var asked []Asked
	for _, id := range slices.Sorted(maps.Keys(settings.Questions)) {
		q := settings.Questions[id]
		switch {
		case risk.rank() < Level(q.Risk).rank():
		case len(q.Classifications) > 0 && !slices.Contains(q.Classifications, class):
		case len(q.Categories) > 0 && !slices.ContainsFunc(q.Categories, func(c string) bool { return categories[c] }):
		case len(q.About) > 0 && !slices.ContainsFunc(q.About, func(of string) bool { return len(listAt(spec, of)) > 0 }):
		default:
			asked = append(asked, Asked{id, q, answers[id]})
		}
	}
	return asked
}

// QuestionsFor is the same for an app and the data sets of a governing snapshot.
func QuestionsFor(governing *catalog.Snapshot, app *catalog.App, risk Level) []Asked {
	settings := governing.Settings()
	if settings == nil || app == nil {
		return nil
	}
	dataSets := map[string]any{}
	for _, use := range app.Spec.Data {
		if set := catalog.Object[catalog.DataSet](catalog.DataSetIn(governing, use.Dataset)); set != nil {
			dataSets[string(use.Dataset)] = set.Value()["spec"]
		}
	}
	return QuestionsOf(settings, map[string]any{"app": app.Value(), "refs": map[string]any{"dataSets": dataSets}}, risk)
}

// questions adds the problems of questions that are asked of an app and not answered, and
// the approvals that answers need, with the rule that asks for them, by role.
func (s *RuleSet) questions(d *Decision, b Brief, waivers map[string]string, asking map[string][]string) []Requirement {
	settings := s.Settings()
	spec := objectAt(b.Input, "app", "spec")
	if len(settings.Questions) == 0 && len(listAt(spec, "answers")) == 0 {
		return nil
	}
	today := scalar.DateOf(b.Now, s.Zone())
	add := func(id, field, message, remedy string) {
		if r, on := s.Rule(id, b.traits(), today); on {
			d.addFinding(b, r, rego.Finding{Problems: []rego.FoundProblem{{Field: field, Message: message, Remedy: remedy}}}, waivers)
		}
	}
	answered, on := s.Rule(QuestionAnswered, b.traits(), today)
	var required []Requirement
	asked := QuestionsOf(settings, b.Input, d.Risk.Level)
	for _, q := range asked {
		if id, field, message, remedy := q.trouble(objectAt(b.Input, "admitted", "spec"), spec, today, s.Zone()); message != "" {
			add(id, field, message, remedy)
		}
		if !on || answered.Enforcement != catalog.Deny {
			continue
		}
		for _, role := range q.Approvers {
			required = append(required, Requirement{Role: string(role), Count: 1, Reason: fmt.Sprintf("the answer to the question `%s` is to be agreed to", q.ID)})
			asking[string(role)] = append(asking[string(role)], QuestionAnswered)
		}
	}
	var known []string
	for id := range settings.Questions {
		known = append(known, string(id))
	}
	slices.Sort(known)
	for _, id := range slices.Sorted(maps.Keys(answersIn(spec))) {
		if _, ok := settings.Questions[id]; !ok {
			remedy := "Remove it, or correct the name of the question."
			if near := guess.Closest(string(id), known); near != "" {
				remedy = fmt.Sprintf("Did you mean `%s`?", near)
			}
			add(QuestionKnown, answerField(id, "question"), fmt.Sprintf("There is no question `%s` in the settings, so nobody reads this answer.", id), remedy)
		}
	}
	return required
}

// trouble is what is wrong with the answer to a question, and the rule that says so; an
// empty message for nothing.
func (q Asked) trouble(admitted, spec map[string]any, today catalog.Date, zone *time.Location) (rule, field, message, remedy string) {
	a := q.Answer
	switch {
	case a == nil:
		document := ""
		if q.Document {
			document = ", link: …, digest: …"
		}
		return QuestionAnswered, "spec.answers", fmt.Sprintf("The question `%s` is not answered: %s", q.ID, q.Ask),
			fmt.Sprintf("Add `{question: %s, answer: \"…\", date: %s%s}` under `answers`, with the answer for the dots.", q.ID, today, document)
	case q.Document && (a.Link == "" || a.Digest == ""):
		return QuestionAnswered, answerField(q.ID, cmp.Or(map[bool]string{true: "link"}[a.Link == ""], "digest")),
			fmt.Sprintf("The answer to the question `%s` names no document: %s", q.ID, q.Ask),
			"Write the `link` to the document, and as `digest` the word `sha256:` and what sha256sum prints for it."
	case a.Date > today:
		return QuestionCurrent, answerField(q.ID, "date"), fmt.Sprintf("The answer to the question `%s` is dated `%s`, which has not come yet.", q.ID, a.Date),
			fmt.Sprintf("Write `%s`, or the true day before it.", today)
	case q.Age != nil && !today.Start(zone).Before(a.Date.Start(zone).Add(q.Age.Std())):
		return QuestionCurrent, answerField(q.ID, "date"), fmt.Sprintf("The answer to the question `%s` is of `%s`, and holds for %s.", q.ID, a.Date, *q.Age),
			fmt.Sprintf("Read it again, correct it, and write `date: %s`.", today)
	}
	if before := answersIn(admitted)[q.ID]; before == nil || *before != *a {
		return "", "", "", ""
	}
	for _, of := range q.About {
		if !reflect.DeepEqual(listAt(admitted, of), listAt(spec, of)) {
			return QuestionCurrent, answerField(q.ID, "date"), fmt.Sprintf("The answer to the question `%s` was given before `%s` of this app changed.", q.ID, of),
				fmt.Sprintf("Read it again, correct it, and write `date: %s`.", today)
		}
	}
	return "", "", "", ""
}

func answerField(id catalog.Name, field string) string {
	return fmt.Sprintf("spec.answers[%s].%s", id, field)
}

// answersIn are the answers in the spec of an app, by question.
func answersIn(spec map[string]any) map[catalog.Name]*catalog.Answer {
	answers := map[catalog.Name]*catalog.Answer{}
	for _, item := range listAt(spec, "answers") {
		object, _ := item.(map[string]any)
		text := func(key string) string { s, _ := object[key].(string); return s }
		answers[catalog.Name(text("question"))] = &catalog.Answer{
			Question: catalog.Name(text("question")), Answer: text("answer"), Date: catalog.Date(text("date")), Link: text("link"), Digest: text("digest"),
		}
	}
	return answers
}

// categoriesIn are the categories of all data that an app uses, by what it says and by what
// the catalog says of its data sets.
func categoriesIn(input map[string]any) map[string]bool {
	categories := map[string]bool{}
	add := func(of map[string]any) {
		for _, c := range listAt(of, "categories") {
			if name, ok := c.(string); ok {
				categories[name] = true
			}
		}
	}
	for _, item := range listAt(objectAt(input, "app", "spec"), "data") {
		use, _ := item.(map[string]any)
		add(use)
		name, _ := use["dataset"].(string)
		add(objectAt(input, "refs", "dataSets", name))
	}
	return categories
}

// listAt is a list of the spec of an app by a name that questions are about.
func listAt(spec map[string]any, of string) []any {
	if of == "scopes" {
		spec = objectAt(spec, "access")
	}
	list, _ := spec[of].([]any)
	return list
}
