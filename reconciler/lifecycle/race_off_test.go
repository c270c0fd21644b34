//go:build !race

package lifecycle

const sampled = false
