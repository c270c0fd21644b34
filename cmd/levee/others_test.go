package main

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"
	"time"
)

// TestDemoBesideDaemon: every act of the story also passes with one daemon that runs
// from the first to the last, and commands beside it.
func TestDemoBesideDaemon(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := newDemo(t.Context(), &out, t.TempDir())
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
	if err := d.play(d.inFolder()); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
}
