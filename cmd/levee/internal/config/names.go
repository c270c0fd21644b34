package config

import (
	"maps"
	"slices"
	"strings"
)

// Listed are the names of what a map holds, in order and as words of a message.
func Listed[T any](list map[string]T) string { return strings.Join(Names(list), ", ") }

// Names are the names of what a map holds, in order.
func Names[T any](list map[string]T) []string { return slices.Sorted(maps.Keys(list)) }
