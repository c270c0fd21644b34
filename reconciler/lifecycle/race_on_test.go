//go:build race

package lifecycle

// sampled makes the longest tests short: a sample finds a race as well as all of it.
const sampled = true
