package catalog

import (
	"reflect"
	"strconv"
	"strings"
)

// Schema is the JSON Schema (draft 2020-12) of a kind as people write it, for
// editors and for readers in other languages. It is computed from the same tags
// as the parse.
func Schema(kind Kind) map[string]any {
	t := reflect.TypeOf(newObject(kind)).Elem()
	root := schemaOf(specOf(t), nil)
	properties := root["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"const": APIVersion, "description": "Version of the kinds."}
	properties["kind"] = map[string]any{"const": string(kind), "description": "The kind of this file."}
	root["required"] = append([]any{"apiVersion", "kind"}, root["required"].([]any)...)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://levee.dev/schema/v1/" + strings.ToLower(string(kind)) + ".json"
	root["title"] = string(kind)
	return root
}

func schemaOf(spec *typeSpec, f *fieldSpec) map[string]any {
	out := map[string]any{}
	if f != nil && f.doc != "" {
		out["description"] = f.doc
	}
	switch spec.form {
	case scalarForm:
		s := reflect.New(spec.goType).Interface().(scalar).shape()
		out["type"] = anyOf(s.types)
		out["pattern"] = s.pattern
		out["examples"] = []any{s.example}
		if s.format != "" {
			out["format"] = s.format
		}
		if s.most != 0 {
			out["exclusiveMinimum"], out["maximum"] = 0, s.most
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

// ValueSchema is the JSON Schema of a kind as rules see it: amounts normalised,
// defaults filled in. Rules are compiled against it, so that a misspelt field is
// a mistake at its line and not a rule that never fires.
func ValueSchema(kind Kind) map[string]any {
	return valueSchema(specOf(reflect.TypeOf(newObject(kind)).Elem()))
}

func valueSchema(spec *typeSpec) map[string]any {
	switch spec.form {
	case scalarForm:
		if _, ok := reflect.New(spec.goType).Interface().(scalar).canonical().(float64); ok {
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
