package output

import (
	"fmt"
	"io"

	"github.com/aymanbagabas/go-udiff"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/reconciler/review"
)

// Preview says how a change stands, as a comment beside it would.
func Preview(w io.Writer, p review.Preview) {
	fmt.Fprintf(w, "%s: %s\n\n%s", p.Change, p.Title, p.Text)
}

// FileDiff shows what a change makes different in one file, line by line.
func FileDiff(w io.Writer, f review.FileDiff) {
	shown := safetext.Shown(f.Path, false)
	if f.Left != "" {
		fmt.Fprintf(w, "%s: not shown, because %s\n", shown, f.Left)
		return
	}
	fmt.Fprint(w, udiff.Unified("a/"+shown, "b/"+shown, f.Before, f.After))
}
