package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/evidence"
)

// The bounds of what lies beside one app.
const (
	maxEvidenceSize = 64 << 20 // bytes that are read
	maxSignedSize   = 1 << 20  // bytes that are kept to verify signatures with
)

// Evidence is one file in the folder evidence/ beside an app, or one signed statement of a
// file that has several, and what it says.
type Evidence struct {
	ID   string // the Git object id of the content
	Line int    // of the statement in its file, from 0
	Size int    // bytes that were read, with the first statement of the file
	Sum  string // the checksum of the file, as sha256:…; empty where it was not read
	evidence.Item
}

// Statement names the content of one statement; empty where that is not known.
func (e *Evidence) Statement() string {
	if e.ID == "" {
		return ""
	}
	return fmt.Sprintf("%s %s %d", e.Name, e.ID, e.Line)
}

// ReadEvidence takes what lies in the folder evidence/ beside an app into its document,
// which nobody else may hold yet. What the document has there before is what is known of
// these files: those with the same name and content are not read again.
//
// At most maxEvidence files are read, lists of parts before others, and maxEvidenceSize
// bytes of them. One that is left out says so in place of the first that was. It fails if
// a file cannot be had, and not for what is in it.
func (d *Document) ReadEvidence(ctx context.Context, files Files, entries []Entry) error {
	known := map[[2]string][]Evidence{}
	for _, e := range d.Evidence {
		if e.Sum != "" { // else it was left out, and perhaps for the others that lay there
			known[[2]string{e.Name, e.ID}] = append(known[[2]string{e.Name, e.ID}], e)
		}
	}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Mode != File && e.Mode != Executable })
	slices.SortFunc(entries, func(a, b Entry) int { return partsListsFirst(path.Base(a.Path), path.Base(b.Path)) })
	room, kept := maxEvidenceSize, maxSignedSize
	d.Evidence = nil
	for i, entry := range entries {
		name := path.Base(entry.Path)
		if i == maxEvidence || room <= 0 {
			d.Evidence = append(d.Evidence, unread(entry, name))
			break
		}
		file, ok := known[[2]string{name, entry.ID}]
		if !ok || entry.ID == "" {
			var err error
			if file, err = readEvidence(ctx, files, entry); err != nil {
				return err
			}
		}
		for _, e := range file {
			room, kept = room-e.Size, kept-e.Signed.Kept()
		}
		if kept < 0 {
			d.Evidence = append(d.Evidence, unread(entry, name))
			break
		}
		d.Evidence = append(d.Evidence, file...)
	}
	slices.SortStableFunc(d.Evidence, func(a, b Evidence) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// unread stands for a file past what is read, and those after it.
func unread(entry Entry, name string) Evidence {
	return Evidence{ID: entry.ID, Item: evidence.Item{Summary: evidence.Unread(name)}}
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

// readEvidence reads one file, into one piece of evidence for each signed statement of it.
func readEvidence(ctx context.Context, files Files, entry Entry) ([]Evidence, error) {
	name := path.Base(entry.Path)
	says := func(s evidence.Summary) []Evidence {
		return []Evidence{{ID: entry.ID, Item: evidence.Item{Summary: s}}}
	}
	src, err := files.Read(ctx, entry, evidence.MaxSize)
	switch {
	case errors.Is(err, ErrTooLarge):
		return says(evidence.TooLarge(name)), nil
	case errors.Is(err, ErrMalformed):
		return says(evidence.Missing(name)), nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", entry.Path, err)
	}
	sum := sha256.Sum256(src)
	var list []Evidence
	for i, item := range evidence.ReadAll(name, src) {
		e := Evidence{ID: entry.ID, Line: i, Sum: "sha256:" + hex.EncodeToString(sum[:]), Item: item}
		if i == 0 {
			e.Size = len(src)
		}
		list = append(list, e)
	}
	return list, nil
}
