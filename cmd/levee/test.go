package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/rego"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/check/fixture"
)

func testCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Compile a catalog's own rules, run their tests and play example changes",
		Long: `Test compiles the rules in policies/ and runs the tests beside them. Then it plays the
example changes in tests/: each is a txtar file with what is laid over the catalog
(catalog/…), what is proposed (change/…), and case.yaml, which says who asks and
approves, and what is expected.

Exit codes: 0 all hold, 1 something does not, 2 usage, 3 could not tell.`,
		Args: cobra.MaximumNArgs(1),
	}
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		asked, closeFiles, err := catalogs.Open(cmd.Context(), dir, catalogs.Revisions{})
		if err != nil {
			return err
		}
		defer closeFiles()
		snapshot := asked.Proposed
		trial, err := engine.Try(cmd.Context(), snapshot) // nobody may have agreed to these rules yet
		if err != nil {
			return err
		}
		defer trial.Close()
		problems := trial.Problems()
		if snapshot.Settings() == nil {
			return fmt.Errorf("%s has no valid catalog.yaml; `levee check` says what is wrong", dir)
		}
		played := 0
		if len(problems) == 0 { // with rules that do not hold, no decision says anything
			asked.Now = std.Now()
			if played, problems, err = playFixtures(cmd.Context(), engine, asked); err != nil {
				return err
			}
		}
		out := cmd.OutOrStdout()
		if *format == "json" {
			if problems == nil {
				problems = []catalog.Problem{}
			}
			if err := output.JSON(out, map[string]any{"tests": trial.Tests(), "changes": played, "problems": problems}); err != nil {
				return err
			}
		} else {
			for _, p := range problems {
				fmt.Fprintf(out, "%s %s\n", output.Place(p, ""), p.Message)
			}
			fmt.Fprintf(out, "%s of the catalog's own, %s, %s, %s\n", output.Plural(own(trial.Listed()), "rule"), output.Plural(len(trial.Tests()), "test"), output.Plural(played, "example change"), output.Plural(len(problems), "problem"))
		}
		if len(problems) > 0 {
			return exit.No("")
		}
		return nil
	}
	return cmd
}

// playFixtures plays the example changes of a catalog and returns how many there are, and what is wrong.
func playFixtures(ctx context.Context, engine *policies.Engine, asked check.Asked) (int, []catalog.Problem, error) {
	fixtures, problems, err := fixture.Find(ctx, asked.Files)
	if err != nil {
		return 0, nil, err
	}
	player := fixture.NewPlayer(engine, asked.Files, asked.Proposed, asked.Now)
	defer player.Close()
	for _, f := range fixtures {
		differ, err := player.Play(ctx, f)
		if err != nil {
			return 0, nil, err
		}
		problems = append(problems, differ...)
	}
	return len(fixtures), problems, nil
}

func own(rules []rego.Rule) int {
	n := 0
	for _, r := range rules {
		if r.Own {
			n++
		}
	}
	return n
}
