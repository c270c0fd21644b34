package render

import (
	"context"
	"crypto/sha256"
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
	"github.com/levee-gitops/levee/catalog/settings"
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
	// of is what renders for an environment, nil where its target makes nothing of its own, and
	// whether that is known or only what it may be.
	of  func(settings.Environment) (by target.Renderer, known bool)
	log *slog.Logger

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
		kinds[r.Reads().Folder] = r
	}
	return newSource(slices.Collect(maps.Values(kinds)), log, func(env settings.Environment) (target.Renderer, bool) { return renderers[string(env.Target)], true })
}

// ForKind renders for one kind of target wherever an app may go to it, as for who checks a
// catalog and does not know which kinds its environments have: where the app's blueprint has
// something for the kind, and where the target of an environment is called as the kind is.
func ForKind(kind string, r target.Renderer, log *slog.Logger) *Source {
	return newSource([]target.Renderer{r}, log, func(env settings.Environment) (target.Renderer, bool) { return r, string(env.Target) == kind })
}

func newSource(kinds []target.Renderer, log *slog.Logger, of func(settings.Environment) (target.Renderer, bool)) *Source {
	kept, err := simplelru.NewLRU[string, artefact](keepBytes, nil) // each has a byte at least
	if err != nil {
		panic("render: a constant size is positive: " + err.Error()) // unreachable
	}
	return &Source{kinds: kinds, of: of, log: log, kept: kept}
}

// App writes the runtime document of an app for an environment, and says by its digest
// what will be applied there; see Artefact for that itself.
func (s *Source) App(governing *catalog.Snapshot, doc *catalog.Document, env settings.Environment) (Rendering, error) {
	return app(governing, doc, string(env.Name), s.making(governing, doc, env))
}

// Artefact gives a rendering the document that the environment's target takes: where its
// kind makes something of its own of what the app's blueprint holds for it, that. What is
// wrong with the blueprint, or with it for this app, is a problem of the content, and there
// is no document to apply then.
func (s *Source) Artefact(ctx context.Context, r Rendering) (Rendering, []catalog.Problem, error) {
	m := r.more
	if m == nil {
		return r, nil, nil
	}
	if m.files.TooLarge() {
		return r, problems(m.folder, forThisApp, []target.Fault{tooLarge}), nil
	}
	made := r.made()
	a, ok := s.recall(made)
	if !ok {
		var err error
		if a, err = s.make(ctx, r); err != nil {
			return r, nil, fmt.Errorf("render %s for %s: %w", m.doc.Path, m.environment, err)
		}
		s.remember(made, a)
	}
	if len(a.faults) > 0 {
		return r, problems(m.folder, forThisApp, a.faults), nil
	}
	r.Document = a.document
	return r, nil, nil
}

// Whole is Artefact for what is not judged anew before it is admitted or applied: what would
// be a problem of a change is an error here.
func (s *Source) Whole(ctx context.Context, r Rendering) (Rendering, error) {
	r, problems, err := s.Artefact(ctx, r)
	if err == nil && len(problems) > 0 {
		p := problems[0]
		err = fmt.Errorf("%s cannot be rendered for %s: %s, line %d: %s %s", r.more.doc.Name, r.more.environment, p.Path, p.Line, p.Message, p.Remedy)
	}
	return r, err
}

// Problems lists what keeps an app from being rendered for environments, each once.
func (s *Source) Problems(ctx context.Context, governing *catalog.Snapshot, doc *catalog.Document, environments []settings.Environment) ([]catalog.Problem, error) {
	var all []catalog.Problem
	for _, env := range environments {
		more := s.making(governing, doc, env)
		if more == nil {
			continue
		}
		r, err := app(governing, doc, string(env.Name), more)
		if err != nil {
			return nil, err
		}
		_, found, err := s.Artefact(ctx, r)
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

// making is what a kind of target makes of an app for an environment: of the files of its
// blueprint that the kind reads, which lie in a folder of the catalog. The folder is the app's
// file where the blueprint has none.
type making struct {
	doc         *catalog.Document
	environment catalog.Name
	by          target.Renderer
	files       catalog.Subfolder
	folder      string
	settings    json.RawMessage // nil where the catalog does not have what it reads
}

// making is nil where the target takes the runtime document as it is.
func (s *Source) making(governing *catalog.Snapshot, doc *catalog.Document, env settings.Environment) *making {
	if s == nil || doc.App() == nil {
		return nil
	}
	by, known := s.of(env)
	blueprint := governing.Blueprint(doc.App().Spec.Blueprint)
	if by == nil || blueprint == nil {
		return nil
	}
	reads := by.Reads()
	files, ok := blueprint.Subfolders[reads.Folder]
	if !ok && (!reads.Optional || !known) {
		return nil
	}
	folder := path.Join(path.Dir(blueprint.Path), reads.Folder)
	if !ok {
		folder = doc.Path // what is wrong then is the app's, not the blueprint's
	}
	return &making{
		doc: doc, environment: env.Name, by: by, files: files, folder: folder,
		settings: settingOf(governing, reads.Setting),
	}
}

// settingOf is a field of a catalog's settings as JSON; nil where there is none.
func settingOf(governing *catalog.Snapshot, name string) json.RawMessage {
	if name == "" || governing.Settings() == nil {
		return nil
	}
	raw, err := catalog.Canonical(governing.Settings().Value()[name])
	if err != nil || string(raw) == "null" {
		return nil // settings are JSON
	}
	return raw
}

// make has the kind make it, within bounds. What breaks off, or takes too long, could not be
// told.
func (s *Source) make(ctx context.Context, r Rendering) (a artefact, err error) {
	ctx, cancel := context.WithTimeout(ctx, renderFor)
	defer cancel()
	by := r.more.by
	err = parallel.Guard(s.log, "rendering an app", r.more.doc.Name, func() (err error) {
		a.document, a.faults, err = by.Render(ctx, target.Source{Document: r.Document, Files: r.more.files.Files, Settings: r.more.settings})
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
		return artefact{}, fmt.Errorf("what the %s target makes of it is no JSON", by.Reads().Folder)
	case len(a.faults) > mostFaults:
		a.faults = a.faults[:mostFaults]
	}
	return a, nil
}

// made names what an artefact is made of: all of the runtime document, in which the digest
// stands for the blueprint, the settings and the kind. The digest alone does not do: it leaves
// out what has no part in the meaning of an app, such as its title, and a template may read that.
func (r Rendering) made() string {
	sum := sha256.Sum256(r.Document)
	return string(sum[:])
}

func (s *Source) recall(made string) (artefact, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.Get(made)
}

// remember keeps what was rendered, in place of what was asked for longest ago.
func (s *Source) remember(made string, a artefact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.kept.Peek(made); known {
		return // rendered twice at once
	}
	s.kept.Add(made, a)
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
			folder := by.Reads().Folder
			files, ok := d.Subfolders[folder]
			faults := []target.Fault{tooLarge}
			if !files.TooLarge() {
				faults = by.Check(files.Files)
			}
			for name := range d.Subfolders {
				if called := strings.TrimSpace(name); name != folder && strings.EqualFold(called, folder) {
					all = append(all, problems(path.Join(path.Dir(d.Path), name), "", []target.Fault{{
						Message: fmt.Sprintf("The folder is called nearly as `%s/`, and so nothing of it would be used.", folder),
						Remedy:  fmt.Sprintf("Rename it to `%s`.", folder),
					}})...)
				}
			}
			if ok {
				all = append(all, problems(path.Join(path.Dir(d.Path), folder), "", faults)...)
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
