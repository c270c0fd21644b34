package check

import (
	"path/filepath"
	"slices"
	"strings"
)

// Moved is a report for whoever has a folder of the catalog somewhere else on disk: its files are named
// where they lie there.
func (r Report) Moved(folder, dir string) Report {
	move := func(p string) string {
		if rest, ok := strings.CutPrefix(p, folder+"/"); ok {
			return filepath.ToSlash(filepath.Join(dir, rest))
		}
		return p
	}
	r.Results = slices.Clone(r.Results)
	for i := range r.Results {
		one := &r.Results[i]
		one.Path, one.After = move(one.Path), move(one.After)
		one.Problems = slices.Clone(one.Problems)
		for j := range one.Problems {
			one.Problems[j].Path = move(one.Problems[j].Path)
		}
	}
	return r
}
