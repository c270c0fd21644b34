package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/reconciler/check"
)

// Past says what was found in the history of a catalog, commit by commit.
func Past(w io.Writer, r check.Report, commits int) error {
	var b strings.Builder
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%s\n", result.Path)
		for _, p := range result.Problems {
			place := ""
			if p.Path != "" {
				place = Place(p, "") + " "
			}
			fmt.Fprintf(&b, "  %s%s%s\n", place, p.Message, levelWords(p))
		}
	}
	if len(r.Results) == 0 {
		fmt.Fprintf(&b, "%s: nothing that looks like a secret.\n", Plural(commits, "commit"))
	} else {
		fmt.Fprintf(&b, "\n%s; in %d of them came what looks like a secret, or could not be scanned. Whoever has a clone has it,\nwhatever is taken out of the history: have it replaced where it was issued. Then a waiver says so,\nor a setting of the rules secrets.in-repository and secrets.suspected.\n", Plural(commits, "commit"), len(r.Results))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
