package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
)

// ServeTrial is the main function of the child that Try starts. It sets its limits,
// compiles the rules that it receives, runs their tests and sends the result; then it
// decides briefs until in ends. The program's main calls it.
func ServeTrial(in io.Reader, out io.Writer) error {
	engine, err := NewEngine()
	if err != nil {
		return err
	}
	return sandbox.Serve(trialMemory, in, out, func(requests *json.Decoder, answers *json.Encoder) error {
		return serveRequest(engine, requests, answers)
	})
}

func serveRequest(engine *Engine, requests *json.Decoder, answers *json.Encoder) error {
	var request trialRequest
	if err := requests.Decode(&request); err != nil {
		return fmt.Errorf("read what is to be tried: %w", err)
	}
	ctx := context.Background()
	snapshot, err := catalog.Load(ctx, sentFiles(request.Files), "", catalog.Empty())
	if err != nil {
		return err
	}
	questions, ended := make(chan trialQuestion), make(chan error, 1)
	go func() { // reads also while rules are compiled, to end as soon as the parent does
		defer close(questions)
		for {
			var q trialQuestion
			if err := requests.Decode(&q); err != nil {
				ended <- err
				return
			}
			questions <- q
		}
	}()
	answered := make(chan error, 1)
	go func() { answered <- serveTrial(ctx, engine, snapshot, request.Digest, questions, answers) }()
	select {
	case err = <-ended:
	case err = <-answered:
	}
	return err
}

func serveTrial(ctx context.Context, engine *Engine, snapshot *catalog.Snapshot, digest catalog.Digest, questions <-chan trialQuestion, writer *json.Encoder) error {
	set, problems, err := engine.Rules(ctx, snapshot)
	if err != nil {
		return err
	}
	outcome := trialOutcome{Problems: problems}
	if set != nil {
		set = &RuleSet{Set: set.Under(digest)}
		outcome.NoEffect, outcome.Tests = set.NoEffect(), set.Tests()
		for _, r := range set.Rules() {
			if r.Own {
				outcome.Own = append(outcome.Own, r)
			}
		}
	}
	if err := writer.Encode(outcome); err != nil || set == nil {
		return err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for q := range questions {
				a := trialAnswer{q.N, set.Decide(ctx, q.Brief)}
				mu.Lock()
				failed = errors.Join(failed, writer.Encode(a))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return failed
}

// sentFiles is a catalog.Files of the files in a trialRequest.
type sentFiles map[string]string

// List returns the entries of a folder.
func (f sentFiles) List(_ context.Context, dir string) ([]catalog.Entry, error) {
	entries := map[string]catalog.Entry{}
	for p := range f {
		rest := p
		if dir != "" {
			var below bool
			if rest, below = strings.CutPrefix(p, dir+"/"); !below {
				continue
			}
		}
		name, _, deeper := strings.Cut(rest, "/")
		mode := catalog.File
		if deeper {
			mode = catalog.Folder
		}
		entries[name] = catalog.Entry{Path: path.Join(dir, name), Mode: mode}
	}
	return slices.SortedFunc(maps.Values(entries), func(a, b catalog.Entry) int { return strings.Compare(a.Path, b.Path) }), nil
}

// Read returns the content of a file.
func (f sentFiles) Read(_ context.Context, file catalog.Entry, limit int64) ([]byte, error) {
	if int64(len(f[file.Path])) > limit {
		return nil, catalog.ErrTooLarge
	}
	return []byte(f[file.Path]), nil
}
