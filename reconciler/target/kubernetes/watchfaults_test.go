package kubernetes

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// watched is a stage on which an app runs and is watched through a proxy.
func watched(t *testing.T, fault kubetest.Fault) (f *faulty, told chan target.Event) {
	t.Helper()
	f = newFaulty(t)
	f.proxy.Begin(fault)
	f.mustApply(targettest.Object("board", "1.0.0", 1))
	f.await("board", "ready", state(target.Ready))
	told = make(chan target.Event, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = f.target.Watch(ctx, func(e target.Event) { told <- e })
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	f.hears(told, target.Event{})
	return f, told
}

// hears waits for an event.
func (f *faulty) hears(told <-chan target.Event, want target.Event) {
	f.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case e := <-told:
			if e == want {
				return
			}
		case <-late:
			f.t.Fatalf("%+v is not told", want)
		}
	}
}

// drifts tampers with the app, and wants that to be found by a look at it.
func (f *faulty) drifts() {
	f.t.Helper()
	f.tamper(production, "board")
	if seen := f.observe("board"); !strings.Contains(seen.Drift, "Deployment/board was changed by kubectl-edit") {
		f.t.Errorf("drift is %q", seen.Drift)
	}
}

func (f *faulty) watches() (n int) {
	for _, request := range f.proxy.Requests() {
		if strings.Contains(request, "watch=") {
			n++
		}
	}
	return n
}

var ofBoard = target.Event{Environment: production, App: "board"}

// TestWatchSilent: where a watch stays open and tells nothing, a look finds what changed, and
// once the connection is new what happened meanwhile is told.
func TestWatchSilent(t *testing.T) {
	kubetest.Skip(t)
	var quiet atomic.Bool
	f, told := watched(t, kubetest.Fault{Only: kubetest.Watches, Answer: kubetest.Silence(quiet.Load)})
	f.drifts()
	f.hears(told, ofBoard)
	f.mustApply(targettest.Object("board", "1.1.0", 2))
	f.await("board", "ready", state(target.Ready))
	quiet.Store(true)
	for len(told) > 0 {
		<-told
	}
	began := f.watches()
	f.drifts()
	if n := f.watches() - began; n > 0 {
		t.Errorf("%d watches began while those that there are stay open", n)
	}
	quiet.Store(false)
	f.proxy.Disconnect()
	f.hears(told, ofBoard)
}

// mostWatches is how many watches of one kind may begin in five seconds where each ends at
// once. The client waits longer with each.
const mostWatches = 8

// TestWatchEnds: where every watch ends at once, a look finds what changed, the watches are not
// begun again without a pause, and once they last what changes is told.
func TestWatchEnds(t *testing.T) {
	kubetest.Skip(t)
	f, told := watched(t, kubetest.Fault{})
	kinds := f.watches()
	f.proxy.Begin(kubetest.Fault{Only: kubetest.Watches, Answer: kubetest.Cut(20 * time.Millisecond)})
	f.proxy.Disconnect()
	began := f.watches()
	f.drifts()
	time.Sleep(5 * time.Second)
	if n := f.watches() - began; n == 0 || n > mostWatches*kinds {
		t.Errorf("%d watches of %d kinds began in five seconds", n, kinds)
	} else {
		t.Logf("%d watches of %d kinds began", n, kinds)
	}
	f.proxy.Begin(kubetest.Fault{})
	f.hears(told, ofBoard)
	for len(told) > 0 {
		<-told
	}
	f.mustApply(targettest.Object("board", "1.1.0", 2))
	f.hears(told, ofBoard)
}
