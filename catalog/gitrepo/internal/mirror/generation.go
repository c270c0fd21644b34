package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// The folder of a mirror holds one or more generations, each a bare repository
// that the git program can read, and a link to the one that counts. A generation
// is complete before the link names it.
const (
	currentLink      = "mirror.git"
	generationPrefix = "generation-"
)

// A Generation is one bare repository: refs and objects.
type Generation struct {
	*packstore.Store
	dir  string
	base int64 // bytes of its packs when it was filled or opened
}

// newGeneration makes an empty bare repository beside the current one.
func newGeneration(opts Options) (*Generation, error) {
	dir, err := os.MkdirTemp(opts.Dir, generationPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a mirror: %w", err)
	}
	for _, sub := range []string{"refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make a mirror: %w", err)
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o644); err != nil {
		return nil, fmt.Errorf("make a mirror: %w", err)
	}
	s, err := packstore.Create(dir, opts.CacheBytes)
	return &Generation{Store: s, dir: dir}, err
}

// openGeneration opens the generation that a link names and checks that it is
// whole: every pack it lists, every commit of the packs and every ref.
func openGeneration(ctx context.Context, link string, opts Options) (*Generation, *Table, error) {
	dir, err := filepath.EvalSymlinks(link)
	if err != nil {
		return nil, nil, fmt.Errorf("open the mirror: %w", err)
	}
	s, err := packstore.Open(ctx, dir, opts.CacheBytes)
	if err != nil {
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
	if refs.Head == noHead {
		refs.Head = ""
	}
	g := &Generation{Store: s, dir: dir}
	for _, tip := range refs.tips {
		if !g.hasTip(tip) {
			return nil, nil, fmt.Errorf("open the mirror: %w: ref %s points to nothing", packstore.ErrCorrupt, tip.Ref)
		}
	}
	_, g.base = g.Size()
	return g, refs, nil
}

// hasTip reports whether what a ref points to can be read.
func (g *Generation) hasTip(tip Tip) bool {
	h, err := packstore.ParseHash(tip.ID)
	return err == nil && g.Has(h)
}

// noHead is what HEAD names when the remote does not say: a bare repository needs
// one to be one.
const noHead = "refs/heads/levee-no-head"

// writeRefs keeps a table of refs in the generation.
func (g *Generation) writeRefs(t *Table, headChanged bool) error {
	if headChanged {
		head := t.Head
		if head == "" {
			head = noHead
		}
		if err := packstore.ReplaceFile(filepath.Join(g.dir, "HEAD"), []byte("ref: "+string(head)+"\n")); err != nil {
			return fmt.Errorf("keep the refs: %w", err)
		}
	}
	if err := packstore.ReplaceFile(filepath.Join(g.dir, "packed-refs"), t.encode()); err != nil {
		return fmt.Errorf("keep the refs: %w", err)
	}
	return nil
}

// makeCurrent lets the link name a generation, in one instant.
func (g *Generation) makeCurrent(dir string) error {
	tmp := filepath.Join(dir, "next-link")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	if err := os.Symlink(filepath.Base(g.dir), tmp); err != nil {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, currentLink)); err != nil {
		return fmt.Errorf("swap the mirror: %w", err)
	}
	return nil
}
