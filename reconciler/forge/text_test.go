package forge

import "testing"

func TestCut(t *testing.T) {
	for bytes, want := range map[int]string{0: "", 1: "a", 2: "a", 3: "aé", 4: "aé", 6: "aé…", 7: "aé…", 100: "aé…"} {
		if got := Cut("aé…", bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		" one\r\ntwo\tthree \n": "one\ntwo\tthree",
		"a\x1b[31mb\x00c\rd":    "a[31mbcd",
		"a\xffb":                "a\uFFFDb",
		"Zoë 👩‍🚀":               "Zoë 👩‍🚀",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
