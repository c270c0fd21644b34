package mirror

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// Mirror is the state of a mirror: the generation that counts and its refs. Readers load
// either and go on with it; fetches and pushes put others in their place.
type Mirror struct {
	dir     string
	mirrors func(Ref) bool // whether a ref is one of those to mirror
	current atomic.Pointer[Generation]
	refs    atomic.Pointer[Table]

	mu         sync.Mutex  // held while any of this changes
	pushes     int         // how many pushes succeeded
	pushed     map[Ref]int // by which of them a ref moved last
	rebuilding bool
	landed     []*packstore.Pack // packs that were pushed while the mirror is rebuilt
}

// Load is the generation that counts.
func (m *Mirror) Load() *Generation { return m.current.Load() }

// Table is where the refs are.
func (m *Mirror) Table() *Table { return m.refs.Load() }

func New(o Options) *Mirror {
	m := &Mirror{dir: o.Dir, mirrors: o.mirrors, pushed: map[Ref]int{}}
	m.refs.Store(&Table{})
	return m
}

func (m *Mirror) pushCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pushes
}

// move lets the mirror's refs follow the remote's.
func (m *Mirror) move(g *Generation, next *Table, before int) ([]Move, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.refs.Load()
	next = m.newest(next, before)
	moves := old.moves(next)
	if len(moves) == 0 && old.Head == next.Head {
		return nil, nil
	}
	if err := g.writeRefs(next, old.Head != next.Head); err != nil {
		return nil, err
	}
	m.refs.Store(next)
	return moves, nil
}

// newest corrects an answer of the remote by the pushes that came after the
// question. The caller holds mu.
func (m *Mirror) newest(next *Table, before int) *Table {
	newer := map[Ref]object.ID{}
	for ref, n := range m.pushed {
		if n > before && m.mirrors(ref) {
			newer[ref] = m.refs.Load().Get(ref)
		}
	}
	if len(newer) == 0 {
		return next
	}
	return next.with(newer)
}

func (m *Mirror) startRebuild() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rebuilding = true
	return m.pushes
}

func (m *Mirror) endRebuild() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rebuilding, m.landed = false, nil
}

// swap lets a generation take the place of the current one. What was pushed while
// it was filled is added first: the remote's answer may be older than that.
func (m *Mirror) swap(g *Generation, next *Table, before int) ([]Move, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, pack := range m.landed {
		if err := g.AddEncoded(pack); err != nil {
			return nil, fmt.Errorf("catch up with pushes: %w", err)
		}
	}
	next = m.newest(next, before)
	if err := g.writeRefs(next, true); err != nil {
		return nil, err
	}
	if err := g.makeCurrent(m.dir); err != nil {
		return nil, err
	}
	moves := m.refs.Load().moves(next)
	m.current.Store(g)
	m.refs.Store(next)
	return moves, nil
}

// Follow lets the mirror follow a push that succeeded; pack is nil if it sent no
// objects. A failure is left to the next Fetch, which finds the refs elsewhere and brings
// the objects.
func (m *Mirror) Follow(ctx context.Context, pack *packstore.Pack, updates []Update) {
	ctx = context.WithoutCancel(ctx) // it happened; what is left is local and short
	m.mu.Lock()
	defer m.mu.Unlock()
	g := m.current.Load()
	if pack.Len() > 0 {
		if err := g.AddEncoded(pack); err != nil {
			return
		}
		if m.rebuilding {
			m.landed = append(m.landed, pack)
		}
	}
	moved := map[Ref]object.ID{}
	m.pushes++
	for _, u := range updates {
		if m.mirrors(u.Ref) {
			moved[u.Ref] = u.New
			m.pushed[u.Ref] = m.pushes
		}
	}
	next := m.refs.Load().with(moved)
	if err := g.writeRefs(next, false); err != nil {
		return
	}
	m.refs.Store(next)
	_ = g.Repack(ctx) // tidying; the next one tries again
}

// sweep removes all generations but the current one. Readers of an old one hold its
// files open.
func (m *Mirror) sweep() {
	keep := filepath.Base(m.current.Load().dir)
	files, err := os.ReadDir(m.dir)
	if err != nil {
		return // the next Open sweeps again
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), generationPrefix) && f.Name() != keep {
			os.RemoveAll(filepath.Join(m.dir, f.Name()))
		}
	}
}
