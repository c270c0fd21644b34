package oldrules

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Terms are made of text, so that they are what somebody would have written there.

// termOf parses an expression, and lays its terms at a place in the source. Names that
// begin with placeName stand for the terms given.
func termOf(expr string, at *ast.Location, places []*ast.Term) *ast.Term {
	body := ast.MustParseBodyWithOpts("x := "+expr, ast.ParserOptions{RegoVersion: ast.RegoV1})
	term := body[0].Operand(1)
	ast.WalkTerms(term, func(t *ast.Term) bool {
		if name, ok := t.Value.(ast.Var); ok && strings.HasPrefix(string(name), placeName) {
			var n int
			if _, err := fmt.Sscanf(string(name), placeName+"%d", &n); err == nil && n < len(places) {
				*t = *places[n]
				return true
			}
		}
		place(t, at)
		return false
	})
	return term
}

const placeName = "place_of_"

// place gives a term a location in the source, for the one who writes it.
func place(t *ast.Term, at *ast.Location) {
	text := []byte(" ")
	if s, ok := t.Value.(ast.String); ok {
		text = []byte(s.String())
	} else if t.Location != nil && len(t.Location.Text) > 0 {
		text = t.Location.Text
	}
	t.Location = &ast.Location{Text: text, File: at.File, Row: at.Row, Col: at.Col}
}

// text is a string, as a term at a place in the source.
func text(value string, at *ast.Location) *ast.Term {
	t := ast.StringTerm(value)
	place(t, at)
	return t
}

// expression is what takes the place of a path of the table, with the places in lists that
// the old rule named. Below an item that a variable of the rule holds, it begins with that.
func (f found) expression(at *ast.Location) *ast.Term {
	to := f.path.To
	if strings.HasSuffix(to, "[]") && len(f.places) < strings.Count(to, "[]") {
		to = strings.TrimSuffix(to, "[]")
	}
	for n := 0; strings.Contains(to, "[]"); n++ {
		to = strings.Replace(to, "[]", fmt.Sprintf("[%s%d]", placeName, n), 1)
	}
	return termOf(to, at, f.places)
}

// field is the path in an app of what the table says, such as spec.egress; empty for none.
func (p *Path) field() string {
	at := strings.Index(p.To, "input.app.")
	if at < 0 {
		return ""
	}
	field := p.To[at+len("input.app."):]
	field, _, _ = strings.Cut(field, "[]")
	if end := strings.IndexFunc(field, func(r rune) bool {
		return r != '.' && r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}); end >= 0 {
		field = field[:end]
	}
	return field
}
