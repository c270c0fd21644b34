package policies

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/policies/rego"
)

// Trial is a proposal of rules that are not approved yet. Anybody may propose rules, so
// they are compiled, tested and evaluated in a child process (see ServeTrial) with limits
// of memory, time and output. If they exceed a limit or end the process, that is a problem
// of the proposal.
//
// A Trial is not safe for concurrent use. Close ends its process.
type Trial struct {
	engine    *Engine
	snapshot  *catalog.Snapshot
	inProcess *RuleSet // set if the rules are compiled in this process; then there is no child
	rules     *RuleSet // describes the rules, and makes briefs for them
	problems  []catalog.Problem
	process   *sandbox.Process
}

// Limits of the process in which proposed rules are tried.
const (
	trialMemory  = 1 << 30          // bytes
	trialTime    = 40 * time.Second // to compile the rules and run their tests
	answerTime   = 15 * time.Second // for one decision; callers wait longer for all
	trialOutput  = 64 << 20         // bytes of one answer
	retryTrial   = time.Hour        // after this, rules that ended their process are tried again
	trialsStored = 32
)

// trialResult is the cached result of a trial.
type trialResult struct {
	problems []catalog.Problem
	rules    *RuleSet // that describes them
	died     string   // how the rules ended the process; empty if they did not
	at       time.Time
}

// Try compiles the rules of a proposal and runs their tests. What is wrong with them
// becomes problems, as with Rules. An error means that they could not be tried at all, as
// when the child cannot be started. Rules that are compiled in this process already,
// because they govern, are not tried again.
func (e *Engine) Try(ctx context.Context, proposed *catalog.Snapshot) (*Trial, error) {
	settings := proposed.Settings()
	if settings == nil {
		return &Trial{}, nil
	}
	digest, err := e.RulesDigest(proposed)
	if err != nil {
		return nil, err
	}
	t := &Trial{engine: e, snapshot: proposed}
	if slices.Collect(proposed.Policies()) == nil {
		t.inProcess, t.problems, err = e.Rules(ctx, proposed) // nothing but the library
		t.rules = t.inProcess
		return t, err
	}
	if set, problems, ok := e.Compiled(digest); ok {
		t.inProcess, t.problems = e.ruleSet(set), problems
		t.rules = t.inProcess
		return t, nil
	}
	known, ok := e.trials.Get(digest)
	if !ok || known.died != "" && time.Since(known.at) > retryTrial {
		if known, err = t.run(ctx, digest); err != nil {
			return nil, err
		}
		e.trials.Add(digest, known)
	}
	t.rules, t.problems = known.rules, known.problems
	return t, nil
}

// run starts the process and returns the result for the cache.
func (t *Trial) run(ctx context.Context, digest catalog.Digest) (trialResult, error) {
	known := trialResult{at: time.Now()}
	outcome, err := t.start(ctx, digest)
	var died sandbox.Died
	switch {
	case errors.As(err, &died):
		known.died = died.How
		known.problems = []catalog.Problem{TrialProblem(t.snapshot, died.How)}
		return known, nil
	case err != nil:
		return known, err
	}
	known.problems = outcome.Problems
	set, err := t.engine.Describe(ctx, t.snapshot.Settings(), digest, outcome.Own, outcome.NoEffect, outcome.Tests)
	if err != nil {
		return known, err
	}
	known.rules = t.engine.ruleSet(set)
	return known, nil
}

// Rules describes the proposed rules, and briefs are made for it. It is nil if they could
// not be tried. Only Judge evaluates them.
func (t *Trial) Rules() *RuleSet { return t.rules }

// Listed lists the rules by id; none if they could not be tried.
func (t *Trial) Listed() []rego.Rule {
	if t.rules == nil {
		return nil
	}
	return t.rules.Rules()
}

// Tests lists the results of the organisation's Rego tests.
func (t *Trial) Tests() []rego.TestOutcome {
	if t.rules == nil {
		return []rego.TestOutcome{}
	}
	return t.rules.Tests()
}

// Problems are what is wrong with the rules and their tests.
func (t *Trial) Problems() []catalog.Problem { return t.problems }

// Judge decides each brief by the proposed rules, until ctx ends, and calls got with each
// decision, in any order, one at a time. died says how the rules ended the process; it is
// empty if they did not. An error means that the rest could not be decided.
func (t *Trial) Judge(ctx context.Context, briefs []Brief, got func(i int, d Decision)) (died string, err error) {
	if t.inProcess != nil {
		t.judgeInProcess(ctx, briefs, got)
		return "", nil
	}
	if t.process == nil {
		if _, err = t.start(ctx, t.rules.Digest()); err != nil {
			return diedOf(err)
		}
	}
	return diedOf(judgeIn(ctx, t.process, briefs, got))
}

// judgeInProcess is Judge for rules that are compiled in this process; it uses all processors.
func (t *Trial) judgeInProcess(ctx context.Context, briefs []Brief, got func(i int, d Decision)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var next atomic.Int64
	for range min(len(briefs), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(briefs); i = int(next.Add(1)) - 1 {
				d := t.inProcess.Decide(ctx, briefs[i])
				if ctx.Err() != nil {
					return
				}
				mu.Lock()
				got(i, d)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func diedOf(err error) (string, error) {
	var died sandbox.Died
	switch {
	case errors.As(err, &died):
		return died.How, nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "", nil
	}
	return "", err
}

// Close ends the process of the trial, if it has one.
func (t *Trial) Close() {
	if t.process != nil {
		t.process.Close()
		t.process = nil
	}
}

// start starts the process and lets it compile the rules.
func (t *Trial) start(ctx context.Context, digest catalog.Digest) (trialOutcome, error) {
	request := trialRequest{Digest: digest, Files: map[string]string{}}
	if d := t.snapshot.Document("catalog.yaml"); d != nil {
		request.Files[d.Path] = string(d.Source())
	}
	for d := range t.snapshot.Policies() {
		if d.Valid() {
			request.Files[d.Path] = string(d.Source())
		}
	}
	process, err := sandbox.Start(t.engine.Program, TrialJob, trialLimits)
	if err != nil {
		return trialOutcome{}, fmt.Errorf("try the proposed rules: %w", err)
	}
	outcome, err := compileIn(ctx, process, request)
	if err != nil {
		process.Close()
		return trialOutcome{}, err
	}
	t.process = process
	return outcome, nil
}

// TrialProblem is the problem of a proposal whose rules ended their process, or left an app
// without a decision.
func TrialProblem(proposed *catalog.Snapshot, died string) catalog.Problem {
	var files []string
	for d := range proposed.Policies() {
		files = append(files, d.Path)
	}
	slices.Sort(files)
	if len(files) == 0 {
		files = []string{"catalog.yaml"} // then it is the settings that were proposed
	}
	p := rego.Problem(files[0], 1, 1, fmt.Sprintf("The rules in %s cannot be in force: trying them %s.", strings.Join(quoted(shorten(files)), ", "), died))
	p.Remedy = "Look for what grows without end in the file that was changed last: values that are doubled, powers, ranges, and walks over all there is. `levee test` runs the tests."
	return p
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = "`" + s + "`"
	}
	return out
}
