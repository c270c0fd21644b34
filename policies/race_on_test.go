//go:build race

package policies_test

// sampled shortens the longest tests under the race detector.
const sampled = true
