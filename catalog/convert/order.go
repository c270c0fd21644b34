package convert

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
)

// The kinds say in which order their fields are written, and what each is for.

// typeOf is the type of a kind that files can become.
func typeOf(kind catalog.Kind) reflect.Type {
	switch kind {
	case catalog.KindCatalog:
		return reflect.TypeFor[catalog.Catalog]()
	case catalog.KindRoles:
		return reflect.TypeFor[catalog.Roles]()
	case catalog.KindBlueprint:
		return reflect.TypeFor[catalog.Blueprint]()
	case catalog.KindVendor:
		return reflect.TypeFor[catalog.Vendor]()
	default:
		return reflect.TypeFor[catalog.App]()
	}
}

// inside is the type of what a field, a list or a map holds.
func inside(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// fieldNames are the names of the fields of a group, in order; none for a map.
func fieldNames(t reflect.Type) []string {
	if t = inside(t); t.Kind() != reflect.Struct {
		return nil
	}
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("json")
	}
	return names
}

// fieldOf is a field of a group by its name.
func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	if i := slices.Index(fieldNames(t), name); i >= 0 {
		return inside(t).Field(i), true
	}
	return reflect.StructField{}, false
}

// sort puts the fields of a draft into the order of its kind.
func (d *draft) sort() { sortBy(typeOf(d.kind), d.root, []string{"apiVersion", "kind"}) }

func sortBy(t reflect.Type, n *yaml.Node, first []string) {
	t = inside(t)
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			sortBy(t, item, nil)
		}
	case yaml.MappingNode:
		order := append(first, fieldNames(t)...)
		pairs := slices.Collect(slices.Chunk(n.Content, 2))
		if t.Kind() == reflect.Struct {
			slices.SortStableFunc(pairs, func(a, b []*yaml.Node) int {
				return slices.Index(order, a[0].Value) - slices.Index(order, b[0].Value)
			})
		}
		sorted := make([]*yaml.Node, 0, len(n.Content))
		for _, pair := range pairs {
			sorted = append(sorted, pair...)
			if t.Kind() == reflect.Map {
				sortBy(t.Elem(), pair[1], nil)
			} else if f, ok := fieldOf(t, pair[0].Value); ok {
				sortBy(f.Type, pair[1], nil)
			}
		}
		n.Content = sorted
	}
}

// holderOf is the type of the group that a field path ends in, and the last name of the path.
func holderOf(kind catalog.Kind, at string) (reflect.Type, string) {
	t := typeOf(kind)
	names := strings.FieldsFunc(at, func(r rune) bool { return r == '.' })
	for i, name := range names {
		name, _, _ = strings.Cut(name, "[")
		if i == len(names)-1 {
			return t, name
		}
		if t = inside(t); t.Kind() == reflect.Map {
			t = t.Elem()
		} else if f, ok := fieldOf(t, name); ok {
			t = f.Type
		}
	}
	return t, ""
}

// fieldOrder are the names of the fields of the group that a field path ends in.
func fieldOrder(kind catalog.Kind, at string) []string {
	t, _ := holderOf(kind, at)
	return fieldNames(t)
}

// describe says what a field is for, and which fields it needs itself.
func describe(kind catalog.Kind, at string) string {
	t, name := holderOf(kind, at)
	f, ok := fieldOf(t, name)
	if !ok {
		return ""
	}
	text := f.Tag.Get("doc")
	var needs []string
	if inner := inside(f.Type); inner.Kind() == reflect.Struct {
		for i := range inner.NumField() {
			if tag := inner.Field(i).Tag; slices.Contains(strings.Split(tag.Get("levee"), ","), "required") {
				needs = append(needs, tag.Get("json"))
			}
		}
	}
	if len(needs) > 0 {
		text += " It needs " + strings.Join(needs, ", ") + "."
	}
	return text
}
