package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// newest is of how many landings the status is kept true. That of an older one stays as it
// was when it was shown last.
const newest = 10

// Reporter shows how far the newest landings have come. One Report runs at a time.
type Reporter struct {
	Sessions *session.Source
	Judges   *judge.Source
	Forge    forge.Forge
	Now      func() time.Time

	shown map[catalog.Commit]forge.CommitStatus
}

// Report looks at the ledger as the mirror has it and shows what differs from what was shown
// last; a new process asks the forge. What fails for one commit stops no other: the error joins
// what failed, and the next Report tries again.
func (r *Reporter) Report(ctx context.Context) error {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return err
	}
	b, err := r.Judges.At(ctx, s, s.View.Root().Main)
	if err != nil {
		return fmt.Errorf("look at how far what landed has come: %w", err)
	}
	landings, err := newestLandings(ctx, s.View)
	if err != nil {
		return fmt.Errorf("look at how far what landed has come: %w", err)
	}
	now := map[catalog.Commit]forge.CommitStatus{}
	later := map[string]bool{} // apps of which newer content landed
	var failed error
	for _, l := range landings {
		status, err := landingStatus(ctx, b, s.View, l, later)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if r.shown[l.To] != status {
			if _, err := r.Forge.Do(ctx, forge.Action{Head: l.To, Status: &status}); err != nil {
				failed = errors.Join(failed, fmt.Errorf("show how far %s has come: %w", l.To.Short(), err))
				continue
			}
		}
		now[l.To] = status
	}
	r.shown = now
	return failed
}

// newestLandings are the newest records of landings, the newest first.
func newestLandings(ctx context.Context, v *chain.View) ([]ledger.Landing, error) {
	records, err := v.Newest(ctx, ledger.KindLanding, ledger.SubjectLedger, newest)
	if err != nil {
		return nil, err
	}
	var list []ledger.Landing
	for _, record := range slices.Backward(records) {
		body, err := record.Read()
		if err != nil {
			return nil, err
		}
		if l, ok := body.(ledger.Landing); ok {
			list = append(list, l)
		}
	}
	return list, nil
}

// landingStatus is how far one landing has come. It adds the landing's apps to later.
func landingStatus(ctx context.Context, b *judge.Judge, v *chain.View, l ledger.Landing, later map[string]bool) (forge.CommitStatus, error) {
	var apps []standing
	replaced := 0
	for _, name := range l.Apps {
		if later[name] {
			replaced++
			continue
		}
		later[name] = true
		s, err := standingOf(ctx, b, v, name)
		if err != nil {
			return forge.CommitStatus{}, err
		}
		apps = append(apps, s)
	}
	return statusOf(apps, replaced), nil
}
