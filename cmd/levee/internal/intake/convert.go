package intake

import (
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/policies/rego/oldrules"
)

// Convert takes in what was given: rules together, since they use each other, and all else.
// The reports of files stand in the order in which the files were given.
func Convert(given []Given) convert.Report {
	var rules, others []convert.File
	for _, g := range given {
		if oldrules.Is(g.Source) {
			rules = append(rules, g.File)
		} else {
			others = append(others, g.File)
		}
	}
	report, ofRules := convert.Files(others), oldrules.Files(rules)
	files := make([]*convert.FileReport, 0, len(given))
	for _, g := range given {
		from := &report
		if oldrules.Is(g.Source) {
			from = &ofRules
		}
		files, from.Files = append(files, from.Files[0]), from.Files[1:]
	}
	return convert.Report{Files: files, Documents: append(report.Documents, ofRules.Documents...)}
}
