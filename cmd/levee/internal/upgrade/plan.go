package upgrade

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/newapp"
)

// Plan is what becomes of the files of an app.
type Plan struct {
	From, To string // blueprint@major
	Files    []File // those of which something is to be said, by path; the app's own is the first
}

// Conflicts is how many files have lines that somebody is to choose between.
func (p Plan) Conflicts() int {
	n := 0
	for _, f := range p.Files {
		if f.Outcome == Conflicting {
			n++
		}
	}
	return n
}

// Changes are the files that are written, by path from the root of the catalog; nil for one that goes.
func (p Plan) Changes() map[string][]byte {
	changes := map[string][]byte{}
	for _, f := range p.Files {
		switch f.Outcome {
		case Kept:
		case Removed:
			changes[f.Path] = nil
		default:
			changes[f.Path] = append([]byte{}, f.Content...) // an empty file is one
		}
	}
	return changes
}

// New makes the plan for a valid app of a snapshot, to a major version of its blueprint or, where none is
// named, to the newest that is not obsolete. ok is false where the app has that version. It fails if a file
// cannot be had.
func New(ctx context.Context, files catalog.Files, s *catalog.Snapshot, doc *catalog.Document, major string) (p Plan, ok bool, err error) {
	p.From = string(doc.App().Spec.Blueprint)
	if p.To, err = target(s, p.From, major); err != nil || p.To == p.From {
		return p, false, err
	}
	src, err := manifest(doc, p.To)
	if err != nil {
		return p, false, err
	}
	p.Files = []File{{Path: doc.Path, Outcome: Replaced, Content: src}}
	before, err := newapp.Scaffold(ctx, files, p.From)
	if err != nil {
		return p, false, err
	}
	now, err := newapp.Scaffold(ctx, files, p.To)
	if err != nil {
		return p, false, err
	}
	m := merger{files: files, dir: path.Dir(doc.Path), from: p.From, to: p.To}
	beside, err := m.merge(ctx, before, now)
	p.Files = append(p.Files, beside...)
	return p, true, err
}

// target is the version of a blueprint that an app goes to.
func target(s *catalog.Snapshot, from, major string) (string, error) {
	name, current, _ := strings.Cut(from, "@")
	var versions []string
	for version := range newapp.Blueprints(s) {
		if strings.HasPrefix(version, name+"@") {
			versions = append(versions, version)
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return majorOf(a) - majorOf(b) })
	if major == "" {
		newest := newapp.Newest(name, versions)
		switch {
		case newest == "":
			return "", exit.Usagef("the catalog has no version of the blueprint %s that is valid and not obsolete", name)
		case majorOf(newest) < majorOf("@"+current):
			return "", exit.Usagef("the app has %s, and no newer version is valid and not obsolete; name an older one with --to", from)
		}
		return newest, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(major, name+"@"))
	to := fmt.Sprintf("%s@%d", name, n)
	if err != nil || !slices.Contains(versions, to) {
		return "", exit.Usagef("the blueprint %s has no version %s; what is valid and not obsolete is %s", name, major, strings.ReplaceAll(strings.Join(versions, ", "), name+"@", ""))
	}
	return to, nil
}

// majorOf is the number in NAME@MAJOR, which every valid blueprint has.
func majorOf(version string) int {
	_, major, _ := strings.Cut(version, "@")
	n, _ := strconv.Atoi(major)
	return n
}
