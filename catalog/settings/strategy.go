package settings

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Strategy is how new content comes to the replicas of an app in an environment: to a share
// of them first, and to the others after a time. Without one it comes to all at once.
type Strategy struct {
	Share int             `json:"share" levee:"required,min=1,max=99" doc:"How many percent of the replicas have new content first."`
	For   scalar.Duration `json:"for" levee:"required" doc:"How long they alone have it, such as 30m, before the others follow; 31 days at most."`
}

// All is how a manifest says that there is no strategy.
const All = "all"

// longestShare is how long a share may last: content that never comes to all replicas is two
// apps under one name.
const longestShare = 31 * 86400

// String is the strategy as a part of a sentence: "20% of the replicas first, for 30m".
func (s Strategy) String() string {
	return fmt.Sprintf("%d%% of the replicas first, for %s", s.Share, s.For)
}

// Trouble is what is wrong with a strategy, as the end of a sentence that begins with its
// share; empty for nothing.
func (s Strategy) Trouble() string {
	switch {
	case s.For <= 0:
		return "lasts no time, so nobody would see how it does before the others follow"
	case s.For > longestShare:
		return "lasts longer than 31 days"
	}
	return ""
}
