package targettest

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Blueprint is the files of a blueprint's subfolder, by path.
type Blueprint map[string]string

func (b Blueprint) files() []catalog.SubfolderFile {
	var list []catalog.SubfolderFile
	for path, content := range b {
		list = append(list, catalog.SubfolderFile{Path: path, Content: []byte(content)})
	}
	slices.SortFunc(list, func(x, y catalog.SubfolderFile) int { return strings.Compare(x.Path, y.Path) })
	return list
}

// TestRenderer holds what renders for a kind of target to the contract: with good files,
// which render for any app; with wrong ones, which render for none; and with files that
// do not fit the app of Object. Among the wrong ones should be such as go on without end,
// or become too large.
func TestRenderer(t *testing.T, r target.Renderer, good, wrong, unfit map[string]Blueprint) {
	document := Object("board", "1.0.0", 1).Document
	if r.Reads().Folder == "" || r.Version() < 1 || strings.ContainsAny(r.Reads().Folder, "/.") {
		t.Errorf("it reads %+v, and is version %d", r.Reads(), r.Version())
	}
	for name, blueprint := range good {
		t.Run(name, func(t *testing.T) { rendersAlike(t, r, document, blueprint.files()) })
	}
	for name, blueprint := range wrong {
		t.Run(name, func(t *testing.T) {
			faults := tellsFaults(t, r, document, blueprint)
			if checked := r.Check(blueprint.files()); len(checked) > 0 && len(faults) == 0 {
				t.Errorf("what is wrong for all is fine for one: %+v", checked)
			}
		})
	}
	for name, blueprint := range unfit {
		t.Run(name, func(t *testing.T) {
			tellsFaults(t, r, document, blueprint)
			if faults := r.Check(blueprint.files()); len(faults) > 0 {
				t.Errorf("what does not fit one app is wrong for all: %+v", faults)
			}
		})
	}
	t.Run("a call whose time is over", func(t *testing.T) {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for _, blueprint := range good {
			if _, faults, err := r.Render(over, target.Source{Document: document, Files: blueprint.files()}); err == nil || len(faults) > 0 {
				t.Errorf("it tells %+v, %v", faults, err)
			}
		}
	})
}

// rendersAlike: the same gives the same, side by side too, and nothing that was given is
// changed.
func rendersAlike(t *testing.T, r target.Renderer, document json.RawMessage, files []catalog.SubfolderFile) {
	if faults := r.Check(files); len(faults) > 0 {
		t.Fatalf("good files are wrong: %+v", faults)
	}
	given := slices.Clone(document)
	first, faults, err := r.Render(t.Context(), target.Source{Document: document, Files: files})
	if err != nil || len(faults) > 0 || !json.Valid(first) {
		t.Fatalf("it becomes %.200s, %+v, %v", first, faults, err)
	}
	var side sync.WaitGroup
	for range 8 {
		side.Go(func() {
			again, faults, err := r.Render(t.Context(), target.Source{Document: document, Files: files})
			if err != nil || len(faults) > 0 || !bytes.Equal(again, first) {
				t.Errorf("once it is\n%s\nand then\n%s\n%+v, %v", first, again, faults, err)
			}
		})
	}
	side.Wait()
	if !bytes.Equal(given, document) {
		t.Error("the document was changed")
	}
}

// tellsFaults: each fault names a file and says in sentences what is wrong and what to do.
func tellsFaults(t *testing.T, r target.Renderer, document json.RawMessage, blueprint Blueprint) []target.Fault {
	artefact, faults, err := r.Render(t.Context(), target.Source{Document: document, Files: blueprint.files()})
	if err != nil || len(faults) == 0 || artefact != nil {
		t.Fatalf("it becomes %.200s, %+v, %v", artefact, faults, err)
	}
	for _, f := range faults {
		content, known := blueprint[f.Path]
		if !known && f.Path != "" || f.Line < 0 || f.Line > strings.Count(content, "\n")+1 {
			t.Errorf("nothing stands at %q, line %d", f.Path, f.Line)
		}
		for _, sentence := range []string{f.Message, f.Remedy} {
			if !strings.HasSuffix(sentence, ".") || strings.ContainsAny(sentence, "\n\r") {
				t.Errorf("this is no sentence: %q", sentence)
			}
		}
	}
	return faults
}
