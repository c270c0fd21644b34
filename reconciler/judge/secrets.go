package judge

import (
	"context"
	"path"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// Found is what a scan found, by the path of the app that the files belong to; those of
// governance by the empty path.
type Found map[string][]policies.SecretFact

// Scan scans the files that a change or a landing brings, in its version of the files, and all
// that lie in some folders of apps. From then on what it found is taken out of what is said.
func (s *Source) Scan(ctx context.Context, files catalog.Files, from, to *catalog.Snapshot, folders ...string) (Found, error) {
	entries := catalog.Touched(from, to)
	listed := make(map[string]bool, len(entries))
	for _, e := range entries {
		listed[e.Path] = true
	}
	for _, dir := range folders {
		for _, e := range catalog.FilesIn(to, dir) {
			if !listed[e.Path] {
				entries = append(entries, e)
			}
		}
	}
	return policies.FindSecrets(ctx, s.Secrets, s.Redactor, files, to, entries)
}

// ScanText scans a text beside the files, which in names: the title of a change.
func (s *Source) ScanText(in, text string) []policies.SecretFact {
	var facts []policies.SecretFact
	for _, f := range s.Secrets.Text(text) {
		s.Redactor.Learn(f)
		facts = append(facts, policies.SecretFact{In: in, Kind: f.Kind, Certain: f.Certain})
	}
	return facts
}

// Certain reports whether a secret was found, and not only what may be one.
func Certain(found []policies.SecretFact) bool {
	for _, f := range found {
		if f.Certain {
			return true
		}
	}
	return false
}

// HeldFolders are the folders of an app that is held: nothing of them was admitted, so all of
// them counts as brought by whoever asks for it.
func HeldFolders(held bool, doc *catalog.Document) []string {
	if !held || doc == nil {
		return nil
	}
	return []string{path.Dir(doc.Path)}
}

// Redact takes the secrets that were found out of a brief, before anything is decided from it.
func (j *Judge) Redact(b policies.Brief) policies.Brief {
	if j.Redactor.Empty() {
		return b
	}
	return b.Redacted(j.Redactor.Text)
}
