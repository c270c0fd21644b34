package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/reconciler/review"
)

// ChangePlan says what merging a change would do, an environment after the other.
func ChangePlan(w io.Writer, plan review.Plan) {
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
		fmt.Fprintf(w, "and apps in %s more\n", Plural(plan.Rerenders.More, "place"))
	}
	if plan.Rerenders.Left > 0 {
		fmt.Fprintf(w, "what becomes of apps in %s could not be told in time\n", Plural(plan.Rerenders.Left, "place"))
	}
	fmt.Fprintf(w, "%s; nothing was done\n", Plural(steps, "thing"))
}

func writeLines(w io.Writer, lines string) {
	for line := range strings.Lines(lines) {
		fmt.Fprintf(w, "    %s\n", strings.TrimSuffix(line, "\n"))
	}
}
