package target

import (
	"context"
	"encoding/json"

	"github.com/levee-gitops/levee/catalog"
)

// Renderer is the ability of a kind of target to make something of its own of an app's
// runtime document and of what the app's blueprint holds for the kind. It belongs to the
// kind and not to one Target: whoever judges a change needs no place where apps run. It is
// safe for concurrent use.
type Renderer interface {
	// Reads says what Render reads besides the runtime document.
	Reads() Reads

	// Version is part of the render digest of what is rendered: it rises when the same input
	// renders to something else.
	Version() int

	// Check lists what is wrong with the files whichever app they are rendered for. It is as
	// pure and as bounded as Render.
	Check(files []catalog.SubfolderFile) []Fault

	// Render returns what the target applies, as JSON. It is pure: the same source gives the
	// same, wherever and whenever that is. How much it does and returns is bounded by the
	// kind, and what goes beyond is a fault, as is all that is wrong with the files, or with
	// the files for this app. An error, such as that ctx ended, means that it could not be
	// told.
	Render(ctx context.Context, source Source) (json.RawMessage, []Fault, error)
}

// Reads is what a kind of target reads to render for an app.
type Reads struct {
	// Folder is the subfolder of the app's blueprint, such as "directory".
	Folder string
	// Optional is set where it renders without that subfolder too. Otherwise a target takes
	// the runtime document as it is where a blueprint has none.
	Optional bool
	// Setting is the field of the catalog's settings that it reads; empty where it reads none.
	Setting string
}

// Source is what a Renderer makes something of.
type Source struct {
	Document json.RawMessage         // the runtime document
	Files    []catalog.SubfolderFile // of the blueprint's subfolder; none where it has no such subfolder
	Settings json.RawMessage         // the setting it reads; nil where the catalog does not have it
}

// Fault is why the files of a blueprint cannot be rendered for an app.
type Fault struct {
	Path    string // of the file, in the subfolder; empty for the subfolder as a whole
	Line    int    // from 1; 0 where there is no such place
	Message string // one sentence
	Remedy  string // what to do, as one sentence
}
