package convert

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/syntax"
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
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = archive
	}
	return all
}

func inputs(archive *txtar.Archive) []File {
	var files []File
	for _, f := range archive.Files {
		if p, ok := strings.CutPrefix(f.Name, "in/"); ok {
			files = append(files, File{Path: p, Source: f.Data})
		}
	}
	return files
}

// TestCases: of each file of testdata what it becomes, and what is said of it.
func TestCases(t *testing.T) {
	t.Parallel()
	for name, archive := range cases(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			files := inputs(archive)
			report := Files(files)
			checkReport(t, files, report)
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
				t.Errorf("not as it was (go test ./catalog/convert -update):\n%s", diff)
			}
		})
	}
}

// told is a report as text.
func told(report Report) string {
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
		for _, fill := range f.Fill {
			fmt.Fprintf(&b, "  fill %s %s: %s %s\n", fill.Document, fill.Field, fill.Text, fill.From)
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

// checkReport holds a report against what must be true of any: nothing of a file is lost, and
// what is said of documents is so.
func checkReport(t testing.TB, files []File, report Report) {
	t.Helper()
	texts := map[string]*yaml.Node{}
	all := ""
	for _, d := range report.Documents {
		texts[d.Path] = syntax.Decode([]byte(d.Text))
		all += d.Text
		checkDocument(t, report, d)
	}
	for i, f := range report.Files {
		said := all
		spoken := map[string]bool{}
		for _, taken := range f.Taken {
			spoken[taken.Field] = true
			if texts[taken.Document] == nil || !syntax.IsWritten(texts[taken.Document], taken.To) {
				t.Errorf("%s: %s is said to be taken to %s of %s, which is not there", f.Path, taken.Field, taken.To, taken.Document)
			}
		}
		for _, n := range append(append([]Note{}, f.Left...), f.Implied...) {
			spoken[n.Field] = true
			said += n.Comments + "\n"
			if n.Text == "" || n.Line < 1 {
				t.Errorf("%s: nothing is said of %s", f.Path, n.Field)
			}
		}
		for _, fill := range f.Fill {
			if fill.From != "" {
				spoken[fill.From] = true
			}
		}
		docs := syntax.ParseAll(untabbed(files[i].Source), func(int, int, string, string, string, string) {})
		if len(f.Problems) > 0 && len(f.Dialects) == 0 {
			continue
		}
		for n, doc := range docs {
			prefix := ""
			if len(docs) > 1 {
				prefix = "document " + strconv.Itoa(n+1) + " "
			}
			known := spoken
			if problemOf(f, prefix) {
				known = map[string]bool{strings.TrimSpace(prefix): true}
			}
			for _, path := range unspoken(doc.Content[0], prefix, known) {
				t.Errorf("%s: nothing is said of %s", f.Path, path)
			}
			each(doc, func(node *yaml.Node) {
				for _, comment := range []string{node.HeadComment, node.LineComment, node.FootComment} {
					for line := range strings.Lines(comment) {
						if line = strings.TrimSpace(line); line != "" && !strings.Contains(said, line) && !problemOf(f, prefix) {
							t.Errorf("%s: the comment %q is nowhere", f.Path, line)
						}
					}
				}
			})
		}
	}
}

// problemOf reports whether a problem is told of a whole document of a file.
func problemOf(f *FileReport, prefix string) bool {
	for _, p := range f.Problems {
		if p.Path == f.Path && p.Field == strings.TrimSpace(prefix) {
			return true
		}
	}
	return false
}

// unspoken are the leaves of a file that are in no field which is spoken of.
func unspoken(n *yaml.Node, path string, spoken map[string]bool) []string {
	if spoken[strings.TrimSpace(path)] {
		return nil
	}
	if len(n.Content) == 0 {
		return []string{path}
	}
	var list []string
	for i, below := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			list = append(list, unspoken(below, fmt.Sprintf("%s[%d]", path, i), spoken)...)
		case i%2 == 1:
			at := syntax.Join(path, n.Content[i-1].Value)
			if strings.HasSuffix(path, " ") { // the file has several documents
				at = path + syntax.Join("", n.Content[i-1].Value)
			}
			list = append(list, unspoken(below, at, spoken)...)
		}
	}
	return list
}

// checkDocument: the strict parse takes a document, but for what the report says.
func checkDocument(t testing.TB, report Report, d *Document) {
	t.Helper()
	known := map[string]bool{}
	for _, f := range report.Files {
		for _, fill := range f.Fill {
			if fill.Document == d.Path {
				known[fill.Field] = true
				if name := fill.Field[strings.LastIndex(fill.Field, ".")+1:]; !strings.Contains(d.Text, name+": to be filled in") {
					t.Errorf("%s: no comment asks for %s:\n%s", d.Path, fill.Field, d.Text)
				}
			}
		}
		for _, p := range f.Problems {
			if p.Path == d.Path {
				known[p.Field] = true
			}
		}
	}
	for _, p := range catalog.Parse(d.Path, "", []byte(d.Text)).Problems {
		if !known[p.Field] {
			t.Errorf("%s: the strict parse says %s %s, and the report does not:\n%s", d.Path, p.Field, p.Message, d.Text)
		}
	}
}
