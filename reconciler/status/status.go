package status

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Reader answers. Its methods are safe for concurrent use. Most look at what the mirror has
// and ask nobody else; those that do say so.
type Reader struct {
	Sessions *session.Source
	Judges   *judge.Source
	Targets  target.Set
	Now      func() time.Time
}

// Gone lists the apps that something is admitted of and whose file is not on the
// catalog's branch any more, as the mirror has it: they go on as they are until
// somebody takes them down or brings the file back. It takes time for every app.
func (r *Reader) Gone(ctx context.Context, apps ...string) (map[string]bool, error) {
	s := r.Sessions.New(r.Now())
	gone := map[string]bool{}
	tip, err := r.Sessions.Repo.Tip(gitrepo.Branch(r.Sessions.Branch))
	if errors.Is(err, gitrepo.ErrNotFound) {
		return gone, nil // which freezes everything, and is said
	}
	if err == nil {
		err = s.LookLocally(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("find out which apps are on %s: %w", r.Sessions.Branch, err)
	}
	files, err := r.Sessions.Repo.Files(ctx, catalog.Commit(tip))
	if err != nil {
		return nil, fmt.Errorf("find out which apps are on %s: %w", r.Sessions.Branch, err)
	}
	for _, name := range apps {
		state, _ := s.View.App(name)
		there := len(state.Admitted) == 0 || strings.HasPrefix(name, "@")
		for _, a := range state.Admitted {
			if there {
				break
			}
			if _, there, err = files.Entry(ctx, a.Path); err != nil {
				return nil, fmt.Errorf("find %s on %s: %w", a.Path, r.Sessions.Branch, err)
			}
		}
		if !there {
			gone[name] = true
		}
	}
	return gone, nil
}

// Zone is the catalog's zone, in which its days are counted; UTC where that cannot be told.
func (r *Reader) Zone(ctx context.Context) (*time.Location, error) {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return time.UTC, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return time.UTC, fmt.Errorf("read the catalog's zone: %w", err)
	}
	return settings.Location(), nil
}

// Leavers says of each app named whose owner or fallback is gone who that is. Of several
// apps it looks at those whose owners a rule finds something in, or of whom that was told:
// reading all takes long.
func (r *Reader) Leavers(ctx context.Context, apps ...string) (map[string][]string, error) {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return nil, err
	}
	roles, err := s.Roles(ctx)
	if err != nil {
		return nil, fmt.Errorf("find out whose owners are gone: %w", err)
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("find out whose owners are gone: %w", err)
	}
	said := map[string][]string{}
	for _, name := range apps {
		state, _ := s.View.App(name)
		first := string(settings.Environments[0].Name)
		admitted, ok := state.Admitted[first]
		if !ok || len(apps) > 1 && !ownerDoubted(state) {
			continue
		}
		doc, err := judge.AdmittedDocument(ctx, s.View, first, name, admitted.Path)
		if err != nil {
			return said, fmt.Errorf("find out whose owners are gone: %w", err)
		}
		if app := doc.App(); app != nil {
			if gone := lifecycle.Leavers(app.Spec.Owner, roles); len(gone) > 0 {
				said[name] = gone
			}
		}
	}
	return said, nil
}

// ownerDoubted reports whether the ledger says that something is wrong with the owner of
// an app.
func ownerDoubted(state ledger.App) bool {
	for rule := range state.Since {
		if strings.HasPrefix(rule, "ownership.") {
			return true
		}
	}
	return lifecycle.ToldOfLeavers(state)
}

// Marked says of each app that targets contain or throttle and the ledger does not, who did that
// and why, as when it was done while the repository was away. It asks the targets; without
// names it asks about everything they hold.
func (r *Reader) Marked(ctx context.Context, apps ...string) (map[string][]string, error) {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return nil, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	type held struct{ app, how string }
	where, why := map[held][]string{}, map[held]string{}
	var failed error
	for _, env := range settings.Environments {
		t, err := r.Targets.Of(env)
		if err != nil {
			continue
		}
		inventory, err := t.Observe(ctx, string(env.Name), apps...)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("ask the target of %s: %w", env.Name, err))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(inventory.Apps)) {
			state, _ := s.View.App(name)
			note := func(how string, mark *target.Mark, recorded bool, ended time.Time) {
				if mark != nil && !recorded && mark.At.After(ended) {
					x := held{name, how}
					where[x] = append(where[x], string(env.Name))
					why[x] = fmt.Sprintf("%s: %s", mark.By, mark.Reason)
				}
			}
			note("contained", inventory.Apps[name].Mark, state.Quarantine != nil, state.Released)
			note("throttled", inventory.Apps[name].Throttle, state.Throttle != nil, state.Unthrottled)
		}
	}
	said := map[string][]string{}
	for x, environments := range where {
		said[x.app] = append(said[x.app], fmt.Sprintf("%s in %s by %s (not recorded yet)", x.how, strings.Join(environments, ", "), why[x]))
		slices.Sort(said[x.app])
	}
	return said, failed
}

// waits says where content is admitted and waits for other apps before it is applied.
func waits(ctx context.Context, b *judge.Judge, v *chain.View, state ledger.App) ([]string, error) {
	var said []string
	for _, env := range b.Rules.Settings().Environments {
		admitted, ok := state.Admitted[string(env.Name)]
		if !ok || state.Applied[string(env.Name)].Admission == admitted.Seq {
			continue
		}
		doc, err := b.RunningDocument(ctx, v, string(env.Name), admitted, state.Name)
		if err != nil {
			return nil, err
		}
		if doc == nil {
			continue
		}
		for _, w := range judge.Waits(v, doc, string(env.Name)) {
			said = append(said, fmt.Sprintf("%s waits in %s for %s", admitted.Digest.Short(), env.Name, w))
		}
	}
	return said, nil
}

// Onward says what becomes of the newest content of an app without anybody doing
// anything: where it goes on to and when, or why it goes no further; and whether its kill
// switch has to be tried.
func (r *Reader) Onward(ctx context.Context, app string) ([]string, error) {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return nil, err
	}
	state, _ := s.View.App(app)
	if state.Quarantine != nil || state.Stage == ledger.Disabled {
		return nil, nil
	}
	b, err := r.Judges.At(ctx, s, "")
	if err != nil {
		return nil, fmt.Errorf("look at where %s goes on to: %w", app, err)
	}
	a, ok, err := b.Admitted(ctx, s.View, app)
	if err != nil || !ok {
		return nil, err
	}
	said, err := waits(ctx, b, s.View, state)
	if err != nil {
		return nil, err
	}
	for _, step := range b.Promotions(state, a.Document) {
		if step.Held != "" {
			said = append(said, fmt.Sprintf("%s stays in %s, because %s", step.Admitted.Digest.Short(), step.From.Name, step.Held))
			continue
		}
		at := step.At.In(b.Rules.Settings().Location()).Format("2006-01-02 15:04")
		if step.Frozen != "" {
			said = append(said, fmt.Sprintf("%s stays in %s: %s is frozen (%s), and takes it at %s if it is still allowed then; `levee thaw %s` lets it in before", step.Admitted.Digest.Short(), step.From.Name, step.To.Name, step.Frozen, at, app))
			continue
		}
		said = append(said, fmt.Sprintf("%s soaks in %s, and goes on to %s at %s if it is still allowed then", step.Admitted.Digest.Short(), step.From.Name, step.To.Name, at))
	}
	for _, p := range b.Rejudge(ctx, state, a.Running).Decision.Problems {
		if p.Rule == policies.DrillDue {
			said = append(said, fmt.Sprintf("a drill is due: %s %s", p.Message, p.Remedy))
		}
	}
	settings := b.Rules.Settings()
	if doc := a.Document.App(); doc != nil && !settings.GoesToProduction(doc.Spec.Lifecycle.Stage) && doc.Spec.Lifecycle.Stage != "retired" {
		reach := settings.Reach(doc.Spec.Lifecycle.Stage)
		said = append(said, fmt.Sprintf("it goes no further than %s, because its stage is %s", reach[len(reach)-1].Name, doc.Spec.Lifecycle.Stage))
	}
	return said, nil
}
