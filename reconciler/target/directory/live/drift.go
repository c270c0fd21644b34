package live

import (
	"encoding/json"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// MaxEdited is how large an edited document may be for its differences to be
// told; beyond it only that it was edited.
const MaxEdited = 1 << 20

// Drift says how what lies in the places differs from an entry; empty where it
// does not. Document is what was written, where it is known.
func Drift(d disk.Disk, r inventory.Record, marked bool, seen [len(layout.Places)]Sight, document json.RawMessage) string {
	if r.Broken != nil {
		return "its inventory entry is damaged and will be written anew: " + Cause(r.Broken).Error()
	}
	if marked && !r.Claimed {
		return "it was about to wait for its release, and does not"
	}
	if marked {
		return freed(r.App, seen)
	}
	belongs := r.Place(false)
	var words []string
	var here Sight
	for i, place := range layout.Places {
		if place == belongs {
			here = seen[i]
		} else if seen[i].What != Absent {
			words = append(words, layout.File(place, r.App)+" is there as well")
		}
	}
	switch {
	case !r.Claimed && here.What == Absent:
		return "it was about to be put there, and was not"
	case !r.Claimed && !here.Ours():
		return layout.File(belongs, r.App) + " was not put there by levee"
	case here.What == Absent && len(words) > 0:
		return layout.File(belongs, r.App) + " is not there, " + strings.Replace(words[0], "as well", "instead", 1)
	case here.What == Edited:
		words = append(words, here.Words(belongs, r.App)+changes(d, layout.File(belongs, r.App), document))
	case here.What != Right:
		words = append(words, here.Words(belongs, r.App))
	case !r.Claimed:
		words = append(words, "it was being put there, and its entry was not finished")
	}
	return strings.Join(words, "; ")
}

// freed says that a contained app lies where it would run. What happens to the
// document that waits is of no consequence: the next apply brings its own.
func freed(app string, seen [len(layout.Places)]Sight) string {
	for i, place := range layout.Places {
		if place != layout.Quarantined && seen[i].What != Absent && seen[i].What != Directory {
			return layout.File(place, app) + " is there although the app is contained"
		}
	}
	return ""
}

// changes says what was edited, where both versions can be read.
func changes(d disk.Disk, name string, document json.RawMessage) string {
	if document == nil {
		return ""
	}
	is, _, err := d.Read(name, MaxEdited)
	if err != nil || !json.Valid(is) {
		return ""
	}
	return ": " + target.Describe(document, is)
}
