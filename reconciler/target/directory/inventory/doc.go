// Package inventory is what the target directory keeps of apps beside their documents: what was written
// of each (entry.go), whether it is contained (mark.go), and the newest fence that an environment ever
// had (witness.go).
package inventory
