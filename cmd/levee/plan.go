package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func planCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan [CHANGE]",
		Short: "Say what the next pass, or the merge of a change, would do in the targets",
		Args:  cobra.MaximumNArgs(1),
	}
	name := config.Flag(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		if len(args) == 1 {
			plan, err := s.Rec.Reviews.Plan(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if *format == "json" {
				return output.JSON(std.Out, plan)
			}
			output.ChangePlan(std.Out, plan)
			return nil
		}
		plan, err := s.Rec.Deploy.Plan(cmd.Context(), s.Rec.Session())
		if err != nil {
			return err
		}
		if *format == "json" {
			return output.JSON(std.Out, plan)
		}
		for _, step := range plan {
			fmt.Fprintf(std.Out, "%s %s in %s (%s)\n", step.Verb, step.App, step.Environment, step.Reason)
		}
		fmt.Fprintf(std.Out, "%s\n", output.Plural(len(plan), "step"))
		return nil
	}
	return cmd
}
