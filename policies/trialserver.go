package policies

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
)

// ServeTrial is the main function of the child that Try starts. It sets its limits,
// compiles the rules that it receives, runs their tests and sends the result; then it
// decides briefs until in ends. The program's main calls it.
func ServeTrial(in io.Reader, out io.Writer) error {
	if err := limitTrial(trialMemory); err != nil {
		return fmt.Errorf("limit the trial: %w", err)
	}
	debug.SetMemoryLimit(trialMemory * 3 / 4)
	engine, err := NewEngine()
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(trialReady{}); err != nil {
		return err
	}
	reader := bufio.NewReaderSize(in, 1<<16)
	decoder := json.NewDecoder(reader)
	var request trialRequest
	if err := decoder.Decode(&request); err != nil {
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
			if err := decoder.Decode(&q); err != nil {
				ended <- err
				return
			}
			questions <- q
		}
	}()
	answered := make(chan error, 1)
	go func() { answered <- serveTrial(ctx, engine, snapshot, request.Digest, questions, out) }()
	select {
	case err = <-ended:
	case err = <-answered:
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func serveTrial(ctx context.Context, engine *Engine, snapshot *catalog.Snapshot, digest catalog.Digest, questions <-chan trialQuestion, out io.Writer) error {
	set, problems, err := engine.Rules(ctx, snapshot)
	if err != nil {
		return err
	}
	outcome := trialOutcome{Problems: problems}
	if set != nil {
		set.digest, outcome.NoEffect, outcome.Tests = digest, set.noEffect, set.tests
		for _, r := range set.rules {
			if r.Own {
				outcome.Own = append(outcome.Own, *r)
			}
		}
	}
	writer := json.NewEncoder(out)
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
