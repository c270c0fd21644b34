//go:build !race

package reconciler

const sampled = false
