package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/evidence"
)

// maxEvidenceSize is how many bytes of the files beside one app are read.
const maxEvidenceSize = 64 << 20

// Evidence is one file in the folder evidence/ beside an app, and what it says.
type Evidence struct {
	ID   string // the Git object id of the content
	Size int    // bytes that were read
	evidence.Summary
}

// ReadEvidence takes what lies in the folder evidence/ beside an app into its document,
// which nobody else may hold yet. What the document has there before is what is known of
// these files: those with the same name and content are not read again.
//
// At most maxEvidence files are read, lists of parts before others, and maxEvidenceSize
// bytes of them. One that is left out says so in place of the first that was. It fails if
// a file cannot be had, and not for what is in it.
func (d *Document) ReadEvidence(ctx context.Context, files Files, entries []Entry) error {
	known := map[[2]string]Evidence{}
	for _, e := range d.Evidence {
		known[[2]string{e.Name, e.ID}] = e
	}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Mode != File && e.Mode != Executable })
	slices.SortFunc(entries, func(a, b Entry) int { return partsListsFirst(path.Base(a.Path), path.Base(b.Path)) })
	room := maxEvidenceSize
	d.Evidence = nil
	for i, entry := range entries {
		name := path.Base(entry.Path)
		if i == maxEvidence || room <= 0 {
			d.Evidence = append(d.Evidence, Evidence{ID: entry.ID, Summary: evidence.Unread(name)})
			break
		}
		e, ok := known[[2]string{name, entry.ID}]
		if !ok || entry.ID == "" {
			var err error
			if e, err = readEvidence(ctx, files, entry); err != nil {
				return err
			}
		}
		room -= e.Size
		d.Evidence = append(d.Evidence, e)
	}
	slices.SortFunc(d.Evidence, func(a, b Evidence) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// Answered returns what the files beside an app say, with the vulnerabilities answered that
// one of them finds and another answers.
func Answered(files []Evidence) []Evidence {
	var answers []evidence.Answer
	for _, e := range files {
		answers = append(answers, e.Answers...)
	}
	if len(answers) == 0 {
		return files
	}
	files = slices.Clone(files)
	for i := range files {
		files[i].Summary = evidence.Answered(files[i].Summary, answers)
	}
	return files
}

// Summaries are what the files beside an app say, as Answered returns it.
func Summaries(files []Evidence) []evidence.Summary {
	list := make([]evidence.Summary, len(files))
	for i, e := range Answered(files) {
		list[i] = e.Summary
	}
	return list
}

// EvidenceOverview is what the files beside an app say together, in one line without any
// text of theirs; empty where there are none. Days are those of a zone.
func (d *Document) EvidenceOverview(zone *time.Location) string {
	return evidence.Overview(Summaries(d.Evidence), zone)
}

// partsListsFirst orders names of files, those of lists of parts before others.
func partsListsFirst(a, b string) int {
	other := func(name string) int {
		if strings.HasPrefix(name, "sbom.") {
			return 0
		}
		return 1
	}
	return cmp.Or(other(a)-other(b), strings.Compare(a, b))
}

// readEvidence reads one file.
func readEvidence(ctx context.Context, files Files, entry Entry) (Evidence, error) {
	name := path.Base(entry.Path)
	src, err := files.Read(ctx, entry, evidence.MaxSize)
	switch {
	case errors.Is(err, ErrTooLarge):
		return Evidence{ID: entry.ID, Summary: evidence.TooLarge(name)}, nil
	case errors.Is(err, ErrMalformed):
		return Evidence{ID: entry.ID, Summary: evidence.Missing(name)}, nil
	case err != nil:
		return Evidence{}, fmt.Errorf("read %s: %w", entry.Path, err)
	}
	return Evidence{ID: entry.ID, Size: len(src), Summary: evidence.Read(name, src)}, nil
}
