package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

const (
	keepClosed   = 32                 // changes that an app remembers to have closed
	keepJudged   = 32                 // digests judged in one change
	keepEpochs   = 32                 // epochs of notices
	keepMentions = 64                 // notices about one change
	keepRolling  = 7 * 24 * time.Hour // of disables and tombstones
)

// Fold returns the state after a record: the root, and every app whose state the
// record touches, sorted by name. It is pure: what it is given does not change,
// though the result shares parts of it. The function app returns the state of an
// app before the record; one that was never recorded has its name and the stage
// Active.
//
// A record that cannot follow is ErrInvalid: a gap in the sequence, another
// predecessor, a landing that does not continue the last, a claim to what somebody
// else has claimed, a transition from a stage the app is not in. Signatures are
// not checked here.
func Fold(root Root, app func(name string) (App, error), r Record) (Root, []App, error) {
	raw, err := Encode(r)
	if err != nil {
		return root, nil, err
	}
	body, err := r.Read()
	if err != nil {
		return root, nil, err
	}
	return FoldRead(root, app, r, body, Hash(raw))
}

// FoldRead is Fold for a record that was read from bytes of that hash.
func FoldRead(root Root, app func(string) (App, error), r Record, body any, hash string) (Root, []App, error) {
	if r.Seq != root.Seq+1 || r.Prev != root.Hash {
		return root, nil, fmt.Errorf("%w: record %d after %.20s… cannot follow record %d, which is %.20s…",
			ErrInvalid, r.Seq, r.Prev, root.Seq, root.Hash)
	}
	f := &step{root: root, get: app, r: r, apps: map[string]*App{}}
	if err := f.record(body); err != nil {
		return root, nil, err
	}
	f.root.Seq, f.root.Hash = r.Seq, hash
	if _, accepted := body.(Adoption); accepted || r.At.After(f.root.At) {
		f.root.At = r.At
	}
	var touched []App
	for _, name := range slices.Sorted(maps.Keys(f.apps)) {
		touched = append(touched, *f.apps[name])
	}
	return f.root, touched, nil
}

// A step is one record of the fold. Apps are copied when they are touched; their
// maps and slices are replaced, never changed.
type step struct {
	root Root
	get  func(string) (App, error)
	r    Record
	apps map[string]*App
}

// app returns the copy of an app that the step may change.
func (f *step) app(name string) (*App, error) {
	if a := f.apps[name]; a != nil {
		return a, nil
	}
	if err := checkSubject(name); err != nil {
		return nil, err
	}
	a, err := f.get(name)
	if err != nil {
		return nil, err
	}
	if a.Name == "" {
		a.Name, a.Stage = name, Active
	}
	f.apps[name] = &a
	return &a, nil
}

func (f *step) record(body any) error {
	if f.r.Kind != KindGenesis && f.root.Seq == 0 {
		return fmt.Errorf("%w: the first record of a ledger is its genesis", ErrInvalid)
	}
	switch b := body.(type) {
	case Genesis:
		return f.genesis(b)
	case KeyChange:
		return f.key(b)
	case Adoption:
		return f.adoption(b)
	case Landing:
		return f.landing(b)
	case Closure:
		return f.closure(b)
	case Checkpoint:
		if b.Records != f.root.Seq || b.Hash != f.root.Hash {
			return fmt.Errorf("%w: the checkpoint is not of the record before it", ErrInvalid)
		}
		return nil
	}
	a, err := f.app(f.r.Subject)
	if err != nil {
		return err
	}
	return f.folding(a).record(body)
}

// folding is the step as it folds the record into one app.
func (f *step) folding(a *App) *appFolding { return &appFolding{App: a, r: f.r, root: &f.root} }

func (f *step) genesis(b Genesis) error {
	if f.root.Seq != 0 {
		return fmt.Errorf("%w: a ledger has one genesis", ErrInvalid)
	}
	f.root.Branch, f.root.Main, f.root.Root = b.Branch, b.Main, b.Root
	f.root.Keys = []Key{{Public: b.Key, From: f.r.Seq}}
	return f.govern(Admission{Commit: b.Main, Digest: b.Governance, Cause: CauseAdopted})
}

// govern admits governance on the word of the root key.
func (f *step) govern(b Admission) error {
	a, err := f.app(catalog.Governance)
	if err != nil {
		return err
	}
	f.folding(a).admit(b)
	return nil
}

func (f *step) key(b KeyChange) error {
	keys := slices.Clone(f.root.Keys)
	if b.Add == "" && b.Revoke == "" {
		return fmt.Errorf("%w: a change of keys that changes none", ErrInvalid)
	}
	if b.Revoke != "" {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.To == 0 && SameKey(k.Public, b.Revoke) })
		if i < 0 {
			return fmt.Errorf("%w: the key to revoke is not a valid one", ErrInvalid)
		}
		keys[i].To = f.r.Seq - 1
	}
	if b.Add != "" {
		if slices.ContainsFunc(keys, func(k Key) bool { return SameKey(k.Public, b.Add) }) {
			return fmt.Errorf("%w: the key to add was named before; a key that was revoked does not come back", ErrInvalid)
		}
		keys = append(keys, Key{Public: b.Add, From: f.r.Seq + 1})
	}
	f.root.Keys = keys
	return nil
}

func (f *step) adoption(b Adoption) error {
	if b.Main != "" {
		f.root.Main = b.Main
	}
	for _, tip := range b.GivenUp {
		if !slices.Contains(f.root.GivenUp, tip) {
			f.root.GivenUp = append(slices.Clip(f.root.GivenUp), tip)
		}
	}
	if b.Governance == "" {
		return nil
	}
	return f.govern(Admission{Commit: f.root.Main, Digest: b.Governance, Cause: CauseAdopted, Reason: b.Reason})
}

func (f *step) landing(b Landing) error {
	if b.From != f.root.Main {
		return fmt.Errorf("%w: a landing from %s, but the last accepted tip of the catalog is %s",
			ErrInvalid, b.From.Short(), f.root.Main.Short())
	}
	f.root.Main = b.To
	return nil
}

func (f *step) closure(b Closure) error {
	apps := b.Apps
	if f.r.Subject != SubjectLedger && !slices.Contains(apps, f.r.Subject) {
		apps = append(slices.Clip(apps), f.r.Subject)
	}
	for _, name := range apps {
		a, err := f.app(name)
		if err != nil {
			return err
		}
		a.Changes = without(a.Changes, b.Change)
		a.renewed(b.Change)
		a.Closed = with(a.Closed, b.Change, f.r.At)
		for len(a.Closed) > keepClosed {
			oldest := slices.MinFunc(slices.Collect(maps.Keys(a.Closed)), func(x, y string) int {
				return cmp.Or(a.Closed[x].Compare(a.Closed[y]), cmp.Compare(x, y))
			})
			if a.Closed[oldest].After(a.ClosedBefore) {
				a.ClosedBefore = a.Closed[oldest]
			}
			delete(a.Closed, oldest) // a copy since with
		}
	}
	return nil
}

// with returns a copy of a map in which a key has a value.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := make(map[K]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

// without returns a map without a key.
func without[K comparable, V any](m map[K]V, key K) map[K]V {
	if _, ok := m[key]; !ok {
		return m
	}
	next := maps.Clone(m)
	delete(next, key)
	return next
}
