package chain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Push is what goes to the remote together with records, all of it or nothing.
type Push struct {
	// Batch holds objects of the caller, such as a landing on the catalog's branch.
	// Records may keep them. It may be nil.
	Batch *gitrepo.Batch
	// Updates move further refs.
	Updates []gitrepo.Update
}

// Append records entries on top of a view, in signed commits, and pushes them
// together. It returns the view after them and the records as written. The
// time is cut to milliseconds.
//
// Nothing is recorded with gitrepo.ErrStale, when somebody else was first: what is
// still to be recorded has to be worked out again from a fresh view. ErrFrozen and
// ErrInvalid mean that nothing was sent. With ErrUnknown the records may have
// landed; a fetch and Refresh tell. Append may be called from several goroutines;
// of those with the same view one wins.
func (l *Ledger) Append(ctx context.Context, v *View, now time.Time, entries ...ledger.Entry) (*View, []ledger.Record, error) {
	return l.AppendWith(ctx, v, now, Push{}, entries...)
}

// AppendWith is Append with more in the same push.
func (l *Ledger) AppendWith(ctx context.Context, v *View, now time.Time, p Push, entries ...ledger.Entry) (*View, []ledger.Record, error) {
	if v.Frozen != nil {
		return nil, nil, fmt.Errorf("append to the ledger: %w: %w", ErrFrozen, v.Frozen)
	}
	if l.opts.Signer == nil {
		return nil, nil, errors.New("append to the ledger: no key to sign with")
	}
	return l.append(ctx, v, gitrepo.ID(v.Tip), l.opts.Signer, now, p, entries)
}

// append writes entries on top of a view and moves the branch there from where the
// remote has it.
func (l *Ledger) append(ctx context.Context, v *View, old gitrepo.ID, by *sshkey.Signer, now time.Time, p Push, entries []ledger.Entry) (*View, []ledger.Record, error) {
	if len(entries) == 0 {
		return nil, nil, errors.New("append to the ledger: nothing to record")
	}
	w, err := l.begin(ctx, v, by, p.Batch)
	if err != nil {
		return nil, nil, err
	}
	if err := w.writeAll(ctx, now, entries); err != nil {
		return nil, nil, err
	}
	next, err := l.send(ctx, w, old, p.Updates)
	return next, w.records, err
}

// begin prepares writing on top of a view with a key that may.
func (l *Ledger) begin(ctx context.Context, v *View, by *sshkey.Signer, batch *gitrepo.Batch) (*writer, error) {
	if err := maySign(v, by); err != nil {
		return nil, fmt.Errorf("append to the ledger: %w", err)
	}
	w, err := newWriter(ctx, l.repo, v, batch, by, l.opts)
	if err != nil {
		return nil, fmt.Errorf("append to the ledger: %w", err)
	}
	return w, nil
}

func maySign(v *View, by *sshkey.Signer) error {
	keys, err := signers(v.root, v.root.Seq+1)
	if err == nil && !slices.ContainsFunc(keys, by.Public().Equal) {
		err = fmt.Errorf("the key %s may not sign in the ledger; let a valid key or the root key add it (`levee ledger rotate-key`)", by.Public().Fingerprint())
	}
	return err
}

// MaySign says why nothing could be recorded on top of a view with this key; nil if it
// could.
func (l *Ledger) MaySign(v *View) error {
	if l.opts.Signer == nil {
		return errors.New("there is no key to sign the ledger with")
	}
	return maySign(v, l.opts.Signer)
}

func (w *writer) writeAll(ctx context.Context, now time.Time, entries []ledger.Entry) error {
	for _, e := range entries {
		if err := w.write(ctx, now, e); err != nil {
			return fmt.Errorf("append %s of %s to the ledger: %w", e.Kind, e.Subject, err)
		}
	}
	if err := w.commit(ctx); err != nil {
		return fmt.Errorf("append %d records to the ledger: %w", len(entries), err)
	}
	return nil
}

// send pushes what was written, together with further refs.
func (l *Ledger) send(ctx context.Context, w *writer, old gitrepo.ID, more []gitrepo.Update) (*View, error) {
	updates := append([]gitrepo.Update{{Ref: gitrepo.Branch(l.opts.branch()), Old: old, New: gitrepo.ID(w.batch.Tip())}}, more...)
	if err := push(ctx, l.repo, w.batch, updates); err != nil {
		return nil, fmt.Errorf("append to the ledger: %w", err)
	}
	next := w.view()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil || l.last.root.Seq < next.root.Seq {
		_ = l.remember(next) // the next Refresh tries again, and says so
	}
	return next, nil
}

// A writer turns entries into commits on top of a view.
type writer struct {
	batch   *gitrepo.Batch
	by      *sshkey.Signer
	opts    Options
	founds  bool // what exists is taken over, one record like the other
	root    ledger.Root
	apps    *states
	files   *gitrepo.Files // of the last commit; nil before the first
	open    together       // records of the next commit
	records []ledger.Record
}

func newWriter(ctx context.Context, repo *gitrepo.Repo, v *View, batch *gitrepo.Batch, by *sshkey.Signer, opts Options) (*writer, error) {
	w := &writer{by: by, opts: opts, root: v.root, apps: v.apps, files: v.files}
	var err error
	if batch == nil {
		w.batch, err = repo.Batch(ctx, v.Tip)
	} else {
		w.batch, err = batch.Beside(ctx, v.Tip)
	}
	return w, err
}

// write adds one record to the commit that is open, or after it to the next one.
func (w *writer) write(ctx context.Context, now time.Time, e ledger.Entry) error {
	body, err := ledger.Canonical(w.numbered(e))
	if err != nil {
		return err
	}
	r := ledger.Record{
		Seq: w.root.Seq + 1, Prev: w.root.Hash, At: ledger.Moment(now), Kind: e.Kind, Subject: e.Subject,
		Engine: w.opts.Engine, Body: body,
	}
	raw, err := ledger.Encode(r)
	if err != nil {
		return err
	}
	r, typed, err := ledger.ReadRecord(raw)
	if err != nil {
		return err
	}
	if !w.goesWith(e) || !w.open.takes(r, len(raw)) {
		if err := w.commit(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(authorise(w.root, r, typed), checkTip(typed, w.batch.Tip())); err != nil {
		return err
	}
	get := func(name string) (ledger.App, error) { a, _ := w.apps.get(name); return a, nil }
	root, apps, err := ledger.FoldRead(w.root, get, r, typed, ledger.Hash(raw))
	if err != nil {
		return err
	}
	page, err := nextPage(ctx, w.files, r.Kind, r.Subject)
	if err != nil {
		return err
	}
	if err := w.batch.Put(recordPath(r.Kind, r.Subject, page, r.Seq), catalog.File, raw); err != nil {
		return err
	}
	if err := w.put(r, apps, e.Keep); err != nil {
		return err
	}
	w.root, w.apps = root, w.apps.put(apps...)
	w.open = append(w.open, written{r, typed, raw, e})
	w.records = append(w.records, r)
	return nil
}

// goesWith reports whether an entry is written into one commit with those before it.
func (w *writer) goesWith(e ledger.Entry) bool {
	return w.founds || !alone(e) && (len(w.open) == 0 || !alone(w.open[0].entry))
}

// alone reports whether an entry stands in a commit of its own: what has trailers is looked
// for by them.
func alone(e ledger.Entry) bool {
	return len(e.Trailers) > 0 || !slices.Contains(bookkeeping, e.Kind)
}

// commit ends the commit that is open, if one is.
func (w *writer) commit(ctx context.Context) error {
	if len(w.open) == 0 {
		return nil
	}
	w.root.Commits++
	state, err := ledger.Encode(w.root)
	if err != nil {
		return err
	}
	if err := w.batch.Put(rootPath, catalog.File, state); err != nil {
		return err
	}
	author := w.opts.Author
	author.When = w.open[len(w.open)-1].record.At
	tip, err := w.batch.Commit(ctx, gitrepo.Draft{Message: w.open.message(), Author: author, Signer: w.by})
	if err != nil {
		return err
	}
	w.open = nil
	w.files, err = w.batch.Files(ctx, tip)
	return err
}

// numbered is what an entry says, with the number of the decision that an admission
// follows from: whoever decided did not know it, since it is written just before.
func (w *writer) numbered(e ledger.Entry) any {
	a, ok := e.Body.(ledger.Admission)
	if !ok || a.Decision != 0 || a.Cause == ledger.CauseAdopted {
		return e.Body
	}
	state, _ := w.apps.get(e.Subject)
	for _, judged := range []*ledger.Judged{state.Landed, state.Running} {
		if judged != nil && judged.Digest == a.Digest {
			a.Decision = max(a.Decision, judged.Seq)
		}
	}
	return a
}

// put lays down the states that a record leads to, and what it keeps.
func (w *writer) put(r ledger.Record, apps []ledger.App, keep []catalog.Entry) error {
	for _, a := range apps {
		state, err := ledger.Encode(a)
		if err != nil {
			return err
		}
		if err := w.batch.Put(statePath(a.Name), catalog.File, state); err != nil {
			return err
		}
	}
	for _, k := range keep {
		if !mayKeep(r, k.Path) {
			return fmt.Errorf("%w: a %s of %s cannot keep the path %.200q", ledger.ErrInvalid, r.Kind, r.Subject, k.Path)
		}
		var err error
		if k.Mode == 0 {
			err = w.batch.Delete(k.Path)
		} else {
			err = w.batch.Link(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// view is the ledger after what was written.
func (w *writer) view() *View {
	return &View{Tip: w.batch.Tip(), root: w.root, apps: w.apps, files: w.files}
}
