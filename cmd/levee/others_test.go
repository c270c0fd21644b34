package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/demo"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestDemoBesideDaemon: every act of the story also passes with one daemon that runs
// from the first to the last, and commands beside it.
func TestDemoBesideDaemon(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	dir := t.TempDir()
	var s *system.System
	var said bytes.Buffer // since the last pass
	d := demo.New(t.Context(), &out, dir, func(ctx context.Context, args []string, std terminal.IO) int {
		if args[0] != "reconcile" {
			return run(ctx, args, std)
		}
		if s == nil {
			var err error
			s, err = system.Open(ctx, filepath.Join(dir, "levee.yaml"), terminal.IO{Out: io.Discard, Err: &said, Now: std.Now}, kinds, system.Serving)
			if err != nil {
				return exit.Say(std.Out, err)
			}
			t.Cleanup(s.Close)
		}
		said.Reset()
		done, err := s.Rec.Once(ctx)
		output.Pass(&said, done)
		_, _ = said.WriteTo(std.Out)
		return exit.Say(std.Out, err)
	})
	if err := d.PlayInFolder(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
}
