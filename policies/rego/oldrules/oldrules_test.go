package oldrules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/policies/policiestest"
	"github.com/levee-gitops/levee/policies/rego"
)

var update = flag.Bool("update", false, "write the golden files")

// cases are the archives of testdata: what is given below in/, what it becomes below out/,
// and what is said of it in report.txt.
func cases(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	all := map[string]*txtar.Archive{}
	for _, name := range names {
		if all[name], err = txtar.ParseFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func inputs(archive *txtar.Archive) []convert.File {
	var files []convert.File
	for _, f := range archive.Files {
		if p, ok := strings.CutPrefix(f.Name, "in/"); ok {
			files = append(files, convert.File{Path: p, Source: f.Data})
		}
	}
	return files
}

// TestCases: of each file of testdata what it becomes, and what is said of it.
func TestCases(t *testing.T) {
	t.Parallel()
	for name, archive := range cases(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			files := inputs(archive)
			report := Files(files)
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range files {
				got.Files = append(got.Files, txtar.File{Name: "in/" + f.Path, Data: f.Source})
			}
			for _, d := range report.Documents {
				got.Files = append(got.Files, txtar.File{Name: "out/" + d.Path, Data: []byte(d.Text)})
			}
			got.Files = append(got.Files, txtar.File{Name: "report.txt", Data: []byte(told(report))})
			text := string(txtar.Format(got))
			if *update {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("not as it was (go test ./policies/rego/oldrules -update):\n%s", diff)
			}
			compiles(t, report)
		})
	}
}

// compiles: the engine takes what was written, and all of it has an effect.
func compiles(t *testing.T, report convert.Report) {
	t.Helper()
	files := map[string]string{}
	for _, d := range report.Documents {
		files[d.Path] = d.Text
	}
	engine, err := rego.New()
	if err != nil {
		t.Fatal(err)
	}
	set, problems, err := engine.Rules(t.Context(), policiestest.With(t, files))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(problems, set.NoEffect()...) {
		t.Errorf("%s:%d: %s %s\n%s", p.Path, p.Line, p.Message, p.Remedy, files[p.Path])
	}
}

// told is a report as text.
func told(report convert.Report) string {
	var b strings.Builder
	for _, f := range report.Files {
		fmt.Fprintf(&b, "%s %v becomes %s\n", f.Path, f.Dialects, strings.Join(f.Becomes, " "))
		for _, taken := range f.Taken {
			fmt.Fprintf(&b, "  taken %d %s → %s %s %s\n", taken.Line, taken.Field, taken.Document, taken.To, taken.Remark)
		}
		for _, n := range f.Implied {
			fmt.Fprintf(&b, "  implied %d %s: %s %s\n", n.Line, n.Field, n.Text, strings.ReplaceAll(n.Comments, "\n", " "))
		}
		for _, n := range f.Left {
			fmt.Fprintf(&b, "  left %d %s: %s %s\n", n.Line, n.Field, n.Text, strings.ReplaceAll(n.Comments, "\n", " "))
		}
		for _, p := range f.Problems {
			fmt.Fprintf(&b, "  problem %s:%d %s %s %s\n", p.Path, p.Line, p.Rule, p.Message, p.Remedy)
		}
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n") + "\n"
}
