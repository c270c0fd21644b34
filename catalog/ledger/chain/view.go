package chain

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// View is the ledger at one tip. It is immutable and safe for concurrent use; what
// its methods return must not be changed.
type View struct {
	// Tip is the commit whose state this is: for a frozen ledger the last one that
	// was accepted, or empty if none is known.
	Tip catalog.Commit
	// Frozen is why the ledger is not to be trusted, or nil. A frozen view can be
	// read, and knows what the last accepted tip knew.
	Frozen *Finding

	root    ledger.Root
	apps    *states
	files   *gitrepo.Files // nil without a tip
	drafted bool           // it has not landed
}

// Root returns the part of the state that is about no single app.
func (v *View) Root() ledger.Root { return v.root }

// App returns the state of an app, of catalog.Governance or of SubjectLedger. One
// that was never recorded is Active, and ok is false.
func (v *View) App(name string) (a ledger.App, ok bool) {
	if a, ok = v.apps.get(name); !ok {
		a = ledger.App{Name: name, Stage: ledger.Active}
	}
	return a, ok
}

// Apps returns the names of all apps that were ever recorded, sorted. It takes time
// for all of them.
func (v *View) Apps() []string {
	return slices.DeleteFunc(v.apps.names(), func(name string) bool { return strings.HasPrefix(name, "@") })
}

// Len is how many apps were ever recorded.
func (v *View) Len() int { return v.apps.tree.Len() - v.apps.special() }

// States yields the states of all apps that were ever recorded, sorted by name.
func (v *View) States() iter.Seq[ledger.App] {
	return func(yield func(ledger.App) bool) {
		for name, a := range v.apps.all {
			if !strings.HasPrefix(name, "@") && !yield(a) {
				return
			}
		}
	}
}

// Touching returns the subjects, sorted, whose state knows an open change: what a
// Closure of it has to list. It takes time for all apps.
func (v *View) Touching(change string) []string {
	var list []string
	for name, a := range v.apps.all {
		if _, open := a.Changes[change]; open {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Closed is the instant up to which approvals of a change for a subject are void,
// because a change of that name closed then; zero where there is none.
func (v *View) Closed(subject, change string) time.Time {
	a, _ := v.App(subject)
	return a.ClosedAt(change)
}

// Admitted returns the files that were admitted of an app in an environment, as
// paths below AdmittedPath. There are none where none were kept.
func (v *View) Admitted(environment, app string) catalog.Files {
	return below{v.files, AdmittedPath(environment, app)}
}

// Kept is the folder of what was admitted of an app in an environment, where the tip
// holds it; ok is false where it holds none.
func (v *View) Kept(ctx context.Context, environment, app string) (folder catalog.Entry, ok bool, err error) {
	if v.files == nil {
		return folder, false, nil
	}
	return v.files.Entry(ctx, AdmittedPath(environment, app))
}

// Governance returns the governance that was admitted, as it was kept.
func (v *View) Governance() catalog.Files {
	return below{v.files, AdmittedPath("", catalog.Governance)}
}

// Record reads one record. A record that does not exist is gitrepo.ErrNotFound.
func (v *View) Record(ctx context.Context, kind ledger.Kind, subject string, seq int64) (ledger.Record, error) {
	e, ok, err := findRecord(ctx, v.files, kind, subject, seq)
	if err == nil && !ok {
		err = gitrepo.ErrNotFound
	}
	if err != nil {
		return ledger.Record{}, fmt.Errorf("read record %d of kind %s of %s: %w", seq, kind, subject, err)
	}
	raw, err := v.files.Read(ctx, e, ledger.MaxFile)
	if err != nil {
		return ledger.Record{}, err
	}
	r, _, err := ledger.ReadRecord(raw)
	if err != nil {
		return r, fmt.Errorf("read record %d of kind %s of %s: %w", seq, kind, subject, err)
	}
	return r, nil
}

// Records reads all records of a kind about a subject, oldest first. It takes time
// for each of them.
func (v *View) Records(ctx context.Context, kind ledger.Kind, subject string) ([]ledger.Record, error) {
	if _, ok := folderOf(kind); !ok || v.files == nil {
		return nil, nil
	}
	records, err := readFolder(ctx, v.files, pagePath(kind, subject, 0))
	if err != nil {
		return nil, fmt.Errorf("read the records of kind %s of %s: %w", kind, subject, err)
	}
	slices.SortFunc(records, func(a, b ledger.Record) int { return cmp.Compare(a.Seq, b.Seq) })
	return records, nil
}

// Newest reads the newest records of a kind about a subject, at most as many as asked for,
// oldest first. It takes time for those, and not for all.
func (v *View) Newest(ctx context.Context, kind ledger.Kind, subject string, most int) ([]ledger.Record, error) {
	number, err := nextPage(ctx, v.files, kind, subject)
	var seqs []int64
	for ; err == nil && number >= 0 && len(seqs) < most; number-- {
		var p page
		if p, err = readPage(ctx, v.files, kind, subject, number); err == nil {
			seqs = append(slices.Sorted(maps.Keys(p.records)), seqs...)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the newest records of kind %s of %s: %w", kind, subject, err)
	}
	seqs = seqs[max(0, len(seqs)-most):]
	records := make([]ledger.Record, len(seqs))
	for i, seq := range seqs {
		if records[i], err = v.Record(ctx, kind, subject, seq); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// below is a folder of a tree as catalog.Files.
type below struct {
	files *gitrepo.Files
	dir   string
}

func (b below) List(ctx context.Context, dir string) ([]catalog.Entry, error) {
	if b.files == nil {
		return nil, nil
	}
	at := b.dir
	if dir != "" {
		at += "/" + dir
	}
	entries, err := b.files.List(ctx, at)
	for i := range entries {
		entries[i].Path = strings.TrimPrefix(entries[i].Path, b.dir+"/")
	}
	return entries, err
}

func (b below) Read(ctx context.Context, file catalog.Entry, limit int64) ([]byte, error) {
	if b.files == nil {
		return nil, fmt.Errorf("read %q: %w", file.Path, gitrepo.ErrNotFound)
	}
	return b.files.Read(ctx, file, limit)
}

// Below returns a folder of a tree as if it were the whole tree.
func Below(files *gitrepo.Files, dir string) catalog.Files { return below{files, dir} }

// Held returns the claim if holder may do the effect now: the view says so, and the
// time is not over. Only a view that Append returned, or one that contains it, can
// say so: whoever lost the push has no claim, and a draft's view is nobody's.
func (v *View) Held(subject string, effect ledger.Effect, holder string, now time.Time) (ledger.ClaimState, bool) {
	a, _ := v.App(subject)
	c, ok := a.Claims[effect]
	if !ok || v.Frozen != nil || v.drafted || c.Holder != holder || !now.Before(c.Until) {
		return ledger.ClaimState{}, false
	}
	return c, true
}

// Claimable reports whether an effect may be claimed: nobody has, or the time of
// whoever has is over. Who takes over looks at the world first.
func (v *View) Claimable(subject string, effect ledger.Effect, now time.Time) bool {
	a, _ := v.App(subject)
	c, ok := a.Claims[effect]
	return !ok || !now.Before(c.Until)
}
