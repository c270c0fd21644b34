package policies

import (
	"sync"

	"github.com/levee-gitops/levee/catalog"
)

// refCache caches the input values of objects that many apps refer to: the vendors,
// data sets, blueprints, people and teams of one governing snapshot. Inputs share these values, so
// they must not be changed.
type refCache struct {
	governing *catalog.Snapshot
	values    sync.Map // what and name → value
}

// refCacheFor returns the cache of a governing snapshot. Only the last one is kept, since a
// pass judges all apps by one snapshot.
func (s *RuleSet) refCacheFor(governing *catalog.Snapshot) *refCache {
	if c := s.refCache.Load(); c != nil && c.governing == governing {
		return c
	}
	c := &refCache{governing: governing}
	s.refCache.Store(c)
	return c
}

type refKey struct{ what, name string }

// get returns a cached value, or computes and caches it. Nil is not cached, because apps
// can name any number of objects that do not exist.
func (c *refCache) get(what, name string, value func() any) any {
	if known, ok := c.values.Load(refKey{what, name}); ok {
		return known
	}
	v := value()
	if v != nil {
		c.values.Store(refKey{what, name}, v)
	}
	return v
}

func (c *refCache) vendor(v *catalog.Vendor) any {
	return c.get("vendor", string(v.Metadata.Name), func() any { return v.Value()["spec"] })
}

func (c *refCache) dataSet(d *catalog.Document) any {
	return c.get("dataset", d.Name, func() any {
		if object := catalog.Object[catalog.DataSet](d); object != nil {
			return object.Value()["spec"]
		}
		return nil
	})
}

func (c *refCache) blueprint(ref catalog.BlueprintRef) any {
	return c.get("blueprint", string(ref), func() any {
		d := c.governing.Blueprint(ref)
		if object := catalog.Object[catalog.Blueprint](d); object != nil {
			return map[string]any{"name": d.Name, "spec": object.Value()["spec"]}
		}
		return nil
	})
}

func (c *refCache) person(id catalog.Name) any {
	return c.get("person", string(id), func() any { return person(c.governing.Roles(), id) })
}

func (c *refCache) team(id catalog.Name) any {
	return c.get("team", string(id), func() any { return team(c.governing.Roles(), id) })
}
