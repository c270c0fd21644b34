package secretscan

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"github.com/levee-gitops/levee/catalog"
)

// memory are files in memory, which count how often they are read.
type memory struct {
	content map[string]string // by id
	reads   atomic.Int64
}

var errGone = errors.New("the store is gone")

func (m *memory) List(context.Context, string) ([]catalog.Entry, error) { return nil, nil }

func (m *memory) Read(_ context.Context, e catalog.Entry, limit int64) ([]byte, error) {
	m.reads.Add(1)
	text, ok := m.content[e.ID]
	switch {
	case !ok:
		return nil, errGone
	case int64(len(text)) > limit:
		return nil, catalog.ErrTooLarge
	}
	return []byte(text), nil
}

func scan(t *testing.T, s *Scanner, m *memory, entries ...catalog.Entry) []File {
	t.Helper()
	found, err := s.Files(t.Context(), m, entries)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func file(p, id string) catalog.Entry { return catalog.Entry{Path: p, Mode: catalog.File, ID: id} }

// TestFilesAreScannedOnce: equal content costs nothing, wherever it lies, and files in which
// nothing was found are remembered too.
func TestFilesAreScannedOnce(t *testing.T) {
	s, m := New(), &memory{content: map[string]string{"1": "k: " + awsKey, "2": "nothing"}}
	scan(t, s, m, file("a/x.md", "1"), file("a/y.md", "2"))
	found := scan(t, s, m, file("b/x.md", "1"), file("b/y.md", "2"))
	if len(found) != 1 || found[0].Path != "b/x.md" || len(found[0].Findings) != 1 {
		t.Errorf("found %+v", found)
	}
	if n := m.reads.Load(); n != 2 {
		t.Errorf("%d files were read, want 2", n)
	}
}

// TestFilesChooseNothing: neither the name of a file nor what is written in it keeps it from
// being scanned.
func TestFilesChooseNothing(t *testing.T) {
	s, m := New(), &memory{content: map[string]string{
		"1": "k: " + awsKey + " # gitleaks:allow",
		"2": "[allowlist]\npaths = ['.*']\nk = '" + awsKey + "'",
	}}
	for _, p := range []string{"package-lock.json", "go.sum", "vendor/modules.txt", "a.svg", "node_modules/x.js", ".gitleaks.toml", "gitleaks.toml", ".gitleaksignore"} {
		if found := scan(t, s, m, file(p, "1"), file("x/"+p, "2")); len(found) != 2 {
			t.Errorf("%s: found %+v", p, found)
		}
	}
}

func TestFilesThatAreNotRead(t *testing.T) {
	wide := "\xff\xfe"
	for _, u := range utf16.Encode([]rune("k: " + awsKey)) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	s, m := New(), &memory{content: map[string]string{
		"binary": "PNG\x00" + awsKey, "large": strings.Repeat(awsKey+" ", MaxSize/20), "wide": wide,
		"store": "\x00",
	}}
	for id, want := range map[string]File{
		"binary": {Unread: "It is no text."},
		"large":  {Unread: "It is larger than 4 MiB."},
		"wide":   {Findings: []Finding{{Line: 1}}},
		"store":  {Unread: "It is no text.", Findings: []Finding{{Line: 0}}}, // its name says what it is
	} {
		name := "a.txt"
		if id == "store" {
			name = "a.p12"
		}
		found := scan(t, s, m, file(name, id))
		if len(found) != 1 || found[0].Unread != want.Unread || len(found[0].Findings) != len(want.Findings) {
			t.Errorf("%s: found %+v", id, found)
			continue
		}
		for i, f := range want.Findings {
			if found[0].Findings[i].Line != f.Line {
				t.Errorf("%s: found it at line %d, want %d", id, found[0].Findings[i].Line, f.Line)
			}
		}
	}
	if found := scan(t, s, m, catalog.Entry{Path: "link", Mode: catalog.Link, ID: "none"}); len(found) != 0 {
		t.Errorf("a link was followed: %+v", found)
	}
	if _, err := s.Files(t.Context(), m, []catalog.Entry{file("a", "none")}); !errors.Is(err, errGone) {
		t.Errorf("a file that cannot be had: %v", err)
	}
}

// TestTooMuchIsSaid: a file in which much looks like a secret takes no longer than a large one, and
// what was not looked at is said.
func TestTooMuchIsSaid(t *testing.T) {
	s, m := New(), &memory{content: map[string]string{"1": strings.Repeat("sk us s. ey ", 1<<16), "2": strings.Repeat("k: "+awsKey+"\n", 1000)}}
	for _, id := range []string{"1", "2"} {
		found := scan(t, s, m, file("a.txt", id))
		if len(found) != 1 || !strings.HasPrefix(found[0].Unread, "There is more in it") {
			t.Errorf("%s: found in %d files, and what was not looked at is not said", id, len(found))
		}
	}
}

func TestText(t *testing.T) {
	s := New()
	if found := s.Text("deploy with " + ghToken); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
	if found := s.Text(""); found != nil {
		t.Errorf("found %+v in nothing", found)
	}
}

func TestRedactor(t *testing.T) {
	s, r := New(), new(Redactor)
	if !r.Empty() || r.Text(awsKey) != awsKey {
		t.Error("it takes out what nobody found")
	}
	for _, text := range []string{"k: " + awsKey, privKey, `password: "q8fJ2ldk39fjKD82jsk1"`} {
		r.Learn(s.Text(text)...)
	}
	line := strings.Split(privKey, "\n")[1]
	for text, want := range map[string]string{
		"twice " + awsKey + " and " + awsKey + ".": "twice [AWS access token] and [AWS access token].",
		"cut off: " + awsKey[:14] + "…":            "cut off: [AWS access token]…",
		"one line: " + line + "!":                  "one line: [private key]!",
		"`q8fJ2ldk39fjKD82jsk1`":                   "`[password, key or token]`",
		"AKIA is how they begin":                   "AKIA is how they begin",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if r.Empty() {
		t.Error("it knows nothing")
	}
}
