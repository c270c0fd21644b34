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
	// Reads is the subfolder of a blueprint that Render reads, such as "directory". A target
	// takes the runtime document as it is where a blueprint has none.
	Reads() string

	// Version is part of the render digest of what is rendered: it rises when the same input
	// renders to something else.
	Version() int

	// Check lists what is wrong with the files whichever app they are rendered for. It is as
	// pure and as bounded as Render.
	Check(files []catalog.SubfolderFile) []Fault

	// Render returns what the target applies, as JSON. It is pure: the same document and
	// files give the same, wherever and whenever that is. How much it does and returns is
	// bounded by the kind, and what goes beyond is a fault, as is all that is wrong with the
	// files, or with the files for this app. An error, such as that ctx ended, means that
	// it could not be told.
	Render(ctx context.Context, document json.RawMessage, files []catalog.SubfolderFile) (json.RawMessage, []Fault, error)
}

// Fault is why the files of a blueprint cannot be rendered for an app.
type Fault struct {
	Path    string // of the file, in the subfolder; empty for the subfolder as a whole
	Line    int    // from 1; 0 where there is no such place
	Message string // one sentence
	Remedy  string // what to do, as one sentence
}
