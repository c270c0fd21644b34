package safetext

import "testing"

// TestShown checks that nothing which a terminal obeys is left, and nothing that
// people read is touched.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"plain, ümläut, می\u200cخواهم, 👩\u200d💻": "plain, ümläut, می\u200cخواهم, 👩\u200d💻",
		"x\x1b[2K\x1b[1Gfine": `x\u001b[2K\u001b[1Gfine`,
		"\u009b2J":            `\u009b2J`,
		"a\x9bb\xff":          `a\x9bb\xff`,
		"a\rb\bc\x00\x7f":     `a\u000db\u0008c\u0000\u007f`,
		"a\u202eb\u2066c":     `a\u202eb\u2066c`,
		"\U000F0000":          `\udb80\udc00`,
		"two\nlines":          `two\u000alines`,
	} {
		if got := Shown(text, false); got != want {
			t.Errorf("Shown(%+q) = %+q, want %+q", text, got, want)
		}
	}
	if got := Shown("a\n\tb\x1b", true); got != "a\n\tb"+`\u001b` {
		t.Errorf("with lines: %+q", got)
	}
}
