package catalogs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/overlay"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/syntax"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/check"
)

// manifest is the file of an app, in its folder.
const manifest = "app.yaml"

// Elsewhere is an app in a folder outside of any catalog, such as its creator's own repository.
type Elsewhere struct {
	Dir   string // on disk
	Place string // the folder in the catalog where it would be published
}

// OpenElsewhere reads a catalog at a revision as it would be with the app of a folder on disk published in
// it, where that is asked for by its folder or its app.yaml. The catalog as it is counts as admitted. Of
// the folder that is taken which Git has or would take; outside of a repository, app.yaml and what lies
// in evidence/.
func OpenElsewhere(ctx context.Context, where, from, rev string) (asked check.Asked, app Elsewhere, closeFiles func(), err error) {
	if app.Dir, err = appFolder(where); err != nil {
		return asked, app, nil, err
	}
	inside, err := folder.Open(app.Dir)
	if err != nil {
		return asked, app, nil, err
	}
	src, err := inside.Read(ctx, catalog.Entry{Path: manifest}, syntax.MaxManifest)
	if err != nil {
		return asked, app, nil, fmt.Errorf("read %s: %w", filepath.Join(app.Dir, manifest), err)
	}
	paths, err := published(ctx, app.Dir)
	if err != nil {
		return asked, app, nil, err
	}
	if asked, closeFiles, err = Open(ctx, from, Revisions{Proposed: rev}); err != nil {
		return asked, app, nil, err
	}
	if asked.Proposed.Settings() == nil {
		closeFiles()
		return asked, app, nil, fmt.Errorf("read the catalog: %s has no valid catalog.yaml; a repository in a folder is read at a revision, such as --rev main", from)
	}
	asked.Base = asked.Proposed
	app.Place = placeOf(asked.Base, app.Dir, src)
	asked.Files = overlay.Mount(asked.Files, app.Place, overlay.Only(inside, paths))
	asked.Only.Files = []string{path.Join(app.Place, manifest)}
	if asked.Proposed, err = catalog.Load(ctx, asked.Files, "", asked.Base); err != nil {
		closeFiles()
		return asked, app, nil, err
	}
	return asked, app, closeFiles, nil
}

// appFolder is the folder of the app that is asked for by its folder or its file.
func appFolder(where string) (string, error) {
	info, err := os.Stat(where)
	if err != nil {
		return "", fmt.Errorf("look for the app: %w", err)
	}
	if !info.IsDir() {
		if filepath.Base(where) != manifest {
			return "", exit.Usagef("%s is no app.yaml; `levee convert` makes one of a file that another program reads", where)
		}
		return filepath.Dir(where), nil
	}
	if _, err := os.Stat(filepath.Join(where, manifest)); errors.Is(err, os.ErrNotExist) {
		return "", exit.Usagef("there is no app.yaml in %s; `levee convert` makes one of a file that another program reads, `levee new` a first one", where)
	}
	return where, nil
}

// placeOf is the folder where an app would be published: that of the app of this name that the catalog has,
// or else the one of its name in that of its team. What the file does not say is taken from the folder it lies in.
func placeOf(in *catalog.Snapshot, dir string, src []byte) string {
	name, team := "app", "team"
	if abs, err := filepath.Abs(dir); err == nil && scalar.IsName(filepath.Base(abs)) {
		name = filepath.Base(abs)
	}
	doc := catalog.Parse(path.Join("apps", team, name, manifest), "", src)
	if draft := doc.Draft(); draft != nil {
		if said := string(draft.Metadata.Name); scalar.IsName(said) {
			name = said
		}
		if said := string(draft.Spec.Owner.Team); scalar.IsName(said) {
			team = said
		}
	}
	if there := in.AppNamed(catalog.Name(name)); there != nil {
		return path.Dir(there.Path)
	}
	return path.Join("apps", team, name)
}

// published lists the files of a folder that would be published with the app in it, by path from it. Other
// files of the name app.yaml are left out: in a catalog they would be apps, and here they are other programs'.
func published(ctx context.Context, dir string) ([]string, error) {
	inRepository, err := hasAbove(dir, ".git")
	if err != nil {
		return nil, err
	}
	if inRepository {
		var said strings.Builder
		list := exec.CommandContext(ctx, "git", "-c", "core.fsmonitor=false", "-C", dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
		list.Stderr = &said
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("ask git which files of %s it has: %w: %s", dir, err, strings.TrimSpace(said.String()))
		}
		paths := slices.DeleteFunc(strings.Split(string(out), "\x00"), func(p string) bool { return p == "" || path.Base(p) == manifest })
		return append(paths, manifest), nil // also where git is told to ignore it
	}
	paths := []string{manifest}
	entries, err := os.ReadDir(filepath.Join(dir, "evidence"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("look for evidence: %w", err)
	}
	for _, e := range entries {
		paths = append(paths, path.Join("evidence", e.Name()))
	}
	return paths, nil
}

// hasAbove reports whether a folder, or one that it lies in, has an entry of a name.
func hasAbove(dir, name string) (bool, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	for ; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, name)); err == nil {
			return true, nil
		}
		if at == filepath.Dir(at) {
			return false, nil
		}
	}
}
