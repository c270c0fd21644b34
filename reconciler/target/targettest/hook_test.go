package targettest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestFakeFailsOnDemand(t *testing.T) {
	fake, ctx := targettest.New(), context.Background()
	lost := errors.New("the answer is lost")
	o := targettest.Object("expense-submit", "1.0.0", 1)
	step := target.Step{Verb: target.Create, App: o.App, Object: o}
	fake.Fail(targettest.Failure{Method: "Apply", App: "another", Err: lost})
	fake.Fail(targettest.Failure{Method: "Apply", App: o.App, Err: lost})
	fake.Fail(targettest.Failure{Method: "Apply", Done: true, Err: lost})
	if _, err := fake.Apply(ctx, targettest.Production, step); !errors.Is(err, lost) || len(fake.Running(targettest.Production)) != 0 {
		t.Errorf("killed before doing: %v, and %v runs", err, fake.Running(targettest.Production))
	}
	if _, err := fake.Apply(ctx, targettest.Production, step); !errors.Is(err, lost) || string(fake.Running(targettest.Production)[o.App]) != string(o.Document) {
		t.Errorf("killed after doing: %v, and %v runs", err, fake.Running(targettest.Production))
	}
	receipt, err := fake.Apply(ctx, targettest.Production, step)
	if err != nil || receipt.Outcome != target.Unchanged {
		t.Errorf("repeated: %+v, %v", receipt, err)
	}
	if calls := fake.Calls(); len(calls) != 3 || calls[2].Method != "Apply" || calls[2].Environment != targettest.Production || calls[2].Step.App != o.App {
		t.Errorf("calls: %+v", calls)
	}
}
