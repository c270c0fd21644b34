package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// Report says of each file what was found, what follows from it elsewhere, and counts.
func Report(w io.Writer, r check.Report) error {
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

func writeResult(b *strings.Builder, r check.Result) {
	what := safetext.Shown(r.Path, false)
	if len(r.Files) > 0 {
		what = "change of governance"
	}
	fmt.Fprintf(b, "%s: %s", what, Verdicts[r.Verdict])
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
		place := Place(p, r.Path)
		fmt.Fprintf(b, "  %-7s %s%s\n          %s\n", place, p.Message, levelWords(p), p.Remedy)
		fmt.Fprintf(b, "          rule %s\n", p.Rule)
	}
	for _, need := range r.Approvals.Required {
		who := "nobody can give it"
		if len(need.From) > 0 {
			who = "ask " + Names(need.From)
		}
		fmt.Fprintf(b, "  approval by %s: %s; %s\n", need.Role, need.Reason, who)
	}
	b.WriteString("\n")
}

// levelWords say of a problem that it stops nothing; empty where it does.
func levelWords(p catalog.Problem) string {
	switch {
	case p.Waiver != nil:
		return " (waived by " + *p.Waiver + ")"
	case p.Level != catalog.Deny:
		return " (" + string(p.Level) + ")"
	}
	return ""
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
		fmt.Fprintf(b, "%s denied only for what is wrong in %s: %s\n\n", Plural(len(names[file]), "app"), safetext.Shown(file, false), Names(names[file]))
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
		Plural(r.Catalog.Apps, "app"), of, r.Summary[policies.Allow], r.Summary[policies.NeedsApproval],
		r.Summary[policies.Deny], r.Summary[policies.Invalid], r.Summary[policies.Error])
	files := 0
	for _, n := range []policies.Verdict{policies.Deny, policies.Invalid, policies.Error} {
		files += r.Others[n]
	}
	if files > 0 {
		fmt.Fprintf(b, "beside apps: %d to be mended\n", files)
	}
}
