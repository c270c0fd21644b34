package schema

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Value is an object as rules see it, as JSON values: amounts normalised, defaults filled
// in, lists always present.
func Value(object any) map[string]any {
	v := reflect.ValueOf(object).Elem()
	return project(v, specOf(v.Type()), visible).(map[string]any)
}

// Material is what the digest of an object is taken of: every field that carries meaning
// and differs from its default.
func Material(object any) map[string]any {
	v := reflect.ValueOf(object).Elem()
	return project(v, specOf(v.Type()), material).(map[string]any)
}

// A projection says which fields of an object are part of it.
type projection struct {
	keep func(f *fieldSpec, v reflect.Value) bool
	// bare is whether an object without fields stays.
	bare bool
}

// material keeps what carries meaning: no prose, and no default written out. An
// object all of whose fields are at their default says the same as its absence,
// unless its being there says something of its own: that of an entry of a map, or of
// an object without which something else holds, like a gate.
var material = projection{keep: func(f *fieldSpec, v reflect.Value) bool { return !f.prose && !f.isDefault(v) }}

// visible keeps what rules see: everything with its default, but for texts and
// amounts that nobody gave. Lists are always there, so that a rule over an
// absent list is a rule over an empty one.
var visible = projection{bare: true, keep: func(f *fieldSpec, v reflect.Value) bool {
	switch f.spec.form {
	case listForm, mapForm, boolForm, intForm, floatForm, objectForm:
		return !f.spec.pointer || !v.IsNil()
	default:
		return !v.IsZero()
	}
}}

// project turns a typed value into JSON values (map[string]any, []any, string,
// float64, bool), with the fields that belong to a projection.
func project(v reflect.Value, spec *typeSpec, p projection) any {
	if spec.pointer {
		v = v.Elem()
	}
	switch spec.form {
	case scalarForm:
		if v.CanAddr() {
			return v.Addr().Interface().(scalar.Scalar).Canonical()
		}
		pointed := reflect.New(spec.goType) // a map's value cannot be pointed at
		pointed.Elem().Set(v)
		return pointed.Interface().(scalar.Scalar).Canonical()
	case textForm:
		return v.String()
	case boolForm:
		return v.Bool()
	case intForm:
		return float64(v.Int())
	case floatForm:
		return v.Float()
	case listForm:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = project(v.Index(i), spec.elem, p)
		}
		return list
	case mapForm:
		object := make(map[string]any, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			object[iter.Key().String()] = project(iter.Value(), spec.elem, p)
		}
		return object
	default:
		object := make(map[string]any, len(spec.fields))
		for i := range spec.fields {
			f := &spec.fields[i]
			fv := v.Field(f.index)
			if !p.keep(f, fv) {
				continue
			}
			value := project(fv, f.spec, p)
			if f.spec.form == objectForm && !f.spec.pointer && !p.bare && len(value.(map[string]any)) == 0 {
				continue
			}
			if f.set {
				sortSet(value.([]any), f.key)
			}
			object[f.name] = value
		}
		return object
	}
}

// sortSet orders a list whose order says nothing: words by themselves, objects
// by their key.
func sortSet(list []any, key string) {
	word := func(v any) string {
		if object, ok := v.(map[string]any); ok {
			v = object[key]
		}
		return fmt.Sprint(v)
	}
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(word(a), word(b)) })
}
