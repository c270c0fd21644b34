package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Apply implements target.Target.
func (t *Target) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	receipt, err := t.apply(ctx, environment, step)
	if err != nil {
		return target.Receipt{}, fmt.Errorf("%s %.80q in %.80q: %w", step.Verb, step.App, environment, err)
	}
	return receipt, nil
}

func (t *Target) apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	if err := step.Check(environment); err != nil {
		return target.Receipt{}, err
	}
	d, release, err := t.begin(ctx, environment, step.App)
	if err != nil {
		return target.Receipt{}, err
	}
	defer release()
	was := readEntry(d, step.App)
	if err := was.admits(step.Object.Fence); err != nil {
		return target.Receipt{}, err
	}
	mark, _, err := readMark(d, step.App)
	if err != nil {
		return target.Receipt{}, err
	}
	if mark != nil {
		// What runs is cut before anything is written.
		if _, _, err := isolate(d, step.App, was); err != nil {
			return target.Receipt{}, err
		}
	}
	claimed, err := was.claims(step.App, placesOf(d, was.entry, step.App))
	if err != nil {
		return target.Receipt{}, err
	}
	// The witness comes first: once entry and document are right, nobody has a
	// reason to come again.
	if err := t.raiseWitness(ctx, d, environment, step.Object.Fence); err != nil {
		return target.Receipt{}, err
	}
	if err := tidy(d, step.App); err != nil {
		return target.Receipt{}, err
	}
	outcome, err := t.settle(d, was, claimed, step.Object, mark != nil)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: outcome, Render: step.Object.Render}
	if mark == nil {
		// A mark waits for no lock: it may have come since.
		if mark, _, err = readMark(d, step.App); err != nil {
			return target.Receipt{}, err
		}
		if mark != nil {
			if _, _, err := isolate(d, step.App, readEntry(d, step.App)); err != nil {
				return target.Receipt{}, err
			}
		}
	}
	if mark != nil {
		receipt.Outcome = target.Contained
		receipt.Details = []string{"contained: " + mark.Reason}
	}
	return receipt, nil
}

// admits refuses a fence that is lower than an entry's. A damaged entry has none:
// the ledger knows better, and the next apply repairs it.
func (r record) admits(fence target.Fence) error {
	if fence.Admission < r.Fence.Admission {
		return fmt.Errorf("%w: it holds admission %d, and this is %d", target.ErrFenced, r.Fence.Admission, fence.Admission)
	}
	return nil
}

// settle makes entry and document what an object says.
func (t *Target) settle(d disk, was record, claimed bool, object target.Object, marked bool) (target.Outcome, error) {
	content := content(object)
	want := entryOf(object, content)
	want.Claimed, want.Since = claimed, t.now().UTC().Truncate(time.Millisecond)
	if marked && claimed {
		return target.Contained, await(d, was, want, content)
	}
	fits := fitting(placesOf(d, want, object.App), want.place(marked))
	if fits && was.same(want) {
		return target.Unchanged, nil
	}
	same := fits && was.Render == want.Render && was.Disabled == want.Disabled
	if same {
		want.Since = was.Since
	}
	if err := writeEntry(d, want); err != nil {
		return "", err
	}
	if err := put(d, want, content, marked); err != nil {
		if errors.Is(err, target.ErrForeign) && !was.held {
			err = errors.Join(err, d.Remove(file(inventory, object.App)))
		}
		return "", err
	}
	if !claimed {
		want.Claimed = true
		if err := writeEntry(d, want); err != nil {
			return "", err
		}
	}
	if same {
		return target.Unchanged, nil // but for the fence
	}
	return target.Done, nil
}

// content is the file of an object's document.
func content(object target.Object) []byte {
	return append(slices.Clone([]byte(object.Document)), '\n')
}

// await keeps what shall come after release. What was cut is left as it is until
// there is something newer: somebody may want to look at it. Nobody watches this
// place, so the entry can come last, and is wrong for no moment.
func await(d disk, was record, want entry, content []byte) error {
	if was.SHA256 != want.SHA256 {
		if err := put(d, want, content, true); err != nil {
			return err
		}
	}
	if !was.same(want) {
		return writeEntry(d, want)
	}
	return nil
}

// claims says whether an app's name is ours. It is where the claim was finished,
// or where the bytes that lie there are those that were about to be written;
// anything else under the name of an app without a claim is somebody else's.
func (r record) claims(app string, seen [len(places)]sight) (bool, error) {
	if r.Claimed {
		return true, nil
	}
	claimed := false
	for i, place := range places {
		switch {
		case seen[i].what == absent:
		case r.held && seen[i].ours():
			claimed = true
		default:
			return false, fmt.Errorf("%w: %s is there already: move it away, or give the app another name", target.ErrForeign, file(place, app))
		}
	}
	return claimed, nil
}

// fitting says that a document lies where it belongs, as it was written, and
// nowhere else.
func fitting(seen [len(places)]sight, belongs string) bool {
	for i, place := range places {
		want := absent
		if place == belongs {
			want = right
		}
		if seen[i].what != want {
			return false
		}
	}
	return true
}

// put writes a document to where it belongs and takes it away from elsewhere.
func put(d disk, e entry, content []byte, marked bool) error {
	belongs := e.place(marked)
	name := file(belongs, e.App)
	switch here := look(d, e, e.App, belongs); {
	case here.what == right:
	case e.Claimed:
		if here.what == directory {
			if err := d.Remove(name); errors.Is(err, fs.ErrExist) { // so it says of what is not empty
				return fmt.Errorf("%w: %s is a folder with things in it: move it away", target.ErrForeign, name)
			} else if err != nil {
				return err
			}
		}
		if err := replace(d, e.App+".json", name, content); err != nil {
			return err
		}
	default:
		err := place(d, e.App+".json", name, content)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w: %s has just come to be there: move it away, or give the app another name", target.ErrForeign, name)
		}
		if err != nil {
			return err
		}
	}
	for _, elsewhere := range places {
		if elsewhere != belongs {
			if _, err := takeAway(d, e.App, elsewhere); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeAway removes what lies under an app's name in a place, and says what stays:
// a folder with things in it is nobody's document.
func takeAway(d disk, app, place string) (stays string, err error) {
	name := file(place, app)
	info, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := d.Remove(name); info.IsDir() && errors.Is(err, fs.ErrExist) {
		return name + " is a folder with things in it, and was left", nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return "", d.Sync(place)
}
