package judge

import "github.com/levee-gitops/levee/catalog"

// StrayProblems lists what a change or a landing brings below apps/ that is no app's,
// and wrong. What was there before, and is the same, is not its doing.
func StrayProblems(from, to *catalog.Snapshot) []catalog.Problem {
	var problems []catalog.Problem
	for _, doc := range to.StraysIn(catalog.Changed(from, to)) {
		problems = append(problems, doc.Problems...)
	}
	return problems
}
