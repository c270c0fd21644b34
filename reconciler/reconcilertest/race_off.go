//go:build !race

package reconcilertest

// Sampled makes the long stories short; without the race detector they are told
// whole.
const Sampled = false
