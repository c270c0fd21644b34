package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// Bounds of what is proposed.
const (
	maxBody  = 1 << 20 // bytes
	maxFiles = 100
	maxPath  = 1000 // characters
)

// Proposal is what POST /v1/decide takes as JSON: files of the catalog by path, as they would be; null for
// one that is taken away.
type Proposal struct {
	Files map[string]*string `json:"files"`
}

// readProposal reads what is proposed: files as JSON, or one manifest as YAML, whose place is worked out
// from what it says or given as ?path=.
func (a *API) readProposal(w http.ResponseWriter, r *http.Request) (laid map[string][]byte, manifest []byte, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	encoding := r.Header.Get("Content-Encoding")
	switch {
	case err != nil || encoding != "" && encoding != "identity":
		kind = ""
	case kind == "text/yaml" || kind == "application/x-yaml" || kind == "text/x-yaml":
		kind = "application/yaml"
	}
	if kind != "application/json" && kind != "application/yaml" {
		return nil, nil, problem(http.StatusUnsupportedMediaType, "Send files as application/json, or one manifest as application/yaml, and not compressed.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, nil, problem(http.StatusRequestEntityTooLarge, "The body is larger than %d bytes. Send fewer files at once.", maxBody)
	case err != nil:
		return nil, nil, problem(http.StatusRequestTimeout, "The body did not come whole, or not in time. Send it again.")
	case kind == "application/yaml":
		return nil, body, nil
	}
	var p Proposal
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return nil, nil, problem(http.StatusUnprocessableEntity, `The body is not of the form {"files": {"apps/…/app.yaml": "…"}}: %v.`, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, problem(http.StatusUnprocessableEntity, "After the JSON object something follows. Send one object.")
	}
	if len(p.Files) == 0 || len(p.Files) > maxFiles {
		return nil, nil, problem(http.StatusUnprocessableEntity, "There are %d files; send 1 to %d.", len(p.Files), maxFiles)
	}
	laid = map[string][]byte{}
	for name, content := range p.Files {
		if err := checkPath(name); err != nil {
			return nil, nil, err
		}
		laid[name] = nil
		if content != nil {
			laid[name] = []byte(*content)
		}
	}
	for name := range laid {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := laid[dir]; ok {
				return nil, nil, problem(http.StatusUnprocessableEntity, "%q is a file and a folder at once.", dir)
			}
		}
	}
	return laid, nil, nil
}

// checkPath says what is wrong with the path of a file.
func checkPath(name string) error {
	switch {
	case name == "" || len(name) > maxPath || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
		return problem(http.StatusUnprocessableEntity, "The path %.80q cannot be that of a file in a catalog. Write it with slashes, as in apps/finance/expenses/app.yaml.", name)
	case path.Clean("/"+name) != "/"+name:
		return problem(http.StatusUnprocessableEntity, "The path %.80q is not written from the root of the catalog, as in apps/finance/expenses/app.yaml.", name)
	case !catalog.InCatalog(name):
		return problem(http.StatusUnprocessableEntity, "The path %.80q is in no folder that belongs to a catalog.", name)
	}
	return nil
}

// place works out where one manifest is to lie: where the request says, where the app of its name lies,
// or where a new app of its team would.
func place(r *http.Request, main *catalog.Snapshot, manifest []byte) (string, error) {
	if at := r.URL.Query().Get("path"); at != "" {
		return at, checkPath(at)
	}
	doc := catalog.Parse("apps/team/name/app.yaml", catalog.BlobID(manifest), manifest)
	name := doc.Word("metadata.name")
	team := doc.Word("spec.owner.team")
	if kind := doc.Word("kind"); kind != string(catalog.KindApp) || !scalar.IsName(name) || !scalar.IsName(team) {
		return "", problem(http.StatusUnprocessableEntity, "Where the manifest is to lie cannot be told from what it says. Say so with ?path=, as in ?path=apps/finance/expenses/app.yaml.")
	}
	if there := main.AppNamed(catalog.Name(name)); there != nil {
		return there.Path, nil
	}
	return path.Join("apps", team, name, "app.yaml"), nil
}
