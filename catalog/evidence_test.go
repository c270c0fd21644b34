package catalog

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/levee-gitops/levee/catalog/evidence"
)

const partsList = `{"spdxVersion":"SPDX-2.3","packages":[{"name":"left-pad"}]}`

// evidenceOf lists what the files beside the app board say.
func evidenceOf(s *Snapshot) map[string]Evidence {
	all := map[string]Evidence{}
	for _, e := range s.Document("apps/ops/board/app.yaml").Evidence {
		all[e.Name] = e
	}
	return all
}

// TestEvidenceBounds checks that a list of parts is found among more files than are read,
// that what is left out is said, and that an app's digest does not hang on any of it.
func TestEvidenceBounds(t *testing.T) {
	files := map[string]string{"apps/ops/board/app.yaml": appSource("board")}
	for i := range 2 * maxEvidence {
		files[fmt.Sprintf("apps/ops/board/evidence/a%03d.sarif", i)] = "{}"
	}
	bare := load(t, &memory{files: files}, "", Empty())
	files["apps/ops/board/evidence/sbom.spdx.json"] = partsList
	files["apps/ops/board/evidence/sbom.cdx.json"] = ""
	full := load(t, &memory{files: files}, "", Empty())
	all := evidenceOf(full)
	if e := all["sbom.spdx.json"]; e.Kind != evidence.Parts || e.Parts != 1 || e.Trouble != "" || e.Size != len(partsList) {
		t.Errorf("the list of parts: %+v", e)
	}
	if e := all["sbom.cdx.json"]; e.Trouble != "It is empty." {
		t.Errorf("the empty file: %+v", e)
	}
	if e, ok := all[fmt.Sprintf("a%03d.sarif", maxEvidence-2)]; !ok || e.Trouble != evidence.Unread("").Trouble || len(all) != maxEvidence+1 {
		t.Errorf("%d files; the first that is left out: %+v", len(all), e)
	}
	if a, b := bare.Document("apps/ops/board/app.yaml"), full.Document("apps/ops/board/app.yaml"); a.Digest() != b.Digest() {
		t.Errorf("digest %s, then %s", a.Digest(), b.Digest())
	}
}

// sizedFiles has, for each path, a file of so many blanks.
type sizedFiles struct {
	Files
	sizes  map[string]int
	blanks []byte
}

func (s sizedFiles) Read(_ context.Context, e Entry, limit int64) ([]byte, error) {
	if int64(s.sizes[e.Path]) > limit {
		return nil, ErrTooLarge
	}
	return s.blanks[:s.sizes[e.Path]], nil
}

// TestEvidenceSize checks that no more than so many bytes beside one app are read, whether
// the files came at once or one after another, and in whatever order they are listed.
func TestEvidenceSize(t *testing.T) {
	files := sizedFiles{nil, map[string]int{"e/a": evidence.MaxSize + 1, "e/b": evidence.MaxSize, "e/c": evidence.MaxSize, "e/d": 1}, bytes.Repeat([]byte(" "), evidence.MaxSize)}
	var entries []Entry
	for p := range files.sizes {
		entries = append(entries, Entry{Path: p, Mode: File, ID: p})
	}
	var step, whole Document
	for n := range entries {
		if err := step.ReadEvidence(t.Context(), files, entries[:n+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := whole.ReadEvidence(t.Context(), files, entries); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Document{"step by step": &step, "at once": &whole} {
		for i, trouble := range []string{evidence.TooLarge("").Trouble, "It is empty.", "It is empty.", evidence.Unread("").Trouble} {
			if d.Evidence[i].Trouble != trouble {
				t.Errorf("%s: %s: %q, want %q", name, d.Evidence[i].Name, d.Evidence[i].Trouble, trouble)
			}
		}
	}
}

// countingFiles counts how often each file is read.
type countingFiles struct {
	Files
	reads map[string]int
}

func (c countingFiles) Read(ctx context.Context, e Entry, limit int64) ([]byte, error) {
	c.reads[e.Path]++
	return c.Files.Read(ctx, e, limit)
}

// TestEvidenceReadOnce checks that a file is read again only if its content changed.
func TestEvidenceReadOnce(t *testing.T) {
	const sbom, scan, app = "apps/ops/board/evidence/sbom.spdx.json", "apps/ops/board/evidence/sast.sarif", "apps/ops/board/app.yaml"
	m := &memory{files: map[string]string{app: appSource("board"), sbom: partsList, scan: "{}"}}
	s := load(t, m, "1", Empty())
	counting := countingFiles{m, map[string]int{}}
	m.files[app] += "# a comment\n"
	s = load(t, counting, "2", s)
	m.files[scan] = ""
	s = load(t, counting, "3", s)
	if counting.reads[sbom] != 0 || counting.reads[scan] != 1 {
		t.Errorf("reads: %v", counting.reads)
	}
	if all := evidenceOf(s); all["sbom.spdx.json"].Parts != 1 || all["sast.sarif"].Trouble != "It is empty." {
		t.Errorf("evidence: %+v", all)
	}
}

// TestEvidenceMissing checks that a name without a file behind it is said of that file,
// and keeps nothing else from being read.
func TestEvidenceMissing(t *testing.T) {
	const sbom = "apps/ops/board/evidence/sbom.spdx.json"
	m := &memory{files: map[string]string{"apps/ops/board/app.yaml": appSource("board"), sbom: partsList}}
	s := load(t, oddFiles{Files: m, odd: map[string][]Entry{}, bad: map[string]error{sbom: fmt.Errorf("read: %w", ErrMalformed)}}, "", Empty())
	if e := evidenceOf(s)["sbom.spdx.json"]; e.Trouble != evidence.Missing("").Trouble || s.Document("apps/ops/board/app.yaml").App() == nil {
		t.Errorf("evidence: %+v", e)
	}
}
