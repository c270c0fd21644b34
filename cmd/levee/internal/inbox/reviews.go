package inbox

import (
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// ReviewKind is the kind of payloads that tell a review of a change.
const ReviewKind = "review"

// ReviewReader reads payloads that tell a review as a forge does.
func ReviewReader(capture func(payload []byte) (forge.Evidence, error)) Reader {
	return func(payload []byte) (change, review string, err error) {
		e, err := capture(payload)
		return e.Change, e.Review, err
	}
}

// KeepReview keeps what a forge received about a review.
func (in *Inbox) KeepReview(e forge.Evidence) error {
	err := in.keep(topic{ReviewKind, e.Change}, e.Review, e.Payload)
	if errors.Is(err, spool.ErrFull) {
		return fmt.Errorf("%w: %w", forge.ErrFull, err)
	}
	return err
}

// ReadingReviews is reading of what is kept about the reviews of a change.
func (in *Inbox) ReadingReviews(change string) (recorded func(reviews []string, closed bool)) {
	return in.reading(topic{ReviewKind, change})
}
