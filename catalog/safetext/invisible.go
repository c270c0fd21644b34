package safetext

import (
	"unicode"
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
	nonJoiner     = '\u200c'
	joiner        = '\u200d'
	blackFlag     = '\U0001F3F4' // begins the flags of regions, which tags spell
	tagEnd        = '\U000E007F'
	ByteOrderMark = '\ufeff'
)

// FindInvisible finds the first character of a text that could show a reader something
// else than what a rule sees: controls, bidirectional overrides, zero-width
// characters, fillers, private use. Joiners where they are spelling, emoji and flags
// are text. In prose, line breaks are too.
func FindInvisible(text string, prose bool) (r rune, found bool) {
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
		case Hidden(r):
			return r, true
		}
	}
	return 0, false
}

// Hidden reports whether a character by itself is not seen, or changes how others
// are. Signs that only stand before a number are of such a category, and are seen.
func Hidden(r rune) bool {
	if r <= unicode.MaxASCII { // nearly all, and looked at most often
		return unicode.IsControl(r)
	}
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
