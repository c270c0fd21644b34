//go:build !race

package catalog

const sampled = false
