package policies

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/policies/rego"
)

// The messages between parent and child: the child receives a trialRequest, and answers with
// a trialOutcome; then it receives questions and sends answers.
type (
	trialRequest struct {
		Digest catalog.Digest    `json:"digest"`
		Files  map[string]string `json:"files"` // catalog.yaml and the rules, by path
	}
	trialOutcome struct {
		Own      []rego.Rule        `json:"own"` // the organisation's rules in force
		Problems []catalog.Problem  `json:"problems"`
		NoEffect []catalog.Problem  `json:"noEffect"`
		Tests    []rego.TestOutcome `json:"tests"`
	}
	trialQuestion struct {
		N     int   `json:"n"`
		Brief Brief `json:"brief"`
	}
	trialAnswer struct {
		N        int      `json:"n"`
		Decision Decision `json:"decision"`
	}
)

// TrialJob is the job of a child in which proposed rules are tried; see ServeTrial.
const TrialJob = "rules"

var trialLimits = sandbox.Limits{Memory: trialMemory, Output: trialOutput}

// compileIn sends rules to a child and returns what came of compiling and testing them.
func compileIn(ctx context.Context, p *sandbox.Process, request trialRequest) (outcome trialOutcome, err error) {
	err = p.Talk(ctx, trialTime, func(w *json.Encoder) error { return w.Encode(request) }, func(line []byte) (bool, error) {
		return true, json.Unmarshal(line, &outcome)
	})
	return outcome, err
}

// judgeIn sends briefs to a child and calls got with each decision.
func judgeIn(ctx context.Context, p *sandbox.Process, briefs []Brief, got func(int, Decision)) error {
	if len(briefs) == 0 {
		return nil
	}
	left := len(briefs)
	return p.Talk(ctx, answerTime, func(w *json.Encoder) error {
		for i, b := range briefs {
			if err := w.Encode(trialQuestion{i, b}); err != nil {
				return err
			}
		}
		return nil
	}, func(line []byte) (bool, error) {
		var a trialAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			return false, err
		}
		if a.N < 0 || a.N >= len(briefs) {
			return false, fmt.Errorf("an answer to question %d of %d", a.N, len(briefs))
		}
		got(a.N, a.Decision)
		left--
		return left == 0, nil
	})
}
