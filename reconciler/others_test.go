package reconciler_test

import (
	"slices"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestOthersRecord: whatever somebody else records while a daemon runs, its next pass
// carries out, and so does one that starts later from where that one was at rest. What
// was changed by hand meanwhile is put right in the same way.
func TestOthersRecord(t *testing.T) {
	t.Parallel()
	tamper := func(w *reconcilertest.World) {
		for _, environment := range []string{"staging", "production"} {
			w.Write("run/"+environment+"/apps/board.json", "{}")
		}
	}
	cases := map[string]struct {
		others func(*reconcilertest.World)
		want   []string
	}{
		"a rollback": {func(w *reconcilertest.World) { w.Rollback("board", "wrong sums") }, []string{"board=1.0.0", "other=1.0.0"}},
		"a rollback and drift": {func(w *reconcilertest.World) {
			w.Rollback("board", "wrong sums")
			tamper(w)
		}, []string{"board=1.0.0", "other=1.0.0"}},
		"a containment": {func(w *reconcilertest.World) { w.Quarantine("board", "it leaks", "ben") }, []string{"other=1.0.0"}},
		"a release": {func(w *reconcilertest.World) {
			w.Quarantine("board", "it leaks", "ben")
			w.Release("mended", "ben", "board")
		}, []string{"board=1.1.0", "other=1.0.0"}},
		"a rollback of what is contained": {func(w *reconcilertest.World) {
			w.Quarantine("board", "it leaks", "ben")
			w.Rollback("board", "wrong sums")
			w.Release("mended", "ben", "board")
		}, []string{"board=1.0.0", "other=1.0.0"}},
		"an admission by another replica": {func(w *reconcilertest.World) {
			w.Publish("ana", "next", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.2.0"))
			w.Pass()
		}, []string{"board=1.2.0", "other=1.0.0"}},
		"drift only": {tamper, []string{"board=1.1.0", "other=1.0.0"}},
	}
	for name, c := range cases {
		for _, restarted := range []bool{false, true} {
			t.Run(name+map[bool]string{false: ", running", true: ", restarted"}[restarted], func(t *testing.T) {
				t.Parallel()
				w := reconcilertest.New(t, "board", "other")
				s := w.Serve()
				rounds := func(n int) {
					for range n {
						w.Later(11 * time.Minute)
						w.Once(s)
					}
				}
				rounds(2)
				w.Publish("ana", "up", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
				rounds(4)
				w.WantRuns("production", "board=1.1.0", "other=1.0.0")
				if restarted {
					s.Close()
				}
				c.others(w)
				if restarted {
					s = w.Serve()
				}
				rounds(2)
				w.WantRuns("staging", c.want...)
				w.WantRuns("production", slices.Clone(c.want)...)
				tampered := slices.Contains(c.want, "board=1.0.0")
				if tampered {
					tamper(w)
					rounds(1)
					w.WantRuns("production", c.want...)
				}
				w.WantAudit()
			})
		}
	}
}
