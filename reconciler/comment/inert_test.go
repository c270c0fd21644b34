package comment

import (
	"strings"
	"testing"
)

// TestImages: two versions of an image can be told apart, and what is no digest is left as
// it is.
func TestImages(t *testing.T) {
	name := "registry.example.com/department/of/expenses/expense-submit@sha256:"
	digest := func(c string) string { return strings.Repeat(c, 64) }
	one, other := span(name+digest("a")), span(name+digest("b"))
	if one == other || one != "`"+name+"aaaaaaaaaaaa…`" {
		t.Errorf("they are shown as %s and %s", one, other)
	}
	if got, want := span("a@sha256:"+digest("a")+"f"), "`a@sha256:"+digest("a")+"f`"; got != want {
		t.Errorf("a digest that is too long is shown as %s, not %s", got, want)
	}
}
