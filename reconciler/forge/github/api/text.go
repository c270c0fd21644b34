package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Limits of texts, in bytes, below GitHub's own.
const (
	MaxBody  = 60_000
	MaxTitle = 200
)

// Shorten shortens a text to a number of characters.
func Shorten(s string, characters int) string {
	n := 0
	for i := range s {
		if n == characters-1 && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// OneLine makes one line of a text.
func OneLine(s string) string { return strings.Join(strings.Fields(forge.Plain(s)), " ") }

// FitComment shortens the body of a comment to what GitHub takes. It cuts at the end of a
// line, closes a code fence that is open there, and says where the rest can be read.
func FitComment(body string) string {
	body = forge.Plain(body)
	if len(body) <= MaxBody {
		return body
	}
	body = forge.Cut(body, MaxBody-500)
	if i := strings.LastIndexByte(body, '\n'); i > len(body)/2 {
		body = body[:i]
	}
	fence := ""
	for l := range strings.SplitSeq(body, "\n") {
		l = strings.TrimSpace(l)
		run := l[:len(l)-len(strings.TrimLeft(l, "`"))]
		switch {
		case fence == "" && len(run) >= 3:
			fence = run
		case fence != "" && l == run && len(run) >= len(fence):
			fence = ""
		}
	}
	if fence != "" {
		body += "\n" + forge.Cut(fence, 400)
	}
	return body + "\n\nThere is more than fits here; `levee check` shows all of it."
}

// Hash is the SHA-256 of a text, in hex.
func Hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
