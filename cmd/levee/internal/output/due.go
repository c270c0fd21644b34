package output

import (
	"fmt"
	"io"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Events is one line for each thing that happens.
func Events(w io.Writer, events []lifecycle.Event, span catalog.Duration) {
	if len(events) == 0 {
		fmt.Fprintf(w, "nothing is due within %s\n", span)
		return
	}
	rows := [][]string{{"WHEN", "APP", "WHAT", "WHO", "WHY"}}
	for _, e := range events {
		rows = append(rows, []string{e.At.Format("2006-01-02 15:04"), e.App, e.What, e.Who, e.Why})
	}
	Table(w, rows)
}
