// Package memory says how much garbage a process lets grow before it is collected: a check, which soon
// ends, much; a daemon, which stays, little.
package memory
