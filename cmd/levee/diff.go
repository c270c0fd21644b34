package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/review"
)

func diffCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "diff CHANGE",
		Aliases: []string{"show"},
		Short:   "Say what an open change makes different, in meaning and line by line",
		Args:    cobra.ExactArgs(1),
	}
	name := config.Flag(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		preview, files, err := s.Rec.Reviews.Diff(cmd.Context(), args[0])
		if err != nil {
			return notOpen(cmd.Context(), s, args[0], err)
		}
		if *format == "json" {
			return output.JSON(std.Out, struct {
				review.Preview
				Lines []review.FileDiff `json:"lines"`
			}{preview, files})
		}
		fmt.Fprintf(std.Out, "%s\n", preview.Meaning)
		for _, f := range files {
			output.FileDiff(std.Out, f)
		}
		return nil
	}
	return cmd
}

// notOpen says more of a change that is not open: what became of it, or what was
// probably meant.
func notOpen(ctx context.Context, s *system.System, id string, why error) error {
	if !errors.Is(why, review.ErrNotOpen) {
		return why
	}
	if became, err := s.Rec.Reviews.Became(ctx, id); err != nil || became != "" {
		return errors.Join(err, exit.No(became))
	}
	open, err := s.Rec.Open(ctx)
	if err != nil {
		return err
	}
	if near := guess.Closest(id, open); near != "" {
		return exit.Usagef("there is no open change %s; did you mean %s?", id, near)
	}
	if slices.Contains(open, "publish/"+id) {
		return exit.Usagef("there is no open change %s; did you mean publish/%s?", id, id)
	}
	return exit.Usagef("there is no open change %s; those that are open: %s", id, cmp.Or(strings.Join(open[:min(5, len(open))], ", "), "none"))
}
