package review

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
)

// How targets are asked what a change would do.
const (
	foreseeing  = 4                      // previews of a target at once
	foreseeFor  = 20 * time.Second       // how long it may take for a change, waiting included
	foreseeWait = 250 * time.Millisecond // how long a verdict waits for it that nobody could read yet
	againWait   = 2 * time.Second        // and one that is shown already, which would lose what it said
	maxForeseen = 1024                   // changes of which it is kept
)

// foresight is what targets say that open changes would do, by change. Targets are asked
// beside the reviews: a verdict is shown without what is not known yet, and the change is
// reviewed again when it is.
type foresight struct {
	targets target.Set
	log     *slog.Logger
	known   func(change string) // called when something is known for which nobody waited

	room map[string]chan struct{} // for the previews of a target that have not come back
	mu   sync.Mutex
	kept map[string]*foreseen
}

// foreseen is what was asked about one change.
type foreseen struct {
	key  string        // what it was asked for: it is asked again where that is another
	done chan struct{} // closed when the answer is there
	late bool          // somebody went on without it
	apps map[string][]comment.Foreseen
}

// question is one app in one environment.
type question struct {
	app         string
	environment settings.Environment
	object      target.Object
}

func newForesight(targets target.Set, log *slog.Logger, known func(change string)) *foresight {
	f := &foresight{targets: targets, log: log, known: known, room: map[string]chan struct{}{}, kept: map[string]*foreseen{}}
	for name := range targets {
		f.room[name] = make(chan struct{}, foreseeing)
	}
	return f
}

// of is what the change would do, by app; nothing where that is not known in time. Under
// the same key it is asked once.
func (f *foresight) of(ctx context.Context, change, key string, questions []question, wait time.Duration) map[string][]comment.Foreseen {
	f.mu.Lock()
	one := f.kept[change]
	if one == nil || one.key != key {
		if len(f.kept) >= maxForeseen && one == nil {
			clear(f.kept) // they are asked again when they are reviewed
		}
		one = &foreseen{key: key, done: make(chan struct{})}
		f.kept[change] = one
		go f.ask(ctx, change, one, questions)
	}
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.apps
	case <-ctx.Done():
		return nil
	case <-time.After(wait):
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	one.late = true
	return nil
}

// forget drops what is known of a change that is not open any more.
func (f *foresight) forget(change string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, change)
}

// ask asks the targets about one change.
func (f *foresight) ask(ctx context.Context, change string, one *foreseen, questions []question) {
	ctx, cancel := context.WithTimeout(ctx, foreseeFor)
	defer cancel()
	apps := map[string][]comment.Foreseen{}
	for _, q := range questions {
		answer := comment.Foreseen{Environment: string(q.environment.Name)}
		var err error
		if answer.Preview, answer.Strategy, err = f.preview(ctx, q); err != nil {
			answer.Trouble = err.Error()
		}
		apps[q.app] = append(apps[q.app], answer)
	}
	f.mu.Lock()
	one.apps = apps
	late := one.late
	close(one.done)
	f.mu.Unlock()
	if late {
		f.known(change)
	}
}

// preview asks a target that may not come back in time: then it is left to itself, and its
// place is taken until it does.
func (f *foresight) preview(ctx context.Context, q question) (target.Preview, string, error) {
	t, err := f.targets.Of(q.environment)
	if err != nil {
		return target.Preview{}, "", err
	}
	room := f.room[string(q.environment.Target)]
	select {
	case room <- struct{}{}:
	case <-ctx.Done():
		return target.Preview{}, "", fmt.Errorf("its target is busy with others: %w", ctx.Err())
	}
	type answer struct {
		preview  target.Preview
		strategy string
		err      error
	}
	answered := make(chan answer, 1)
	go func() {
		defer func() { <-room }()
		var a answer
		a.err = parallel.Guard(f.log, "previewing an app", q.app, func() (err error) {
			if a.preview, err = t.Preview(ctx, string(q.environment.Name), q.object); err != nil {
				return err
			}
			a.strategy, err = target.ToReplicas(ctx, t, string(q.environment.Name), q.object)
			return err
		})
		answered <- a
	}()
	select {
	case a := <-answered:
		return a.preview, a.strategy, a.err
	case <-ctx.Done():
		return target.Preview{}, "", fmt.Errorf("its target does not answer: %w", ctx.Err())
	}
}

// mostForeseen is for how many apps of a change targets are asked; no more are shown whole.
const mostForeseen = 10

// foresee asks what the change would do where it can come to, of the apps that can be
// read. What cannot be rendered is said in the verdict, and not here.
func (v *review) foresee(ctx context.Context) map[string][]comment.Foreseen {
	if v.patience == 0 {
		return nil
	}
	key := string(v.change.Head) + " " + string(v.Tip)
	var questions []question
	apps := 0
	for _, s := range v.subjects {
		app := s.Document.App()
		if app == nil || apps == mostForeseen {
			continue
		}
		apps++
		for _, env := range v.judge.Environments().Reach(s.State, app) {
			r, err := v.judge.RenderWhole(ctx, s.Document, env)
			if err != nil {
				continue
			}
			object := r.Object(s.Name, target.Fence{}, judge.IsDisabled(s.State))
			questions = append(questions, question{app: s.Name, environment: env, object: object})
			// What the target holds decides, too, what applying does.
			applied := s.State.Applied[string(env.Name)]
			key += fmt.Sprintf(" %s %s %s %t %s %t %t", s.Name, env.Name, r.Digest, object.Disabled, applied.Digest, s.State.Quarantine != nil, s.State.Throttle != nil)
		}
	}
	if len(questions) == 0 {
		return nil
	}
	return v.by.foresight.of(ctx, v.change.ID, key, questions, v.patience)
}
