package deploy

import (
	"context"
	"sync"
	"time"

	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
)

const (
	fullPause  = 10 * time.Second // from a look at everything to the next, where events ask for it
	lookFor    = 30 * time.Second // how long a look at one app may take
	watchPause = time.Minute      // from the end of watching to the next try
)

// watch has the targets that can tell of changes do so, until ctx ends. An event leads to
// a look at that app alone; what it finds that is news makes a pass. A target that cannot
// tell any more is looked at as a whole, as often as all are anyway, and asked to tell
// again later.
func (l *looks) watch(ctx context.Context) {
	var watchers sync.WaitGroup
	for name, t := range l.targets {
		if w, ok := t.(target.Watcher); ok {
			watchers.Go(func() { l.watchOne(ctx, name, t, w) })
		}
	}
	watchers.Wait()
}

func (l *looks) watchOne(ctx context.Context, name string, t target.Target, w target.Watcher) {
	waiting := newNudges()
	var side sync.WaitGroup
	side.Go(func() { waiting.run(ctx, func(n nudged) { l.lookAt(ctx, t, n) }) })
	defer side.Wait()
	l.sightings.watched(name, waiting.add)
	for said := false; ctx.Err() == nil; {
		err := parallel.Guard(l.log, "watching a target", name, func() error {
			return w.Watch(ctx, func(e target.Event) {
				if e.App == "" || !waiting.add(nudged{name, e.Environment, e.App}) {
					l.sightings.wantAll()
					l.nudge()
				}
			})
		})
		if ctx.Err() != nil {
			return
		}
		if !said {
			said = true
			l.log.Error("a target cannot tell of changes; it is looked at from time to time", "target", name, "every", l.every, "error", err)
		}
		l.sightings.wantAll()
		l.nudge()
		select {
		case <-ctx.Done():
		case <-time.After(watchPause):
		}
	}
}

// lookAt looks at one app, and has a pass made if that is news. What is being changed is
// looked at by who changes it.
func (l *looks) lookAt(ctx context.Context, t target.Target, n nudged) {
	if l.work.Jobs.Busy(effect{app: n.app, environment: n.environment}.key(), 0) {
		return
	}
	looking, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	at := l.work.Now()
	var inventory target.Inventory
	err := parallel.Guard(l.log, "looking at an app", n.app, func() (err error) {
		inventory, err = t.Observe(looking, n.environment, n.app)
		return err
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		l.log.Error("an app that may have changed could not be looked at", "app", n.app, "environment", n.environment, "error", err)
	case l.sightings.add(n, observedAt{at, inventory}):
		l.nudge()
	}
}
