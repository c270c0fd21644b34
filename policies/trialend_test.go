package policies_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/policies"
)

// TestTrialEnds: if the child ends after its limits are set, that is a problem of the
// proposal; if it ends before, that is an error.
func TestTrialEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, problem, err string }{
		"killed":             {"echo {}; kill -9 $$", "trying them needed more than 1024 MiB of memory.", ""},
		"refused memory":     {"echo {}; echo '==7==ERROR: ThreadSanitizer failed to allocate 0x10 bytes' >&2; exit 66", "trying them needed more than 1024 MiB of memory.", ""},
		"refused a thread":   {"echo {}; echo 'runtime/cgo: pthread_create failed: Resource temporarily unavailable' >&2; exit 2", "trying them needed more than 1024 MiB of memory.", ""},
		"too much output":    {"echo {}; exec tr '\\0' a < /dev/zero", "trying them gave an answer of more than 64 MiB.", ""},
		"no answer":          {"echo {}; echo what", "trying them gave an answer that cannot be read.", ""},
		"crashed":            {"echo {}; echo 'panic: `it`' >&2; exit 2", "trying them ended the process (`panic: 'it'`).", ""},
		"killed before":      {"kill -9 $$", "", "did not begin"},
		"could not be bound": {"echo 'limit the sandbox: not permitted' >&2; exit 3", "", "limit the sandbox: not permitted"},
		"environment":        {"echo {}; env | sort | tr '\\n' ' ' >&2; exit 2", "ended the process (`GOTRACEBACK=none LEVEE_SANDBOX=1 PWD=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t)
			e.Program = filepath.Join(t.TempDir(), "child")
			if err := os.WriteFile(e.Program, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			trial, err := e.Try(t.Context(), with(t, map[string]string{"policies/good.rego": goodRule}))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("it says %v, not %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer trial.Close()
			if len(trial.Problems()) != 1 || !strings.Contains(trial.Problems()[0].Message, c.problem) {
				t.Errorf("it says %+v, not %s", trial.Problems(), c.problem)
			}
		})
	}
}

// TestTrialExhausted: rules that use too much memory or time in a step that cannot be
// interrupted end the child, and the result says which of the two it was. On a busy machine
// the time can be over before the memory is taken.
func TestTrialExhausted(t *testing.T) {
	t.Parallel()
	const tooLong = "took longer than 15s for one answer"
	lists := doubled(`[input.app.metadata.name]`, `object.get({"a": [X, X, X]}, "a", 0)`)
	for name, c := range map[string]struct{ condition, died string }{
		"memory": {"s30 == z30", "needed more than 1024 MiB of memory"},
		"time":   {"s30 < z30", tooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := with(t, map[string]string{"policies/wide.rego": wideRule(lists + strings.ReplaceAll(lists, "s", "z") + says + c.condition)})
			trial, err := newEngine(t).Try(t.Context(), s)
			if err != nil || len(trial.Problems()) > 0 {
				t.Fatal(trial.Problems(), err)
			}
			defer trial.Close()
			brief := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}, trial.Rules())
			began := time.Now()
			died, err := trial.Judge(t.Context(), []policies.Brief{brief}, func(_ int, d policies.Decision) { t.Errorf("it answers %s", d.Verdict) })
			late := time.Since(began) >= 15*time.Second && died == tooLong
			if err != nil || died != c.died && !late {
				t.Errorf("it says %q, %v", died, err)
			}
		})
	}
}
