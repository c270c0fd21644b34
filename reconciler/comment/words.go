package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// fieldWords is what people call the fields of an app. A field that is not listed is
// named as in the file.
var fieldWords = map[string]string{
	"metadata.name":               "name of the app",
	"spec.version":                "version",
	"spec.owner.person":           "owner",
	"spec.owner.team":             "team",
	"spec.owner.fallback":         "stand-in of the owner",
	"spec.blueprint":              "blueprint",
	"spec.classification":         "classification",
	"spec.runtime.type":           "kind of app",
	"spec.runtime.image":          "program",
	"spec.runtime.language":       "language",
	"spec.runtime.schedule":       "times at which it runs",
	"spec.runtime.cpu":            "processor",
	"spec.runtime.memory":         "memory",
	"spec.runtime.timeout":        "longest run",
	"spec.runtime.concurrency":    "requests at once",
	"spec.runtime.regions[]":      "region",
	"spec.access.sso":             "way to sign in",
	"spec.access.session":         "time for which a sign-in holds",
	"spec.access.groups[]":        "group of users",
	"spec.access.scopes[]":        "permission",
	"spec.egress[]":               "outside address",
	"spec.integrations[]":         "vendor",
	"spec.data[]":                 "data set",
	"spec.secrets[]":              "secret",
	"spec.models[]":               "AI model",
	"spec.slo.availability":       "promised availability, in per cent",
	"spec.slo.p95":                "promised time to answer",
	"spec.budget.monthly":         "monthly budget",
	"spec.budget.currency":        "currency of the budget",
	"spec.telemetry[]":            "kind of what it tells about itself",
	"spec.quality.generated":      "share of the code that a model wrote",
	"spec.quality.reviewer":       "reader of the code that a model wrote",
	"spec.quality.build":          "way in which its build signs in",
	"spec.quality.tests":          "automated tests",
	"spec.quality.coverage":       "share of the code that tests run",
	"spec.compliance[]":           "standard it falls under",
	"spec.assessment.link":        "place of the assessment",
	"spec.assessment.digest":      "checksum of the assessment",
	"spec.assessment.date":        "day of the assessment",
	"spec.runbook.contact":        "contact in an emergency",
	"spec.runbook.killSwitch":     "way to stop it",
	"spec.runbook.flag":           "flag that stops it",
	"spec.runbook.rollback":       "way back",
	"spec.runbook.containment":    "first steps after a leak",
	"spec.dependsOn[]":            "app it relies on",
	"spec.answers[]":              "answer to the question",
	"spec.answers[].answer":       "answer to the question %s",
	"spec.answers[].date":         "day of the answer to the question %s",
	"spec.answers[].link":         "document of the answer to the question %s",
	"spec.answers[].digest":       "checksum of the document of the answer to the question %s",
	"spec.lifecycle.stage":        "stage",
	"spec.lifecycle.created":      "day it was first asked for",
	"spec.lifecycle.ttl":          "time until it is asked about",
	"spec.lifecycle.renewed":      "day it was last renewed",
	"spec.integrations[].scopes":  "permission at the vendor %s",
	"spec.integrations[].purpose": "purpose of the vendor %s",
	"spec.data[].access":          "access to the data set %s",
	"spec.data[].categories":      "kind of sensitive data in the data set %s",
	"spec.data[].purpose":         "purpose of the data set %s",
	"spec.data[].retention":       "time for which the data set %s is kept",
	"spec.data[].masking":         "masking of the data set %s",
	"spec.data[].tokenised":       "kind of sensitive data replaced by tokens in the data set %s",
	"spec.secrets[].store":        "store of the secret %s",
	"spec.secrets[].path":         "place of the secret %s in its store",
	"spec.secrets[].ttl":          "time for which the secret %s is lent",
	"spec.secrets[].rotation":     "time after which the secret %s is replaced",
	"spec.models[].purpose":       "purpose of the AI model %s",
	"spec.models[].rateLimit":     "number of calls to the AI model %s",
	"spec.models[].filter":        "filter of what the AI model %s is told",
	"spec.models[].validator":     "check on what the AI model %s answers",
}

// details says what a part of a new item is, in the order in which it is read.
var details = []struct{ part, words string }{
	{"access", "access %s"},
	{"categories", "holds %s"},
	{"scopes", "may %s"},
	{"store", "in the store %s"},
	{"path", "at %s"},
	{"rateLimit", "at most %s"},
	{"validator", "checked by %s"},
	{"retention", "kept for %s"},
	{"masking", "masking %s"},
	{"tokenised", "tokens for %s"},
	{"ttl", "lent for %s"},
	{"rotation", "replaced every %s"},
	{"purpose", "in order to %s"},
}

// edited is a field of an edit taken apart: the words for it, the item it is of, and
// the part of the item.
type edited struct {
	words string // "data set"
	list  string // "spec.data"; empty for a field that is in no list
	item  string // "customers"
	part  string // "categories"; empty for the item itself
	value string // of a part that is a list: "pii"
}

func take(field string) edited {
	list, rest, ok := strings.Cut(field, "[")
	if !ok {
		if label, ok := strings.CutPrefix(field, "metadata.labels."); ok {
			return edited{words: "label " + span(label)}
		}
		if words := fieldWords[field]; words != "" {
			return edited{words: words}
		}
		return edited{words: span(strings.TrimPrefix(field, "spec."))}
	}
	// An item is named by what it says, which may hold any sign; its parts are ours.
	end, part := strings.LastIndex(rest, "]."), ""
	if end >= 0 {
		part = rest[end+2:]
		rest = rest[:end]
	} else {
		rest = strings.TrimSuffix(rest, "]")
	}
	e := edited{list: list, item: rest, part: part, words: fieldWords[list+"[]"]}
	if name, value, ok := strings.Cut(part, "["); ok {
		e.part, e.value = name, strings.TrimSuffix(value, "]")
	}
	if e.words == "" {
		e.words = span(strings.TrimPrefix(list, "spec."))
	}
	if e.part != "" {
		words := fieldWords[list+"[]."+e.part]
		if words == "" {
			words = span(e.part) + " of %s"
		}
		e.words = fmt.Sprintf(words, span(e.item))
	}
	return e
}

// inWords is one edit on its own.
func inWords(e catalog.FieldEdit) string {
	f := take(e.Field)
	switch {
	case f.list != "" && f.part == "" && e.From == "":
		return fmt.Sprintf("it adds the %s %s", f.words, span(f.item))
	case f.value != "" && e.From == "":
		return fmt.Sprintf("it adds %s to the %s", span(f.value), f.words)
	case f.value != "":
		return fmt.Sprintf("it takes %s out of the %s", span(f.value), f.words)
	case f.list != "" && f.part == "" && e.To == "":
		return fmt.Sprintf("it takes out the %s %s", f.words, span(f.item))
	case e.From == "":
		return fmt.Sprintf("it sets the %s to %s", f.words, span(e.To))
	case e.To == "":
		return fmt.Sprintf("it takes out the %s, which was %s", f.words, span(e.From))
	}
	return fmt.Sprintf("the %s goes from %s to %s", f.words, span(e.From), span(e.To))
}

// bullets writes edits one a line. What is new or gone as a whole is one line, with
// its parts.
func bullets(edits []catalog.FieldEdit) []string {
	whole := map[string]bool{} // lists and items that came or went
	for _, e := range edits {
		if f := take(e.Field); f.list != "" && f.part == "" {
			whole[f.list+"\x00"+f.item] = true
		}
	}
	var lines []string
	for _, e := range edits {
		f := take(e.Field)
		switch {
		case f.part != "" && whole[f.list+"\x00"+f.item]:
			continue
		case f.list != "" && f.part == "" && e.To != "":
			lines = append(lines, fmt.Sprintf("new %s: %s%s", f.words, span(f.item), parts(edits, f)))
		case f.list != "" && f.part == "":
			lines = append(lines, fmt.Sprintf("%s taken out: %s", f.words, span(f.item)))
		case f.value != "" && e.To != "":
			lines = append(lines, fmt.Sprintf("new %s: %s", f.words, span(f.value)))
		case f.value != "":
			lines = append(lines, fmt.Sprintf("%s taken out: %s", f.words, span(f.value)))
		case e.From == "" && e.Default() != "":
			lines = append(lines, fmt.Sprintf("%s: %s (by default) → %s", f.words, span(e.Default()), span(e.To)))
		case e.To == "" && e.Default() != "":
			lines = append(lines, fmt.Sprintf("%s: %s → %s (by default)", f.words, span(e.From), span(e.Default())))
		case e.From == "":
			lines = append(lines, fmt.Sprintf("%s: %s (nothing was said before)", f.words, span(e.To)))
		case e.To == "":
			lines = append(lines, fmt.Sprintf("%s: nothing is said any more (it was %s)", f.words, span(e.From)))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s → %s", f.words, span(e.From), span(e.To)))
		}
	}
	return lines
}

// parts is what a new item consists of: ", access `read`, holds `pii`".
func parts(edits []catalog.FieldEdit, of edited) string {
	values := map[string][]string{}
	for _, e := range edits {
		f := take(e.Field)
		if f.list != of.list || f.item != of.item || f.part == "" {
			continue
		}
		value := e.To
		if f.value != "" {
			value = f.value
		}
		values[f.part] = append(values[f.part], span(value))
	}
	var b strings.Builder
	for _, d := range details {
		if list := values[d.part]; len(list) > 0 {
			slices.Sort(list)
			b.WriteString(", " + fmt.Sprintf(d.words, enumerate(list, "and")))
		}
	}
	return b.String()
}
