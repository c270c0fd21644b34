package lease

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// told is the Lease of a campaign, and tells it what goes wrong. That another replica was faster, or
// that there is no Lease yet, is not wrong.
type told struct {
	resourcelock.Interface
	c *campaign
}

func (t told) Get(ctx context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record, raw, err := t.Interface.Get(ctx)
	t.note("read", err)
	return record, raw, err
}

func (t told) Create(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := t.Interface.Create(ctx, r)
	t.note("make", err)
	return err
}

func (t told) Update(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := t.Interface.Update(ctx, r)
	t.note("write", err)
	return err
}

func (t told) note(verb string, err error) {
	if apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) || apierrors.IsNotFound(err) && verb == "read" {
		return
	}
	if err != nil {
		err = fmt.Errorf("%s the Lease %s/%s: %w", verb, t.c.Namespace, Name, err)
	}
	t.c.update(func(s *State) { s.Trouble = err })
}
