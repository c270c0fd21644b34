package catalogs

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// OpenFolder reads a catalog as it lies on disk.
func OpenFolder(ctx context.Context, dir string) (*catalog.Snapshot, error) {
	files, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return catalog.Load(ctx, files, "", catalog.Empty())
}

// ValidApp is the app of a name in the catalog of a folder. It is an error where there is none,
// and where its file is not valid.
func ValidApp(s *catalog.Snapshot, dir, name string) (*catalog.Document, error) {
	doc := s.AppNamed(catalog.Name(name))
	switch {
	case doc == nil:
		return nil, exit.Usagef("there is no app %q in %s%s", name, dir, meant(s, name))
	case doc.App() == nil:
		return nil, exit.No(fmt.Sprintf("%s is not valid; `levee check` says what to mend", doc.Path))
	}
	return doc, nil
}
