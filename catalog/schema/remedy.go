package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Remedies are written in few forms, each of which can be followed without knowing
// more than it says: `Did you mean`, `Write`, `Add`, `Move`, `Remove`, `Begin the line
// with`, `Delete line`. What they name to write is what was probably meant, or else
// something that is taken. Package explain adds where it goes.

// DidYouMean is the remedy for a word that is nearly another.
func DidYouMean(word string) string { return "Did you mean " + safetext.Code(word) + "?" }

// Write is the remedy that names what to write.
func Write(value string) string { return "Write " + safetext.FullCode(value) + "." }

// oneOf lists words to choose from, for the end of a sentence.
func oneOf(words []string) string {
	spans := make([]string, len(words))
	for i, w := range words {
		spans[i] = safetext.Code(w)
	}
	return strings.Join(spans, ", ")
}

// enumRemedy never names a word that lowers a control: who meant that knows it.
func enumRemedy(value string, f *fieldSpec) string {
	strong := slices.DeleteFunc(slices.Clone(f.enum), func(w string) bool { return slices.Contains(f.weak, w) })
	if meant := guess.Closest(value, strong); meant != "" && guess.Closest(value, f.enum) == meant {
		return DidYouMean(meant)
	}
	if meant := otherNames[strings.ToLower(value)]; slices.Contains(strong, meant) {
		return DidYouMean(meant)
	}
	if f.defText != "" && slices.Contains(strong, f.defText) {
		strong = append([]string{f.defText}, slices.DeleteFunc(strong, func(w string) bool { return w == f.defText })...)
	}
	return "Write one of " + oneOf(strong) + "."
}

// otherNames are what other programs, and people, call the words of enums.
var otherNames = map[string]string{
	"cron": "scheduled", "cronjob": "scheduled", "job": "scheduled", "batch": "scheduled",
	"website": "static", "site": "static", "page": "static", "html": "static",
	"lambda": "function", "serverless": "function", "docker": "container", "pod": "container", "lowcode": "external", "low-code": "external",
	"draft": "prototype", "poc": "prototype", "experiment": "prototype", "dev": "prototype", "prod": "production",
	"archived": "retired", "deprecated": "retired",
	"openid": "oidc", "openid-connect": "oidc", "rw": "write", "readwrite": "write", "read-write": "write", "ro": "read", "readonly": "read", "read-only": "read",
	"personal": "pii", "money": "financial", "finance": "financial", "medical": "health", "passwords": "credentials", "staff": "employee", "client": "customer",
}

// missing is the remedy for a field that is not there. Package explain makes a line of it that
// is to be added.
func missing(f *fieldSpec) string {
	return Write(f.name+": "+f.example()) + more(f)
}

// more says what else could be written in place of an example.
func more(f *fieldSpec) string {
	if f.enum == nil {
		return ""
	}
	rest := slices.DeleteFunc(slices.Clone(f.enum), func(w string) bool { return slices.Contains(f.weak, w) || w == f.example() })
	if len(rest) == 0 {
		return ""
	}
	return " It may also be " + oneOf(rest) + "."
}

// example is something that the field takes, on one line.
func (f *fieldSpec) example() string {
	_, like, _ := strings.Cut(f.like, "|")
	switch {
	case like != "":
		return like
	case f.enum != nil && f.spec.form != listForm:
		for _, w := range f.enum {
			if !slices.Contains(f.weak, w) {
				return w
			}
		}
	case f.defText != "" && f.spec.form != listForm:
		return f.defText
	}
	if words, ok := saying[f.name]; ok && strings.HasPrefix(words, "[") == (f.spec.form == listForm) {
		return words
	}
	if f.spec.form == listForm {
		inner := fieldSpec{name: f.name, spec: f.spec.elem, enum: f.enum, weak: f.weak, pattern: f.pattern, like: f.like}
		return "[" + inner.example() + "]"
	}
	return f.spec.example(f.name, f.min)
}

func (s *typeSpec) example(name string, min *float64) string {
	switch s.form {
	case scalarForm:
		return reflect.New(s.goType).Interface().(scalar.Scalar).Shape().Example
	case boolForm:
		return "true"
	case intForm, floatForm:
		if min != nil && *min > 0 {
			return strconv.FormatFloat(*min, 'f', -1, 64)
		}
		return "10"
	case objectForm:
		var parts []string
		for i := range s.fields {
			if f := &s.fields[i]; f.required {
				parts = append(parts, f.name+": "+f.example())
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case mapForm:
		return "{" + s.keys.example("", nil) + ": " + s.elem.example(name, nil) + "}"
	}
	if words, ok := saying[name]; ok {
		return words
	}
	return "to be said"
}

// saying are words for what is told in words, as a beginning.
var saying = map[string]string{
	"title": "Title to be found", "purpose": "purpose to be written down", "contact": `"#on-call"`, "reason": "Reason to be written down",
	"store": "vault", "environments": "[{name: staging, soak: 10m}, {name: production}]", "domains": "[www.example.com]", "path": "kv/team/app", "share": "20", "for": "30m",
	"name": "Name to be written down", "link": `"https://example.com/assessment"`,
}

// valueRemedy is what to do about a word that a scalar does not take: what was
// probably meant, the default, or an example.
func valueRemedy(n *yaml.Node, f *fieldSpec, spec *typeSpec) string {
	fresh := func() scalar.Scalar { return reflect.New(spec.goType).Interface().(scalar.Scalar) }
	for _, try := range guess.Scalar(fresh(), n.Value) {
		if fresh().Parse(try) == nil {
			return DidYouMean(try)
		}
	}
	if f.defText != "" && f.spec.form == scalarForm {
		return Write(f.defText)
	}
	return Write(fresh().Shape().Example)
}

// numberRemedy takes the number out of what was written, and into the range.
func numberRemedy(n *yaml.Node, f *fieldSpec, whole bool) string {
	text := strings.TrimSpace(n.Value)
	share := strings.HasSuffix(text, "%") || f.max != nil && *f.max == 1
	digits := strings.TrimLeft(numberIn.FindString(strings.ReplaceAll(text, ",", ".")), "+")
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return Write(f.example())
	}
	if share && f.max != nil && *f.max == 1 && value > 1 {
		value /= 100
	}
	if f.min != nil {
		value = max(value, *f.min)
	}
	if f.max != nil {
		value = min(value, *f.max)
	}
	if whole {
		value = float64(int64(value))
	}
	return Write(strconv.FormatFloat(value, 'f', -1, 64))
}

var numberIn = regexp.MustCompile(`[-+]?[0-9]+(\.[0-9]{1,6})?`)

// boolRemedy reads yes and no as people write them.
func boolRemedy(text string) string {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "yes", "y", "on", "1", "ja", "x":
		return DidYouMean("true")
	case "no", "n", "off", "0", "nein":
		return DidYouMean("false")
	}
	return "Write `true` or `false`."
}

// Quoted is a text in quotes.
func Quoted(text string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `"`, `\"`) + `"`
}

// listRemedy makes a list of what was written as one value.
func listRemedy(n *yaml.Node, f *fieldSpec) string {
	if n.Kind == yaml.MappingNode {
		if text, last := inLine(n); text != "" {
			return fmt.Sprintf("Write %s in place of the lines %d to %d.", safetext.FullCode(strings.Repeat(" ", n.Column-1)+"["+text+"]"), n.Line, last)
		}
		return "Begin the line below with a dash and a space, and what belongs to it with two more spaces."
	}
	var items []string
	for part := range strings.SplitSeq(n.Value, ",") {
		if part = strings.Trim(part, " –—−•*"); part != "" {
			if strings.ContainsAny(part, "#:[]{}&*!|>'\"%@`") {
				part = Quoted(part)
			}
			items = append(items, part)
		}
	}
	return Write("[" + strings.Join(items, ", ") + "]")
}

// inLine writes a group of words on one line; last is the line that it ended on. It is
// empty for a group that is in braces, or has more than words in it.
func inLine(n *yaml.Node) (text string, last int) {
	var parts []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		said := value.Value
		switch {
		case n.Style&yaml.FlowStyle != 0 || value.Kind != yaml.ScalarNode || value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || value.Line != key.Line:
			return "", 0
		case value.Style != 0 || strings.ContainsAny(said, ",:#[]{}"):
			said = Quoted(said)
		}
		parts, last = append(parts, key.Value+": "+said), key.Line
	}
	return "{" + strings.Join(parts, ", ") + "}", last
}

// shortened is the beginning of a text, up to the end of a word.
func shortened(text string, most int) string {
	runes := []rune(text)[:most]
	if end := strings.LastIndexByte(string(runes), ' '); end > 0 {
		return strings.TrimRight(string(runes)[:end], " ,;:")
	}
	return string(runes)
}

// groupRemedy makes a group of what was written as one value: the value of the one
// field that it must have.
func groupRemedy(n *yaml.Node, spec *typeSpec) string {
	var required []*fieldSpec
	for i := range spec.fields {
		if spec.fields[i].required {
			required = append(required, &spec.fields[i])
		}
	}
	switch {
	case n.Kind == yaml.ScalarNode && n.Value != "" && len(required) > 0:
		parts := []string{required[0].name + ": " + n.Value}
		for _, f := range required[1:] {
			parts = append(parts, f.name+": "+f.example())
		}
		return Write("{" + strings.Join(parts, ", ") + "}")
	case n.Kind == yaml.SequenceNode && len(n.Content) == 1 && n.Content[0].Kind == yaml.MappingNode && len(n.Content[0].Content) == 2 && n.Style&yaml.FlowStyle == 0:
		pair := n.Content[0].Content
		return fmt.Sprintf("Write line %d as %s, without the dash.", pair[0].Line, safetext.Code(strings.Repeat(" ", n.Content[0].Column-1)+pair[0].Value+": "+pair[1].Value))
	}
	return Write(spec.example("", nil))
}

// wordRemedy is what to do about a value that is neither an object nor the word for its absence.
func wordRemedy(n *yaml.Node, f *fieldSpec) string {
	if n.Kind == yaml.ScalarNode && guess.Closest(n.Value, []string{f.word}) != "" {
		return DidYouMean(f.word)
	}
	return Write(f.spec.example("", nil))
}

// patternRemedy is what to do about a text that has not the form it must have.
func patternRemedy(value string, f *fieldSpec) string {
	if upper := strings.ToUpper(value); f.pattern.MatchString(upper) {
		return DidYouMean(upper)
	}
	words, like, _ := strings.Cut(f.like, "|")
	switch {
	case f.defText != "":
		return Write(f.defText)
	case f.pattern.MatchString(like):
		return Write(like)
	}
	return "Put " + words + " here."
}

// emptyRemedy is what to do about a field with nothing behind its name. A value that
// begins with a number sign is a comment to the parser.
func (d *decoder) emptyRemedy(key, n *yaml.Node, f *fieldSpec) string {
	comment := key.LineComment
	if comment == "" {
		comment = n.LineComment
	}
	switch {
	case strings.HasPrefix(comment, "#") && !strings.HasPrefix(comment, "# ") && f.spec.form <= scalarForm:
		return Write(f.name+": "+Quoted(comment)) + " Without the quotes, what follows # is a comment."
	case f.required:
		return Write(f.name + ": " + f.example())
	}
	return "Remove it, or give it a value."
}

func (d *decoder) textRemedy(f *fieldSpec) string {
	if f.required {
		return Write(f.example())
	}
	return "Remove it, or give it a value."
}

// singleRemedy is what to do about a list or a group where a word must be.
func (d *decoder) singleRemedy(n *yaml.Node, f *fieldSpec, spec *typeSpec) string {
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.ScalarNode && n.Style&yaml.FlowStyle != 0 {
		return Write(n.Content[0].Value)
	}
	if f.spec == spec {
		return "Write it on one line, such as " + safetext.Code(f.name+": "+f.example()) + "."
	}
	return "Write it on one line, as a single word."
}

// written reports whether a mapping has an entry of a name.
func written(n *yaml.Node, name string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return true
		}
	}
	return false
}

// homeOf is the group that a name belongs in which stands in a wrong one: "owner" for
// fallback, "metadata.labels" for what is known of there. Empty where there is none or
// more than one, and for the items of lists, of which nobody can tell the one.
func (d *decoder) homeOf(name, field string) string {
	if strings.Contains(field, "[") || d.root == nil {
		return ""
	}
	var homes []string
	var look func(spec *typeSpec, at string)
	look = func(spec *typeSpec, at string) {
		for i := range spec.fields {
			f := &spec.fields[i]
			if f.name == name && at != field {
				homes = append(homes, at)
			}
			if f.spec.form == objectForm {
				look(f.spec, syntax.Join(at, f.name))
			}
		}
	}
	look(d.root, "")
	if d.root.byName["metadata"] != nil && name == "costCenter" && field != "metadata.labels" {
		homes = append(homes, "metadata.labels")
	}
	if len(homes) != 1 || homes[0] == "" {
		return ""
	}
	return strings.TrimPrefix(homes[0], "spec.")
}

// entriesRemedy is what to do where names and values must be, and something else is.
func entriesRemedy(n *yaml.Node, path string) string {
	if path != "metadata.labels" {
		return "Write each entry on a line of its own, as `name: value`."
	}
	value := n.Value
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		value = n.Content[0].Value
	}
	if value == "" {
		value = "to be said"
	}
	return Write("{costCenter: " + value + "}")
}
