package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/syntax"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Limits of one call.
const (
	maxFiles = 10_000
	maxDepth = 12        // folders in one another
	maxBytes = 256 << 20 // of all files
)

// endings are those of the files that are looked at in a folder.
var endings = []string{".yaml", ".yml", ".json", ".policy", ".rego"}

// Given is a file, and whether somebody named it or it lay in a folder that they named.
type Given struct {
	convert.File
	Named bool
}

// Read reads files, and those in folders that may be of a dialect. Links in folders are not
// followed, and what begins with a dot is left alone. Of a file that is too large a little more
// is read than is taken in, so that its report says so.
func Read(args []string) ([]Given, error) {
	var r reading
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("read what is to be converted: %w", err)
		}
		if !info.IsDir() {
			file, err := os.Open(arg)
			if err != nil {
				return nil, fmt.Errorf("read what is to be converted: %w", err)
			}
			if err := r.take(file, arg, true); err != nil {
				return nil, err
			}
			continue
		}
		root, err := os.OpenRoot(arg)
		if err != nil {
			return nil, fmt.Errorf("read what is to be converted: %w", err)
		}
		err = r.walk(root, arg)
		_ = root.Close() // it was only read
		if err != nil {
			return nil, err
		}
	}
	return r.all, nil
}

// reading is what was read so far.
type reading struct {
	all   []Given
	bytes int
}

// Others takes those files out of a report that lay in a folder and are of no dialect, as most
// files are, and returns their paths.
func Others(given []Given, report *convert.Report) []string {
	others := []string{}
	var kept []*convert.FileReport
	for i, f := range report.Files {
		if !given[i].Named && f.NoDialect() {
			others = append(others, f.Path)
		} else {
			kept = append(kept, f)
		}
	}
	report.Files = kept
	return others
}

// walk reads the files of a folder, in the order of their names.
func (r *reading) walk(root *os.Root, dir string) error {
	return fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		name := path.Base(p)
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", filepath.Join(dir, p), err)
		case d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return fs.SkipDir
		case d.IsDir() && strings.Count(p, "/")+1 > maxDepth:
			return exit.Usagef("%s lies more than %d folders deep; name the folders below it one by one", filepath.Join(dir, p), maxDepth)
		case !d.Type().IsRegular() || strings.HasPrefix(name, ".") || !slices.Contains(endings, strings.ToLower(path.Ext(name))):
			return nil
		}
		file, err := root.Open(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went while the folder was read
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", filepath.Join(dir, p), err)
		}
		return r.take(file, filepath.Join(dir, p), false)
	})
}

// take reads one file, and closes it.
func (r *reading) take(file *os.File, name string, named bool) error {
	defer file.Close()
	if len(r.all) == maxFiles {
		return exit.Usagef("there are more than %d files; convert the folders one by one", maxFiles)
	}
	most := int64(syntax.MaxManifest)
	if ext := strings.ToLower(path.Ext(name)); ext == ".rego" || ext == ".policy" {
		most = catalog.MaxPolicy
	}
	src, err := io.ReadAll(io.LimitReader(file, most+1024))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if r.bytes += len(src); r.bytes > maxBytes {
		return exit.Usagef("the files are longer than %d MiB together; convert the folders one by one", maxBytes>>20)
	}
	r.all = append(r.all, Given{convert.File{Path: filepath.ToSlash(name), Source: src}, named})
	return nil
}
