package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/levee-gitops/levee/catalog/syntax"
)

// Limits of a catalog as a whole. What lies beyond is not read; where it does,
// a problem says so.
const (
	MaxPolicy      = 256 << 10 // bytes of one Rego file
	maxBlueprint   = 8 << 20   // bytes of one file of a blueprint
	maxTrustedRoot = 1 << 20   // bytes of the file of trusted roots
	maxFolderDepth = 12
	maxEntries     = 10_000  // in one folder
	maxShared      = 200_000 // in one folder that holds apps
	maxEvidence    = 64      // files beside one app
)

// Load reads a version of a catalog. Work is proportional to what differs from
// the previous snapshot, which may be Empty(). An error means that something
// could not be read, and there is no snapshot then: a part of a catalog must
// never pass for the whole.
func Load(ctx context.Context, files Files, commit Commit, prev *Snapshot) (*Snapshot, error) {
	l := &loader{files: files, prev: prev, listings: map[string][]Entry{}, gone: map[string]bool{}, dirty: map[string]bool{}}
	if err := l.list(ctx); err != nil {
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
	files Files
	prev  *Snapshot

	mu       sync.Mutex         // while folders are listed; they are, several at once
	listings map[string][]Entry // folders that differ, as they are now; nil once gone
	wanted   []Entry            // manifests to parse
	strays   []*Document        // entries that cannot be what their place says
	gone     map[string]bool    // paths whose document, if any, no longer stands
	dirty    map[string]bool    // blueprint folders and app folders to look at again
}

// read parses what is wanted, and then looks again at the folders whose document takes
// something from them, on all processors.
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
	dirs := slices.Sorted(maps.Keys(l.dirty))
	copied := make([]*Document, len(dirs))
	group, groupCtx = errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		group.Go(func() (err error) {
			copied[i], err = l.refresh(groupCtx, dir, read)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	docs = append(docs, slices.DeleteFunc(copied, func(d *Document) bool { return d == nil })...)
	return append(docs, l.strays...), nil
}

func (l *loader) document(ctx context.Context, e Entry) (*Document, error) {
	limit := int64(syntax.MaxManifest)
	kind, name, _ := Address(e.Path)
	switch kind {
	case KindPolicy:
		limit = MaxPolicy
	case KindTrustedRoot:
		limit = maxTrustedRoot
	}
	src, err := l.files.Read(ctx, e, limit)
	if errors.Is(err, ErrTooLarge) {
		return &Document{Path: e.Path, ID: e.ID, Kind: kind, Name: name, Problems: []Problem{{
			Rule: "schema.limit", Level: Deny, Path: e.Path, Controls: []string{},
			Message: fmt.Sprintf("The file is larger than %d KiB.", limit>>10), Remedy: "Describe less in one file.",
		}}}, nil
	}
	if errors.Is(err, ErrMalformed) {
		return &Document{Path: e.Path, ID: e.ID, Kind: kind, Name: name, Problems: []Problem{{
			Rule: "schema.path", Level: Deny, Path: e.Path, Controls: []string{},
			Message: "There is no file behind this name.", Remedy: "Write the file anew, and commit it.",
		}}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", e.Path, err)
	}
	if kind == KindPolicy || kind == KindTrustedRoot { // the policies package reads Rego, attest the root
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
		d.Folder, d.Subfolders, err = l.readBlueprint(ctx, dir)
		return copied, err
	}
	if before := l.prev.Document(manifest); copied == nil && before != nil {
		d.Evidence = before.Evidence // so that what is in it is not read again
	}
	return copied, d.ReadEvidence(ctx, l.files, l.entries(path.Join(dir, "evidence")))
}

// unusable reports whether what was to be read is there, and no reader can use it.
func unusable(err error) bool { return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrMalformed) }

func (l *loader) entries(dir string) []Entry {
	if now, ok := l.listings[dir]; ok {
		return now
	}
	return l.prev.folders.entries(dir)
}

// readBlueprint hashes every file below a blueprint, so that nothing rendering
// could read can change unnoticed, and keeps what rendering reads.
func (l *loader) readBlueprint(ctx context.Context, dir string) (Digest, map[string]Subfolder, error) {
	sums, subfolders := map[string]any{}, map[string]Subfolder{}
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
				if unusable(err) {
					l.strayAt(e.Path, "schema.limit", fmt.Sprintf("The file is larger than %d MiB, or cannot be read.", maxBlueprint>>20), "Keep it elsewhere, and take it out of the blueprint.")
					sums[strings.TrimPrefix(e.Path, dir+"/")] = fmt.Sprintf("%d %s", e.Mode, e.ID)
					continue
				}
				if err != nil {
					return fmt.Errorf("read %s: %w", e.Path, err)
				}
				keep(subfolders, strings.TrimPrefix(e.Path, dir+"/"), e.Mode, src)
				sum := sha256.Sum256(src)
				sums[strings.TrimPrefix(e.Path, dir+"/")] = fmt.Sprintf("%d %s", e.Mode, hex.EncodeToString(sum[:]))
			default:
				sums[strings.TrimPrefix(e.Path, dir+"/")] = fmt.Sprintf("%d %s", e.Mode, e.ID)
			}
		}
		return nil
	}
	if err := add(dir); err != nil {
		return "", nil, err
	}
	digest, err := HashOf("o1", sums)
	return digest, subfolders, err
}

// build lays the differences over the previous snapshot.
func (l *loader) build(commit Commit, docs []*Document) *Snapshot {
	listed, tree := l.prev.folders.Txn(), l.prev.docs.Txn()
	for p := range l.gone {
		tree.Delete([]byte(p))
	}
	for _, d := range docs {
		tree.Insert([]byte(d.Path), d)
		l.gone[d.Path] = true
	}
	for dir, entries := range l.listings {
		if entries == nil {
			listed.Delete([]byte(dir + "/"))
		} else {
			listed.Insert([]byte(dir+"/"), entries)
		}
	}
	s := &Snapshot{commit: commit, folders: folders{listed.Commit()}, docs: tree.Commit(), governance: l.prev.governance}
	var moved bool
	if s.others, moved = l.keepOthers(s); moved {
		s.governance = nil
	}
	names, refs := newReindex(), newReindex()
	for p := range l.gone {
		before, after := l.prev.Document(p), s.Document(p)
		if before != nil {
			names.remove(p, nameOf(before))
			refs.remove(p, refsOf(before)...)
		}
		if after != nil {
			names.add(p, nameOf(after))
			refs.add(p, refsOf(after)...)
		}
		if (before != nil || after != nil) && !strings.HasPrefix(p, "apps/") {
			s.governance = nil
		}
	}
	s.names, s.refs = names.apply(l.prev.names), refs.apply(l.prev.refs)
	s.docs = withNames(s)
	if s.governance == nil {
		s.governance = sync.OnceValue(func() governance { return governanceOf(s) })
	}
	return s
}

// nameOf is the name a document claims, by its place.
func nameOf(d *Document) Ref { return ref(strings.ToLower(string(d.Kind)), d.Name) }
