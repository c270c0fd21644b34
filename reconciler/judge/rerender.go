package judge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
)

// mostRerendered is how many places a change of governance is told to change, whole; the
// others are counted.
const mostRerendered = 10

// rerendering is an app in an environment in which it would become something else. What it
// becomes is not kept: of a blueprint that all apps have that is more than memory holds.
type rerendering struct {
	doc *catalog.Document
	env settings.Environment
}

// unrendered lists what keeps apps that run from being rendered by proposed governance.
func (c *comparison) unrendered(ctx context.Context, running []*catalog.Document) ([]catalog.Problem, error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	return c.render.Across(ctx, c.proposed, running, func(doc *catalog.Document) []settings.Environment {
		state, _ := c.view.App(doc.Name)
		return c.environments.Reach(state, doc.App())
	})
}

// rerendered lists what proposed governance would make otherwise of apps that run, where they
// are admitted: what becomes of the present content by it, and by what governs. What cannot be
// rendered is told by unrendered. Whatever does not come in time is counted as left.
func (c *comparison) rerendered(ctx context.Context, running []*catalog.Document) (comment.Rerenders, error) {
	bounded, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	var mu sync.Mutex
	var all comment.Rerenders
	var found []rerendering
	var failed error
	parallel.Each(len(running), func(i int) {
		doc := running[i]
		state, _ := c.view.App(doc.Name)
		for _, env := range c.environments.Reach(state, doc.App()) {
			if _, runs := state.Admitted[string(env.Name)]; !runs {
				continue
			}
			one := rerendering{doc, env}
			_, _, differs, err := c.rerender(bounded, one)
			mu.Lock()
			switch {
			case bounded.Err() != nil:
				all.Left++
			case err != nil:
				failed = cmp.Or(failed, err)
			case differs:
				found = append(found, one)
			}
			mu.Unlock()
		}
	})
	if failed != nil {
		return comment.Rerenders{}, failed
	}
	slices.SortFunc(found, func(a, b rerendering) int {
		return cmp.Or(cmp.Compare(a.doc.Name, b.doc.Name), cmp.Compare(a.env.Name, b.env.Name))
	})
	all.More = max(0, len(found)-mostRerendered)
	for _, one := range found[:len(found)-all.More] {
		was, is, _, err := c.rerender(ctx, one)
		if err != nil {
			return comment.Rerenders{}, err
		}
		words, diff := render.Difference(was, is)
		all.Places = append(all.Places, comment.Rerendered{App: one.doc.Name, Environment: string(one.env.Name), Words: words, Diff: diff})
	}
	return all, nil
}

// rerender is what an app becomes in one environment by what governs and by what is proposed,
// and whether these differ; they do not where one of the two cannot be rendered.
func (c *comparison) rerender(ctx context.Context, one rerendering) (was, is render.Rendering, differs bool, err error) {
	if was, err = c.render.App(c.governing, one.doc, one.env); err != nil {
		return was, is, false, err
	}
	if is, err = c.render.App(c.proposed, one.doc, one.env); err != nil || was.Digest == is.Digest {
		return was, is, false, err
	}
	for _, r := range []*render.Rendering{&was, &is} {
		whole, problems, err := c.render.Artefact(ctx, *r)
		if err != nil {
			return was, is, false, fmt.Errorf("render %s for %s: %w", one.doc.Name, one.env.Name, err)
		}
		if len(problems) > 0 {
			return was, is, false, nil
		}
		*r = whole
	}
	return was, is, !render.Same(was, is), nil
}
