package schema

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// JSON is the JSON Schema of an object as people write it.
func JSON(object any) map[string]any { return schemaOf(specOf(reflect.TypeOf(object).Elem()), nil) }

// ValueJSON is the JSON Schema of an object as Value gives it.
func ValueJSON(object any) map[string]any { return valueSchema(specOf(reflect.TypeOf(object).Elem())) }

func schemaOf(spec *typeSpec, f *fieldSpec) map[string]any {
	out := map[string]any{}
	if f != nil && f.doc != "" {
		out["description"] = f.doc
	}
	if f != nil && f.word != "" {
		out["anyOf"] = []any{map[string]any{"const": f.word}, schemaOf(spec, nil)}
		out["default"] = f.word
		return out
	}
	switch spec.form {
	case scalarForm:
		s := reflect.New(spec.goType).Interface().(scalar.Scalar).Shape()
		out["type"] = anyOf(s.Types)
		out["pattern"] = s.Pattern
		out["examples"] = []any{s.Example}
		if s.Format != "" {
			out["format"] = s.Format
		}
		if s.Most != 0 {
			out["exclusiveMinimum"], out["maximum"] = 0, s.Most
		}
	case textForm:
		out["type"] = "string"
		constrainText(out, f)
	case boolForm: // in quotes too, as the parse takes it
		out["enum"] = []any{true, false, "true", "false"}
	case intForm:
		out["type"] = "integer"
		constrainNumber(out, f)
	case floatForm:
		out["type"] = "number"
		constrainNumber(out, f)
	case listForm:
		out["type"] = "array"
		item := &fieldSpec{spec: spec.elem, enum: f.enum, pattern: f.pattern}
		out["items"] = schemaOf(spec.elem, item)
		if f.max != nil {
			out["maxItems"] = *f.max
		}
		if f.set || f.key != "" {
			out["uniqueItems"] = true
		}
	case mapForm:
		out["type"] = "object"
		out["additionalProperties"] = schemaOf(spec.elem, &fieldSpec{spec: spec.elem, enum: f.enum, pattern: f.pattern})
		out["propertyNames"] = schemaOf(spec.keys, &fieldSpec{spec: spec.keys})
		if f.max != nil {
			out["maxProperties"] = *f.max
		}
	case objectForm:
		out["type"] = "object"
		out["additionalProperties"] = false
		properties, required := map[string]any{}, []any{}
		for i := range spec.fields {
			field := &spec.fields[i]
			properties[field.name] = schemaOf(field.spec, field)
			if field.required {
				required = append(required, field.name)
			}
		}
		out["properties"], out["required"] = properties, required
	}
	if f != nil && f.defText != "" {
		out["default"] = defaultValue(spec, f.defText)
	}
	return out
}

func constrainText(out map[string]any, f *fieldSpec) {
	if f == nil {
		return
	}
	if f.enum != nil {
		list := make([]any, len(f.enum))
		for i, word := range f.enum {
			list[i] = word
		}
		out["enum"] = list
	}
	switch {
	case f.pattern != nil:
		out["pattern"] = f.pattern.String()
	case f.enum != nil:
	case f.prose:
		out["pattern"] = `\S`
	default:
		out["pattern"] = "^[^`]*[^`\\s][^`]*$"
	}
	out["maxLength"] = maxText
	if f.max != nil && f.spec.form == textForm {
		out["maxLength"] = *f.max
	}
}

func constrainNumber(out map[string]any, f *fieldSpec) {
	if f != nil && f.min != nil {
		out["minimum"] = *f.min
	}
	if f != nil && f.max != nil {
		out["maximum"] = *f.max
	}
}

func defaultValue(spec *typeSpec, text string) any {
	switch spec.form {
	case boolForm:
		return text == "true"
	case intForm, floatForm:
		n, _ := strconv.ParseFloat(text, 64)
		return n
	case listForm:
		var list []any
		for part := range strings.SplitSeq(text, "|") {
			list = append(list, part)
		}
		return list
	default:
		return text
	}
}

func anyOf(types []string) any {
	if len(types) == 1 {
		return types[0]
	}
	list := make([]any, len(types))
	for i, t := range types {
		list[i] = t
	}
	return list
}

func valueSchema(spec *typeSpec) map[string]any {
	switch spec.form {
	case scalarForm:
		if _, ok := reflect.New(spec.goType).Interface().(scalar.Scalar).Canonical().(float64); ok {
			return map[string]any{"type": "number"}
		}
		return map[string]any{"type": "string"}
	case textForm:
		return map[string]any{"type": "string"}
	case boolForm:
		return map[string]any{"type": "boolean"}
	case intForm, floatForm:
		return map[string]any{"type": "number"}
	case listForm:
		return map[string]any{"type": "array", "items": valueSchema(spec.elem)}
	case mapForm:
		return map[string]any{"type": "object", "additionalProperties": valueSchema(spec.elem)}
	default:
		properties := map[string]any{}
		for _, f := range spec.fields {
			properties[f.name] = valueSchema(f.spec)
		}
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	}
}
