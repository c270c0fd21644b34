package render

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
)

const (
	maxArtefact = 2 << 20          // bytes of what is applied of one app
	renderFor   = 10 * time.Second // how long a kind may take for one app; they bound themselves far below
	keepBytes   = 32 << 20         // of artefacts that are remembered
	mostFaults  = 5                // that are told of one app
)

// Source renders for the kinds of targets that environments have. A nil one renders for
// targets that take the runtime document as it is. Its methods are safe for concurrent
// use.
type Source struct {
	kinds []target.Renderer
	of    func(catalog.Environment) target.Renderer // nil for an environment whose target makes nothing of its own
	log   *slog.Logger

	mu   sync.Mutex
	kept *simplelru.LRU[string, artefact]
	size int // of all that is kept, in bytes
}

// artefact is what a kind of target made of an app.
type artefact struct {
	document json.RawMessage
	faults   []target.Fault
}

func (a artefact) size() int {
	n := len(a.document)
	for _, f := range a.faults {
		n += len(f.Path) + len(f.Message) + len(f.Remedy)
	}
	return n + 100
}

// ForTargets renders for targets by their name in the settings of environments.
func ForTargets(renderers map[string]target.Renderer, log *slog.Logger) *Source {
	kinds := map[string]target.Renderer{}
	for _, r := range renderers {
		kinds[r.Reads()] = r
	}
	return newSource(slices.Collect(maps.Values(kinds)), log, func(env catalog.Environment) target.Renderer { return renderers[string(env.Target)] })
}

// ForKind renders for one kind of target wherever an app goes, as for who checks a catalog
// and does not know which kinds its environments have.
func ForKind(r target.Renderer, log *slog.Logger) *Source {
	return newSource([]target.Renderer{r}, log, func(catalog.Environment) target.Renderer { return r })
}

func newSource(kinds []target.Renderer, log *slog.Logger, of func(catalog.Environment) target.Renderer) *Source {
	kept, err := simplelru.NewLRU[string, artefact](keepBytes, nil) // each has a byte at least
	if err != nil {
		panic("render: a constant size is positive: " + err.Error()) // unreachable
	}
	return &Source{kinds: kinds, of: of, log: log, kept: kept}
}

// App writes the runtime document of an app for an environment, and says by its digest
// what will be applied there; see Artefact for that itself.
func (s *Source) App(governing *catalog.Snapshot, doc *catalog.Document, env catalog.Environment) (Rendering, error) {
	r, _, _ := s.renderer(governing, doc, env)
	return app(governing, doc, string(env.Name), r)
}

// Artefact is App with the document that the environment's target takes: where its kind
// makes something of its own of what the app's blueprint holds for it, that. What is wrong
// with the blueprint, or with it for this app, is a problem of the content, and there is no
// rendering then.
func (s *Source) Artefact(ctx context.Context, governing *catalog.Snapshot, doc *catalog.Document, env catalog.Environment) (Rendering, []catalog.Problem, error) {
	by, files, folder := s.renderer(governing, doc, env)
	r, err := app(governing, doc, string(env.Name), by)
	if err != nil || by == nil {
		return r, nil, err
	}
	if files.TooLarge() {
		return r, problems(folder, forThisApp, []target.Fault{tooLarge}), nil
	}
	a, ok := s.recall(r.Digest)
	if !ok {
		if a, err = s.render(ctx, doc, by, r, files.Files); err != nil {
			return r, nil, fmt.Errorf("render %s for %s: %w", doc.Path, env.Name, err)
		}
		s.remember(r.Digest, a)
	}
	if len(a.faults) > 0 {
		return r, problems(folder, forThisApp, a.faults), nil
	}
	r.Document = a.document
	return r, nil, nil
}

// Problems lists what keeps an app from being rendered for environments, each once.
func (s *Source) Problems(ctx context.Context, governing *catalog.Snapshot, doc *catalog.Document, environments []catalog.Environment) ([]catalog.Problem, error) {
	var all []catalog.Problem
	if doc.App() == nil {
		return nil, nil
	}
	for _, env := range environments {
		_, found, err := s.Artefact(ctx, governing, doc, env)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if !slices.ContainsFunc(all, func(q catalog.Problem) bool { return q.Path == p.Path && q.Line == p.Line && q.Message == p.Message }) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// renderer is what makes something of an app for an environment: with the files that it
// reads, and the folder of the catalog that they lie in. It is nil where nothing does.
func (s *Source) renderer(governing *catalog.Snapshot, doc *catalog.Document, env catalog.Environment) (target.Renderer, catalog.Subfolder, string) {
	if s == nil || doc.App() == nil {
		return nil, catalog.Subfolder{}, ""
	}
	by := s.of(env)
	blueprint := governing.Blueprint(doc.App().Spec.Blueprint)
	if by == nil || blueprint == nil {
		return nil, catalog.Subfolder{}, ""
	}
	files, ok := blueprint.Subfolders[by.Reads()]
	if !ok {
		return nil, catalog.Subfolder{}, ""
	}
	return by, files, path.Join(path.Dir(blueprint.Path), by.Reads())
}

// render has a kind render, within bounds. What breaks off, or takes too long, could not be
// told.
func (s *Source) render(ctx context.Context, doc *catalog.Document, by target.Renderer, r Rendering, files []catalog.SubfolderFile) (a artefact, err error) {
	ctx, cancel := context.WithTimeout(ctx, renderFor)
	defer cancel()
	err = parallel.Guard(s.log, "rendering an app", doc.Name, func() (err error) {
		a.document, a.faults, err = by.Render(ctx, r.Document, files)
		return err
	})
	switch {
	case err != nil:
		return artefact{}, err
	case len(a.faults) == 0 && len(a.document) > maxArtefact:
		a = artefact{faults: []target.Fault{{
			Message: fmt.Sprintf("What is applied of the app becomes larger than %d MiB.", maxArtefact>>20),
			Remedy:  "Write less with the files of the blueprint.",
		}}}
	case len(a.faults) == 0 && !json.Valid(a.document):
		return artefact{}, fmt.Errorf("what the %s target makes of it is no JSON", by.Reads())
	case len(a.faults) > mostFaults:
		a.faults = a.faults[:mostFaults]
	}
	return a, nil
}

func (s *Source) recall(digest catalog.Digest) (artefact, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.Get(string(digest))
}

// remember keeps what was rendered, in place of what was asked for longest ago.
func (s *Source) remember(digest catalog.Digest, a artefact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.kept.Peek(string(digest)); known {
		return // rendered twice at once
	}
	s.kept.Add(string(digest), a)
	for s.size += a.size(); s.size > keepBytes && s.kept.Len() > 1; {
		_, oldest, _ := s.kept.RemoveOldest()
		s.size -= oldest.size()
	}
}

// Blueprints lists what is wrong with blueprints whichever app takes them, of those that
// differ from before; nil for before looks at all.
func (s *Source) Blueprints(now, before *catalog.Snapshot) []catalog.Problem {
	var all []catalog.Problem
	if s == nil {
		return nil
	}
	for d := range now.Documents("blueprints/") {
		if d.Kind != catalog.KindBlueprint || before != nil && before.Document(d.Path) != nil && before.Document(d.Path).Folder == d.Folder {
			continue
		}
		for _, by := range s.kinds {
			files, ok := d.Subfolders[by.Reads()]
			faults := []target.Fault{tooLarge}
			if !files.TooLarge() {
				faults = by.Check(files.Files)
			}
			for name := range d.Subfolders {
				if called := strings.TrimSpace(name); name != by.Reads() && strings.EqualFold(called, by.Reads()) {
					all = append(all, problems(path.Join(path.Dir(d.Path), name), "", []target.Fault{{
						Message: fmt.Sprintf("The folder is called nearly as `%s/`, and so nothing of it would be used.", by.Reads()),
						Remedy:  fmt.Sprintf("Rename it to `%s`.", by.Reads()),
					}})...)
				}
			}
			if ok {
				all = append(all, problems(path.Join(path.Dir(d.Path), by.Reads()), "", faults)...)
			}
		}
	}
	return all
}

var tooLarge = target.Fault{
	Message: fmt.Sprintf("The files here are larger than %d KiB together.", catalog.MaxSubfolder>>10),
	Remedy:  "Keep only what is needed to run apps here.",
}

// forThisApp says whose trouble a fault is, where it was found for one app.
const forThisApp = "The blueprint cannot be filled in for this app. "

// NotTold is a problem in place of an error, for who judges nothing and only says what is
// wrong.
func NotTold(doc *catalog.Document, err error) catalog.Problem {
	return catalog.Problem{
		Rule: Rule, Level: catalog.Deny, Path: doc.Path, Controls: []string{},
		Message: "It could not be told whether the blueprint can be filled in for this app: " + err.Error() + ".", Remedy: "Try again.",
	}
}

// problems are faults as problems of who wants to publish.
func problems(folder, whose string, faults []target.Fault) []catalog.Problem {
	list := make([]catalog.Problem, len(faults))
	for i, f := range faults {
		list[i] = catalog.Problem{
			Rule: Rule, Level: catalog.Deny, Path: path.Join(folder, f.Path), Line: f.Line, Column: min(f.Line, 1),
			Message: whose + f.Message, Remedy: f.Remedy, Controls: []string{},
		}
	}
	return list
}

// Rule is the rule of the program that says so.
const Rule = "blueprint.rendered"

// ProgramRules lists the rules of this package.
var ProgramRules = []catalog.ProgramRule{{
	ID: Rule, Title: "An app's blueprint can be filled in", About: "the blueprint's files for a kind of target, such as directory/",
	Description: "Some blueprints hold files that are filled in with what the app's file says. Where that fails for an app, nothing could be run of it; so it is found before it is published.",
}}
