//go:build !race

package policies_test

const sampled = false
