package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// story does everything with an app that Levee does in a cluster, and ends at the first thing
// that cannot be done.
func (r *rightful) story(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	events := make(chan target.Event, 1000)
	ended := make(chan error, 1)
	go func() { ended <- r.target.Watch(ctx, func(e target.Event) { events <- e }) }()
	defer func() {
		stop()
		<-ended
	}()
	for begun := false; !begun; {
		select {
		case <-events:
			begun = true
		case err := <-ended:
			ended <- err
			return fmt.Errorf("watch: %w", err)
		case <-time.After(50 * time.Millisecond):
			if no := r.refused(); len(no) > 0 {
				return fmt.Errorf("watch: %s", no[0])
			}
		}
	}
	version := func(n int64) target.Object {
		return r.artefact(flagged(targettest.Object("board", fmt.Sprintf("1.%d.0", n), n)))
	}
	apply := func(n int64) error {
		_, err := r.apply(version(n))
		return err
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"apply", func() error { return apply(1) }},
		{"watch", func() error { return r.watches(ctx) }},
		{"change", func() error { return apply(2) }},
		{"correct drift", func() error {
			r.tamper(production, "board")
			return apply(2)
		}},
		{"observe", func() error { return r.looks(ctx) }},
		{"preview", func() error {
			_, err := r.target.Preview(ctx, production, version(3))
			return err
		}},
		{"contain", func() error {
			_, err := r.target.Quarantine(ctx, production, "board", target.Mark{Reason: "leak", By: "oncall"})
			return err
		}},
		{"observe what is contained", func() error { return r.looks(ctx) }},
		{"release", func() error {
			_, err := r.target.Release(ctx, production, "board")
			return err
		}},
		{"apply what was released", func() error { return apply(3) }},
		{"remove", func() error {
			_, err := r.target.Remove(ctx, production, "board", targettest.Fence(4))
			return err
		}},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		if no := r.refused(); len(no) > 0 {
			return fmt.Errorf("%s: %s", step.what, no[0])
		}
	}
	return nil
}

// looks observes all apps of the environment, of which none has drifted.
func (r *rightful) looks(ctx context.Context) error {
	all, err := r.target.Observe(ctx, production)
	if err == nil && all.Apps["board"].Drift != "" {
		err = fmt.Errorf("it has drifted: %s", all.Apps["board"].Drift)
	}
	return err
}

// watches waits until each kind of the app is watched, or is refused to be.
func (r *rightful) watches(ctx context.Context) error {
	inv, err := r.target.store.Read(ctx, production, "board")
	if err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		missing := slices.ContainsFunc(inv.Resources, func(ref resource.Ref) bool {
			mapping, err := r.target.api.Served(ctx, ref.GVK())
			return err != nil || r.asked().Count(func(e kubetest.Event) bool {
				return e.Verb == "watch" && e.Resource == mapping.Resource.Resource && e.APIGroup == mapping.Resource.Group
			}) == 0
		})
		if !missing {
			return nil
		}
		if no := r.refused(); len(no) > 0 {
			return fmt.Errorf("it may not: %s", no[0])
		}
		if time.Now().After(end) {
			return fmt.Errorf("not all kinds are watched after a minute")
		}
	}
}

// actors are as whom apps are applied: the daemon, a user, a service account.
var actors = map[string]string{"itself": "", "a user": "NAMESPACE-deployer", "an account": "system:serviceaccount:NAMESPACE:staging"}

// notUsed reports whether a right of the role for watching is not used against this API server. It
// streams what is there when a watch begins (WatchList, from Kubernetes 1.34 on), and older ones
// are asked for a list of it. The daemon itself lists for nothing else where others apply.
func notUsed(a atom, actor string) bool {
	return a.verb == "list" && a.namespace == "" && actor != ""
}

// TestRights: with the rights that are printed, and no others, nothing of the whole story is
// refused; and each of them is used in it.
func TestRights(t *testing.T) {
	for name, actor := range actors {
		t.Run(name, func(t *testing.T) {
			r := newRightful(t, actor, nil)
			if err := r.story(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(r.rights); i += 2 {
				subjects, _, _ := unstructured.NestedSlice(r.rights[i+1].Object, "subjects")
				var users []string
				for _, subject := range subjects {
					users = append(users, userOf(subject.(map[string]any)))
				}
				role := r.rights[i]
				watching := strings.HasPrefix(role.GetName(), "levee-watch-")
				for _, a := range atoms(role) {
					if excused := watching && notUsed(a, actor); !excused && !r.used(users, a) {
						t.Errorf("%s is not used of %s by %v: %+v", role.GetName(), a.resource, users, a)
					}
				}
			}
		})
	}
}

// TestEachRight: without any one of the rules the story fails.
func TestEachRight(t *testing.T) {
	for name, actor := range actors {
		if name == "a user" {
			continue // an account differs from it in the rule for impersonation alone
		}
		t.Run(name, func(t *testing.T) {
			for i, done := 0, false; !done; i++ {
				var removed []atom
				r := newRightful(t, actor, func(rights []*unstructured.Unstructured) {
					removed = withoutRule(rights, i)
				})
				if done = removed == nil; done {
					if i < 10 {
						t.Errorf("there are but %d rules", i)
					}
					break
				}
				if err := r.story(t.Context()); err == nil {
					t.Errorf("nothing fails without %+v", removed)
				}
			}
		})
	}
}

// withoutRule takes one of all rules away, and returns what it gave.
func withoutRule(rights []*unstructured.Unstructured, n int) []atom {
	for _, role := range rights {
		rules, _, _ := unstructured.NestedSlice(role.Object, "rules")
		if n >= len(rules) {
			n -= len(rules)
			continue
		}
		before := atoms(role)
		role.Object["rules"] = slices.Delete(rules, n, n+1)
		after := atoms(role)
		return slices.DeleteFunc(before, func(a atom) bool { return slices.Contains(after, a) })
	}
	return nil
}
