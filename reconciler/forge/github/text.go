package github

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Limits of texts, in bytes, below GitHub's own.
const (
	maxBody   = 60_000
	maxStatus = 140 // characters of a commit status
	maxTitle  = 200
	maxNote   = 8_000
)

// shorten shortens a text to a number of characters.
func shorten(s string, characters int) string {
	n := 0
	for i := range s {
		if n == characters-1 && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// oneLine makes one line of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(forge.Plain(s)), " ") }

// fitComment shortens the body of a comment to what GitHub takes. It cuts at the end of a
// line, closes a code fence that is open there, and says where the rest can be read.
func fitComment(body string) string {
	body = forge.Plain(body)
	if len(body) <= maxBody {
		return body
	}
	body = forge.Cut(body, maxBody-500)
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

// sameText compares a text with what GitHub returns for it, which may have other line breaks
// and no space at the ends.
func sameText(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
