package catalog

import "testing"

// LoadMemory is for tests from outside the package: a snapshot of files in memory.
func LoadMemory(t testing.TB, files map[string]string) *Snapshot {
	return load(t, &memory{files: files}, "", Empty())
}
