package policies

import (
	"sync"

	"github.com/levee-gitops/levee/catalog"
)

// background is what many apps refer to, as rules see it: vendors, blueprints,
// people and teams of one governing snapshot, each worked out once. Inputs share
// these values, so nobody may change them.
type background struct {
	governing *catalog.Snapshot
	values    sync.Map // what and name → value
}

// behind is the background of a governing snapshot. Only the last one is kept: a
// pass judges all its apps by one.
func (s *RuleSet) behind(governing *catalog.Snapshot) *background {
	if b := s.background.Load(); b != nil && b.governing == governing {
		return b
	}
	b := &background{governing: governing}
	s.background.Store(b)
	return b
}

type named struct{ what, name string }

// once returns the value of something, working it out the first time. What does not
// exist is not kept: whoever writes apps could name any number of such things.
func (b *background) once(what, name string, value func() any) any {
	if known, ok := b.values.Load(named{what, name}); ok {
		return known
	}
	v := value()
	if v != nil {
		b.values.Store(named{what, name}, v)
	}
	return v
}

func (b *background) vendor(v *catalog.Vendor) any {
	return b.once("vendor", string(v.Metadata.Name), func() any { return v.Value()["spec"] })
}

func (b *background) blueprint(ref catalog.BlueprintRef) any {
	return b.once("blueprint", string(ref), func() any {
		d := b.governing.Blueprint(ref)
		if object := catalog.Object[catalog.Blueprint](d); object != nil {
			return map[string]any{"name": d.Name, "spec": object.Value()["spec"]}
		}
		return nil
	})
}

func (b *background) person(id catalog.Name) any {
	return b.once("person", string(id), func() any { return person(b.governing.Roles(), id) })
}

func (b *background) team(id catalog.Name) any {
	return b.once("team", string(id), func() any { return team(b.governing.Roles(), id) })
}
