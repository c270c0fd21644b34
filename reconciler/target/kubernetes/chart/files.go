package chart

import (
	"io/fs"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// Files are those below a folder of files that come with the program, as a chart is given.
func Files(from fs.FS, dir string) ([]catalog.SubfolderFile, error) {
	var files []catalog.SubfolderFile
	err := fs.WalkDir(from, dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(from, p)
		files = append(files, catalog.SubfolderFile{Path: strings.TrimPrefix(p, dir+"/"), Content: content})
		return err
	})
	return files, err
}
