package oldrules

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog/convert"
)

// FuzzFiles: whatever the bytes, what is written is Rego of today, everything that the file
// defines is told of, and the same bytes become the same.
func FuzzFiles(f *testing.F) {
	for _, archive := range cases(f) {
		for _, file := range inputs(archive) {
			f.Add(string(file.Source))
		}
	}
	f.Add("package a\nallow { count(deny) == 0 }\ndeny { allow }\n")
	f.Add("package a\ndeny[x] { x := f(1) }\nf(x) = y { y := f(x) } else = 2 { input[x] }\n")
	f.Add("package a\n" + strings.Repeat("deny[x] { x := `\n` }\n", 20))
	f.Add("package a\n" + strings.Repeat("(", 5000))
	f.Add("package a\ndeny[msg] { input.name == 1; msg = \"a control \u0007\" }\n")
	f.Add("package in.x\ndeny[msg] { in = input.name; msg = \"x\" }\ndeny[\"y\"] { contains(input.name, \"y\") }\n")
	f.Fuzz(func(t *testing.T, src string) {
		files := []convert.File{{Path: "a/rules.rego", Source: []byte(src)}}
		report := Files(files)
		for _, d := range report.Documents {
			if _, err := ast.ParseModuleWithOpts(d.Path, d.Text, ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true}); err != nil {
				t.Fatalf("what was written is no Rego: %v\n%s\nof\n%s", err, d.Text, src)
			}
		}
		checkReport(t, src, report)
		if again := Files(files); told(again) != told(report) {
			t.Fatalf("the same bytes became two things:\n%s\n%s", told(report), told(again))
		}
	})
}

// checkReport: every definition of a file is told of, and what is told has a place and a text.
func checkReport(t testing.TB, src string, report convert.Report) {
	t.Helper()
	r := report.Files[0]
	spoken := map[int]bool{}
	for _, taken := range r.Taken {
		spoken[taken.Line] = true
	}
	for _, n := range append(append([]convert.Note{}, r.Left...), r.Implied...) {
		spoken[n.Line] = true
		if n.Text == "" || n.Line < 1 || n.Field == "" {
			t.Errorf("nothing is said of %+v", n)
		}
	}
	for _, p := range r.Problems {
		if p.Message == "" || p.Remedy == "" {
			t.Errorf("problem %+v", p)
		}
	}
	if len(r.Problems) > 0 {
		return
	}
	if !IsRego([]byte(src)) {
		return
	}
	m, err := parse("", src)
	if err != nil {
		return
	}
	for _, rule := range m.Rules {
		last := rule.Location.Row + strings.Count(string(rule.Location.Text), "\n")
		told := false
		for line := rule.Location.Row; line <= last; line++ {
			told = told || spoken[line]
		}
		if !told {
			t.Errorf("nothing is said of %s in line %d of\n%s\n%+v", nameOf(rule), rule.Location.Row, src, r)
		}
	}
}
