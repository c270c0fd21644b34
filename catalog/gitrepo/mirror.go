package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The folder of a mirror holds one or more generations, each a bare repository
// that the git program can read, and a link to the one that counts. A generation
// is complete before the link names it.
const (
	currentLink = "mirror.git"
	generation  = "generation-"
	packsFile   = "packs" // the packs that count, by name and size
)

// newGeneration makes an empty bare repository beside the current one.
func newGeneration(opts Options) (*store, error) {
	dir, err := os.MkdirTemp(opts.Dir, generation+"*")
	if err != nil {
		return nil, fmt.Errorf("make a mirror: %w", err)
	}
	for _, sub := range []string{"objects/pack", "objects/info", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make a mirror: %w", err)
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o644); err != nil {
		return nil, fmt.Errorf("make a mirror: %w", err)
	}
	return newStore(dir, opts), nil
}

func newStore(dir string, opts Options) *store {
	s := &store{dir: dir, cache: newCache(opts.CacheBytes), graph: newGraph()}
	s.packs.Store(&[]*pack{})
	return s
}

// openGeneration opens the generation that a link names and checks that it is
// whole: every pack it lists, every commit of the packs and every ref.
func openGeneration(ctx context.Context, link string, opts Options) (*store, *refTable, error) {
	dir, err := filepath.EvalSymlinks(link)
	if err != nil {
		return nil, nil, fmt.Errorf("open the mirror: %w", err)
	}
	s := newStore(dir, opts)
	if err := s.openPacks(ctx); err != nil {
		return nil, nil, err
	}
	packed, err := os.ReadFile(filepath.Join(dir, "packed-refs"))
	if err != nil {
		return nil, nil, fmt.Errorf("open the mirror: %w", err)
	}
	head, err := os.ReadFile(filepath.Join(dir, "HEAD"))
	if err != nil {
		return nil, nil, fmt.Errorf("open the mirror: %w", err)
	}
	refs, err := decodeRefs(packed, head)
	if err != nil {
		return nil, nil, err
	}
	if refs.head == noHead {
		refs.head = ""
	}
	for _, tip := range refs.tips {
		if h, err := hashOf(tip.ID); err != nil || !s.has(h) {
			return nil, nil, fmt.Errorf("open the mirror: %w: ref %s points to nothing", ErrCorrupt, tip.Ref)
		}
	}
	s.base = s.bytes()
	return s, refs, nil
}

func (s *store) openPacks(ctx context.Context) error {
	names, err := os.ReadFile(filepath.Join(s.dir, packsFile))
	if err != nil {
		return fmt.Errorf("open the mirror: %w", err)
	}
	if len(names) > 0 && !bytes.HasSuffix(names, []byte("\n")) {
		return fmt.Errorf("open the mirror: %w: the list of packs ends in the middle", ErrCorrupt)
	}
	var list []*pack
	var commits []*node
	known := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(names)); lines.Scan(); {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("open the mirror: %w", err)
		}
		id, size, _ := strings.Cut(lines.Text(), " ")
		if _, err := hashOf(ID(id)); err != nil {
			return fmt.Errorf("open the mirror: %w: the list of packs is garbled", ErrCorrupt)
		}
		p, err := openPack(s.packDir(), id)
		if err != nil {
			return err
		}
		list = append(list, p)
		if fmt.Sprint(p.size) != size {
			return fmt.Errorf("open pack %s: %w: it is %d bytes long instead of %s", id, ErrCorrupt, p.size, size)
		}
		nodes, err := s.openCommits(id)
		if err != nil {
			return err
		}
		commits = append(commits, nodes...)
		known[id] = true
	}
	s.packs.Store(&list)
	s.graph.add(commits)
	return s.sweepPacks(known)
}

func (s *store) openCommits(id string) ([]*node, error) {
	base := filepath.Join(s.packDir(), "pack-"+id)
	data, err := os.ReadFile(base + ".graph")
	if err != nil {
		return nil, fmt.Errorf("open the commits of pack %s: %w", id, err)
	}
	nodes, err := decodeNodes(data)
	if err != nil {
		return nil, fmt.Errorf("open the commits of pack %s: %w", id, err)
	}
	if _, err := os.Lstat(base + ".gaps"); err == nil {
		s.gaps.Store(true)
	}
	return nodes, nil
}

// sweepPacks takes away what a crash left in the folder of packs.
func (s *store) sweepPacks(known map[string]bool) error {
	files, err := os.ReadDir(s.packDir())
	if err != nil {
		return fmt.Errorf("open the mirror: %w", err)
	}
	for _, f := range files {
		id, _, _ := strings.Cut(strings.TrimPrefix(f.Name(), "pack-"), ".")
		if !known[id] {
			os.Remove(filepath.Join(s.packDir(), f.Name()))
		}
	}
	return nil
}

// noHead is what HEAD names when the remote does not say: a bare repository needs
// one to be one.
const noHead = "refs/heads/levee-no-head"

// writeRefs keeps a table of refs in the generation.
func (s *store) writeRefs(t *refTable, headChanged bool) error {
	if headChanged {
		head := t.head
		if head == "" {
			head = noHead
		}
		if err := replaceFile(filepath.Join(s.dir, "HEAD"), []byte("ref: "+string(head)+"\n")); err != nil {
			return fmt.Errorf("keep the refs: %w", err)
		}
	}
	if err := replaceFile(filepath.Join(s.dir, "packed-refs"), t.encode()); err != nil {
		return fmt.Errorf("keep the refs: %w", err)
	}
	return nil
}

// makeCurrent lets the link name a generation, in one instant.
func makeCurrent(dir string, s *store) error {
	tmp := filepath.Join(dir, "next-link")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	if err := os.Symlink(filepath.Base(s.dir), tmp); err != nil {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	link := filepath.Join(dir, currentLink)
	if err := os.Rename(tmp, link); err != nil {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	return nil
}

// sweep takes away all generations but the current one. Readers of an old one
// hold its files open.
func (r *Repo) sweep() {
	keep := filepath.Base(r.store.Load().dir)
	files, err := os.ReadDir(r.opts.Dir)
	if err != nil {
		return // the next Open sweeps again
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), generation) && f.Name() != keep {
			os.RemoveAll(filepath.Join(r.opts.Dir, f.Name()))
		}
	}
}
