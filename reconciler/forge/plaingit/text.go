package plaingit

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Review is what the text of a review tag says.
type Review struct {
	Change  string         // by id
	Verdict catalog.Review // approve or reject
	// Digests is what was looked at, by subject: an app or catalog.Governance.
	// Without any, the commit that the tag points to tells.
	Digests  map[string]catalog.Digest
	Confirms string // a digest that the reviewer repeated, or its start; empty for most
	Text     string // anything else
}

var (
	digestForm  = regexp.MustCompile(`^[a-z][a-z0-9]{0,15}:[0-9a-f]{64}$`)
	confirmForm = regexp.MustCompile(`^([a-z][a-z0-9]{0,15}:)?[0-9a-f]{7,64}$`)
	subjectForm = regexp.MustCompile(`^@?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)
)

// ParseReview reads the text of a review tag. Lines that start with one of its keys
// (Change, Verdict, Digest, Confirms) may stand anywhere; the others are free text.
// A text that says the same thing twice is not understood rather than guessed at.
func ParseReview(text string) (Review, error) {
	var r Review
	if len(text) > maxText {
		return r, fmt.Errorf("its text has %d bytes, and may have %d", len(text), maxText)
	}
	if !utf8.ValidString(text) {
		return r, errors.New("its text is not UTF-8")
	}
	var rest strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		key, value, found := strings.Cut(line, ":")
		if !found || !isKey(key) {
			rest.WriteString(line + "\n")
			continue
		}
		if err := r.set(strings.ToLower(key), strings.TrimSpace(value)); err != nil {
			return Review{}, err
		}
	}
	r.Text = forge.Plain(rest.String())
	return r, r.check()
}

func isKey(key string) bool {
	return slices.Contains([]string{"change", "verdict", "digest", "confirms"}, strings.ToLower(key))
}

func (r *Review) set(key, value string) error {
	twice := false
	switch key {
	case "change":
		twice, r.Change = r.Change != "", value
	case "verdict":
		twice, r.Verdict = r.Verdict != "", catalog.Review(strings.ToLower(value))
	case "confirms":
		twice, r.Confirms = r.Confirms != "", value
	case "digest":
		subject, digest, _ := strings.Cut(value, " ")
		if r.Digests == nil {
			r.Digests = map[string]catalog.Digest{}
		}
		_, twice = r.Digests[subject]
		r.Digests[subject] = catalog.Digest(strings.TrimSpace(digest))
	}
	if twice {
		return fmt.Errorf("its text says %q twice", key)
	}
	return nil
}

// check reports what a review lacks.
func (r Review) check() error {
	if r.Change == "" {
		return errors.New(`its text has no line "Change: …"`)
	}
	if r.Verdict != catalog.Approve && r.Verdict != catalog.Reject {
		return fmt.Errorf(`its text has no line "Verdict: approve" or "Verdict: reject"`)
	}
	if r.Confirms != "" && !confirmForm.MatchString(r.Confirms) {
		return fmt.Errorf("it confirms %q, which is no digest", forge.Cut(r.Confirms, 80))
	}
	for _, subject := range slices.Sorted(maps.Keys(r.Digests)) {
		if !subjectForm.MatchString(subject) || !digestForm.MatchString(string(r.Digests[subject])) {
			return fmt.Errorf(`its line "Digest: %s %s" is not "Digest: <app> <digest>"`, forge.Cut(subject, 80), forge.Cut(string(r.Digests[subject]), 80))
		}
	}
	return nil
}

// Encode writes the text that ParseReview reads. Lines of the free text that would
// be taken for keys are indented.
func (r Review) Encode() (string, error) {
	if err := r.check(); err != nil {
		return "", fmt.Errorf("write a review: %w", err)
	}
	if !plainName(r.Change) {
		return "", fmt.Errorf("write a review: %q is no name of a change", forge.Cut(r.Change, maxName))
	}
	var b strings.Builder
	b.WriteString(trailer("Change", r.Change) + trailer("Verdict", string(r.Verdict)))
	for _, subject := range slices.Sorted(maps.Keys(r.Digests)) {
		b.WriteString(trailer("Digest", subject+" "+string(r.Digests[subject])))
	}
	if r.Confirms != "" {
		b.WriteString(trailer("Confirms", r.Confirms))
	}
	if text := forge.Plain(r.Text); text != "" {
		b.WriteString("\n")
		for line := range strings.SplitSeq(text, "\n") {
			// The second would end the text for Git: signatures start like this.
			if key, _, found := strings.Cut(line, ":"); found && isKey(key) || strings.HasPrefix(line, "-----BEGIN ") {
				line = "    " + line
			}
			b.WriteString(line + "\n")
		}
	}
	if b.Len() > maxText {
		return "", fmt.Errorf("write a review: its text would have %d bytes, and may have %d", b.Len(), maxText)
	}
	return b.String(), nil
}
