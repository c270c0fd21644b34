package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Decode writes a node tree into the struct that object points at, and reports every
// problem on the way. skip are fields of the file that were read before. known counts the
// fields read that there are.
func Decode(root *yaml.Node, object any, report syntax.Report, skip ...string) (known int) {
	v := reflect.ValueOf(object).Elem()
	d := decoder{root: specOf(v.Type()), report: report}
	d.object(root, d.root, v, "", skip...)
	return d.known
}

// decoder writes one node tree into one typed value, strictly, and reports every
// problem on the way: an unknown field never hides a missing one.
type decoder struct {
	root   *typeSpec
	known  int // fields read that there are
	report syntax.Report
}

func (d *decoder) problem(n *yaml.Node, field, rule, message, remedy string) {
	d.report(n.Line, n.Column, field, rule, message, remedy)
}

// object fills a struct from a mapping. Fields not written keep their default.
func (d *decoder) object(n *yaml.Node, spec *typeSpec, v reflect.Value, field string, skip ...string) {
	fillDefaults(v, spec)
	if n.Kind != yaml.MappingNode {
		d.problem(n, field, "schema.type", fmt.Sprintf("%s must be a group of `name: value` lines: %s.", what(field), strings.Join(spec.names(), ", ")), groupRemedy(n, spec))
		return
	}
	seen, misspelt := map[string]bool{}, map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if field == "" && slices.Contains(skip, key.Value) || key.Tag != "!!str" {
			continue // read before, or reported as forbidden
		}
		f := spec.byName[key.Value]
		if f == nil {
			remedy := "Remove it; the fields are " + strings.Join(spec.names(), ", ") + "."
			home := d.homeOf(key.Value, field)
			if meant := guess.Closest(key.Value, spec.names()); meant != "" && home == "" && !written(n, meant) {
				remedy = DidYouMean(meant)
				misspelt[meant] = true
			} else if home != "" {
				remedy = "Move it under " + safetext.Code(home) + "."
			}
			d.problem(key, syntax.Join(field, key.Value), "schema.unknown-field", fmt.Sprintf("%s has no field %s%s.", what(field), safetext.Code(key.Value), safetext.Aside(key.Value)), remedy)
			continue
		}
		if seen[f.name] {
			continue // reported as given twice
		}
		seen[f.name] = true
		d.known++
		d.field(key, value, f, v.Field(f.index), syntax.Join(field, f.name))
	}
	for _, f := range spec.fields {
		if f.required && !seen[f.name] && !misspelt[f.name] {
			d.problem(n, syntax.Join(field, f.name), "schema.required", fmt.Sprintf("%s lacks %s: %s", what(field), safetext.Code(f.name), lowerFirst(f.doc)), missing(&f))
		}
	}
}

// field fills one field, which is written.
func (d *decoder) field(key, n *yaml.Node, f *fieldSpec, v reflect.Value, path string) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		d.problem(key, path, "schema.value", what(path)+" has no value.", d.emptyRemedy(key, n, f))
		return
	}
	if n.Kind == yaml.AliasNode {
		return // reported as forbidden
	}
	if f.word != "" && n.Kind != yaml.MappingNode {
		if n.Kind != yaml.ScalarNode || n.Value != f.word {
			d.problem(n, path, "schema.type", fmt.Sprintf("%s must be %s, or a group of `name: value` lines: %s.", what(path), safetext.Code(f.word), strings.Join(f.spec.names(), ", ")), wordRemedy(n, f))
		}
		return
	}
	if f.spec.pointer {
		v.Set(reflect.New(f.spec.goType))
		v = v.Elem()
	}
	switch f.spec.form {
	case objectForm:
		d.object(n, f.spec, v, path)
	case listForm:
		d.list(n, f, v, path)
	case mapForm:
		d.mapping(n, f, v, path)
	default:
		d.word(n, f, f.spec, v, path)
	}
}

// list fills a slice. One that says the same twice is a slip worth showing.
func (d *decoder) list(n *yaml.Node, f *fieldSpec, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.problem(n, path, "schema.type", what(path)+" must be a list.", listRemedy(n, f))
		return
	}
	items := n.Content
	if f.max != nil && len(items) > int(*f.max) {
		d.problem(n, path, "schema.limit", fmt.Sprintf("%s has %d items; the most is %d.", what(path), len(items), int(*f.max)), "List fewer.")
		items = items[:int(*f.max)]
	}
	out := reflect.MakeSlice(v.Type(), 0, len(items))
	seen := map[string]bool{}
	for i, item := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		elem := reflect.New(f.spec.elem.goType).Elem()
		if item.Kind == yaml.ScalarNode && item.Tag == "!!null" {
			d.problem(item, at, "schema.value", what(at)+" has no value.", "Remove it, or give it a value.")
			continue
		}
		id := ""
		if f.spec.elem.form == objectForm {
			d.object(item, f.spec.elem, elem, at)
			if kf := f.spec.elem.byName[f.key]; kf != nil {
				id = elem.Field(kf.index).String()
			}
		} else if d.word(item, f, f.spec.elem, elem, at) {
			id = elem.String()
		} else {
			continue
		}
		if (f.set || f.key != "") && id != "" {
			if seen[id] {
				d.problem(item, at, "schema.duplicate", fmt.Sprintf("%s lists %s twice.", what(path), safetext.Code(id)), "Remove it here, or where it stands first.")
				continue
			}
			seen[id] = true
		}
		out = reflect.Append(out, elem)
	}
	v.Set(out)
}

// mapping fills a map whose keys are names of the author's choosing.
func (d *decoder) mapping(n *yaml.Node, f *fieldSpec, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.problem(n, path, "schema.type", what(path)+" must be a group of `name: value` lines.", entriesRemedy(n, path))
		return
	}
	if f.max != nil && len(n.Content)/2 > int(*f.max) {
		d.problem(n, path, "schema.limit", fmt.Sprintf("%s has %d entries; the most is %d.", what(path), len(n.Content)/2, int(*f.max)), "List fewer.")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
	entry := fieldSpec{name: f.name, spec: f.spec.elem, enum: f.enum, weak: f.weak, pattern: f.pattern, like: f.like}
	for i := 0; i+1 < len(n.Content); i += 2 {
		keyNode, value := n.Content[i], n.Content[i+1]
		at := syntax.Join(path, keyNode.Value)
		key := reflect.New(f.spec.keys.goType).Elem()
		if !d.word(keyNode, &fieldSpec{}, f.spec.keys, key, at) || out.MapIndex(key).IsValid() {
			continue
		}
		elem := reflect.New(f.spec.elem.goType).Elem()
		d.field(keyNode, value, &entry, elem, at)
		out.SetMapIndex(key, elem)
	}
	v.Set(out)
}

// word fills a value that is written as one word, and reports whether it could.
func (d *decoder) word(n *yaml.Node, f *fieldSpec, spec *typeSpec, v reflect.Value, path string) bool {
	bad := func(rule, message, remedy string) bool {
		d.problem(n, path, rule, message, remedy)
		return false
	}
	if n.Kind != yaml.ScalarNode {
		return bad("schema.type", what(path)+" must be a single value.", d.singleRemedy(n, f, spec))
	}
	switch spec.form {
	case scalarForm:
		s := v.Addr().Interface().(scalar.Scalar)
		if amount := n.Tag == "!!int" || n.Tag == "!!float"; amount && leadingZero(n) || n.Tag == "!!bool" {
			return bad("schema.type", fmt.Sprintf("%s must be text; %s reads as something else.", what(path), safetext.Code(n.Value)), "Put it in quotes: "+safetext.Code(Quoted(n.Value))+".")
		}
		if err := s.Parse(n.Value); err != nil {
			return bad("schema.value", fmt.Sprintf("%s is %s%s; it must be %s.", what(path), safetext.Code(n.Value), safetext.Aside(n.Value), err), valueRemedy(n, f, spec))
		}
	case boolForm:
		switch word := n.Value; {
		case word == "true" || n.Tag == "!!bool" && strings.EqualFold(word, "true"):
			v.SetBool(true)
		case word == "false" || n.Tag == "!!bool" && strings.EqualFold(word, "false"):
			v.SetBool(false)
		default:
			return bad("schema.type", fmt.Sprintf("%s is %s%s; it must be true or false.", what(path), safetext.Code(n.Value), safetext.Aside(n.Value)), boolRemedy(n.Value))
		}
	case intForm, floatForm:
		return d.number(n, f, spec, v, path)
	default:
		return d.text(n, f, v, path)
	}
	return true
}

func (d *decoder) number(n *yaml.Node, f *fieldSpec, spec *typeSpec, v reflect.Value, path string) bool {
	kind, places := "a number", 6
	if spec.form == intForm {
		kind, places = "a whole number", 0
	}
	scaled, ok := scalar.Decimal(strings.TrimPrefix(n.Value, "-"), places)
	value, err := strconv.ParseFloat(n.Value, 64)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && ok && leadingZero(n) {
		d.problem(n, path, "schema.type", fmt.Sprintf("%s is %s; with a zero in front some programs read another number.", what(path), safetext.Code(n.Value)), numberRemedy(n, f, spec.form == intForm))
		return false
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 || !ok || err != nil {
		d.problem(n, path, "schema.type", fmt.Sprintf("%s is %s%s; it must be %s.", what(path), safetext.Code(n.Value), safetext.Aside(n.Value), kind), numberRemedy(n, f, spec.form == intForm))
		return false
	}
	if f.min != nil && value < *f.min || f.max != nil && value > *f.max {
		low, high := "any amount", "any amount"
		if f.min != nil {
			low = strconv.FormatFloat(*f.min, 'f', -1, 64)
		}
		if f.max != nil {
			high = strconv.FormatFloat(*f.max, 'f', -1, 64)
		}
		d.problem(n, path, "schema.value", fmt.Sprintf("%s is %s; it must lie between %s and %s.", what(path), safetext.Code(n.Value), low, high), numberRemedy(n, f, spec.form == intForm))
		return false
	}
	if spec.form == intForm {
		if value < 0 {
			scaled = -scaled
		}
		v.SetInt(scaled)
	} else {
		v.SetFloat(value + 0) // of minus nothing, nothing
	}
	return true
}

// leadingZero reports whether a number is written like 010, which is eight to some
// readers of YAML and ten to others.
func leadingZero(n *yaml.Node) bool {
	digits := strings.TrimPrefix(n.Value, "-")
	return len(digits) > 1 && digits[0] == '0' && '0' <= digits[1] && digits[1] <= '9'
}

func (d *decoder) text(n *yaml.Node, f *fieldSpec, v reflect.Value, path string) bool {
	bad := func(rule, message, remedy string) bool {
		d.problem(n, path, rule, message, remedy)
		return false
	}
	if n.Tag != "!!str" && n.Tag != "!!timestamp" {
		return bad("schema.type", fmt.Sprintf("%s must be text; %s reads as something else.", what(path), safetext.Code(n.Value)), "Put it in quotes: "+safetext.Code(Quoted(n.Value))+".")
	}
	most := maxText
	if f.max != nil && f.spec != nil && f.spec.form == textForm {
		most = int(*f.max)
	}
	value := norm.NFC.String(n.Value)
	if strings.TrimSpace(value) == "" {
		return bad("schema.value", what(path)+" is empty.", d.textRemedy(f))
	}
	if length := utf8.RuneCountInString(n.Value); length > most { // as written, which is what an editor counts
		return bad("schema.limit", fmt.Sprintf("%s is %d characters long; the most is %d.", what(path), length, most), Write(shortened(n.Value, most)))
	}
	if r, found := safetext.FindInvisible(value, f.prose || f.lines); found {
		return bad("schema.value", fmt.Sprintf("%s contains an invisible or control character (%U).", what(path), r), "Type the text again instead of pasting it.")
	}
	if !f.prose && strings.Contains(value, "`") {
		return bad("schema.value", what(path)+" contains a backtick, which cannot be shown safely.", "Leave it out.")
	}
	if f.enum != nil && !slices.Contains(f.enum, value) {
		return bad("schema.value", fmt.Sprintf("%s is %s%s; it must be one of %s.", what(path), safetext.Code(value), safetext.Aside(value), strings.Join(f.enum, ", ")), enumRemedy(value, f))
	}
	if f.pattern != nil && !f.pattern.MatchString(value) {
		words, _, _ := strings.Cut(f.like, "|")
		return bad("schema.value", fmt.Sprintf("%s is %s; it must be %s.", what(path), safetext.Code(value), words), patternRemedy(value, f))
	}
	v.SetString(value)
	return true
}

// what names a field in a sentence.
func what(field string) string {
	if field == "" {
		return "The file"
	}
	return safetext.Code(strings.TrimPrefix(field, "spec."))
}

func lowerFirst(s string) string {
	return strings.ToLower(s[:1]) + s[1:]
}
