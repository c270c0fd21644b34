package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Limits of a catalog as a whole. What lies beyond is not read; where it does,
// a problem says so.
const (
	MaxPolicy      = 256 << 10 // bytes of one Rego file
	maxBlueprint   = 8 << 20   // bytes of one file of a blueprint
	maxFolderDepth = 12
	maxEntries     = 10_000 // in one folder
	maxEvidence    = 64     // files beside one app
)

// Load reads a version of a catalog. Work is proportional to what differs from
// the previous snapshot, which may be Empty(). An error means that something
// could not be read, and there is no snapshot then: a part of a catalog must
// never pass for the whole.
func Load(ctx context.Context, files Files, commit Commit, prev *Snapshot) (*Snapshot, error) {
	l := &loader{files: files, prev: prev, listings: map[string][]Entry{}, gone: map[string]bool{}, dirty: map[string]bool{}}
	if err := l.folder(ctx, "", prev.entries(""), 0); err != nil {
		return nil, fmt.Errorf("read the catalog at %s: %w", cmp.Or(commit.Short(), "the folder"), err)
	}
	docs, err := l.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the catalog at %s: %w", cmp.Or(commit.Short(), "the folder"), err)
	}
	return l.build(commit, docs), nil
}

// loader finds what differs from the previous snapshot.
type loader struct {
	files    Files
	prev     *Snapshot
	listings map[string][]Entry // folders that differ, as they are now; nil once gone
	wanted   []Entry            // manifests to parse
	strays   []*Document        // entries that cannot be what their place says
	gone     map[string]bool    // paths whose document, if any, no longer stands
	dirty    map[string]bool    // blueprint folders and app folders to look at again
}

// governed are the names at the root that mean something; the rest of the
// repository is the organisation's own business.
var governed = map[string]bool{
	"catalog.yaml": true, "roles.yaml": true, "apps": true, "blueprints": true,
	"vendors": true, "waivers": true, "grants": true, "policies": true,
}

// folder compares one folder with what it held before, and goes into those
// below that differ.
func (l *loader) folder(ctx context.Context, dir string, before []Entry, depth int) error {
	now, err := l.files.List(ctx, dir)
	if err != nil {
		return fmt.Errorf("list %q: %w", dir, err)
	}
	if dir == "" {
		now = slices.DeleteFunc(slices.Clone(now), func(e Entry) bool { return !governed[e.Path] })
	}
	if len(now) > maxEntries {
		l.stray(dir, "schema.limit", fmt.Sprintf("The folder holds %d entries; the most is %d.", len(now), maxEntries), "Spread them over several folders.")
		now = now[:maxEntries]
	}
	l.listings[dir] = now
	for old, e := range merge(before, now) {
		if old.Path != "" && (e.Path == "" || old.Mode != e.Mode) {
			l.forget(old)
		}
		if e.Path == "" || old.Mode == e.Mode && old.ID == e.ID && e.ID != "" {
			continue
		}
		l.touch(e.Path)
		l.gone[e.Path] = true // what is read now takes its place
		switch e.Mode {
		case Folder:
			if depth >= maxFolderDepth {
				l.stray(e.Path, "schema.limit", fmt.Sprintf("Folders are nested more than %d deep.", maxFolderDepth), "Move the content up.")
				continue
			}
			if err := l.folder(ctx, e.Path, l.prev.entries(e.Path), depth+1); err != nil {
				return err
			}
		case File, Executable:
			l.file(e)
		default:
			if !strings.HasPrefix(e.Path, "blueprints/") || strings.Count(e.Path, "/") < 3 {
				l.stray(e.Path, "schema.path", "This is a link or a submodule; neither is followed.", "Put the file itself here.")
			}
		}
	}
	return nil
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
	for _, below := range l.prev.entries(e.Path) {
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

var folderExpr = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// file decides what a file is by where it lies. One that nearly is something is
// reported, because a typing slip must not leave an app outside governance.
func (l *loader) file(e Entry) {
	if kind, _, ok := Address(e.Path); ok {
		for part := range strings.SplitSeq(path.Dir(e.Path), "/") {
			if kind == KindApp && !folderExpr.MatchString(part) {
				l.stray(e.Path, "schema.path", fmt.Sprintf("The folder name %s has characters that names here cannot have.", code(part)), "Use letters, digits, dots, dashes and underscores.")
				return
			}
		}
		l.wanted = append(l.wanted, e)
		return
	}
	top, _, _ := strings.Cut(e.Path, "/")
	base := path.Base(e.Path)
	switch lower := strings.ToLower(base); {
	case top == "apps" && (lower == "app.yml" || lower == "app.yaml"):
		l.stray(e.Path, "schema.path", fmt.Sprintf("The file is called %s, so the app is not seen.", code(base)), "Name it app.yaml, in a folder of its own below apps/.")
	case (top == "vendors" || top == "waivers" || top == "grants") && strings.HasPrefix(path.Ext(lower), ".y"):
		l.stray(e.Path, "schema.path", fmt.Sprintf("The file %s is not seen here.", code(base)), "Name it "+top+"/<name>.yaml, without folders between.")
	case top == "blueprints" && (lower == "blueprint.yml" || lower == "blueprint.yaml"):
		l.stray(e.Path, "schema.path", "The blueprint is not seen here.", "Put it at blueprints/<name>/<major>/blueprint.yaml.")
	case top == "policies" && path.Ext(lower) == ".rego":
		l.stray(e.Path, "schema.path", "The rule is not seen here.", "Put Rego files directly into policies/.")
	}
}

// stray is a document for something that is there but cannot be one.
func (l *loader) stray(p, rule, message, remedy string) {
	kind, name, _ := Address(p)
	l.strays = append(l.strays, &Document{Path: p, Kind: kind, Name: name, Problems: []Problem{{
		Rule: rule, Level: Deny, Message: message, Remedy: remedy, Path: p, Controls: []string{},
	}}})
}

// read parses what is wanted, on all processors.
func (l *loader) read(ctx context.Context) ([]*Document, error) {
	docs := make([]*Document, len(l.wanted))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range l.wanted {
		group.Go(func() (err error) {
			docs[i], err = l.document(groupCtx, e)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	read := make(map[string]*Document, len(docs))
	for _, d := range docs {
		read[d.Path] = d
	}
	for dir := range l.dirty {
		d, err := l.refresh(ctx, dir, read)
		if err != nil {
			return nil, err
		}
		if d != nil {
			docs = append(docs, d)
		}
	}
	return append(docs, l.strays...), nil
}

func (l *loader) document(ctx context.Context, e Entry) (*Document, error) {
	limit := int64(MaxManifest)
	kind, name, _ := Address(e.Path)
	if kind == KindPolicy {
		limit = MaxPolicy
	}
	src, err := l.files.Read(ctx, e, limit)
	if errors.Is(err, ErrTooLarge) {
		return &Document{Path: e.Path, ID: e.ID, Kind: kind, Name: name, Problems: []Problem{{
			Rule: "schema.limit", Level: Deny, Path: e.Path, Controls: []string{},
			Message: fmt.Sprintf("The file is larger than %d KiB.", limit>>10), Remedy: "Describe less in one file.",
		}}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", e.Path, err)
	}
	if kind == KindPolicy { // the policies package reads Rego
		return &Document{Path: e.Path, ID: e.ID, Kind: kind, Name: name, src: src, digest: hashBytes("sha256", src)}, nil
	}
	return Parse(e.Path, e.ID, src), nil
}

// refresh computes what a document takes from its folder: an app's evidence, a
// blueprint's digest. It changes a document of this load, or returns a copy of
// one that was there before.
func (l *loader) refresh(ctx context.Context, dir string, read map[string]*Document) (*Document, error) {
	manifest := path.Join(dir, "app.yaml")
	blueprint := strings.HasPrefix(dir, "blueprints/")
	if blueprint {
		manifest = path.Join(dir, "blueprint.yaml")
	}
	var copied *Document
	d := read[manifest]
	if d == nil {
		before := l.prev.Document(manifest)
		if l.gone[manifest] || before == nil {
			return nil, nil
		}
		clone := *before
		d, copied = &clone, &clone
	}
	if blueprint {
		var err error
		d.Folder, err = l.folderDigest(ctx, dir)
		return copied, err
	}
	d.Evidence = slices.DeleteFunc(slices.Clone(l.entries(path.Join(dir, "evidence"))), func(e Entry) bool {
		return e.Mode != File && e.Mode != Executable
	})
	if len(d.Evidence) > maxEvidence {
		d.Evidence = d.Evidence[:maxEvidence]
	}
	return copied, nil
}

func (l *loader) entries(dir string) []Entry {
	if now, ok := l.listings[dir]; ok {
		return now
	}
	return l.prev.entries(dir)
}

// folderDigest hashes every file below a blueprint, so that nothing rendering
// could read can change unnoticed.
func (l *loader) folderDigest(ctx context.Context, dir string) (Digest, error) {
	sums := map[string]any{}
	var add func(dir string) error
	add = func(sub string) error {
		for _, e := range l.entries(sub) {
			switch e.Mode {
			case Folder:
				if err := add(e.Path); err != nil {
					return err
				}
			case File, Executable:
				src, err := l.files.Read(ctx, e, maxBlueprint)
				if err != nil {
					return fmt.Errorf("read %s: %w", e.Path, err)
				}
				sum := sha256.Sum256(src)
				sums[strings.TrimPrefix(e.Path, dir+"/")] = fmt.Sprintf("%d %s", e.Mode, hex.EncodeToString(sum[:]))
			default:
				sums[strings.TrimPrefix(e.Path, dir+"/")] = fmt.Sprintf("%d %s", e.Mode, e.ID)
			}
		}
		return nil
	}
	if err := add(dir); err != nil {
		return "", err
	}
	return HashOf("o1", sums)
}

// build lays the differences over the previous snapshot.
func (l *loader) build(commit Commit, docs []*Document) *Snapshot {
	folders, tree, names, refs := l.prev.folders.Txn(), l.prev.docs.Txn(), l.prev.names.Txn(), l.prev.refs.Txn()
	unlink := func(d *Document) {
		if d == nil {
			return
		}
		names.Delete(key(nameOf(d), d.Path))
		for _, r := range refsOf(d) {
			refs.Delete(key(r, d.Path))
		}
	}
	governanceChanged := false
	for p := range l.gone {
		if old, ok := tree.Delete([]byte(p)); ok {
			unlink(old)
			governanceChanged = governanceChanged || !strings.HasPrefix(p, "apps/")
		}
	}
	for _, d := range docs {
		old, _ := tree.Insert([]byte(d.Path), d)
		unlink(old)
		names.Insert(key(nameOf(d), d.Path), d.Path)
		for _, r := range refsOf(d) {
			refs.Insert(key(r, d.Path), d.Path)
		}
		governanceChanged = governanceChanged || !strings.HasPrefix(d.Path, "apps/")
	}
	for dir, entries := range l.listings {
		if entries == nil {
			folders.Delete([]byte(dir + "/"))
		} else {
			folders.Insert([]byte(dir+"/"), entries)
		}
	}
	s := &Snapshot{commit: commit, folders: folders.Commit(), docs: tree.Commit(), names: names.Commit(), refs: refs.Commit()}
	s.governance = l.prev.governance
	if governanceChanged {
		s.governance = sync.OnceValue(s.hashGovernance)
	}
	return s
}

func key(r Ref, p string) []byte { return []byte(string(r) + "\x00" + p) }

// nameOf is the name a document claims, by its place.
func nameOf(d *Document) Ref { return ref(strings.ToLower(string(d.Kind)), d.Name) }

func (s *Snapshot) entries(dir string) []Entry {
	list, _ := s.folders.Get([]byte(dir + "/"))
	return list
}
