package chart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Limits of one rendering. Charts of a hundred resources are far below.
const (
	maxMemory    = 512 << 20       // bytes of the child, its program included
	maxOutput    = 4 << 20         // bytes of all resources
	maxTime      = 2 * time.Second // for one rendering
	MaxResources = 100
)

// idleFor is how long a child waits for the next chart before it is ended.
const idleFor = time.Minute

// Release is what a chart is rendered for.
type Release struct {
	Name      string
	Namespace string
	Values    json.RawMessage // laid over the chart's own values.yaml
}

// Renderer renders charts in children that it starts as they are needed, as many side by
// side as there are processors. It is safe for concurrent use; its zero value is ready.
type Renderer struct {
	Program string // that is started as the child; this one where it is empty

	once  sync.Once
	slots chan *child // each is a child that waits, or nil for one that is yet to be started
}

// child is a process that has rendered, and can render again until it is ended for having
// waited too long.
type child struct {
	process *sandbox.Process
	ending  *time.Timer
}

// Render renders a chart. Faults are what is wrong with it, or with it for this release: then
// there are no resources. An error means that it could not be told.
func (r *Renderer) Render(ctx context.Context, files []catalog.SubfolderFile, release Release) ([]resource.Resource, []target.Fault, error) {
	var a answer
	died, err := r.ask(ctx, request{Files: files, Release: release}, &a)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("render a chart: %w", err)
	case died != "":
		return nil, []target.Fault{{
			Message: fmt.Sprintf("Rendering the chart %s.", died),
			Remedy:  "Look for what repeats without end in its templates: range over until, repeat, and templates that include themselves.",
		}}, nil
	case len(a.Faults) > 0:
		return nil, a.Faults, nil
	}
	return a.Resources, nil, nil
}

// ask has a child answer. died says how the chart ended it; empty if it did not.
func (r *Renderer) ask(ctx context.Context, q request, a *answer) (died string, err error) {
	r.once.Do(func() {
		r.slots = make(chan *child, runtime.GOMAXPROCS(0))
		for range cap(r.slots) {
			r.slots <- nil
		}
	})
	var c *child
	select {
	case c = <-r.slots:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if c != nil && !c.ending.Stop() {
		c = nil // it waited for too long just now
	}
	if c == nil {
		process, err := sandbox.Start(r.Program, Job, sandbox.Limits{Memory: maxMemory, Output: 2 * maxOutput})
		if err != nil {
			r.slots <- nil
			return "", err
		}
		c = &child{process: process}
	}
	err = c.process.Talk(ctx, maxTime, func(w *json.Encoder) error { return w.Encode(q) }, func(line []byte) (bool, error) {
		return true, json.Unmarshal(line, a)
	})
	if err != nil {
		c.process.Close()
		r.slots <- nil
		var how sandbox.Died
		if errors.As(err, &how) {
			return how.How, nil
		}
		return "", err
	}
	c.ending = time.AfterFunc(idleFor, c.process.Close)
	r.slots <- c
	return "", nil
}
