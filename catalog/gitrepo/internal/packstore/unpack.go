package packstore

import (
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/levee-gitops/levee/catalog"
)

// objectReader makes objects of the entries of packs.
type objectReader struct {
	cache *cache
	zip   inflater
}

// read unpacks the object at a place, following deltas to their base. It reports
// whether the object was unpacked or came from the cache.
func (r *objectReader) read(at place, limit int64) (Object, bool, error) {
	var (
		o     Object
		chain []place
		heads []entry
		fresh bool
	)
	for cur := at; ; {
		var ok bool
		if o, ok = r.cache.get(cur); ok {
			break
		}
		fresh = true
		e, err := cur.pack.entryAt(cur.off)
		if err != nil {
			return Object{}, false, err
		}
		if err := r.checkSize(cur, e, len(chain), limit); err != nil {
			return Object{}, false, err
		}
		if !e.kind.IsDelta() {
			data, err := r.zip.inflate(cur.pack, cur.off+e.head, e.size)
			if err != nil {
				return Object{}, false, err
			}
			o = Object{e.kind, data}
			if len(chain) > 0 {
				r.cache.put(cur, o)
			}
			break
		}
		if len(chain) == maxChain {
			return Object{}, false, fmt.Errorf("%w: more than %d deltas in a row", ErrCorrupt, maxChain)
		}
		chain, heads = append(chain, cur), append(heads, e)
		if cur, err = cur.baseOf(e); err != nil {
			return Object{}, false, err
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		var err error
		if o, err = r.patch(o, chain[i], heads[i]); err != nil {
			return Object{}, false, err
		}
		if i > 0 {
			r.cache.put(chain[i], o)
		}
	}
	if int64(len(o.Data)) > limit {
		return Object{}, false, catalog.ErrTooLarge
	}
	return o, fresh, nil
}

// checkSize refuses an object over the limit before it is unpacked. The objects
// it is built from only have to fit into memory.
func (r *objectReader) checkSize(at place, e entry, depth int, limit int64) error {
	if depth > 0 || e.kind.IsDelta() {
		if e.size > maxWhole {
			return catalog.ErrTooLarge
		}
	} else if e.size > limit {
		return catalog.ErrTooLarge
	}
	if depth > 0 || !e.kind.IsDelta() {
		return nil
	}
	start, err := r.zip.prefix(at.pack, at.off+e.head, 20)
	if err != nil {
		return err
	}
	_, result, err := deltaSizes(start)
	if err == nil && result > limit {
		return catalog.ErrTooLarge
	}
	return err
}

// baseOf finds what a delta applies to, always in the same pack.
func (p place) baseOf(e entry) (place, error) {
	if e.kind == plumbing.OFSDeltaObject {
		return place{p.pack, e.base}, nil
	}
	off, ok := p.pack.find(e.ref)
	if !ok {
		return place{}, fmt.Errorf("%w: the base of a delta is missing", ErrCorrupt)
	}
	return place{p.pack, off}, nil
}

// patch applies the delta at a place to its base.
func (r *objectReader) patch(base Object, at place, e entry) (Object, error) {
	delta, err := r.zip.inflate(at.pack, at.off+e.head, e.size)
	if err != nil {
		return Object{}, err
	}
	_, result, err := deltaSizes(delta)
	if err != nil {
		return Object{}, err
	}
	if result > maxWhole {
		return Object{}, catalog.ErrTooLarge
	}
	data, err := packfile.PatchDelta(base.Data, delta)
	if err != nil {
		return Object{}, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	return Object{base.Kind, data}, nil
}
