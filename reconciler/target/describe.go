package target

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mentioned are the places of a runtime document that people ask about first, in
// the order in which they are told.
var mentioned = []struct {
	name string
	path []string
	say  func(any) string
}{
	{"version", []string{"version"}, plain},
	{"image", []string{"runtime", "image"}, image},
	{"type", []string{"runtime", "type"}, plain},
	{"language", []string{"runtime", "language"}, plain},
	{"schedule", []string{"runtime", "schedule"}, plain},
	{"cpu", []string{"runtime", "cpu"}, plain},
	{"memory", []string{"runtime", "memory"}, amount},
	{"timeout", []string{"runtime", "timeout"}, span},
	{"concurrency", []string{"runtime", "concurrency"}, plain},
	{"regions", []string{"runtime", "regions"}, nil},
	{"egress", []string{"egress"}, nil},
	{"sso", []string{"access", "sso"}, plain},
	{"groups", []string{"access", "groups"}, nil},
	{"scopes", []string{"access", "scopes"}, nil},
	{"secrets", []string{"secrets"}, nil},
	{"models", []string{"models"}, nil},
	{"data", []string{"data"}, nil},
	{"classification", []string{"classification"}, plain},
	{"stage", []string{"stage"}, plain},
	{"blueprint", []string{"blueprint"}, plain},
	{"owner", []string{"owner", "person"}, plain},
	{"team", []string{"owner", "team"}, plain},
	{"files", []string{"files"}, nil},
	{"strategy", []string{"strategy"}, strategyWords},
}

// maxMentioned bounds a reason: it is read in a table and in a message.
const maxMentioned = 6

// Describe says in words how one runtime document differs from an earlier one,
// such as "version 1.4.0 → 1.5.0, cpu 0.25 → 0.5, egress +maps.example.com".
func Describe(was, is json.RawMessage) string {
	const unknown = "content changed"
	var old, now map[string]any
	if json.Unmarshal(was, &old) != nil || json.Unmarshal(is, &now) != nil || old == nil || now == nil {
		return unknown
	}
	var said []string
	for _, place := range mentioned {
		a, b := at(old, place.path), at(now, place.path)
		if place.say == nil {
			if words := members(a, b); words != "" {
				said = append(said, place.name+" "+words)
			}
		} else if a, b := place.say(a), place.say(b); a != b {
			said = append(said, place.name+" "+a+" → "+b)
		}
	}
	switch {
	case len(said) == 0:
		return unknown
	case len(said) > maxMentioned:
		said = append(said[:maxMentioned], fmt.Sprintf("and %d more", len(said)-maxMentioned))
	}
	return strings.Join(said, ", ")
}

// at returns what lies at a path, or nil.
func at(v any, path []string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// members says what a set gained and lost; a member that kept its name and
// changed otherwise is changed.
func members(a, b any) string {
	was, is := named(a), named(b)
	var words []string
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if before, ok := was[name]; !ok {
			words = append(words, "+"+name)
		} else if before != is[name] {
			words = append(words, "~"+name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if _, ok := is[name]; !ok {
			words = append(words, "-"+name)
		}
	}
	if len(words) > maxMentioned {
		words = append(words[:maxMentioned], "…")
	}
	return strings.Join(words, " ")
}

// named lists a set by what its members are called: the keys of an object, the
// texts of a list, or the names of a list's objects.
func named(v any) map[string]string {
	out := map[string]string{}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			raw, _ := json.Marshal(value) // came from JSON
			out[clip(Masked(name))] = string(raw)
		}
	case []any:
		for _, item := range v {
			name := plain(item)
			if object, ok := item.(map[string]any); ok {
				for _, key := range []string{"name", "dataset"} {
					if text, ok := object[key].(string); ok {
						name = clip(Masked(text))
					}
				}
			}
			raw, _ := json.Marshal(item) // came from JSON
			out[name] = string(raw)
		}
	}
	return out
}

// plain writes a value as people do.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return clip(Masked(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	raw, _ := json.Marshal(v) // came from JSON
	return clip(Masked(string(raw)))
}

// image shortens the digest of an image, which nobody compares by eye.
func image(v any) string {
	text, _ := v.(string)
	if name, digest, ok := strings.Cut(text, "@sha256:"); ok {
		return clip(Masked(name)) + "@" + clip(digest[:min(7, len(digest))])
	}
	return plain(v)
}

// amount writes bytes in the largest unit that divides them.
func amount(v any) string {
	n, ok := v.(float64)
	if !ok || n != float64(int64(n)) || n <= 0 {
		return plain(v)
	}
	whole, unit := int64(n), ""
	for _, next := range []string{"Ki", "Mi", "Gi", "Ti"} {
		if whole%1024 != 0 {
			break
		}
		whole, unit = whole/1024, next
	}
	return strconv.FormatInt(whole, 10) + unit
}

// span writes seconds in the largest unit that divides them.
func span(v any) string {
	n, ok := v.(float64)
	if !ok || n != float64(int64(n)) || n <= 0 {
		return plain(v)
	}
	whole, unit := int64(n), "s"
	for _, next := range []struct {
		factor int64
		unit   string
	}{{60, "m"}, {60, "h"}, {24, "d"}} {
		if whole%next.factor != 0 {
			break
		}
		whole, unit = whole/next.factor, next.unit
	}
	return strconv.FormatInt(whole, 10) + unit
}

// clip keeps untrusted text on one line and short.
func clip(text string) string { return clipTo(text, 160) }

// clipTo keeps it as short as a limit, in characters.
func clipTo(text string, limit int) string {
	out := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, text)
	if runes := []rune(out); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return out
}

// OneLine keeps words that anybody may have written on one line as short as a limit, in
// characters, in which nothing is marked up: as they may stand in the message of a Fault.
func OneLine(text string, limit int) string {
	return clipTo(strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "`", "'"), limit)
}
