package output

import (
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/policies"
)

// Plural is "1 app", "2 apps".
func Plural(n int, word string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Verdicts say for people what was decided.
var Verdicts = map[policies.Verdict]string{
	policies.Allow: "allowed", policies.NeedsApproval: "needs approval", policies.Deny: "denied",
	policies.Invalid: "invalid", policies.Error: "not judged",
}

// Place is where a problem is, for who is told of a file: in that one, or in another.
func Place(p catalog.Problem, file string) string {
	place := "-"
	switch {
	case p.Line > 0 && p.Column > 0:
		place = fmt.Sprintf("%d:%d", p.Line, p.Column)
	case p.Line > 0:
		place = fmt.Sprint(p.Line)
	}
	if p.Path == file || p.Path == "" {
		return place
	}
	if p.Line == 0 {
		return safetext.Shown(p.Path, false)
	}
	return safetext.Shown(p.Path, false) + ":" + place
}

// Names lists names, the first few of many.
func Names(names []catalog.Name) string {
	const most = 5
	words := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			words = append(words, fmt.Sprintf("%d more", len(names)-most))
			break
		}
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}

// Minute is a moment as people of a zone read it.
func Minute(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04") }
