package ownership

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// part is a field of a value, or an element of it by its keys, with the fields that are named
// within it.
type part struct {
	name, field, keys string // as it is named; one of field and keys is empty
	value             any
	fields            map[string]any
}

// partsOf are the parts of a value that a set of fields names and that are there, by their
// names. leaf says that the set names the value itself, and nothing in it.
func partsOf(v any, fields map[string]any) (parts []part, leaf bool) {
	leaf = true
	object, _ := v.(map[string]any)
	list, _ := v.([]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		inner, _ := fields[name].(map[string]any)
		switch kind, rest, _ := strings.Cut(name, ":"); kind {
		case "f":
			leaf = false
			if value, there := object[rest]; there {
				parts = append(parts, part{name: name, field: rest, value: value, fields: inner})
			}
		case "k":
			leaf = false
			for _, element := range list {
				if hasKeys(element, rest) {
					parts = append(parts, part{name: name, keys: rest, value: element, fields: inner})
				}
			}
		case "v", "i":
			leaf = false
		}
	}
	return parts, leaf
}

// hasKeys reports whether an element of a list is the one with keys.
func hasKeys(element any, keys string) bool {
	object, ok := element.(map[string]any)
	var want map[string]any
	if !ok || json.Unmarshal([]byte(keys), &want) != nil {
		return false
	}
	for name, value := range want {
		if fmt.Sprint(object[name]) != fmt.Sprint(value) {
			return false
		}
	}
	return true
}
