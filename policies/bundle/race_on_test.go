//go:build race

package bundle_test

// sampled makes the longest tests short: a sample finds a race as well as all of it.
const sampled = true
