package directory

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/expand"
)

// filledFile is a file that was filled in, as it stands in the document.
type filledFile struct {
	Content    string `json:"content"`
	Executable bool   `json:"executable,omitempty"`
}

// Renderer fills in the files that a blueprint has in its folder directory/, and lays them
// into the document under "files", by path: so all that belongs together comes, waits and
// goes with one file. It needs no folder to write to.
type Renderer struct{}

var _ target.Renderer = Renderer{}

// Reads implements target.Renderer.
func (Renderer) Reads() target.Reads { return target.Reads{Folder: "directory"} }

// Version implements target.Renderer.
func (Renderer) Version() int { return 1 }

// Check implements target.Renderer.
func (Renderer) Check(files []catalog.SubfolderFile) []target.Fault { return expand.Check(files) }

// Render implements target.Renderer.
func (Renderer) Render(ctx context.Context, source target.Source) (json.RawMessage, []target.Fault, error) {
	filled, faults, err := expand.Files(ctx, source.Document, source.Files)
	if err != nil || len(faults) > 0 {
		return nil, faults, err
	}
	var whole map[string]any
	if err := json.Unmarshal(source.Document, &whole); err != nil {
		return nil, nil, fmt.Errorf("read the runtime document: %w", err)
	}
	all := map[string]filledFile{}
	for _, f := range filled {
		all[f.Path] = filledFile{f.Text, f.Executable}
	}
	whole["files"] = all
	raw, err := catalog.Canonical(whole)
	return raw, nil, err
}
