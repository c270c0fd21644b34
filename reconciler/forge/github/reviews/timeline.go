package reviews

import (
	"time"

	"github.com/google/go-github/v60/github"
)

// timeline is the events of a pull request, in GitHub's order.
type timeline struct{ events []*github.Timeline }

// movedSince reports whether the head may have moved after a review was submitted. The
// time of a commit is what its author wrote, so an event also counts as later if it stands
// behind the review. If the list does not have the review yet it lags behind, and the
// result is true.
func (t *timeline) movedSince(at time.Time, review int64) bool {
	at = at.Truncate(time.Second)
	after := false
	for _, e := range t.events {
		switch e.GetEvent() {
		case "reviewed":
			if e.GetID() == review {
				after = true
			}
		case "committed":
			if after || !e.GetCommitter().GetDate().Before(at) {
				return true
			}
		case "head_ref_force_pushed", "head_ref_deleted", "head_ref_restored", "base_ref_changed", "base_ref_force_pushed":
			if after || !e.GetCreatedAt().Before(at) {
				return true
			}
		}
	}
	return !after
}
