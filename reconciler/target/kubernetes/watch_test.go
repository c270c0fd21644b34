package kubernetes

import (
	"net"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/reconciler/target"
)

// TestWatchOfNothing: watching a cluster that cannot be reached ends with the reason, so that
// whoever asked tries again.
func TestWatchOfNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	away, err := New(Options{Config: &rest.Config{Host: "http://" + address}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- away.Watch(t.Context(), func(e target.Event) { t.Errorf("it tells %+v", e) })
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ends without a reason")
		}
	case <-time.After(time.Minute):
		t.Error("it does not end")
	}
}
