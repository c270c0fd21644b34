package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// maxPartsLists is how many lists of parts are read beside one app.
const maxPartsLists = 8

// maxPartsList is the most of a list of parts that is read. A longer one counts as
// none: what was not read says nothing.
const maxPartsList = 32 << 20

// ReadEvidence takes what lies in the folder evidence/ beside an app into its
// document, which nobody else may hold yet: the files, and how many parts those
// list that are lists of parts.
func (d *Document) ReadEvidence(ctx context.Context, files Files, entries []Entry) error {
	d.Evidence = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Mode != File && e.Mode != Executable })
	d.Parts = nil
	for _, e := range d.Evidence {
		name := path.Base(e.Path)
		if !strings.HasPrefix(name, "sbom.") || len(d.Parts) == maxPartsLists {
			continue
		}
		src, err := files.Read(ctx, e, maxPartsList)
		if err != nil && !errors.Is(err, ErrTooLarge) {
			return fmt.Errorf("read %s: %w", e.Path, err)
		}
		if d.Parts == nil {
			d.Parts = map[string]int{}
		}
		d.Parts[name] = countParts(src)
	}
	if len(d.Evidence) > maxEvidence {
		d.Evidence = d.Evidence[:maxEvidence]
	}
	return nil
}

// countParts counts the parts that a list of parts names: CycloneDX or SPDX, as JSON
// or in the formats that each has besides. It is 0 for anything else.
func countParts(src []byte) int {
	src = bytes.TrimPrefix(src, []byte(string(safetext.ByteOrderMark)))
	var list struct {
		BOMFormat   string            `json:"bomFormat"`
		Components  []json.RawMessage `json:"components"`
		SPDXVersion string            `json:"spdxVersion"`
		Packages    []json.RawMessage `json:"packages"`
		Graph       []struct {
			Type string `json:"type"`
		} `json:"@graph"` // of SPDX 3
	}
	if text := bytes.TrimSpace(src); len(text) == 0 || text[0] == '{' {
		if json.Unmarshal(src, &list) != nil {
			return 0
		}
		switch {
		case list.BOMFormat == "CycloneDX":
			return count(list.Components)
		case strings.HasPrefix(list.SPDXVersion, "SPDX-"):
			return count(list.Packages)
		}
		n := 0
		for _, element := range list.Graph {
			if strings.HasSuffix(strings.ToLower(element.Type), "package") {
				n++
			}
		}
		return n
	}
	switch {
	case bytes.Contains(src, []byte("cyclonedx.org/schema/bom")):
		if _, after, ok := bytes.Cut(src, []byte("</metadata>")); ok {
			src = after // the app itself is no part of it
		}
		return bytes.Count(src, []byte("<component "))
	case bytes.Contains(src, []byte("SPDXVersion:")):
		return bytes.Count(src, []byte("PackageName:"))
	}
	return 0
}

// count counts the objects of a list.
func count(list []json.RawMessage) int {
	n := 0
	for _, item := range list {
		if bytes.HasPrefix(bytes.TrimSpace(item), []byte("{")) && len(bytes.TrimSpace(item)) > 2 {
			n++
		}
	}
	return n
}
