package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/overlay"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/memory"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/check/formats"
)

func checkCommand(std terminal.IO) *cobra.Command {
	var of catalogs.Revisions
	var from string
	var apps, rules []string
	var requireApproval, past bool
	cmd := &cobra.Command{
		Use:   "check [DIR|FILE|URL]",
		Short: "Judge a catalog and say what to mend",
		Long: `Check judges every app of a catalog and says, for each problem, what to do.

Without --rev, the files of DIR are read as they lie, committed or not. With
--rev, DIR or URL is a Git repository and the catalog is read at that revision.
With --base, what stands there counts as admitted, its rules judge, and only what
may have changed since is reported. Every file looked at is scanned for secrets.

Of a file or folder within a catalog, only what belongs to it is looked at; --app,
--changed-since and --rule narrow it further. With --changed-since the catalog's own
rules judge what may have changed since a revision, as before a commit. With --rule
only problems of that rule stop an app; approvals that are missing, and what could
not be judged, are told all the same.

With --catalog, DIR is the folder of one app that lies in no catalog, such as its
creator's own repository, or the app.yaml in it. It is judged as if it were published in that
catalog, a folder or a repository at --rev or its head, by the rules and settings there. Files that
Git has or would take are scanned for secrets, but for an app.yaml in a folder below; outside of a
repository, app.yaml and evidence/.

With --history all commits of all branches and tags are scanned for secrets instead,
with their messages: what was taken out again is in every clone.

With -o the report is for people (table) or for programs: json is all of it, sarif
is for code scanning, junit for test reports, github makes annotations of a
workflow, and gitlab is a code quality report.
Folders beside those of the catalog, such as .github, are compared only with
--rev: on disk they hold what nobody commits.

Exit codes: 0 fine, 1 the catalog says no, 2 usage, 3 could not tell.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&of.Proposed, "rev", "", "revision to check: a branch, tag or commit")
	cmd.Flags().StringVar(&from, "catalog", "", "judge the app in DIR as if it were published in this catalog, a folder or URL")
	cmd.Flags().StringVar(&of.Base, "base", "", "revision that counts as admitted")
	cmd.Flags().StringVar(&of.Since, "changed-since", "", "look only at what may have changed since this revision")
	cmd.Flags().StringSliceVar(&apps, "app", nil, "look only at the app of this name; may be repeated")
	cmd.Flags().StringSliceVar(&rules, "rule", nil, "report only problems of this rule, or of an area such as 'egress.*'; may be repeated")
	cmd.Flags().BoolVar(&requireApproval, "require-approval", false, "say no also where an approval is missing")
	cmd.Flags().BoolVar(&past, "history", false, "scan all that the repository ever held for secrets")
	format := output.Flag(cmd, append([]string{"table", "json"}, formats.Names...)...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		defer memory.CollectLater()()
		where := "."
		if len(args) == 1 {
			where = args[0]
		}
		for _, other := range []string{"base", "changed-since", "app", "rule", "require-approval", "catalog"} {
			if past && cmd.Flags().Changed(other) {
				return exit.Usagef("--history looks at all that ever was, so --%s says nothing beside it", other)
			}
		}
		for _, other := range []string{"base", "changed-since", "app"} {
			if from != "" && cmd.Flags().Changed(other) {
				return exit.Usagef("--catalog judges one app as if it were published there, so --%s says nothing beside it", other)
			}
		}
		switch {
		case past && *format != "table" && *format != "json":
			return exit.Usagef("--history reports as table or json: its findings are in no file that -o %s could point to", *format)
		case past:
			return checkHistory(cmd.Context(), std, where, of.Proposed, *format)
		}
		var app catalogs.Elsewhere
		var asked check.Asked
		var closeFiles func()
		var err error
		if from != "" {
			asked, app, closeFiles, err = catalogs.OpenElsewhere(cmd.Context(), where, from, of.Proposed)
		} else {
			asked, closeFiles, err = openChecked(cmd.Context(), where, of, apps)
		}
		if err != nil {
			return err
		}
		defer closeFiles()
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		if asked.Only.Rules, err = chosenRules(cmd.Context(), engine, asked.Proposed, rules); err != nil {
			return err
		}
		asked.Now = std.Now()
		report, err := checker(engine, std).Catalog(cmd.Context(), asked)
		if err != nil {
			return err
		}
		if from != "" {
			report = report.Moved(app.Place, app.Dir)
			if len(report.Results) == 0 {
				fmt.Fprintf(std.Err, "The catalog has this app as it is here, in %s.\n", app.Place)
			}
		}
		switch *format {
		case "table":
			err = output.Report(std.Out, report)
		case "json":
			err = output.JSON(std.Out, report)
		default:
			var rules []formats.Rule
			if *format == "sarif" { // the one format that describes them
				rules, err = describedRules(cmd.Context(), engine, asked.Proposed)
			}
			if err == nil {
				err = formats.Write(std.Out, *format, system.Release(), report, rules)
			}
		}
		if err != nil {
			return err
		}
		return reportExit(report, requireApproval)
	}
	return cmd
}

// checker judges catalogs as the commands of people do.
func checker(engine *policies.Engine, std terminal.IO) check.Checker {
	return check.Checker{Engine: engine, Kinds: kinds.Rendering(std.Log()), Secrets: secretscan.New()}
}

// judgedWith judges one app of a catalog as it would be with files laid over it. levee new and levee
// upgrade ask before they write.
func judgedWith(ctx context.Context, std terminal.IO, asked check.Asked, files map[string][]byte, app string) (report check.Report, err error) {
	before := asked.Proposed
	asked.Files = overlay.New(asked.Files, files)
	if asked.Proposed, err = catalog.Load(ctx, asked.Files, "", before); err != nil {
		return report, err
	}
	asked.Only.Files, asked.Now = []string{app}, std.Now()
	engine, err := system.Engine()
	if err != nil {
		return report, err
	}
	return checker(engine, std).Catalog(ctx, asked)
}

// soFar tells somebody who waits now and then how far something is: "judged 40 of 200 apps".
func soFar(std terminal.IO, verb, what string) func(done, all int) {
	told := time.Now()
	return func(done, all int) {
		if time.Since(told) > progressEvery {
			told = time.Now()
			fmt.Fprintf(std.Err, "%s %d of %d %s\n", verb, done, all, what)
		}
	}
}

// progressEvery is how often somebody who waits is told how far it is.
const progressEvery = 2 * time.Second

// openChecked opens what is to be checked, and chooses of it what the place and names of apps say.
func openChecked(ctx context.Context, where string, of catalogs.Revisions, apps []string) (asked check.Asked, closeFiles func(), err error) {
	inside := ""
	if !config.IsURL(where) && of.Proposed == "" {
		if where, inside, err = catalogs.Around(where); err != nil {
			return asked, nil, err
		}
	}
	if asked, closeFiles, err = catalogs.Open(ctx, where, of); err != nil {
		return asked, nil, err
	}
	var below []string
	if inside != "" {
		below, err = catalogs.Below(asked.Proposed, inside)
	}
	if err == nil {
		asked.Only.Files, err = catalogs.Apps(asked.Proposed, apps)
	}
	switch {
	case err != nil:
	case len(apps) == 0:
		asked.Only.Files = below
	case inside != "":
		asked.Only.Files = slices.DeleteFunc(asked.Only.Files, func(p string) bool { return !slices.Contains(below, p) })
		if len(asked.Only.Files) == 0 {
			err = exit.Usagef("%s has no app %s", inside, strings.Join(apps, ", "))
		}
	}
	if err != nil {
		closeFiles()
	}
	return asked, closeFiles, err
}

// chosenRules holds words of --rule against the rules that there are.
func chosenRules(ctx context.Context, engine *policies.Engine, snapshot *catalog.Snapshot, words []string) ([]string, error) {
	if len(words) == 0 {
		return nil, nil
	}
	listed, err := listedRules(ctx, engine, snapshot)
	if err != nil {
		return nil, err
	}
	ids := knownRuleIDs(listed)
	for _, word := range words {
		if !slices.ContainsFunc(ids, func(id string) bool { return check.Chooses(word, id) }) {
			return nil, noRule(word, ids)
		}
	}
	return words, nil
}

// describedRules are all rules that a report on a catalog may name, for other programs to show.
func describedRules(ctx context.Context, engine *policies.Engine, snapshot *catalog.Snapshot) ([]formats.Rule, error) {
	listed, err := listedRules(ctx, engine, snapshot)
	if err != nil {
		return nil, err
	}
	var rules []formats.Rule
	for _, r := range listed {
		rules = append(rules, formats.Rule{ID: r.ID, Title: r.Title, Description: r.Description, Remedy: r.Remedy, Controls: r.Controls})
	}
	for _, r := range programRules() {
		rules = append(rules, formats.Rule{ID: r.ID, Title: r.Title, Description: r.Description})
	}
	return rules, nil
}

// reportExit turns a report into an exit code: "could not tell" outranks "no".
func reportExit(r check.Report, requireApproval bool) error {
	count := func(v policies.Verdict) int { return r.Summary[v] + r.Others[v] }
	no := count(policies.Deny) + count(policies.Invalid)
	if requireApproval {
		no += count(policies.NeedsApproval)
	}
	switch {
	case count(policies.Error) > 0:
		return fmt.Errorf("%s could not be judged", output.Plural(count(policies.Error), "app"))
	case no > 0:
		return exit.No("")
	}
	return nil
}
