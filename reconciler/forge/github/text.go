package github

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of texts, in bytes, below GitHub's own.
const (
	maxBody   = 60_000
	maxStatus = 140 // characters of a commit status
	maxTitle  = 200
	maxNote   = 8_000
)

// cut shortens a text to a number of bytes without splitting a character.
func cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

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

// stripControls removes control characters, except for line breaks and tabs.
func stripControls(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, s))
}

// oneLine makes one line of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(stripControls(s)), " ") }

// fitComment shortens the body of a comment to what GitHub takes. It cuts at the end of a
// line, closes a code fence that is open there, and says where the rest can be read.
func fitComment(body string) string {
	body = stripControls(body)
	if len(body) <= maxBody {
		return body
	}
	body = cut(body, maxBody-500)
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
		body += "\n" + cut(fence, 400)
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
