package secretscan

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

const (
	// recognised is how much of the beginning of a value is recognised where the rest was cut off.
	recognised = 12
	shortValue = 6 // a value that is shorter would be found in texts that have nothing to do with it
	mostValues = 10_000
)

// inJSON is a text as JSON writes it, without its quotes: some characters become others.
func inJSON(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(raw[1 : len(raw)-1])
}

// Redactor takes values that were found out of texts. The zero value knows none; it is safe
// for concurrent use.
type Redactor struct {
	mu     sync.RWMutex
	values []value // the longest first
}

// value is a text that must not be read, and what stands in its place.
type value struct{ text, instead string }

// Learn adds what was found in files. Of a value of several lines each line is one, since texts
// often show one alone. At most mostValues are known; later ones take the place of none.
func (r *Redactor) Learn(findings ...Finding) {
	if len(findings) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range findings {
		for line := range strings.Lines(f.value) {
			line = strings.TrimSpace(line)
			for _, text := range []string{line, inJSON(line)} {
				v := value{text, "[" + f.Kind + "]"}
				if len(text) >= shortValue && !strings.HasPrefix(text, "-----") && len(r.values) < mostValues && !slices.Contains(r.values, v) {
					r.values = append(r.values, v)
				}
			}
		}
	}
	slices.SortStableFunc(r.values, func(a, b value) int { return cmp.Compare(len(b.text), len(a.text)) })
}

// Text is a text without the values. Where only the beginning of one is in it, as where it was
// cut off, that goes too.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, v := range r.values {
		text = v.without(text)
	}
	return text
}

// without is a text without one value.
func (v value) without(text string) string {
	begin := v.text[:min(len(v.text), recognised)]
	if !strings.Contains(text, begin) {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, begin)
		if at < 0 {
			return b.String() + text
		}
		n := len(begin)
		for n < len(v.text) && at+n < len(text) && text[at+n] == v.text[n] {
			n++
		}
		b.WriteString(text[:at] + v.instead)
		text = text[at+n:]
	}
}

// Empty reports whether there is nothing to take out.
func (r *Redactor) Empty() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.values) == 0
}
