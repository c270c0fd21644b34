//go:build !race

package bundle_test

const sampled = false
