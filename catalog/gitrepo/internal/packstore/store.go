package packstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// A Store is the objects of one bare repository, all of them in packs. Packs are added
// and joined, but what was readable stays readable as long as somebody holds the Store,
// also when its folder was removed. One process writes to a folder at a time; all
// methods are safe for concurrent use in it.
type Store struct {
	*folder
	*history
	objects   objectReader
	repacking sync.Mutex  // held while packs are joined
	damaged   atomic.Bool // an object was lost or garbled
	rebuilt   bool        // see SetRebuilt
}

func newStore(dir string, cacheBytes int64) *Store {
	s := &Store{folder: newFolder(dir), objects: objectReader{cache: newCache(cacheBytes)}}
	s.history = &history{graph: newGraph(), missing: s.noCommit}
	return s
}

// Create makes a store without objects in the folder of a bare repository. At most
// cacheBytes of objects that were read are kept in memory.
func Create(dir string, cacheBytes int64) (*Store, error) {
	s := newStore(dir, cacheBytes)
	if err := os.MkdirAll(s.packDir(), 0o755); err != nil {
		return nil, fmt.Errorf("make a store: %w", err)
	}
	return s, s.publish(func(list []*pack) []*pack { return list })
}

// Open opens the store in the folder of a bare repository, and removes what a crash left
// there. It checks that the packs are those that were listed, by size and checksum at
// the end, and that indexes and commits are whole; everything wrong with them is an
// error. The content of objects is checked when they are read.
func Open(ctx context.Context, dir string, cacheBytes int64) (*Store, error) {
	s := newStore(dir, cacheBytes)
	names, err := os.ReadFile(filepath.Join(s.dir, packsFile))
	if err != nil {
		return nil, fmt.Errorf("open the mirror: %w", err)
	}
	if len(names) > 0 && !bytes.HasSuffix(names, []byte("\n")) {
		return nil, fmt.Errorf("open the mirror: %w: the list of packs ends in the middle", ErrCorrupt)
	}
	var list []*pack
	var commits []*node
	known := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(names)); lines.Scan(); {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("open the mirror: %w", err)
		}
		id, size, _ := strings.Cut(lines.Text(), " ")
		if _, err := ParseHash(id); err != nil {
			return nil, fmt.Errorf("open the mirror: %w: the list of packs is garbled", ErrCorrupt)
		}
		p, err := openPack(s.packDir(), id)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
		if fmt.Sprint(p.size) != size {
			return nil, fmt.Errorf("open pack %s: %w: it is %d bytes long instead of %s", id, ErrCorrupt, p.size, size)
		}
		nodes, err := s.openCommits(id)
		if err != nil {
			return nil, err
		}
		commits = append(commits, nodes...)
		known[id] = true
	}
	s.packs.Store(&list)
	s.graph.add(commits)
	return s, s.sweep(known)
}

// Size is the number of packs, and their bytes.
func (s *Store) Size() (packs int, size int64) {
	list := s.list()
	for _, p := range list {
		size += p.size
	}
	return len(list), size
}

// Has reports whether an object is there.
func (s *Store) Has(h plumbing.Hash) bool {
	_, ok := s.find(h)
	return ok
}

// Damaged reports whether an object was found lost or garbled since the store was
// opened. The caller then fills another store from the remote.
func (s *Store) Damaged() bool { return s.damaged.Load() }

// SetRebuilt says that the store was just filled from the remote because the one before
// was damaged. What is missing from it too is missing at the remote, so reading it is
// ErrMalformed and no damage: filling yet another store would not help. It is called
// before anybody else has the Store.
func (s *Store) SetRebuilt() { s.rebuilt = true }

// note remembers damage and returns the error.
func (s *Store) note(err error) error {
	if errors.Is(err, ErrCorrupt) {
		s.damaged.Store(true)
	}
	return err
}
