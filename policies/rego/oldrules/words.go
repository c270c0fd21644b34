package oldrules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// takenAs reports that something of the source is written otherwise.
func (rw *rewriting) takenAs(t *ast.Term, from, to, remark string) {
	rw.taken = append(rw.taken, convert.Taken{Field: from, Line: t.Location.Row, To: to, Remark: remark})
}

// constants writes the constants that a statement compares with a field in the words of
// that field. One that is no word of it is reported.
func (rw *rewriting) constants(e *ast.Expr) {
	terms, ok := e.Terms.([]*ast.Term)
	if !ok {
		return
	}
	word := ""
	for _, t := range terms[1:] {
		if w := rw.wordOf(t); w != "" {
			word = w
			rw.module.words[w] = true
		}
	}
	if word == "" {
		return
	}
	for _, t := range terms[1:] {
		rw.translate(t, word)
		rw.listed(t, word)
	}
}

// listed notes that a field is compared with what a definition of the module has.
func (rw *rewriting) listed(t *ast.Term, word string) {
	name, isVar := t.Value.(ast.Var)
	if ref, ok := t.Value.(ast.Ref); ok {
		name, isVar = ref[0].Value.(ast.Var)
	}
	if isVar && rw.module.known(name) {
		rw.module.lists[string(name)] = word
	}
}

// lookedUp notes that a rule looks at a field, and where it is looked for in a definition, as
// `sensitive[input.classification]` does.
func (rw *rewriting) lookedUp(at *ast.Term, word string) {
	if word == "" {
		return
	}
	rw.module.words[word] = true
	ast.WalkTerms(rw.rule, func(t *ast.Term) bool {
		if ref, ok := t.Value.(ast.Ref); ok && slices.Contains(ref[1:], at) {
			rw.listed(t, word)
		}
		return false
	})
}

// translate writes a constant, or those in a list or set, in the words of a field.
func (rw *rewriting) translate(t *ast.Term, word string) {
	switch v := t.Value.(type) {
	case ast.String:
		now, err := wordFor(word, string(v))
		if err != nil {
			rw.leave(t.Location, string(v), "%s.", err)
			return
		}
		if now.Compare(v) != 0 {
			rw.takenAs(t, v.String(), now.String(), "That is how "+safetext.Code(string(v))+" is written in a catalog.")
			at := t.Location
			*t = *ast.NewTerm(now)
			place(t, at)
			if _, isNumber := now.(ast.Number); isNumber {
				t.Location.Text = []byte(now.String())
			}
		}
	case *ast.Array:
		v.Foreach(func(item *ast.Term) { rw.translate(item, word) })
	case ast.Set:
		once := ast.NewSet() // two words may be one now
		v.Foreach(func(item *ast.Term) {
			rw.translate(item, word)
			once.Add(item)
		})
		t.Value = once
	}
}

// wordFor is how a field of an app says what another program says with a word. Amounts
// become numbers, as rules see them.
func wordFor(field, word string) (ast.Value, error) {
	var amount scalar.Scalar
	switch field {
	case "spec.runtime.cpu":
		amount = new(scalar.CPU)
	case "spec.runtime.memory":
		amount = new(scalar.Bytes)
	default:
		now, ok := convert.Word(field, word)
		if !ok {
			return nil, fmt.Errorf("%s is no word of `%s`: write one that is", safetext.Code(word), field)
		}
		return ast.String(now), nil
	}
	if err := scalar.Parse(amount, word); err != nil {
		return nil, fmt.Errorf("%s is no amount of `%s`: write one that is", safetext.Code(word), field)
	}
	number, _ := amount.Canonical().(float64)
	return ast.Number(json.Number(strconv.FormatFloat(number, 'f', -1, 64))), nil
}

// unmistakable are the fields whose words are told from any other text, wherever they stand.
var unmistakable = map[string][]string{
	"spec.classification": {"internal_personal", "internal-personal", "regulated", "phi"},
}

// translateAll writes the words of a field that are told from any other text in the words of
// a catalog, where they stand in lists and definitions of a module that looks at the field.
func (rw *rewriting) translateAll() {
	if word := rw.module.lists[rw.name]; word != "" {
		for _, t := range []*ast.Term{rw.rule.Head.Key, rw.rule.Head.Value} {
			if t != nil {
				rw.translate(t, word)
			}
		}
	}
	ast.WalkTerms(rw.rule, func(t *ast.Term) bool {
		s, ok := t.Value.(ast.String)
		if !ok {
			return false
		}
		for field, words := range unmistakable {
			for _, w := range words {
				if rw.module.words[field] && string(s) == w {
					rw.translate(t, field)
				}
			}
		}
		if rw.module.words["spec.egress[]"] && len(s) > len(internet) && string(s[:len(internet)]) == internet {
			rw.translate(t, "spec.egress[]")
		}
		return false
	})
}

const internet = "internet:"
