package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/policies/bundle"
)

// readAbout fills in Fields, Settings, Asks and Risks from a rule's source, for "levee
// explain". Values that the rule computes are not found.
func (r *Rule) readAbout(module *ast.Module) {
	for _, rule := range module.Rules {
		var object ast.Object
		if key := rule.Head.Key; key != nil {
			object, _ = key.Value.(ast.Object)
		}
		if object != nil {
			say := func(key string, to *[]string, words func(t *ast.Term, body ast.Body) string) {
				if t := object.Get(ast.StringTerm(key)); t != nil {
					if said := words(t, rule.Body); said != "" {
						*to = append(*to, said)
					}
				}
			}
			switch string(rule.Head.Name) {
			case "problem":
				say("field", &r.Fields, fieldOf)
			case "approval":
				say("role", &r.Asks, constant)
			case "risk":
				say("level", &r.Risks, constant)
			}
		}
		for at := rule; at != nil; at = at.Else {
			ast.WalkRefs(at, func(ref ast.Ref) bool {
				if ref.HasPrefix(settingsRef) {
					if name := strings.TrimPrefix(ref.ConstantPrefix().String(), "data.settings."); name != "data.settings" {
						r.Settings = append(r.Settings, name)
					}
				}
				return false
			})
			ast.WalkTerms(at, func(t *ast.Term) bool {
				if call, ok := t.Value.(ast.Call); ok && strings.HasSuffix(call[0].String(), "lib.limit") && len(call) > 1 {
					r.Settings = append(r.Settings, "limits."+strings.Trim(call[1].String(), `"`))
				}
				return false
			})
		}
	}
	if len(r.Fields) == 0 {
		r.Fields = readFields(module)
	}
	if slices.Contains(r.sets, "risk") && len(r.Risks) == 0 {
		r.Risks = wordsIn(module, riskLevels)
	}
	if slices.Contains(r.sets, "approval") && len(r.Asks) == 0 {
		r.Asks = wordsIn(module, append([]string{"owner"}, bundle.Roles...))
	}
	for _, list := range []*[]string{&r.Fields, &r.Asks, &r.Risks, &r.Settings} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

// asksBy adds the roles of Asks that settings name: those in the settings of approvers that
// the rule reads.
func (r *Rule) asksBy(settings map[string]any) []string {
	asks := slices.Clone(r.Asks)
	for _, name := range r.Settings {
		if !strings.HasPrefix(name, "approvers.") {
			continue
		}
		var at any = settings
		for key := range strings.SplitSeq(name, ".") {
			object, _ := at.(map[string]any)
			at = object[key]
		}
		asks = append(asks, texts(at)...)
	}
	slices.Sort(asks)
	return slices.Compact(asks)
}

// texts lists the texts in a value.
func texts(value any) []string {
	var list []string
	switch v := value.(type) {
	case string:
		list = append(list, v)
	case []any:
		for _, item := range v {
			list = append(list, texts(item)...)
		}
	case map[string]any:
		for _, item := range v {
			list = append(list, texts(item)...)
		}
	}
	return list
}

// wordsIn lists which of some words are string constants in a module.
func wordsIn(module *ast.Module, words []string) []string {
	var found []string
	ast.WalkTerms(module, func(t *ast.Term) bool {
		if s, ok := t.Value.(ast.String); ok && slices.Contains(words, string(s)) {
			found = append(found, string(s))
		}
		return false
	})
	return found
}

// readFields lists the fields of an app that a module reads.
func readFields(module *ast.Module) []string {
	var fields []string
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		for _, app := range []string{"input.app.", "input.admitted."} {
			if name, ok := strings.CutPrefix(ref.ConstantPrefix().String(), app); ok {
				fields = append(fields, name)
			}
		}
		return false
	})
	return fields
}

var settingsRef = ast.MustParseRef("data.settings")

func constant(t *ast.Term, _ ast.Body) string {
	s, _ := t.Value.(ast.String)
	return string(s)
}

// fieldOf is the field of a problem, if it is a constant or an item of a list (lib.item).
func fieldOf(t *ast.Term, body ast.Body) string {
	if s, ok := t.Value.(ast.String); ok {
		return string(s)
	}
	name, ok := t.Value.(ast.Var)
	if !ok {
		return ""
	}
	for _, expr := range body {
		if !expr.IsAssignment() || !expr.Operand(0).Equal(ast.NewTerm(name)) {
			continue
		}
		return itemOf(expr.Operand(1))
	}
	return ""
}

// itemOf reads the field from lib.item("data", …), also within a concat.
func itemOf(t *ast.Term) string {
	call, ok := t.Value.(ast.Call)
	if !ok || len(call) < 2 {
		return ""
	}
	if strings.HasSuffix(call[0].String(), "lib.item") {
		return "spec." + strings.Trim(call[1].String(), `"`) + "[]"
	}
	if call[0].String() != "concat" || len(call) < 3 {
		return ""
	}
	parts, ok := call[2].Value.(*ast.Array)
	if !ok {
		return ""
	}
	field := ""
	parts.Foreach(func(part *ast.Term) {
		if s, ok := part.Value.(ast.String); ok {
			field += string(s)
		} else {
			field += itemOf(part)
		}
	})
	return field
}
