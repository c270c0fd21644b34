package policies

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// DrillDue is the rule of a kill switch that nobody tried for too long.
const DrillDue = "catalog.drill-due"

// drills adds a warning about content that runs if the kill switch of the app was not tried
// for as long as the settings allow at its risk. It counts from the day the app was created
// where it never was. Rules cannot find that: they make the risk, and do not see it.
func (s *RuleSet) drills(d *Decision, b Brief) {
	every := s.Settings().Lifecycle.Drills.Of(string(d.Risk.Level))
	if b.Facts.Admission == nil || b.Facts.Admission.Drill == nil || every == 0 {
		return
	}
	said, from := "was never tried", createdOn(b.Input).Start(s.Zone())
	if last := b.Facts.Admission.Drill.Last; !last.IsZero() {
		said, from = "was tried last on "+string(scalar.DateOf(last, s.Zone())), last
	}
	if b.Now.Before(from.Add(every.Std())) {
		return
	}
	d.Problems = append(d.Problems, catalog.Problem{
		Rule: DrillDue, Level: catalog.Warn, Path: b.Path, Field: "spec.runbook", Controls: []string{},
		Message: fmt.Sprintf("The app's kill switch %s. At %s risk that has to be at least every %s.", said, d.Risk.Level, every),
		Remedy:  fmt.Sprintf("Run `levee drill %s`: the app is cut, seen to be cut, and brought back at once.", b.Subject),
	})
}

// createdOn is the day an app was created, by its file, which has to say.
func createdOn(input map[string]any) catalog.Date {
	return catalog.Date(textAt(input, "app", "spec", "lifecycle", "created"))
}
