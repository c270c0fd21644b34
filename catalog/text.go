package catalog

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// joining are the scripts in which a joiner or a non-joiner between letters is
// spelling: without it another word stands there.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese,
	unicode.Javanese, unicode.Limbu, unicode.Chakma, unicode.Grantha, unicode.Tirhuta,
}

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	blackFlag = '\U0001F3F4' // begins the flags of regions, which tags spell
	tagEnd    = '\U000E007F'
	byteOrder = '\ufeff'
)

// invisible finds the first character of a text that could show a reader something
// else than what a rule sees: controls, bidirectional overrides, zero-width
// characters, fillers, private use. Joiners where they are spelling, emoji and flags
// are text. In prose, line breaks are too.
func invisible(text string, prose bool) (r rune, found bool) {
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case prose && (r == '\n' || r == '\t'):
		case r == nonJoiner || r == joiner:
			if !joins(runes, i) {
				return r, true
			}
		case '\U000E0020' <= r && r <= tagEnd:
			if !spellsFlag(runes, i) {
				return r, true
			}
		case unicode.Is(unicode.Variation_Selector, r):
			if i == 0 || !varies(runes[i-1]) {
				return r, true
			}
		case hidden(r):
			return r, true
		}
	}
	return 0, false
}

// hidden reports whether a character by itself is not seen, or changes how others
// are. Signs that only stand before a number are of such a category, and are seen.
func hidden(r rune) bool {
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) ||
		r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u17b4' || r == '\u17b5' || r == '\u3164' || r == '\uffa0'
}

// joins reports whether a joiner stands where it is spelling: between letters of a
// script that joins them, after a sign that takes a vowel away, or between emoji.
func joins(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	before := runes[i-1]
	if unicode.In(before, joining...) || unicode.Is(unicode.Mn, before) && belongs(runes, i-1) {
		if i+1 < len(runes) && unicode.In(runes[i+1], joining...) {
			return true
		}
		return runes[i] == joiner && unicode.In(before, unicode.Mn, unicode.Mc)
	}
	return runes[i] == joiner && i+1 < len(runes) && pictured(before) && unicode.Is(unicode.So, runes[i+1])
}

// belongs reports whether a mark belongs to a letter of a script that joins.
func belongs(runes []rune, i int) bool {
	for ; i >= 0 && unicode.Is(unicode.Mn, runes[i]); i-- {
	}
	return i >= 0 && unicode.In(runes[i], joining...)
}

// pictured reports whether a character can end the part of an emoji before a joiner.
func pictured(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '\ufe0f' || '\U0001F3FB' <= r && r <= '\U0001F3FF'
}

// varies reports whether a character has variants: symbols, digits of keycaps, and
// letters of the scripts that have them.
func varies(r rune) bool {
	return unicode.In(r, unicode.S, unicode.P, unicode.Nd, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Mongolian, unicode.Phags_Pa, unicode.Myanmar)
}

// spellsFlag reports whether a tag is part of a flag: after the black flag, with
// nothing between but tags, and ended.
func spellsFlag(runes []rune, i int) bool {
	isTag := func(r rune) bool { return '\U000E0020' <= r && r < tagEnd }
	from := i - 1
	for from >= 0 && isTag(runes[from]) {
		from--
	}
	to := i
	for to < len(runes) && isTag(runes[to]) {
		to++
	}
	return from >= 0 && runes[from] == blackFlag && to < len(runes) && runes[to] == tagEnd && to-from <= 8
}

// oddBlank names a character that looks like a space, or like nothing, and is none
// to a parser; empty for others.
func oddBlank(r rune) string {
	switch r {
	case ' ':
		return ""
	case '\u00a0', '\u202f':
		return "a no-break space"
	case byteOrder:
		return "a byte order mark"
	case '\u200b', '\u2060':
		return "a zero-width space"
	case '\u0085', '\u2028', '\u2029':
		return "a line break of another kind"
	}
	if unicode.Is(unicode.Zs, r) {
		return "a space other than the plain one"
	}
	return ""
}

// FindBlank finds the first character of a text that looks like a space or like
// nothing and is neither to a parser: on the lines around one, or anywhere for line
// 0. A mark at the very start counts only where the parser of the text trips over
// it. what is empty where there is none.
func FindBlank(src []byte, line int) (what string, at Place) {
	for i, text := range bytes.Split(src, []byte("\n")) {
		if line > 0 && (i+1 < line-1 || i+1 > line+1) {
			continue
		}
		column := 0
		for j := 0; j < len(text); {
			r, size := utf8.DecodeRune(text[j:])
			column++
			if name := oddBlank(r); name != "" && (i > 0 || j > 0 || r != byteOrder) {
				return fmt.Sprintf("%s (%U)", name, r), Place{i + 1, column}
			}
			j += size
		}
	}
	return "", Place{}
}

// aside says in brackets that a value holds what cannot be seen in it; empty where
// it holds no such thing.
func aside(value string) string {
	for _, r := range value {
		if name := oddBlank(r); name != "" {
			return fmt.Sprintf(" (there is %s, %U, in it)", name, r)
		}
		if hidden(r) {
			return fmt.Sprintf(" (there is an invisible character, %U, in it)", r)
		}
	}
	return ""
}

// Shown is a text made safe for a terminal, a log or a table: whatever could move the
// cursor, hide text or turn its direction is written by its number, as JSON writes
// it, so that JSON stays the same value. Tabs and line breaks are kept where lines is
// set; a path or a name has none to keep.
func Shown(text string, lines bool) string {
	shown := func(r rune) bool {
		switch {
		case r == '\n' || r == '\t':
			return lines
		case r == joiner || r == nonJoiner || '\U000E0020' <= r && r <= tagEnd:
			return true
		}
		return !hidden(r)
	}
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !shown(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case shown(r):
			b.WriteString(text[i : i+size])
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
		i += size
	}
	return b.String()
}
