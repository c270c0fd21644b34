package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// TestOthersRecord: whatever somebody else records while a daemon runs, its next pass
// carries out, and so does one that starts later from where that one was at rest. What
// was changed by hand meanwhile is put right in the same way.
func TestOthersRecord(t *testing.T) {
	t.Parallel()
	tamper := func(w *world) {
		for _, environment := range []string{"staging", "production"} {
			if err := os.WriteFile(filepath.Join(w.dir, "run", environment, "apps", "board.json"), []byte("{}"), 0o644); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	cases := map[string]struct {
		others func(*world)
		want   []string
	}{
		"a rollback": {func(w *world) { w.must("rollback", "board", "--reason", "wrong sums", "--by", "ben") }, []string{"board=1.0.0", "other=1.0.0"}},
		"a rollback and drift": {func(w *world) {
			w.must("rollback", "board", "--reason", "wrong sums", "--by", "ben")
			tamper(w)
		}, []string{"board=1.0.0", "other=1.0.0"}},
		"a containment": {func(w *world) { w.must("quarantine", "board", "--reason", "it leaks", "--by", "ben") }, []string{"other=1.0.0"}},
		"a release": {func(w *world) {
			w.must("quarantine", "board", "--reason", "it leaks", "--by", "ben")
			w.must("release", "board", "--reason", "mended", "--by", "ben")
		}, []string{"board=1.1.0", "other=1.0.0"}},
		"a rollback of what is contained": {func(w *world) {
			w.must("quarantine", "board", "--reason", "it leaks", "--by", "ben")
			w.must("rollback", "board", "--reason", "wrong sums", "--by", "ben")
			w.must("release", "board", "--reason", "mended", "--by", "ben")
		}, []string{"board=1.0.0", "other=1.0.0"}},
		"an admission by another replica": {func(w *world) {
			w.publish("ana", "next", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.2.0")})
			w.pass()
		}, []string{"board=1.2.0", "other=1.0.0"}},
		"drift only": {tamper, []string{"board=1.1.0", "other=1.0.0"}},
	}
	for name, c := range cases {
		for _, restarted := range []bool{false, true} {
			t.Run(name+map[bool]string{false: ", running", true: ", restarted"}[restarted], func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, "board", "other")
				s := w.daemon()
				rounds := func(n int) {
					for range n {
						w.clock = w.clock.Add(11 * time.Minute)
						w.once(s)
					}
				}
				rounds(2)
				w.publish("ana", "up", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
				rounds(4)
				w.wantRuns("production", "board=1.1.0", "other=1.0.0")
				if restarted {
					s.close()
				}
				c.others(w)
				if restarted {
					s = w.daemon()
				}
				rounds(2)
				w.wantRuns("staging", c.want...)
				w.wantRuns("production", slices.Clone(c.want)...)
				tampered := slices.Contains(c.want, "board=1.0.0")
				if tampered {
					tamper(w)
					rounds(1)
					w.wantRuns("production", c.want...)
				}
				w.wantAudit()
			})
		}
	}
}

// TestDemoBesideDaemon: every act of the story also passes with one daemon that runs
// from the first to the last, and commands beside it.
func TestDemoBesideDaemon(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := &demo{ctx: t.Context(), out: &out, dir: t.TempDir(), clock: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), keys: map[string]*gitrepo.Signer{}}
	var s *system
	var said bytes.Buffer
	d.reconcile = func() error {
		if s == nil {
			var err error
			s, err = openSystem(d.ctx, filepath.Join(d.dir, "levee.yaml"), stdio{out: io.Discard, err: &said, now: func() time.Time { return d.clock }}, serving)
			if err != nil {
				return err
			}
			t.Cleanup(s.close)
		}
		said.Reset()
		done, err := s.rec.Once(d.ctx)
		writePass(stdio{out: &said, err: &said}, done)
		d.last = said.String()
		return err
	}
	if err := d.play(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
}
