package convert

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
)

// File is a file to take in, by the path that people know it by.
type File struct {
	Path   string
	Source []byte
}

// Report says what became of files.
type Report struct {
	Files     []*FileReport `json:"files"`
	Documents []*Document   `json:"documents"`
}

// Fine reports whether all was taken in, and nothing remains to be filled in.
func (r Report) Fine() bool {
	for _, f := range r.Files {
		if len(f.Left)+len(f.Fill)+len(f.Problems) > 0 {
			return false
		}
	}
	return true
}

// FileReport says what became of one file.
type FileReport struct {
	Path     string            `json:"path"`
	Dialects []dialect.Dialect `json:"dialects"` // of its documents, each once
	Becomes  []string          `json:"becomes"`  // the paths of the documents that it gave something to
	Taken    []Taken           `json:"taken"`
	Implied  []Note            `json:"implied"` // what the catalog asks of every app anyway
	Left     []Note            `json:"left"`    // what has no home, or cannot be taken as it is
	Fill     []Fill            `json:"fill"`
	Problems []catalog.Problem `json:"problems"` // why the file cannot be read, or what is still wrong with what it became
}

// NoDialect reports whether a file can be read, and is of no dialect.
func (f *FileReport) NoDialect() bool {
	for _, p := range f.Problems {
		if p.Rule != ruleDialect {
			return false
		}
	}
	return len(f.Dialects) == 0
}

// Taken is a value that has a home.
type Taken struct {
	Field    string `json:"field"` // in the file, such as lifecycle.ttl_days
	Line     int    `json:"line"`
	Document string `json:"document"` // such as apps/finance/expenses/app.yaml
	To       string `json:"to"`       // there, such as spec.lifecycle.ttl
	Remark   string `json:"remark"`   // how it was changed; empty where it was not
}

// Note says what to do about a value, or about a group of values of which none was taken.
type Note struct {
	Field    string `json:"field"`
	Line     int    `json:"line"`
	Text     string `json:"text"`
	Comments string `json:"comments"` // that stand beside it in the file
}

// Fill is something that is to be filled in before the catalog takes a document.
type Fill struct {
	Document string `json:"document"`
	Field    string `json:"field"` // there
	Text     string `json:"text"`
	From     string `json:"from"` // the field of the file that asks for it; empty where the document does
	Line     int    `json:"line"` // of that
}

// Document is a file of the catalog.
type Document struct {
	Path string       `json:"path"` // where it belongs
	Kind catalog.Kind `json:"kind"`
	Text string       `json:"text"`
}
