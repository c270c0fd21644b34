package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
)

// list compares the folders with those of the previous snapshot, on all
// processors. What it finds is sorted, so that it is the same from run to run.
func (l *loader) list(ctx context.Context) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	err := l.folder(groupCtx, group, "", l.prev.folders.entries(""), 0)
	if err := cmp.Or(group.Wait(), err); err != nil {
		return err
	}
	slices.SortFunc(l.wanted, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(l.strays, func(a, b *Document) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// folder compares one folder with what it held before, and goes into those
// below that differ: beside this one where a processor is free.
func (l *loader) folder(ctx context.Context, group *errgroup.Group, dir string, before []Entry, depth int) error {
	now, err := l.files.List(ctx, dir)
	switch {
	case dir != "" && errors.Is(err, ErrMalformed):
		l.strayAt(dir, ruleFolder, "Nobody can read this folder: to Git it is none.", "Make the folder anew with git, and commit it.")
	case dir != "" && errors.Is(err, ErrTooLarge):
		l.strayAt(dir, "schema.limit", "The folder holds more names than can be read.", "Spread them over several folders.")
	case err != nil:
		return fmt.Errorf("list %q: %w", dir, err)
	}
	for _, e := range l.compare(dir, before, now, depth) {
		below := func() error { return l.folder(ctx, group, e.Path, l.prev.folders.entries(e.Path), depth+1) }
		if !group.TryGo(below) {
			if err := below(); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare notes what differs between two listings of a folder and returns the
// folders below that differ.
func (l *loader) compare(dir string, before, now []Entry, depth int) (folders []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now = unreadable(now)
	if most := mostEntries(dir); len(now) > most {
		if !strings.HasPrefix(dir, "apps") && !governed[topOf(dir)] {
			return nil // as one: the folder's own id stands for it
		}
		l.stray(dir, "schema.limit", fmt.Sprintf("The folder holds %d entries; the most is %d. What was there before is still looked at, and not all of what is new.", len(now), most), "Spread them over several folders.")
		now = bounded(before, now, most)
	}
	l.listings[dir] = now
	for old, e := range merge(before, now) {
		if old.Path != "" && (e.Path == "" || old.Mode != e.Mode) {
			l.forget(old)
		}
		same := old.Mode == e.Mode && old.ID == e.ID && e.ID != ""
		if e.Path == "" || same && (!isMicroapp(e.Path) || hasApp(before) == hasApp(now)) {
			continue
		}
		l.touch(e.Path)
		l.gone[e.Path] = true // what is read now takes its place
		switch e.Mode {
		case Folder:
			if !governed[topOf(e.Path)] && (e.ID == "" && MeantFolder(topOf(e.Path)) == "" || depth >= maxFolderDepth) {
				continue // a folder of the organisation's own, on disk or very deep
			}
			if depth >= maxFolderDepth {
				l.stray(e.Path, "schema.limit", fmt.Sprintf("Folders are nested more than %d deep.", maxFolderDepth), "Move the content up.")
				continue
			}
			folders = append(folders, e)
		case File, Executable:
			l.file(e)
		case Odd:
			l.stray(e.Path, ruleFolder, fmt.Sprintf("Programs read this folder in different ways, because of %s.", safetext.Code(path.Base(e.Path))), "Take that entry out of the folder, or give it a plain name: letters, digits, dots, dashes and underscores.")
		default:
			if !governed[topOf(e.Path)] {
				continue
			}
			if !strings.HasPrefix(e.Path, "blueprints/") || strings.Count(e.Path, "/") < 3 {
				l.stray(e.Path, "schema.path", "This is a link or a submodule; neither is followed.", "Put the file itself here.")
			}
		}
	}
	return folders
}

// governed are the names at the root whose content means something to rules. What
// else there is counts as governance file by file.
var governed = map[string]bool{
	"catalog.yaml": true, "roles.yaml": true, "apps": true, "blueprints": true,
	"vendors": true, "data": true, "waivers": true, "grants": true, "retirements": true, "policies": true,
}

// InCatalog reports whether a path is part of a catalog: in one of its folders, or at the
// root.
func InCatalog(p string) bool { return governed[topOf(p)] || !strings.Contains(p, "/") }

// otherWords are what people call folders that have another name here.
var otherWords = map[string]string{
	"rego": "policies", "rules": "policies", "opa": "policies", "checks": "policies", "conftest": "policies",
	"templates": "blueprints", "suppliers": "vendors", "datasets": "data", "data-sets": "data", "exceptions": "waivers", "exemptions": "waivers", "access": "grants",
}

// MeantFolder names the folder that a folder at the root was meant to be; empty where
// it may be anything, and where it is one.
func MeantFolder(name string) string {
	if governed[name] {
		return ""
	}
	lower := strings.ToLower(name)
	if meant := otherWords[lower]; meant != "" {
		return meant
	}
	var folders []string
	for known := range governed {
		if known == lower || strings.TrimSuffix(known, "s") == lower || known == "policies" && lower == "policy" {
			return known
		}
		if path.Ext(known) == "" {
			folders = append(folders, known)
		}
	}
	slices.Sort(folders)
	if meant := guess.Closest(lower, folders); meant != "" && len(lower) >= 5 {
		return meant
	}
	return ""
}

func topOf(p string) string {
	top, _, _ := strings.Cut(p, "/")
	return top
}

// mostEntries is how many entries a folder may have. Folders that many teams share may
// have many: nobody may use up what others need.
func mostEntries(dir string) int {
	if topOf(dir) == "apps" && !strings.Contains(dir, "/evidence") {
		return maxShared
	}
	return maxEntries
}

// bounded keeps what a folder held before and is still there, and of what is new as
// much as fits: whoever fills a folder takes nothing away from others.
func bounded(before, now []Entry, most int) []Entry {
	known := make(map[string]bool, len(before))
	for _, e := range before {
		known[e.Path] = true
	}
	room := most
	for _, e := range now {
		if known[e.Path] {
			room--
		}
	}
	var kept []Entry
	for _, e := range now {
		switch {
		case known[e.Path]:
			kept = append(kept, e)
		case room > 0:
			room--
			kept = append(kept, e)
		}
	}
	return kept
}

// merge pairs two sorted listings by path; the missing side is the zero Entry.
func merge(a, b []Entry) func(yield func(a, b Entry) bool) {
	return func(yield func(Entry, Entry) bool) {
		byName := func(x, y Entry) int { return cmp.Compare(x.Path, y.Path) }
		if !slices.IsSortedFunc(a, byName) {
			a = slices.SortedFunc(slices.Values(a), byName)
		}
		if !slices.IsSortedFunc(b, byName) {
			b = slices.SortedFunc(slices.Values(b), byName)
		}
		for len(a) > 0 || len(b) > 0 {
			switch {
			case len(b) == 0 || len(a) > 0 && a[0].Path < b[0].Path:
				if !yield(a[0], Entry{}) {
					return
				}
				a = a[1:]
			case len(a) == 0 || b[0].Path < a[0].Path:
				if !yield(Entry{}, b[0]) {
					return
				}
				b = b[1:]
			default:
				if !yield(a[0], b[0]) {
					return
				}
				a, b = a[1:], b[1:]
			}
		}
	}
}

// forget drops what a former entry meant, folders whole.
func (l *loader) forget(e Entry) {
	l.touch(e.Path)
	l.gone[e.Path] = true
	if e.Mode != Folder {
		return
	}
	l.listings[e.Path] = nil
	for _, below := range l.prev.folders.entries(e.Path) {
		l.forget(below)
	}
}

// touch notes that something at or below an app or a blueprint changed.
func (l *loader) touch(p string) {
	parts := strings.Split(p, "/")
	switch {
	case parts[0] == "blueprints" && len(parts) >= 3:
		l.dirty[path.Join(parts[:3]...)] = true
	case parts[0] == "apps":
		if i := slices.Index(parts, "evidence"); i > 1 {
			l.dirty[path.Join(parts[:i]...)] = true
		}
		l.dirty[path.Dir(p)] = true
	}
}

// nearApp is what app.yaml is called by mistake, in lower case: with another ending,
// or one more that the computer added and does not show.
var nearApp = regexp.MustCompile(`^\s*app[\s._-]*ya?ml\s*([\s._-](txt|ya?ml|text|docx?|rtf|md|json))?\s*$`)

// isMicroapp reports whether a file below apps/ is called as another program calls the manifest
// of an app.
func isMicroapp(p string) bool {
	return strings.Contains(p, "/microapp.") && slices.Contains([]string{"microapp.yaml", "microapp.yml", "microapp.json"}, path.Base(p)) && topOf(p) == "apps"
}

// hasApp reports whether a folder has an app's file.
func hasApp(entries []Entry) bool {
	return slices.ContainsFunc(entries, func(e Entry) bool { return path.Base(e.Path) == "app.yaml" })
}

var folderExpr = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// file decides what a file is by where it lies. One that nearly is something is
// reported, because a typing slip must not leave an app outside governance.
func (l *loader) file(e Entry) {
	if kind, _, ok := Address(e.Path); ok {
		for part := range strings.SplitSeq(path.Dir(path.Dir(e.Path)), "/") { // what the last one is called is told with the file
			if kind == KindApp && !folderExpr.MatchString(part) {
				l.stray(e.Path, "schema.path", fmt.Sprintf("The folder name %s has characters that names here cannot have.", safetext.Code(part)), fmt.Sprintf("Rename that folder to %s, or to something else of letters, digits, dots, dashes and underscores.", safetext.Code(guess.Name(part, func(string) bool { return true }))))
				return
			}
		}
		l.wanted = append(l.wanted, e)
		return
	}
	top, _, _ := strings.Cut(e.Path, "/")
	base := path.Base(e.Path)
	switch lower := strings.ToLower(base); {
	case top == "apps" && nearApp.MatchString(lower):
		l.stray(e.Path, "schema.path", fmt.Sprintf("The file is called %s, so the app is not seen.", safetext.Code(base)), "Name it app.yaml, in a folder of its own below apps/.")
	case isMicroapp(e.Path) && !strings.Contains(e.Path, "/evidence/") && !hasApp(l.listings[path.Dir(e.Path)]):
		l.stray(e.Path, "schema.path", fmt.Sprintf("The file is called %s, as another program calls the manifest of an app, so the app is not seen.", safetext.Code(base)), takeIn(e.Path))
	case (top == "vendors" || top == "data" || top == "waivers" || top == "grants" || top == "retirements") && strings.HasPrefix(path.Ext(lower), ".y"):
		l.stray(e.Path, "schema.path", fmt.Sprintf("The file %s is not seen here.", safetext.Code(base)), "Name it "+top+"/<name>.yaml, without folders between.")
	case top == "blueprints" && (lower == "blueprint.yml" || lower == "blueprint.yaml"):
		l.stray(e.Path, "schema.path", "The blueprint is not seen here.", "Put it at blueprints/<name>/<major>/blueprint.yaml.")
	case top == "policies" && path.Ext(lower) == ".rego":
		l.stray(e.Path, "schema.path", "The rule is not seen here.", "Put Rego files directly into policies/.")
	}
}

// strayAt is stray for who does not hold mu.
func (l *loader) strayAt(p, rule, message, remedy string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stray(p, rule, message, remedy)
}

// stray is a document for something that is there but cannot be one.
func (l *loader) stray(p, rule, message, remedy string) {
	kind, name, _ := Address(p)
	if kind == KindApp {
		kind, name = "", "" // it is not the app's file, and must not claim the name
	}
	l.strays = append(l.strays, &Document{Path: p, Kind: kind, Name: name, Problems: []Problem{{
		Rule: rule, Level: Deny, Message: message, Remedy: remedy, Path: p, Controls: []string{},
	}}})
}
