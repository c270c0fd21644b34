package comment

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/levee-gitops/levee/catalog"
)

// plain makes a sentence inert outside its code spans: no mentions, links, markup or
// line breaks. What stands between two backticks stays a code span of its own, and
// an open one is closed.
//
// Escaping alone is not enough: a forge looks for mentions and numbers of changes in
// what is displayed, so the signs that begin them are replaced by others that look
// alike.
func plain(text string) string {
	var b strings.Builder
	inSpan := false // so far, without anything after it
	for i, part := range strings.Split(text, "`") {
		switch {
		case part == "":
		case i%2 == 0:
			b.WriteString(escaped(part))
			inSpan = false
		default:
			if inSpan {
				b.WriteByte(' ') // two spans side by side would be neither
			}
			b.WriteString(span(part))
			inSpan = true
		}
	}
	return b.String()
}

// addresses begin a link without any sign of markup.
var addresses = regexp.MustCompile(`(?i)\b(www)\.|\b(gh)-`)

// unseen reports whether a character is not seen or changes how others are. The two
// joiners are spelling and part of emoji, and do nothing elsewhere.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf) && r != '\u200c' && r != '\u200d'
}

func escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case unseen(r):
			b.WriteRune(' ')
		case r == '@':
			b.WriteRune('＠')
		case r == '#':
			b.WriteRune('＃')
		case strings.ContainsRune("<>[]|*_\\!~&", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case r == ':' && i+1 < len(text) && text[i+1] != ' ':
			b.WriteString("&#58;") // keeps an address from becoming a link
		default:
			b.WriteRune(r)
		}
	}
	return addresses.ReplaceAllString(b.String(), "$1$2 ")
}

// longestSpan is how much of a value is shown, in characters.
const longestSpan = 80

// span puts a value that others wrote into a code span longer than any run of
// backticks in it.
func span(value string) string {
	return spanOf(imageDigest.ReplaceAllString(value, "@sha256:$1…"), longestSpan)
}

// imageDigest is the digest of an image. Its first digits tell one from another; whole ones
// leave no room for the rest, and where two of them begin nobody sees how they differ.
var imageDigest = regexp.MustCompile(`@sha256:([0-9a-f]{12})[0-9a-f]{52}\b`)

func spanOf(value string, longest int) string {
	if runes := []rune(value); len(runes) > longest {
		value = string(runes[:longest]) + "…"
	}
	value = bare(value)
	fence, run := 0, 0
	for _, r := range value {
		if run++; r != '`' {
			run = 0
		}
		fence = max(fence, run)
	}
	ticks := strings.Repeat("`", fence+1)
	if fence > 0 || strings.TrimSpace(value) == "" {
		value = " " + value + " "
	}
	return ticks + value + ticks
}

// bare is a text for where nothing is marked up: one line, without what is not seen.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return ' '
		}
		return r
	}, text)
}

// names lists names that files may choose, each in a span, as a sentence does.
func names[T ~string](list []T, last string) string {
	spans := make([]string, len(list))
	for i, name := range list {
		spans[i] = span(string(name))
	}
	return enumerate(spans, last)
}

// enumerate joins words as a sentence does: "a, b and c".
func enumerate(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}

// shortly lists no more than a few of many words.
func shortly(words []string, most int) []string {
	if len(words) <= most {
		return words
	}
	return append(words[:most:most], fmt.Sprintf("%d more", len(words)-most))
}

// days writes a length of time in whole words: "5 days", "10 minutes".
func days(d catalog.Duration) string {
	for _, unit := range []struct {
		word    string
		seconds catalog.Duration
	}{{"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
		if n := d / unit.seconds; n > 0 && d%unit.seconds == 0 {
			if n == 1 {
				return "1 " + unit.word
			}
			return fmt.Sprintf("%d %ss", n, unit.word)
		}
	}
	return "no time"
}
