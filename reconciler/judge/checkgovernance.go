package judge

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// changeOfGovernance says which files of governance differ from the base, and who has to
// approve that; nil where none does.
func changeOfGovernance(ctx context.Context, engine *policies.Engine, base, proposed *catalog.Snapshot, rules, proposedRules *policies.RuleSet, now time.Time) (*Result, error) {
	q := policies.GovernanceQuestion{Governing: base, Proposed: proposed, Now: now}
	if proposed.Commit() == "" { // of a folder on disk, what is no part of a catalog is not read
		q.Only = catalog.InCatalog
	}
	paths, err := q.Paths()
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	for _, p := range appPaths(proposed, base) {
		if app := proposed.Document(p); app.IsApp() && base.AppNamed(catalog.Name(app.Name)).Digest() != app.Digest() {
			q.Riders = append(q.Riders, app.Name)
		}
	}
	brief, err := engine.NewGovernanceBrief(q, rules, proposedRules, nil)
	if err != nil {
		return nil, err
	}
	brief.Invalid = slices.DeleteFunc(brief.Invalid, func(p catalog.Problem) bool { return p.Rule != policies.GovernanceRides }) // the others are told with their files
	brief.Facts.Problems, brief.Invalid = brief.Invalid, nil
	d := rules.Decide(ctx, brief)
	return &Result{
		Kind: d.Kind, Name: d.Subject, Digest: d.Digest, Verdict: d.Verdict, Reason: d.Reason, Path: d.Path,
		Risk: d.Risk, Problems: d.Problems, Approvals: d.Approvals, Files: paths,
	}, nil
}

// governanceResults lists the files other than apps that are wrong. What a change has
// written must have an effect.
func governanceResults(s *catalog.Snapshot, rules *policies.RuleSet, compile []catalog.Problem, written []string, now time.Time) []Result {
	byPath := map[string][]catalog.Problem{}
	for d := range s.Documents("") {
		if d.Kind != catalog.KindApp && len(d.Problems) > 0 {
			byPath[d.Path] = d.Explain(policies.Advise(s, d, now))
		}
	}
	for _, p := range slices.Concat(compile, policies.CheckGovernance(s, rules, now)) {
		if p.Rule == policies.NoEffect && slices.Contains(written, p.Path) {
			p.Level = catalog.Deny // as in a change that writes it
		}
		byPath[p.Path] = append(byPath[p.Path], p)
	}
	var results []Result
	for p, problems := range byPath {
		d := s.Document(p)
		if d == nil {
			kind, name, _ := catalog.Address(p)
			d = &catalog.Document{Path: p, Kind: kind, Name: name}
		}
		results = append(results, fileResult(d, problems))
	}
	return results
}

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
		if p.Level != catalog.Deny || p.Waiver != nil {
			continue
		}
		file := ""
		if m := mendFirst.FindStringSubmatch(p.Remedy); m != nil && unread[m[1]] {
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
