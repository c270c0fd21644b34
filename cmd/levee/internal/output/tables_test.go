package output

import (
	"strings"
	"testing"
)

func TestWriteTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	Table(&out, [][]string{{"APP", "RUNS", "ATTENTION"}, {"café", "nothing", ""}, {"board", "", "it is late"}, {"x", "", ""}})
	want := "APP    RUNS     ATTENTION\ncafé   nothing\nboard           it is late\nx\n"
	if out.String() != want {
		t.Errorf("the table is\n%swant\n%s", out.String(), want)
	}
}
