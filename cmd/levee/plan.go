package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler/review"
)

func planCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan [CHANGE]",
		Short: "Say what the next pass, or the merge of a change, would do in the targets",
		Args:  cobra.MaximumNArgs(1),
	}
	name := configFlag(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		if len(args) == 1 {
			plan, err := s.rec.Reviews.Plan(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if *format == "json" {
				return writeJSON(std.out, plan)
			}
			writeChangePlan(std.out, plan)
			return nil
		}
		plan, err := s.rec.Deploy.Plan(cmd.Context(), s.rec.Session())
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(std.out, plan)
		}
		for _, step := range plan {
			fmt.Fprintf(std.out, "%s %s in %s (%s)\n", step.Verb, step.App, step.Environment, step.Reason)
		}
		fmt.Fprintf(std.out, "%s\n", plural(len(plan), "step"))
		return nil
	}
	return cmd
}

// writeChangePlan says what merging a change would do, an environment after the other.
func writeChangePlan(w io.Writer, plan review.Plan) {
	steps := 0
	for _, app := range plan.Apps {
		for _, env := range app.Environments {
			fmt.Fprintf(w, "%s in %s\n", app.App, env.Environment)
			switch {
			case env.Trouble != "":
				fmt.Fprintf(w, "  could not be told: %s\n", env.Trouble)
			case len(env.Preview.Items) == 0:
				fmt.Fprintln(w, "  nothing changes")
			}
			for _, item := range env.Preview.Items {
				steps++
				fmt.Fprintf(w, "  %s %s", item.Verb, item.What)
				if item.Words != "" {
					fmt.Fprintf(w, " (%s)", item.Words)
				}
				fmt.Fprintln(w)
				writeLines(w, item.Diff)
			}
			if env.Preview.More > 0 {
				steps += env.Preview.More
				fmt.Fprintf(w, "  and %d more\n", env.Preview.More)
			}
		}
	}
	for _, one := range plan.Rerenders.Places {
		steps++
		fmt.Fprintf(w, "%s in %s, without a change of its own\n  %s\n", one.App, one.Environment, one.Words)
		writeLines(w, one.Diff)
	}
	steps += plan.Rerenders.More
	if plan.Rerenders.More > 0 {
		fmt.Fprintf(w, "and apps in %s more\n", plural(plan.Rerenders.More, "place"))
	}
	if plan.Rerenders.Left > 0 {
		fmt.Fprintf(w, "what becomes of apps in %s could not be told in time\n", plural(plan.Rerenders.Left, "place"))
	}
	fmt.Fprintf(w, "%s; nothing was done\n", plural(steps, "thing"))
}

func writeLines(w io.Writer, lines string) {
	for line := range strings.Lines(lines) {
		fmt.Fprintf(w, "    %s\n", strings.TrimSuffix(line, "\n"))
	}
}
