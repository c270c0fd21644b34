package packstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// packsFile lists the packs that count, by name and size. Other files in the folder of
// packs are what a crash left.
const packsFile = "packs"

// folder is the packs of a store, on disk and as readers have them.
type folder struct {
	dir   string // the bare repository
	packs atomic.Pointer[[]*pack]
	gaps  atomic.Bool // objects too large to index were left out

	mu sync.Mutex // held while the list of packs changes
}

func newFolder(dir string) *folder {
	f := &folder{dir: dir}
	f.packs.Store(&[]*pack{})
	return f
}

func packDir(dir string) string { return filepath.Join(dir, "objects", "pack") }

func (f *folder) packDir() string { return packDir(f.dir) }

func (f *folder) list() []*pack { return *f.packs.Load() }

// find looks an object up in all packs, the newest first.
func (f *folder) find(h plumbing.Hash) (place, bool) {
	for _, p := range slices.Backward(f.list()) {
		if off, ok := p.find(h); ok {
			return place{p, off}, true
		}
	}
	return place{}, false
}

func (f *folder) holds(id string) bool {
	return slices.ContainsFunc(f.list(), func(p *pack) bool { return p.id == id })
}

// openCommits reads the commits of a pack, and whether objects of it were left out.
func (f *folder) openCommits(id string) ([]*node, error) {
	base := filepath.Join(f.packDir(), "pack-"+id)
	data, err := os.ReadFile(base + ".graph")
	if err != nil {
		return nil, fmt.Errorf("open the commits of pack %s: %w", id, err)
	}
	nodes, err := decodeNodes(data)
	if err != nil {
		return nil, fmt.Errorf("open the commits of pack %s: %w", id, err)
	}
	if _, err := os.Lstat(base + ".gaps"); err == nil {
		f.gaps.Store(true)
	}
	return nodes, nil
}

// sweep removes what a crash left in the folder of packs.
func (f *folder) sweep(known map[string]bool) error {
	files, err := os.ReadDir(f.packDir())
	if err != nil {
		return fmt.Errorf("open the mirror: %w", err)
	}
	for _, file := range files {
		id, _, _ := strings.Cut(strings.TrimPrefix(file.Name(), "pack-"), ".")
		if !known[id] {
			os.Remove(filepath.Join(f.packDir(), file.Name()))
		}
	}
	return nil
}

// keep gives a pack its name, beside the files that say what is in it, and opens it.
func (f *folder) keep(tmp, id string, index []byte, commits []*node, gaps bool) (*pack, error) {
	base := filepath.Join(f.packDir(), "pack-"+id)
	if gaps {
		if err := os.WriteFile(base+".gaps", nil, 0o644); err != nil {
			return nil, fmt.Errorf("keep a pack: %w", err)
		}
		f.gaps.Store(true)
	}
	if err := ReplaceFile(base+".graph", encodeNodes(commits)); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	if err := ReplaceFile(base+".idx", index); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	if err := os.Rename(tmp, base+".pack"); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	return openPack(f.packDir(), id)
}

// publish changes which packs there are: first on disk, then for readers. When the disk
// refuses, nothing changed.
func (f *folder) publish(change func([]*pack) []*pack) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := change(f.list())
	var names bytes.Buffer
	for _, p := range list {
		fmt.Fprintf(&names, "%s %d\n", p.id, p.size)
	}
	if err := ReplaceFile(filepath.Join(f.dir, packsFile), names.Bytes()); err != nil {
		return fmt.Errorf("keep the list of packs: %w", err)
	}
	f.packs.Store(&list)
	return nil
}

// unlink removes the files of a pack. What stays behind is removed by the next Open.
func (f *folder) unlink(id string) {
	for _, ext := range []string{".pack", ".idx", ".graph", ".gaps"} {
		os.Remove(filepath.Join(f.packDir(), "pack-"+id+ext))
	}
}
