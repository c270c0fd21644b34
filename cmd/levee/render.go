package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/render"
)

func renderCommand(std terminal.IO) *cobra.Command {
	var dir, environment, kind string
	cmd := &cobra.Command{
		Use:   "render APP",
		Short: "Print what would be applied of an app",
		Long: `Render prints what an app becomes where it runs, as the files of a catalog lie: for
Kubernetes its resources, and otherwise the document that the target is given. It asks no
target. The kind of target is that of an environment's target with the same name, unless
--kind says another: ` + config.Listed(kinds.Targets) + `.`,
		Example: "  levee render expense-submit --environment staging --kind kubernetes",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringVarP(&dir, "catalog", "C", ".", "folder of the catalog")
	cmd.Flags().StringVar(&environment, "environment", "", "one environment; by default all that the app comes to")
	cmd.Flags().StringVar(&kind, "kind", "", "kind of target")
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(config.Names(kinds.Targets), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		snapshot, err := catalogs.OpenFolder(cmd.Context(), dir)
		if err != nil {
			return err
		}
		if snapshot.Settings() == nil {
			return exit.No("catalog.yaml is not valid, so nobody can tell where apps run; `levee check` says what to mend")
		}
		doc, err := catalogs.ValidApp(snapshot, dir, args[0])
		if err != nil {
			return err
		}
		found := false
		for _, env := range snapshot.Settings().Reach(doc.App().Spec.Lifecycle.Stage) {
			if environment != "" && string(env.Name) != environment {
				continue
			}
			found = true
			if err := printRendered(cmd, std, snapshot, doc, env, kind); err != nil {
				return err
			}
		}
		if !found {
			return exit.Usagef("%s comes to no environment %q", args[0], environment)
		}
		return nil
	}
	return cmd
}

// printRendered prints what an app becomes in one environment, with a line before it that says
// which one.
func printRendered(cmd *cobra.Command, std terminal.IO, s *catalog.Snapshot, doc *catalog.Document, env settings.Environment, kind string) error {
	if kind != "" {
		env.Target = catalog.Name(kind)
	}
	by, ok := kinds.Targets[string(env.Target)]
	if !ok {
		return exit.Usagef("the target of %s is called %q, which says nothing of its kind; choose one with --kind: %s", env.Name, env.Target, config.Listed(kinds.Targets))
	}
	var source *render.Source
	if by.Renders != nil {
		source = render.ForKind(string(env.Target), by.Renders, std.Log())
	}
	r, err := source.App(s, doc, env)
	if err != nil {
		return err
	}
	r, problems, err := source.Artefact(cmd.Context(), r)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintf(std.Err, "%s:%d: %s %s\n", p.Path, p.Line, p.Message, p.Remedy)
		}
		return exit.No(fmt.Sprintf("%s cannot be rendered for %s", doc.Name, env.Name))
	}
	print := by.Print
	if print == nil {
		print = printJSON
	}
	text, err := print(r.Document)
	if err != nil {
		return err
	}
	_, err = io.WriteString(cmd.OutOrStdout(), fmt.Sprintf("# %s in %s, %s\n%s", doc.Name, env.Name, r.Digest.Short(), text))
	return err
}

func printJSON(document json.RawMessage) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}
