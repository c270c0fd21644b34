package terminal

import (
	"bytes"
	"testing"
)

func TestCleanWriter(t *testing.T) {
	const text = "ümläut 👩\u200d💻 می\u200cخواهم\n\ttab \x1b[2K \u009b \x80 end \xe2\x82"
	const want = "ümläut 👩\u200d💻 می\u200cخواهم\n\ttab " + `\u001b[2K \u009b \x80 end \xe2\x82`
	for size := 1; size <= 8; size++ {
		var out bytes.Buffer
		w := &CleanWriter{to: &out}
		for rest := []byte(text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if _, err := w.Write(rest[:min(size, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		if w.End(); out.String() != want {
			t.Errorf("in pieces of %d: %q", size, out.String())
		}
	}
}
