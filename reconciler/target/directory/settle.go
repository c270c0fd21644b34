package directory

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// settle makes entry and document what an object says.
func (t *Target) settle(d disk.Disk, was inventory.Record, claimed bool, object target.Object, marked bool) (target.Outcome, error) {
	content := content(object)
	want := inventory.EntryOf(object, content)
	want.Claimed, want.Since = claimed, t.now().UTC().Truncate(time.Millisecond)
	if marked && claimed {
		return target.Contained, await(d, was, want, content)
	}
	fits := live.Fits(live.AtAll(d, want, object.App), want.Place(marked))
	if fits && was.Same(want) {
		return target.Unchanged, nil
	}
	same := fits && was.Render == want.Render && was.Disabled == want.Disabled
	if same {
		want.Since = was.Since
	}
	if err := inventory.Write(d, want); err != nil {
		return "", err
	}
	if err := put(d, want, content, marked); err != nil {
		if errors.Is(err, target.ErrForeign) && !was.Held {
			err = errors.Join(err, d.Remove(layout.File(layout.Inventory, object.App)))
		}
		return "", err
	}
	if !claimed {
		want.Claimed = true
		if err := inventory.Write(d, want); err != nil {
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
func await(d disk.Disk, was inventory.Record, want inventory.Entry, content []byte) error {
	if was.SHA256 != want.SHA256 {
		if err := put(d, want, content, true); err != nil {
			return err
		}
	}
	if !was.Same(want) {
		return inventory.Write(d, want)
	}
	return nil
}

// put writes a document to where it belongs and takes it away from elsewhere.
func put(d disk.Disk, e inventory.Entry, content []byte, marked bool) error {
	belongs := e.Place(marked)
	name := layout.File(belongs, e.App)
	switch here := live.At(d, e, e.App, belongs); {
	case here.What == live.Right:
	case e.Claimed:
		if here.What == live.Directory {
			if err := d.Remove(name); errors.Is(err, fs.ErrExist) { // so it says of what is not empty
				return fmt.Errorf("%w: %s is a folder with things in it: move it away", target.ErrForeign, name)
			} else if err != nil {
				return err
			}
		}
		if err := layout.Replace(d, e.App+".json", name, content); err != nil {
			return err
		}
	default:
		err := layout.Place(d, e.App+".json", name, content)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w: %s has just come to be there: move it away, or give the app another name", target.ErrForeign, name)
		}
		if err != nil {
			return err
		}
	}
	for _, elsewhere := range layout.Places {
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
func takeAway(d disk.Disk, app, place string) (stays string, err error) {
	name := layout.File(place, app)
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
