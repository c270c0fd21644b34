//go:build !race

package main

// sampled makes the long stories short; without the race detector they are told
// whole.
const sampled = false
