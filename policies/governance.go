package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/policies/advice"
	"github.com/levee-gitops/levee/policies/consistency"
)

// CheckGovernance checks the files outside apps/ against each other and against the rules,
// which are nil where there are no valid settings to compile them by.
func CheckGovernance(s *catalog.Snapshot, rules *RuleSet, now time.Time) []catalog.Problem {
	if rules == nil {
		return consistency.Check(s, nil, nil, now)
	}
	list := rules.Rules()
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	return consistency.Check(s, ids, rules.NoEffect(), now)
}

// GovernanceQuestion is what is to be decided about a change of governance.
type GovernanceQuestion struct {
	Governing *catalog.Snapshot // whose owners and settings judge
	Proposed  *catalog.Snapshot
	// Riders are the apps that the same change touches, which is a problem.
	Riders    []string
	Only      func(path string) bool // which files are judged; nil for all
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time
}

// GovernanceEdit lists the files whose content digest differs between two snapshots, and
// the digest of the edit, on which approvals key. Other governance that is admitted
// meanwhile does not change it.
func GovernanceEdit(governing, proposed *catalog.Snapshot) (paths []string, digest catalog.Digest, err error) {
	before, after := governing.GovernanceObjects(), proposed.GovernanceObjects()
	edit := map[string]any{}
	for p, d := range after {
		if before[p] != d {
			edit[p] = string(d)
		}
	}
	for p := range before {
		if _, ok := after[p]; !ok {
			edit[p] = nil
		}
	}
	digest, err = catalog.HashOf("e1", edit)
	return slices.Sorted(maps.Keys(edit)), digest, err
}

// Paths lists the files that are changed.
func (q GovernanceQuestion) Paths() ([]string, error) {
	paths, _, err := GovernanceEdit(q.Governing, q.Proposed)
	if q.Only != nil {
		paths = slices.DeleteFunc(paths, func(p string) bool { return !q.Only(p) })
	}
	return paths, err
}

// KindGovernance is the kind of decisions on a change of governance.
const KindGovernance = "Governance"

// NewGovernanceBrief makes the brief for a change of governance. governing are the rules
// that judge, proposed those of the change, and compile the problems of compiling and
// testing them.
func (e *Engine) NewGovernanceBrief(q GovernanceQuestion, governing, proposed *RuleSet, compile []catalog.Problem) (Brief, error) {
	paths, err := q.Paths()
	if err != nil {
		return Brief{}, err
	}
	_, digest, err := GovernanceEdit(q.Governing, q.Proposed)
	if err != nil {
		return Brief{}, err
	}
	b := Brief{
		Kind: KindGovernance, Subject: catalog.Governance, Policy: governing.Digest(), Digest: digest,
		Facts: q.Facts, Reviews: q.Approvals, Now: q.Now.UTC(), Holders: holders(q.Governing.Roles(), ""),
	}
	settings := governing.Settings()
	required := map[string][]string{}
	for _, p := range paths {
		b.Path = p
		for _, role := range settings.GovernanceOwners(p) {
			required[string(role)] = append(required[string(role)], p)
		}
		if d := q.Proposed.Document(p); d != nil {
			b.Invalid = append(b.Invalid, advice.New(q.Governing, q.Proposed, settings, scalar.DateOf(q.Now, governing.Zone())).Advise(d, d.Problems)...)
		}
	}
	if len(paths) > 1 {
		b.Path = fmt.Sprintf("%d files", len(paths))
	}
	for _, role := range slices.Sorted(maps.Keys(required)) {
		b.Required = append(b.Required, Requirement{Role: role, Count: 1, Reason: "changes " + strings.Join(shorten(required[role]), ", ")})
	}
	b.Invalid = append(b.Invalid, compile...)
	for _, p := range CheckGovernance(q.Proposed, proposed, q.Now) {
		if p.Rule == consistency.NoEffect && slices.Contains(paths, p.Path) {
			p.Level = catalog.Deny // what the change writes must have an effect
		}
		if p.Level == catalog.Deny {
			b.Invalid = append(b.Invalid, p)
		}
	}
	if len(q.Riders) > 0 {
		b.Invalid = append(b.Invalid, catalog.Problem{
			Rule: GovernanceRides, Level: catalog.Deny, Path: b.Path, Controls: []string{},
			Message: fmt.Sprintf("The change touches governance and apps (%s) at once.", strings.Join(shorten(q.Riders), ", ")),
			Remedy:  "Ask for them in two changes: what judges an app must not arrive with it.",
		})
	}
	return b, nil
}

func shorten(list []string) []string {
	const most = 3
	if len(list) <= most {
		return list
	}
	return append(slices.Clone(list[:most]), fmt.Sprintf("%d more", len(list)-most))
}
