package target

import (
	"strings"
	"time"
)

// HealthState is how an app does where it runs.
type HealthState string

// The states of health. A target that has no health to tell leaves the state empty; one
// that usually has and cannot tell now says Unknown.
const (
	Ready       HealthState = "ready"
	Progressing HealthState = "progressing" // not ready yet, and nothing says that it will not be
	Failing     HealthState = "failing"
	Unknown     HealthState = "unknown"
)

// Health is how an app does. Its zero value says nothing, as of an app that shall not
// run.
type Health struct {
	State  HealthState `json:"state"`
	Reason string      `json:"reason,omitempty"` // a sentence for people; empty where there is nothing to add
	// Share is how many percent of the replicas have the newest content first, while that is
	// so, and when that failed; 0 otherwise. Until is when the others follow; zero where that cannot be said yet.
	Share int       `json:"share,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Since is since when it is in the state; zero where the target cannot say. To be
	// observed again, or after a restart, does not renew it.
	Since time.Time `json:"since,omitzero"`
}

// Valid reports whether a state is one of those there are.
func (s HealthState) Valid() bool {
	return s == Ready || s == Progressing || s == Failing || s == Unknown
}

// Bounded is the health as it may be shown and recorded: the reason is one short line, and
// what is no state is unknown.
func (h Health) Bounded() Health {
	if h.State == "" {
		return Health{}
	}
	if !h.State.Valid() {
		h.State, h.Reason, h.Since = Unknown, "its target says "+clip(string(h.State))+", which is no state of health", time.Time{}
	}
	h.Reason, h.Since = strings.Join(strings.Fields(clip(h.Reason)), " "), h.Since.UTC()
	if h.Share < 1 || h.Share > 99 || h.State != Progressing && h.State != Failing {
		h.Share = 0
	}
	if h.Until = h.Until.UTC().Truncate(time.Second); h.Share == 0 || h.State == Failing {
		h.Until = time.Time{}
	}
	return h
}
