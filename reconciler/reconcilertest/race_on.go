//go:build race

package reconcilertest

// Sampled makes the long stories short: under the race detector they take ten times
// as long, and a sample of their moments finds a race as well as all of them.
const Sampled = true
