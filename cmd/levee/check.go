package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

func checkCommand(std stdio) *cobra.Command {
	var rev, base string
	var requireApproval bool
	cmd := &cobra.Command{
		Use:   "check [DIR|URL]",
		Short: "Judge a catalog and say what to mend",
		Long: `Check judges every app of a catalog and says, for each problem, what to do.

Without --rev, the files of DIR are read as they lie, committed or not. With
--rev, DIR or URL is a Git repository and the catalog is read at that revision.
With --base, what stands there counts as admitted, its rules judge, and only what
may have changed since is reported. Every file looked at is scanned for secrets.
Folders beside those of the catalog, such as .github, are compared only with
--rev: on disk they hold what nobody commits.

Exit codes: 0 fine, 1 the catalog says no, 2 usage, 3 could not tell.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&rev, "rev", "", "revision to check: a branch, tag or commit")
	cmd.Flags().StringVar(&base, "base", "", "revision that counts as admitted")
	cmd.Flags().BoolVar(&requireApproval, "require-approval", false, "say no also where an approval is missing")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		defer collectLater()()
		where := "."
		if len(args) == 1 {
			where = args[0]
		}
		asked, closeFiles, err := openCatalogs(cmd.Context(), where, rev, base)
		if err != nil {
			return err
		}
		defer closeFiles()
		engine, err := engine()
		if err != nil {
			return err
		}
		asked.Now = std.now()
		report, err := check.Checker{Engine: engine, Kinds: renderingKinds(std.log()), Secrets: secretscan.New()}.Catalog(cmd.Context(), asked)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = writeJSON(std.out, report)
		} else {
			err = writeReport(std.out, report)
		}
		if err != nil {
			return err
		}
		return reportExit(report, requireApproval)
	}
	return cmd
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
		return fmt.Errorf("%s could not be judged", plural(count(policies.Error), "app"))
	case no > 0:
		return saysNo("")
	}
	return nil
}

// openFolder reads a catalog as it lies on disk.
func openFolder(ctx context.Context, dir string) (*catalog.Snapshot, error) {
	files, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return catalog.Load(ctx, files, "", catalog.Empty())
}

func writeReport(w io.Writer, r check.Report) error {
	var b strings.Builder
	for _, result := range r.Results {
		if result.Verdict == policies.Allow && len(result.Problems) == 0 && len(result.Files) == 0 || result.After != "" {
			continue
		}
		writeResult(&b, result)
	}
	writeFollowing(&b, r.Results)
	writeSummary(&b, r)
	if r.Catalog.Apps == 0 {
		b.WriteString("There is no app yet: an app is a folder below apps/ with a file app.yaml.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var verdictWords = map[policies.Verdict]string{
	policies.Allow: "allowed", policies.NeedsApproval: "needs approval", policies.Deny: "denied",
	policies.Invalid: "invalid", policies.Error: "not judged",
}

func writeResult(b *strings.Builder, r check.Result) {
	what := safetext.Shown(r.Path, false)
	if len(r.Files) > 0 {
		what = "change of governance"
	}
	fmt.Fprintf(b, "%s: %s", what, verdictWords[r.Verdict])
	if r.Kind == string(catalog.KindApp) && r.Digest != "" {
		fmt.Fprintf(b, ", %s risk", r.Risk.Level)
		if len(r.Risk.Reasons) > 0 {
			fmt.Fprintf(b, " (%s)", strings.Join(r.Risk.Reasons, "; "))
		}
	}
	b.WriteString("\n")
	if r.Reason != "" {
		fmt.Fprintf(b, "  %s\n", r.Reason)
	}
	for _, p := range r.Files {
		fmt.Fprintf(b, "  changes %s\n", safetext.Shown(p, false))
	}
	for _, p := range r.Problems {
		place := placeOf(p, r.Path)
		level := ""
		if p.Level != catalog.Deny {
			level = " (" + string(p.Level) + ")"
		}
		if p.Waiver != nil {
			level = " (waived by " + *p.Waiver + ")"
		}
		fmt.Fprintf(b, "  %-7s %s%s\n          %s\n", place, p.Message, level, p.Remedy)
		fmt.Fprintf(b, "          rule %s\n", p.Rule)
	}
	for _, need := range r.Approvals.Required {
		who := "nobody can give it"
		if len(need.From) > 0 {
			who = "ask " + joinNames(need.From)
		}
		fmt.Fprintf(b, "  approval by %s: %s; %s\n", need.Role, need.Reason, who)
	}
	b.WriteString("\n")
}

// placeOf is where a problem is, for who is told of a file: in that one, or in another.
func placeOf(p catalog.Problem, file string) string {
	place := "-"
	if p.Line > 0 {
		place = fmt.Sprintf("%d:%d", p.Line, p.Column)
	}
	if p.Path == file || p.Path == "" {
		return place
	}
	if p.Line == 0 {
		return safetext.Shown(p.Path, false)
	}
	return safetext.Shown(p.Path, false) + ":" + place
}

// writeFollowing names the apps of which all that is wrong follows from another file.
func writeFollowing(b *strings.Builder, results []check.Result) {
	var files []string
	names := map[string][]catalog.Name{}
	for _, r := range results {
		if r.After != "" {
			if names[r.After] == nil {
				files = append(files, r.After)
			}
			names[r.After] = append(names[r.After], catalog.Name(r.Name))
		}
	}
	for _, file := range files {
		fmt.Fprintf(b, "%s denied only for what is wrong in %s: %s\n\n", plural(len(names[file]), "app"), safetext.Shown(file, false), joinNames(names[file]))
	}
}

// writeSummary counts: apps on one line, and other files, where there is anything to
// say of them, on the next.
func writeSummary(b *strings.Builder, r check.Report) {
	judged := 0
	for _, n := range r.Summary {
		judged += n
	}
	of := ""
	if judged != r.Catalog.Apps {
		of = fmt.Sprintf(", %d looked at", judged)
	}
	fmt.Fprintf(b, "%s%s: %d allowed, %d waiting for approval, %d denied, %d invalid, %d not judged\n",
		plural(r.Catalog.Apps, "app"), of, r.Summary[policies.Allow], r.Summary[policies.NeedsApproval],
		r.Summary[policies.Deny], r.Summary[policies.Invalid], r.Summary[policies.Error])
	files := 0
	for _, n := range []policies.Verdict{policies.Deny, policies.Invalid, policies.Error} {
		files += r.Others[n]
	}
	if files > 0 {
		fmt.Fprintf(b, "beside apps: %d to be mended\n", files)
	}
}

func joinNames(names []catalog.Name) string {
	const most = 5
	words := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			words = append(words, fmt.Sprintf("%d more", len(names)-most))
			break
		}
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}
