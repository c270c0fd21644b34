package github

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of texts, in bytes, below those of GitHub.
const (
	maxBody   = 60_000
	maxStatus = 140 // characters of a status
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

// first is the beginning of a text, in characters.
func first(s string, characters int) string {
	n := 0
	for i := range s {
		if n == characters-1 && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// plain is a text without control characters but line breaks and tabs.
func plain(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, s))
}

// line1 is a text as one line.
func line1(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// fitting is a body that GitHub takes: what is too long ends at a line, with a word
// on where the rest is. A fence that the cut left open is closed.
func fitting(body string) string {
	body = plain(body)
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

// same reports whether GitHub shows a text as it was written: it changes the ends of
// lines and of the text.
func same(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
