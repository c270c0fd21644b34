package check

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// Selection is what of a catalog is looked at; the zero value is all of it. What it leaves out is
// not judged, and nothing is said of it.
type Selection struct {
	Since *catalog.Snapshot // only what may have become another since; nil for all
	Files []string          // only these, by path: of an app its app.yaml; empty for all
	Rules []string          // only what these say, by id, "egress.*" for an area; empty for all
}

// paths leaves the apps that are looked at.
func (s Selection) paths(proposed *catalog.Snapshot, paths []string) []string {
	if s.Since != nil {
		changed := set(appPaths(proposed, s.Since))
		paths = slices.DeleteFunc(paths, func(p string) bool { return !changed[p] })
	}
	if len(s.Files) > 0 {
		chosen := set(s.Files)
		paths = slices.DeleteFunc(paths, func(p string) bool { return !chosen[p] })
	}
	return paths
}

// entries leaves the files that are looked at, of those that differ from what counts as admitted.
func (s Selection) entries(proposed *catalog.Snapshot, entries []catalog.Entry) []catalog.Entry {
	if s.Since != nil {
		changed := map[string]bool{}
		for _, e := range catalog.Touched(s.Since, proposed) {
			changed[e.Path] = true
		}
		entries = slices.DeleteFunc(entries, func(e catalog.Entry) bool { return !changed[e.Path] })
	}
	if len(s.Files) > 0 {
		chosen := set(s.Files)
		entries = slices.DeleteFunc(entries, func(e catalog.Entry) bool {
			app := catalog.AppAround(proposed, e.Path)
			return !chosen[e.Path] && (app == nil || !chosen[app.Path])
		})
	}
	return entries
}

// results leaves what was asked for. Beside chosen files stand those that they follow from, and all
// that are wrong in governance where that keeps a chosen app from being judged.
func (s Selection) results(results []Result) []Result {
	if len(s.Files) > 0 {
		chosen, causes, unjudged := set(s.Files), map[string]bool{}, false
		for _, r := range results {
			if chosen[r.Path] {
				causes[r.After] = true
				unjudged = unjudged || r.Verdict == policies.Error
			}
		}
		results = slices.DeleteFunc(results, func(r Result) bool {
			keeps := unjudged && r.Kind != string(catalog.KindApp) && r.Verdict == policies.Invalid
			return !chosen[r.Path] && !causes[r.Path] && !keeps
		})
	}
	if len(s.Rules) > 0 {
		for i := range results {
			s.ruled(&results[i])
		}
	}
	return results
}

// ruled leaves of a result what the chosen rules say. A file that cannot be read stays so, and
// what could not be judged: no rule was asked about it.
func (s Selection) ruled(r *Result) {
	if r.Verdict == policies.Error || r.Verdict == policies.Invalid && r.Kind == string(catalog.KindApp) {
		return
	}
	r.Problems = slices.DeleteFunc(r.Problems, func(p catalog.Problem) bool {
		return !strings.HasPrefix(p.Rule, "schema.") && !slices.ContainsFunc(s.Rules, func(rule string) bool { return Chooses(rule, p.Rule) })
	})
	stops := slices.ContainsFunc(r.Problems, catalog.Problem.Denies)
	switch {
	case stops || r.Verdict != policies.Deny && r.Verdict != policies.Invalid:
	case len(r.Approvals.Missing) > 0:
		r.Verdict = policies.NeedsApproval
	default:
		r.Verdict = policies.Allow
	}
}

// Chooses reports whether a word of Selection.Rules means a rule.
func Chooses(word, rule string) bool {
	if area, ok := strings.CutSuffix(word, "*"); ok && strings.HasSuffix(area, ".") {
		return strings.HasPrefix(rule, area)
	}
	return word == rule
}

func set(words []string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, w := range words {
		all[w] = true
	}
	return all
}
