package directory

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/expand"
)

// Renderer fills in the files that a blueprint has in its folder directory/, and lays them
// into the document under "files", by path: so all that belongs together comes, waits and
// goes with one file. It needs no folder to write to.
type Renderer struct{}

var _ target.Renderer = Renderer{}

// Reads implements target.Renderer.
func (Renderer) Reads() string { return "directory" }

// Version implements target.Renderer.
func (Renderer) Version() int { return 1 }

// Check implements target.Renderer.
func (Renderer) Check(files []catalog.SubfolderFile) []target.Fault { return expand.Check(files) }

// Render implements target.Renderer.
func (Renderer) Render(ctx context.Context, document json.RawMessage, files []catalog.SubfolderFile) (json.RawMessage, []target.Fault, error) {
	filled, faults, err := expand.Files(ctx, document, files)
	if err != nil || len(faults) > 0 {
		return nil, faults, err
	}
	var whole map[string]any
	if err := json.Unmarshal(document, &whole); err != nil {
		return nil, nil, fmt.Errorf("read the runtime document: %w", err)
	}
	all := map[string]any{}
	for _, f := range filled {
		entry := map[string]any{"content": f.Text}
		if f.Executable {
			entry["executable"] = true
		}
		all[f.Path] = entry
	}
	whole["files"] = all
	raw, err := catalog.Canonical(whole)
	return raw, nil, err
}
