package policies

import (
	"sync"

	"github.com/levee-gitops/levee/catalog"
)

// refCache caches the input values of objects that many apps refer to: the vendors,
// blueprints, people and teams of one governing snapshot. Inputs share these values, so
// they must not be changed.
type refCache struct {
	governing *catalog.Snapshot
	values    sync.Map // what and name → value
}

// refCacheFor returns the cache of a governing snapshot. Only the last one is kept, since a pass
// judges all apps by one snapshot.
func (s *RuleSet) refCacheFor(governing *catalog.Snapshot) *refCache {
	if b := s.refCache.Load(); b != nil && b.governing == governing {
		return b
	}
	b := &refCache{governing: governing}
	s.refCache.Store(b)
	return b
}

type refKey struct{ what, name string }

// get returns a cached value, or computes and caches it. Nil is not cached, because apps
// can name any number of objects that do not exist.
func (b *refCache) get(what, name string, value func() any) any {
	if known, ok := b.values.Load(refKey{what, name}); ok {
		return known
	}
	v := value()
	if v != nil {
		b.values.Store(refKey{what, name}, v)
	}
	return v
}

func (b *refCache) vendor(v *catalog.Vendor) any {
	return b.get("vendor", string(v.Metadata.Name), func() any { return v.Value()["spec"] })
}

func (b *refCache) blueprint(ref catalog.BlueprintRef) any {
	return b.get("blueprint", string(ref), func() any {
		d := b.governing.Blueprint(ref)
		if object := catalog.Object[catalog.Blueprint](d); object != nil {
			return map[string]any{"name": d.Name, "spec": object.Value()["spec"]}
		}
		return nil
	})
}

func (b *refCache) person(id catalog.Name) any {
	return b.get("person", string(id), func() any { return person(b.governing.Roles(), id) })
}

func (b *refCache) team(id catalog.Name) any {
	return b.get("team", string(id), func() any { return team(b.governing.Roles(), id) })
}
