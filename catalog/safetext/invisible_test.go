package safetext

import (
	"strings"
	"testing"
)

func TestInvisible(t *testing.T) {
	for text, want := range map[string]bool{
		"Expense quick submit": false,
		"می\u200cخواهم":        false, // Persian: "I want"
		"कर\u094d\u200dष":      false, // Hindi, a half letter
		"क\u094d\u200cष":       false, // Hindi, a visible virama
		"ക\u0d4d\u200d":        false, // Malayalam, a letter that ends a word
		"👩\u200d💻":             false, // a person at a computer
		"👩🏽\u200d🚀":            false, // with a skin tone
		"❤\ufe0f\u200d🔥":       false,
		"🇩🇪":                   false,
		"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F": false, // England
		"1\ufe0f\u20e3": false, // a keycap
		"\u0600١٢":      false, // a sign before a number
		"10\u00a0000 €": false,

		"pay\u200cpal":          true,
		"pay\u200dpal":          true,
		"\u200cمی":              true,
		"می\u200c":              true,
		"می\u200c\u200cخو":      true,
		"👩\u200dx":              true,
		"a\ufe0fb":              true,
		"\U000E0067\U000E0062":  true, // hidden text
		"🏴\U000E0067\U000E0062": true, // a flag without its end
		"x\U000E0067\U000E007F": true,
		"safe \u202e evil":      true,
		"a\u00adb":              true,
		"a\u200bb":              true,
		"a\ufeffb":              true,
		"a\u3164b":              true,
		"a\x1b[2Kb":             true,
		"a\u034fb":              true,
		"two\nlines":            true,
		"🏴" + strings.Repeat("\U000E0061", 40) + "\U000E007F": true, // a message in a flag
	} {
		if _, got := FindInvisible(text, false); got != want {
			t.Errorf("FindInvisible(%+q) = %v", text, got)
		}
	}
	if _, found := FindInvisible("two\nlines\tof prose", true); found {
		t.Error("line breaks are refused in prose")
	}
}
