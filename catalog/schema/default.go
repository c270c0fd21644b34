package schema

import (
	"reflect"
	"regexp"
	"strings"
)

// items are the names of list items in a path, such as [people] in spec.data[people].masking.
var items = regexp.MustCompile(`\[[^\]]*\]`)

// SetDefaults gives every field of an object its default; the object is a pointer to a zero
// value.
func SetDefaults(object any) {
	v := reflect.ValueOf(object).Elem()
	fillDefaults(v, specOf(v.Type()))
}

// Default is what holds at a path of an object where its file says nothing, as people write
// it; empty where nothing does. The object is a pointer to a zero value of its type.
func Default(object any, path string) string {
	spec, text := specOf(reflect.TypeOf(object).Elem()), ""
	for name := range strings.SplitSeq(items.ReplaceAllString(path, ""), ".") {
		for spec.form == listForm {
			spec = spec.elem
		}
		f := spec.byName[name]
		if f == nil {
			return ""
		}
		spec, text = f.spec, f.defText
	}
	return text
}
