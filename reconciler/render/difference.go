package render

import (
	"encoding/json"
	"reflect"

	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Same reports whether two whole renderings are the same but for their names, which change
// with all that is read. It costs a fraction of Difference.
func Same(a, b Rendering) bool {
	x, y := unnamed(a.Document), unnamed(b.Document)
	return x != nil && y != nil && reflect.DeepEqual(x, y)
}

// Difference says how what an app becomes differs from what it became before: in words, and as
// lines, bounded and masked. It is for whole renderings that are not the same.
func Difference(was, is Rendering) (words, lines string) {
	return target.Describe(was.Document, is.Document), target.Difference(readable(was.Document), readable(is.Document))
}

// readable is what an app becomes as people read it, with a line for each value and for each
// line of a text.
func readable(document json.RawMessage) []byte {
	fields := unnamed(document)
	raw, err := yaml.Marshal(fields)
	if err != nil || fields == nil {
		return document
	}
	return raw
}

// unnamed are the fields of what an app becomes without its name; nil where they cannot be read.
func unnamed(document json.RawMessage) (fields map[string]any) {
	if json.Unmarshal(document, &fields) != nil {
		return nil
	}
	delete(fields, "render")
	return fields
}
