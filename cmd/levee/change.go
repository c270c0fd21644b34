package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/reconciler/review"
)

func diffCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "diff CHANGE",
		Aliases: []string{"show"},
		Short:   "Say what an open change makes different, in meaning and line by line",
		Args:    cobra.ExactArgs(1),
	}
	name := configFlag(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		preview, files, err := s.rec.Reviews.Diff(cmd.Context(), args[0])
		if err != nil {
			return s.notOpen(cmd.Context(), args[0], err)
		}
		if *format == "json" {
			return writeJSON(std.out, struct {
				review.Preview
				Lines []review.FileDiff `json:"lines"`
			}{preview, files})
		}
		fmt.Fprintf(std.out, "%s\n", preview.Meaning)
		for _, f := range files {
			writeFileDiff(std.out, f)
		}
		return nil
	}
	return cmd
}

func writeFileDiff(w io.Writer, f review.FileDiff) {
	shown := safetext.Shown(f.Path, false)
	if f.Left != "" {
		fmt.Fprintf(w, "%s: not shown, because %s\n", shown, f.Left)
		return
	}
	fmt.Fprint(w, udiff.Unified("a/"+shown, "b/"+shown, f.Before, f.After))
}

// writePreview says how a change stands, as a comment beside it would.
func writePreview(w io.Writer, p review.Preview) {
	fmt.Fprintf(w, "%s: %s\n\n%s", p.Change, p.Title, p.Text)
}

// notOpen says more of a change that is not open: what became of it, or what was
// probably meant.
func (s *system) notOpen(ctx context.Context, id string, why error) error {
	if !errors.Is(why, review.ErrNotOpen) {
		return why
	}
	if became, err := s.rec.Reviews.Became(ctx, id); err != nil || became != "" {
		return errors.Join(err, saysNo(became))
	}
	open, err := s.rec.Open(ctx)
	if err != nil {
		return err
	}
	if near := guess.Closest(id, open); near != "" {
		return usagef("there is no open change %s; did you mean %s?", id, near)
	}
	if slices.Contains(open, "publish/"+id) {
		return usagef("there is no open change %s; did you mean publish/%s?", id, id)
	}
	return usagef("there is no open change %s; those that are open: %s", id, cmp.Or(strings.Join(open[:min(5, len(open))], ", "), "none"))
}
