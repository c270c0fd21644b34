package review

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// slowTarget does not answer previews before it is let.
type slowTarget struct {
	*targettest.Fake
	let chan struct{}
}

func (s slowTarget) Preview(ctx context.Context, environment string, o target.Object) (target.Preview, error) {
	<-s.let // whatever becomes of ctx
	return s.Fake.Preview(ctx, environment, o)
}

func asked(app string) []question {
	return []question{{app: app, environment: settings.Environment{Name: "staging", Target: "t"}, object: targettest.Object(app, "1.0.0", 0)}}
}

// TestForesight: a target is asked once for what is the same, a verdict does not wait for
// one that is slow, and what comes later is told.
func TestForesight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := targettest.New()
		slow := slowTarget{fake, make(chan struct{})}
		var known []string
		f := newForesight(target.Set{"t": slow}, slog.New(slog.DiscardHandler), func(change string) { known = append(known, change) })
		began := time.Now()
		if got := f.of(t.Context(), "42", "head", asked("board"), foreseeWait); got != nil || time.Since(began) > time.Second {
			t.Errorf("a verdict waits for %v, and says %v", time.Since(began), got)
		}
		close(slow.let)
		synctest.Wait()
		if len(known) != 1 || known[0] != "42" {
			t.Errorf("what came late is told of %v", known)
		}
		for range 3 {
			got := f.of(t.Context(), "42", "head", asked("board"), foreseeWait)["board"]
			if len(got) != 1 || got[0].Trouble != "" || len(got[0].Preview.Items) != 1 {
				t.Errorf("it says %+v", got)
			}
		}
		if n := len(fake.Calls()); n != 1 {
			t.Errorf("the target was asked %d times for the same", n)
		}
		f.of(t.Context(), "42", "another head", asked("board"), foreseeWait)
		f.forget("42")
		f.of(t.Context(), "42", "another head", asked("board"), foreseeWait)
		if n := len(fake.Calls()); n != 3 {
			t.Errorf("the target was asked %d times for three questions", n)
		}
		fake.Fail(targettest.Failure{Method: "Preview", Err: errors.New("no route to it")})
		if got := f.of(t.Context(), "43", "head", asked("board"), foreseeWait)["board"]; len(got) != 1 || !strings.Contains(got[0].Trouble, "no route to it") {
			t.Errorf("of a target that fails it says %+v", got)
		}
		nowhere := asked("board")
		nowhere[0].environment.Target = "other"
		if got := f.of(t.Context(), "44", "head", nowhere, foreseeWait)["board"]; len(got) != 1 || got[0].Trouble == "" {
			t.Errorf("of a target that is not there it says %+v", got)
		}
	})
}

// TestForesightIsBounded: a target that does not come back is given up in time, for each of
// many changes, and so few wait for it at once.
func TestForesightIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := slowTarget{targettest.New(), make(chan struct{})}
		f := newForesight(target.Set{"t": slow}, slog.New(slog.DiscardHandler), func(string) {})
		changes := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
		for _, change := range changes {
			f.of(t.Context(), change, "head", asked("board"), foreseeWait)
		}
		time.Sleep(foreseeFor + time.Second)
		busy := 0
		for _, change := range changes {
			got := f.of(t.Context(), change, "head", asked("board"), foreseeWait)["board"]
			if len(got) != 1 || got[0].Trouble == "" {
				t.Fatalf("change %s: %+v", change, got)
			}
			if strings.Contains(got[0].Trouble, "busy") {
				busy++
			}
		}
		if busy != len(changes)-foreseeing {
			t.Errorf("%d changes waited in vain", busy)
		}
		close(slow.let)
	})
}
