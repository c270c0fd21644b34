package plaingit

import "time"

// What a change may have. One with more is an error that names it, and concerns
// no other.
const (
	maxCommits = 1000
	maxText    = 64 << 10 // bytes of a message
	maxName    = 200      // bytes of an id
	maxPaths   = 10_000   // of one contributor, who with more is taken to have touched all
	maxBases   = 8        // merge bases of a merge that are looked at
	maxTitle   = 200      // bytes
	maxSkew    = 10 * time.Minute
)
