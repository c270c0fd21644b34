package policies

import (
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// evidenceValues is what the files beside an app say, in the input of rules, as
// Signing.Evidence returns them. Days are those of the catalog's zone, and empty where a file
// names none.
func evidenceValues(files []catalog.Evidence, zone *time.Location) []any {
	values := make([]any, len(files))
	for i, e := range files {
		made := ""
		if !e.Made.IsZero() {
			made = string(scalar.DateOf(e.Made, zone))
		}
		licences := make([]any, len(e.Licences))
		for j, l := range e.Licences {
			choices := evidence.Choices(l.Expression)
			ways := make([]any, len(choices))
			for k, all := range choices {
				ways[k] = words(all)
			}
			licences[j] = map[string]any{"expression": l.Expression, "parts": float64(l.Parts), "choices": ways}
		}
		flaws := make([]any, len(e.Vulnerabilities))
		for j, v := range e.Vulnerabilities {
			flaws[j] = map[string]any{
				"id": v.ID, "severity": v.Severity, "score": v.Score, "part": v.Part, "version": v.Version,
				"fixedIn": v.FixedIn, "published": v.Published, "state": v.State, "reason": v.Reason,
			}
		}
		open := make(map[string]any, len(e.Open))
		for severity, n := range e.Open {
			open[severity] = float64(n)
		}
		values[i] = map[string]any{
			"name": e.Name, "kind": string(e.Kind), "format": e.Format, "version": e.Version, "tool": e.Tool,
			"made": made, "trouble": e.Trouble, "about": words(e.About),
			"parts": float64(e.Parts), "unlicensed": float64(e.Unlicensed), "licences": licences,
			"scanned": e.Scanned, "open": open, "answered": float64(e.Answered), "vulnerabilities": flaws, "answers": float64(len(e.Answers)),
			"passed": float64(e.Passed), "failed": float64(e.Failed), "skipped": float64(e.Skipped),
			"covered": float64(e.Covered), "code": float64(e.Code),
			"builder": e.Builder, "source": e.Source,
			"signers": words(e.Signers), "identity": e.Identity, "unsigned": e.Unsigned, "remedy": e.Remedy,
		}
	}
	return values
}
