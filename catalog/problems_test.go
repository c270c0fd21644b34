package catalog_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
)

var update = flag.Bool("update", false, "write the expected outputs again")

// TestProblems reads each catalog of testdata/problems and compares every
// problem of every file with what is written at its end. A new case is a new
// file.
func TestProblems(t *testing.T) {
	cases, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want := map[string]string{}, -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = strings.ReplaceAll(string(f.Data), "⇥", "\t")
			}
			var got strings.Builder
			for d := range catalog.LoadMemory(t, files).Documents("") {
				for _, p := range explain.Problems(d, d.Problems) {
					fmt.Fprintf(&got, "%s:%d:%d %s %s\n  %s\n  → %s\n", p.Path, p.Line, p.Column, p.Rule, p.Field, p.Message, p.Remedy)
				}
			}
			if *update {
				if want < 0 {
					archive.Files = append(archive.Files, txtar.File{Name: "want"})
					want = len(archive.Files) - 1
				}
				archive.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("the case has no file `want`; run with -update and read it")
			}
			if diff := cmp.Diff(string(archive.Files[want].Data), got.String()); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}
