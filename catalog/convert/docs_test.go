package convert

import (
	"os"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
)

// TestDocs: the guide has a line for each dialect and for each word of the table of
// classifications, and says what the table says.
func TestDocs(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../docs/convert.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(src)
	for _, d := range dialect.All() {
		if strings.Count(guide, "\n| `"+string(d)+"` |") != 1 {
			t.Errorf("the guide has no line for %s", d)
		}
	}
	_, table, _ := strings.Cut(guide, "## Classifications")
	table, _, _ = strings.Cut(table, "\n## ")
	if n := strings.Count(table, "\n| `"); n != len(Classifications) {
		t.Errorf("the guide has %d words, the table %d", n, len(Classifications))
	}
	for _, line := range Classifications {
		want := "\n| `" + line.Word + "` | " + line.As
		if line.Holds != "" {
			want += ", with data sets of the category " + line.Holds + " to be filled in"
		}
		if !strings.Contains(table, want+" |") {
			t.Errorf("the guide does not say %q", want)
		}
	}
}

// TestClassifications: each word of the table is a classification of the catalog, however it is
// written, and no other word is one.
func TestClassifications(t *testing.T) {
	t.Parallel()
	rank := map[string]int{}
	for i, class := range catalog.Classifications {
		rank[class] = i + 1
	}
	for _, line := range Classifications {
		for _, word := range []string{line.Word, strings.ToUpper(line.Word), strings.ReplaceAll(line.Word, "_", "-"), strings.ReplaceAll(line.Word, "_", " ")} {
			if got, ok := classify(word); !ok || got != line || rank[got.As] == 0 {
				t.Errorf("%q is %+v", word, got)
			}
		}
		if rank[line.Word] > rank[line.As] {
			t.Errorf("%s is classified lower, as %s", line.Word, line.As)
		}
	}
	for _, word := range []string{"", "secret", "personal", "internal public"} {
		if got, ok := classify(word); ok {
			t.Errorf("%q is guessed to be %+v", word, got)
		}
	}
}
