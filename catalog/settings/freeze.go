package settings

import (
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Freeze is a time in which no new content enters an environment by itself: days of the
// calendar, or a span that comes again.
type Freeze struct {
	Name            scalar.Name     `json:"name" levee:"required" doc:"What the freeze is called, such as year-end."`
	From            scalar.Date     `json:"from" doc:"The first day of it, in the catalog's zone."`
	Until           scalar.Date     `json:"until" doc:"The last day of it, in the catalog's zone."`
	Begins          string          `json:"begins" levee:"max=64" doc:"When it begins again and again, as a cron expression in the catalog's zone, such as 0 18 * * 5."`
	Lasts           scalar.Duration `json:"lasts" doc:"How long it lasts each time, such as 60h; 31 days at most."`
	Classifications []string        `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Classifications of the apps it is for; all where it is left out."`
}

// For reports whether a freeze is for apps of a classification.
func (f Freeze) For(classification string) bool {
	return len(f.Classifications) == 0 || slices.Contains(f.Classifications, classification)
}

// longestFreeze is how long a freeze that comes again may last: it ends before the next
// begins, or nothing would ever be let in.
const longestFreeze = 31 * 86400

// Trouble is what is wrong with a freeze, as the end of a sentence, and at which of its
// fields; empty for nothing.
func (f Freeze) Trouble() (field, wrong string) {
	days, again := f.From != "" || f.Until != "", f.Begins != "" || f.Lasts != 0
	switch {
	case days == again:
		return "name", "needs either `from` and `until`, or `begins` and `lasts`"
	case days && (f.From == "" || f.Until == ""):
		return "name", "needs both `from` and `until`"
	case days && f.Until < f.From:
		return "until", fmt.Sprintf("ends on %s, before it begins on %s", f.Until, f.From)
	case days:
		return "", ""
	case f.Begins == "" || f.Lasts <= 0:
		return "name", "needs both `begins` and `lasts`"
	case f.Lasts > longestFreeze:
		return "lasts", "lasts longer than 31 days; give `from` and `until` for that"
	}
	if _, err := scalar.ReadCron(f.Begins); err != nil {
		return "begins", fmt.Sprintf("begins at `%s`, which %s", f.Begins, err)
	}
	return "", ""
}
