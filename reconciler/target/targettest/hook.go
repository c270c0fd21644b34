package targettest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Call is one call that a fake was given, whether it succeeded or not. Calls with
// names that no target accepts are not among them.
type Call struct {
	Method      string // of target.Target: "Observe", "Apply", …
	Environment string
	App         string       // but for Observe
	Apps        []string     // of Observe
	Step        target.Step  // of Apply
	Mark        target.Mark  // of Quarantine and Throttle
	Fence       target.Fence // of Remove
}

// Failure makes one call fail. Done says that it fails after doing, as when an
// answer is lost or the caller is killed.
type Failure struct {
	Method string // empty means any
	App    string // empty means any
	Done   bool
	Err    error
}

// Fail makes the next call that matches fail; failures given are used up in order.
func (f *Fake) Fail(failure Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, failure)
}

// Calls returns what the fake was told so far, in order.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Running returns the documents of all that runs in an environment.
func (f *Fake) Running(environment string) map[string]json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]json.RawMessage{}
	for app, is := range f.at(environment).running {
		out[app] = slices.Clone(is.document)
	}
	return out
}

// Runs returns the render digest of what runs under an app's name, or nothing.
func (f *Fake) Runs(environment, app string) catalog.Digest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at(environment).running[app].render
}

// Full reports whether what runs under an app's name has all that it was given.
func (f *Fake) Full(environment, app string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	is, runs := f.at(environment).running[app]
	return runs && !is.less
}

// Tamper changes what runs behind the fake's back, which is drift.
func (f *Fake) Tamper(environment, app, how string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at(environment).running[app] = running{render: "d1:tampered", document: json.RawMessage(`{}`), tampered: how}
}

// Ail makes what runs do as it is said, until something else is applied.
func (f *Fake) Ail(environment, app string, health target.Health) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at(environment).health[app] = health
}

// Play has what runs come so far to its replicas.
func (f *Fake) Play(environment, app string, far Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.at(environment)
	s, _ := target.StrategyOf(p.running[app].document)
	now := time.Now().UTC()
	p.health[app] = map[Progress]target.Health{
		ShareHasIt:  {State: target.Progressing, Reason: "a share of it has it", Share: s.Share, Until: now.Add(s.For).Truncate(time.Second), Since: now},
		AllHaveIt:   {State: target.Ready, Since: now},
		ShareFailed: {State: target.Failing, Reason: "its share does not do well", Share: s.Share, Since: now},
	}[far]
}

// Plant puts something under an app's name that is not the fake's own.
func (f *Fake) Plant(environment, app string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at(environment).running[app] = running{render: "d1:foreign", document: json.RawMessage(`{}`), foreign: true}
}

// act runs a call that answers with a receipt.
func (f *Fake) act(ctx context.Context, call Call, what func(*place) (target.Receipt, error)) (target.Receipt, error) {
	var receipt target.Receipt
	err := f.do(ctx, call, func(p *place) (err error) {
		receipt, err = what(p)
		return err
	})
	if err != nil {
		return target.Receipt{}, err
	}
	return receipt, nil
}

// do records a call and runs it, or fails it as it was told to.
func (f *Fake) do(ctx context.Context, call Call, what func(*place) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	err := ctx.Err()
	if err == nil {
		i := slices.IndexFunc(f.failures, func(x Failure) bool {
			return (x.Method == "" || x.Method == call.Method) && (x.App == "" || x.App == call.App)
		})
		var failure Failure
		if i >= 0 {
			failure = f.failures[i]
			f.failures = slices.Delete(f.failures, i, i+1)
		}
		if i < 0 || failure.Done {
			err = what(f.at(call.Environment))
		}
		if i >= 0 && err == nil {
			err = failure.Err
		}
	}
	if err != nil {
		return fmt.Errorf("%s %s in %s: %w", call.Method, call.App, call.Environment, err)
	}
	return nil
}

// clip keeps a name that was refused from filling a log.
func clip(name string) string { return fmt.Sprintf("%.80q", name) }
