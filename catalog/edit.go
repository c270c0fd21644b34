package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog/schema"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// FieldEdit is one difference in meaning between two versions of an app.
type FieldEdit struct {
	Field string `json:"field"` // "spec.runtime.cpu", "spec.egress[maps.example.com]"
	From  string `json:"from"`  // as people write it; empty for what was not there
	To    string `json:"to"`    // empty for what is gone
}

// Default is what holds at the field where an app says nothing, as people write it; empty
// where nothing does. An edit to it and one that takes the line out are the same.
func (e FieldEdit) Default() string { return schema.Default(&App{}, e.Field) }

// Edits lists what differs in meaning between two versions of an app, by field.
// Neither layout nor prose counts. A nil before is the app that was not there,
// and every field is then new.
func Edits(before, after *App) []FieldEdit {
	from, to := map[string]string{}, map[string]string{}
	if before != nil {
		flatten(from, "", before.Material())
	}
	if after != nil {
		flatten(to, "", after.Material())
	}
	fields := map[string]bool{}
	for field := range from {
		fields[field] = true
	}
	for field := range to {
		fields[field] = true
	}
	var edits []FieldEdit
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if from[field] != to[field] {
			edits = append(edits, FieldEdit{field, from[field], to[field]})
		}
	}
	return edits
}

// flatten writes a value as fields and words. Items of lists are named by what
// they say, so that a new item is one edit and not a shift of all.
func flatten(out map[string]string, field string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, nested := range v {
			flatten(out, syntax.Join(field, name), nested)
		}
	case []any:
		for _, item := range v {
			object, ok := item.(map[string]any)
			if !ok {
				out[field+"["+word(item)+"]"] = "listed"
				continue
			}
			name := ""
			for _, key := range syntax.ItemKeys {
				if s, ok := object[key].(string); ok {
					name = s
					break
				}
			}
			out[field+"["+name+"]"] = "listed"
			for key, nested := range object {
				if nested != name {
					flatten(out, field+"["+name+"]."+key, nested)
				}
			}
		}
	default:
		out[field] = human(field, value)
	}
}

func word(value any) string {
	if f, ok := value.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	if s, ok := value.(string); ok {
		return s
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}

// human writes amounts the way people do.
func human(field string, value any) string {
	amount, ok := value.(float64)
	if !ok {
		return word(value)
	}
	switch name := field[strings.LastIndexAny(field, ".]")+1:]; name {
	case "memory":
		return Bytes(amount).Human()
	case "cpu":
		return strconv.FormatFloat(amount*1000, 'f', -1, 64) + "m"
	case "timeout", "ttl", "rotation", "retention":
		return Duration(amount).String()
	case "p95":
		return word(value) + "ms"
	}
	return word(value)
}
