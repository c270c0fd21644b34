package rego_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/rego"
)

const goodRule = `# METADATA
# title: No version nine
# custom: {id: own.no-nine, remedy: Choose another.}
package own.no_nine

problem contains {"field": "spec.version", "message": "Nine is not allowed."} if startswith(input.app.spec.version, "9.")
`

// goodTest is a passing test of goodRule that does something first.
func goodTest(first string) string {
	return "package own.good_test\n\ntest_it if { " + first + "; count(data.own.no_nine.problem) == 1 with input.app.spec.version as \"9.0.0\" }\n"
}

// TestCompilingHoldsUpOnlyItself: while some rules are compiled and tested, whoever asks for
// the same rules waits and gets the same set, and whoever asks for others does not wait.
func TestCompilingHoldsUpOnlyItself(t *testing.T) {
	entered, release, times := make(chan struct{}), make(chan struct{}), 0
	hold := func() {
		if times++; times == 1 {
			close(entered)
			<-release
		}
	}
	rego.Hold.Store(&hold)
	slow := with(t, map[string]string{"policies/good.rego": goodRule, "policies/good_test.rego": goodTest("test.hold()")})
	e := newEngine(t)
	sets := make(chan *policies.RuleSet, 3)
	for range cap(sets) {
		go func() {
			set, _, err := e.Rules(t.Context(), slow) // the test may run out of time meanwhile
			if err != nil {
				t.Error(err)
			}
			sets <- set
		}()
	}
	<-entered
	other := make(chan struct{})
	go func() {
		defer close(other)
		rulesOf(t, e, with(t, nil))
	}()
	select {
	case <-other:
	case <-sets:
		t.Fatal("rules were there before their tests had run")
	case <-time.After(time.Minute):
		t.Fatal("other rules wait")
	}
	close(release)
	first := <-sets
	if second, third := <-sets, <-sets; first == nil || second != first || third != first || times != 1 {
		t.Errorf("compiled %d times: %p, %p, %p", times, first, second, third)
	}
}

// TestCompilingForOneWhoGaveUp: rules are compiled and tested for all who ask, so the first of
// them does not end that.
func TestCompilingForOneWhoGaveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e, s := newEngine(t), with(t, map[string]string{"policies/good.rego": goodRule, "policies/good_test.rego": goodTest("true")})
	if set, problems, err := e.Rules(ctx, s); err != nil || len(problems) > 0 || len(set.Tests()) != 1 || !set.Tests()[0].Passed {
		t.Errorf("%+v, %v", problems, err)
	}
}

// TestCompilingAtOnce: rules that are compiled at the same time decide as they do one after
// the other.
func TestCompilingAtOnce(t *testing.T) {
	edits := []map[string]string{nil, {"policies/good.rego": goodRule}, {"policies/good.rego": goodRule, "policies/good_test.rego": goodTest("true")}, app("monthly: 5", "monthly: 500")}
	shared := newEngine(t)
	var all sync.WaitGroup
	for _, edit := range edits {
		s := with(t, edit)
		for range 2 {
			all.Go(func() {
				q := policies.Question{Governing: s, Proposed: s}
				if got, want := mustJSON(t, decide(t, shared, q)), mustJSON(t, decide(t, newEngine(t), q)); got != want {
					t.Errorf("it decides\n%s\nand alone\n%s", got, want)
				}
			})
		}
	}
	all.Wait()
}
