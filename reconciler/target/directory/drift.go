package directory

import (
	"encoding/json"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

// maxEdited is how large an edited document may be for its differences to be
// told; beyond it only that it was edited.
const maxEdited = 1 << 20

// drift says how what lies in the places differs from an entry; empty where it
// does not. Document is what was written, where it is known.
func drift(d disk, r record, marked bool, seen [len(places)]sight, document json.RawMessage) string {
	if r.broken != nil {
		return "its inventory entry is damaged and will be written anew: " + cause(r.broken).Error()
	}
	if marked && !r.Claimed {
		return "it was about to wait for its release, and does not"
	}
	if marked {
		return freed(r.App, seen)
	}
	belongs := r.place(false)
	var words []string
	var here sight
	for i, place := range places {
		if place == belongs {
			here = seen[i]
		} else if seen[i].what != absent {
			words = append(words, file(place, r.App)+" is there as well")
		}
	}
	switch {
	case !r.Claimed && here.what == absent:
		return "it was about to be put there, and was not"
	case !r.Claimed && !here.ours():
		return file(belongs, r.App) + " was not put there by levee"
	case here.what == absent && len(words) > 0:
		return file(belongs, r.App) + " is not there, " + strings.Replace(words[0], "as well", "instead", 1)
	case here.what == edited:
		words = append(words, here.words(belongs, r.App)+changes(d, file(belongs, r.App), document))
	case here.what != right:
		words = append(words, here.words(belongs, r.App))
	case !r.Claimed:
		words = append(words, "it was being put there, and its entry was not finished")
	}
	return strings.Join(words, "; ")
}

// freed says that a contained app lies where it would run. What happens to the
// document that waits is of no consequence: the next apply brings its own.
func freed(app string, seen [len(places)]sight) string {
	for i, place := range places {
		if place != quarantined && seen[i].what != absent && seen[i].what != directory {
			return file(place, app) + " is there although the app is contained"
		}
	}
	return ""
}

// changes says what was edited, where both versions can be read.
func changes(d disk, name string, document json.RawMessage) string {
	if document == nil {
		return ""
	}
	is, _, err := d.Read(name, maxEdited)
	if err != nil || !json.Valid(is) {
		return ""
	}
	return ": " + target.Describe(document, is)
}
