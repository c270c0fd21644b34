package check

import (
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/render"
)

// turnOf puts first what is changed in governance and what is wrong there, then the
// files that cannot be read: others may follow from them.
func turnOf(r Result) int {
	switch {
	case r.Kind == string(policies.KindGovernance):
		return 0
	case r.Kind != string(catalog.KindApp) && r.Verdict == policies.Invalid:
		return 1
	case r.Verdict == policies.Invalid:
		return 2
	}
	return 3
}

// follow marks the apps of which all that is wrong follows from another file: one that
// cannot be read, or names that roles.yaml itself has wrong. One slip is told once.
func follow(results []Result) {
	unread := map[string]bool{}
	wrong := map[string]bool{} // names in the problems of roles.yaml
	for _, r := range results {
		if r.Verdict == policies.Invalid {
			unread[r.Path] = true
		}
		if r.Path == "roles.yaml" {
			for _, p := range r.Problems {
				for _, m := range nameSpan.FindAllStringSubmatch(p.Message+p.Remedy, -1) {
					wrong[m[1]] = wrong[m[1]] || p.Level == catalog.Deny
				}
			}
		}
	}
	for i := range results {
		if r := &results[i]; r.Kind == string(catalog.KindApp) && r.Verdict == policies.Deny {
			r.After = causeOf(r.Problems, unread, wrong)
		}
	}
}

var (
	nameSpan  = regexp.MustCompile("`([a-z][-a-z0-9]*)`")
	mendFirst = regexp.MustCompile("^Mend the file `([^`]+)` first")
)

// causeOf is the one file from which all problems that stop an app follow; empty where
// there is more to them.
func causeOf(problems []catalog.Problem, unread, wrong map[string]bool) string {
	cause := ""
	for _, p := range problems {
		if !p.Denies() {
			continue
		}
		file := ""
		if p.Rule == render.Rule && unread[p.Path] {
			file = p.Path
		} else if m := mendFirst.FindStringSubmatch(p.Remedy); m != nil && unread[m[1]] {
			file = m[1]
		} else if strings.HasPrefix(p.Rule, "ownership.") {
			for _, m := range nameSpan.FindAllStringSubmatch(p.Message, -1) {
				if wrong[m[1]] {
					file = "roles.yaml"
				}
			}
		}
		if file == "" || cause != "" && cause != file {
			return ""
		}
		cause = file
	}
	return cause
}
