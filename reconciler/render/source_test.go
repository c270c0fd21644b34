package render

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
)

const at = "blueprints/form/1/test"

// governing is a catalog with an app, and files for a kind of target called test.
func governing(t *testing.T, files ...string) (*catalog.Snapshot, *catalog.Document) {
	t.Helper()
	all := tree{
		"apps/ops/board/app.yaml":          "apiVersion: levee.dev/v1\nkind: App\nmetadata: {name: board}\nspec: {title: Board, version: 1.0.0, owner: {person: ana, team: ops, fallback: ben}, blueprint: form@1, classification: internal, runtime: {type: static}, access: {groups: [everyone]}, lifecycle: {stage: prototype, created: 2026-03-05, ttl: 30d}}\n",
		"blueprints/form/1/blueprint.yaml": "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: form}\nspec: {title: Form, owner: ops, ceiling: internal, types: [static]}\n",
	}
	for i, content := range files {
		all[fmt.Sprint(at, "/", i)] = content
	}
	s, err := catalog.Load(t.Context(), all, "", catalog.Empty())
	if err != nil {
		t.Fatal(err)
	}
	doc := s.Document("apps/ops/board/app.yaml")
	if doc.App() == nil {
		t.Fatalf("the app is not valid: %+v", doc.Problems)
	}
	return s, doc
}

// kind renders as a test says.
type kind struct {
	reads   target.Reads
	mu      sync.Mutex
	source  target.Source // that was rendered last
	version int
	calls   atomic.Int64
	render  func(ctx context.Context) (json.RawMessage, []target.Fault, error)
}

func (k *kind) Reads() target.Reads { return k.reads }
func (k *kind) Version() int        { return k.version }
func (k *kind) Check([]catalog.SubfolderFile) []target.Fault {
	return []target.Fault{{Path: "0", Line: 1, Message: "Wrong.", Remedy: "Mend it."}}
}

func (k *kind) Render(ctx context.Context, source target.Source) (json.RawMessage, []target.Fault, error) {
	k.calls.Add(1)
	k.mu.Lock()
	k.source = source
	k.mu.Unlock()
	return k.render(ctx)
}

var (
	quiet   = slog.New(slog.DiscardHandler)
	staging = settings.Environment{Name: "staging", Target: "there"}
)

func artefactOf(t *testing.T, s *Source, governs *catalog.Snapshot, doc *catalog.Document, env settings.Environment) (Rendering, []catalog.Problem, error) {
	r, err := s.App(governs, doc, env)
	if err != nil {
		t.Error(err)
	}
	return s.Artefact(t.Context(), r)
}

func TestArtefact(t *testing.T) {
	fault := target.Fault{Path: "0", Line: 3, Message: "Wrong.", Remedy: "Mend it."}
	for name, c := range map[string]struct {
		render   func(ctx context.Context) (json.RawMessage, []target.Fault, error)
		problems int
		fails    bool
		calls    int64 // of two times that it is asked for
	}{
		"it renders": {func(context.Context) (json.RawMessage, []target.Fault, error) {
			return json.RawMessage(`{"a":1}`), nil, nil
		}, 0, false, 1},
		"it does not": {func(context.Context) (json.RawMessage, []target.Fault, error) { return nil, []target.Fault{fault}, nil }, 1, false, 1},
		"it has many faults": {func(context.Context) (json.RawMessage, []target.Fault, error) {
			return nil, make([]target.Fault, 99), nil
		}, mostFaults, false, 1},
		"it becomes too much": {func(context.Context) (json.RawMessage, []target.Fault, error) {
			return make(json.RawMessage, maxArtefact+1), nil, nil
		}, 1, false, 1},
		"it gives no JSON": {func(context.Context) (json.RawMessage, []target.Fault, error) { return json.RawMessage(`{`), nil, nil }, 0, true, 2},
		"it fails":         {func(context.Context) (json.RawMessage, []target.Fault, error) { return nil, nil, errors.New("no") }, 0, true, 2},
		"it breaks off":    {func(context.Context) (json.RawMessage, []target.Fault, error) { panic("no") }, 0, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			k := &kind{reads: target.Reads{Folder: "test"}, version: 1, render: c.render}
			s := ForTargets(map[string]target.Renderer{"there": k}, quiet)
			governs, doc := governing(t, "content")
			for range 2 {
				r, problems, err := artefactOf(t, s, governs, doc, staging)
				if (err != nil) != c.fails || len(problems) != c.problems {
					t.Fatalf("it becomes %.100s, %+v, %v", r.Document, problems, err)
				}
				if err == nil && c.problems == 0 && string(r.Document) != `{"a":1}` {
					t.Errorf("the target is given %s", r.Document)
				}
				for _, p := range problems {
					if p.Rule != Rule || p.Level != catalog.Deny || !strings.HasPrefix(p.Path, at) || !strings.HasPrefix(p.Message, forThisApp) {
						t.Errorf("a problem is %+v", p)
					}
				}
			}
			if n := k.calls.Load(); n != c.calls {
				t.Errorf("it was rendered %d times, want %d", n, c.calls)
			}
		})
	}
}

// TestDigestNamesTheKind: what renders is part of the digest where it renders, and nowhere
// else.
func TestDigestNamesTheKind(t *testing.T) {
	digest := func(s *Source, files ...string) catalog.Digest {
		t.Helper()
		governs, doc := governing(t, files...)
		r, err := s.App(governs, doc, staging)
		if err != nil {
			t.Fatal(err)
		}
		return r.Digest
	}
	by := func(version int) *Source {
		return ForKind("test", &kind{reads: target.Reads{Folder: "test"}, version: version}, quiet)
	}
	elsewhere := ForTargets(map[string]target.Renderer{"elsewhere": &kind{reads: target.Reads{Folder: "test"}, version: 1}}, quiet)
	if plain := digest(nil); digest(by(1)) != plain || digest(elsewhere) != plain {
		t.Error("a kind for which the blueprint has nothing changes the digest")
	}
	if plain := digest(nil, "a"); digest(by(1), "a") == plain || digest(by(1), "a") == digest(by(2), "a") || digest(elsewhere, "a") != plain {
		t.Error("the digest does not tell what renders")
	}
	if digest(by(1), "a") == digest(by(1), "b") {
		t.Error("the digest does not tell what is rendered")
	}
}

func TestTooLarge(t *testing.T) {
	k := &kind{reads: target.Reads{Folder: "test"}, version: 1}
	s := ForKind("test", k, quiet)
	governs, doc := governing(t, strings.Repeat("a", catalog.MaxSubfolder), "b")
	_, problems, err := artefactOf(t, s, governs, doc, staging)
	if err != nil || len(problems) != 1 || problems[0].Path != at || k.calls.Load() != 0 {
		t.Errorf("the problems are %+v, %v", problems, err)
	}
	if wrong := s.Blueprints(governs, nil); len(wrong) != 1 || wrong[0].Path != at {
		t.Errorf("of the blueprint this is wrong: %+v", wrong)
	}
}

func TestBlueprints(t *testing.T) {
	s := ForKind("test", &kind{reads: target.Reads{Folder: "test"}, version: 1}, quiet)
	governs, _ := governing(t, "content")
	if wrong := s.Blueprints(governs, nil); len(wrong) != 1 || wrong[0].Path != at+"/0" || wrong[0].Message != "Wrong." {
		t.Errorf("of the blueprint this is wrong: %+v", wrong)
	}
	if wrong := s.Blueprints(governs, governs); len(wrong) != 0 {
		t.Errorf("of a blueprint that is as before this is wrong: %+v", wrong)
	}
	for _, name := range []string{"Test", "test "} {
		s, err := catalog.Load(t.Context(), tree{
			"blueprints/form/1/blueprint.yaml": "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: form}\nspec: {title: Form, owner: ops, ceiling: internal, types: [static]}\n",
			"blueprints/form/1/" + name + "/a": "x", "blueprints/form/1/tests/a": "x",
		}, "", catalog.Empty())
		if err != nil {
			t.Fatal(err)
		}
		if wrong := ForKind("test", &kind{reads: target.Reads{Folder: "test"}, version: 1}, quiet).Blueprints(s, nil); len(wrong) != 1 || wrong[0].Path != "blueprints/form/1/"+name {
			t.Errorf("of a folder %q this is wrong: %+v", name, wrong)
		}
	}
	empty, _ := governing(t)
	if wrong := s.Blueprints(empty, nil); len(wrong) != 0 {
		t.Errorf("of a blueprint with nothing for the kind this is wrong: %+v", wrong)
	}
	if wrong := (*Source)(nil).Blueprints(governs, nil); len(wrong) != 0 {
		t.Errorf("without a kind this is wrong: %+v", wrong)
	}
}

// TestTitleIsRead: what is made for one title is not taken for another, though both have the
// same meaning and so the same digest.
func TestTitleIsRead(t *testing.T) {
	k := &kind{reads: target.Reads{Folder: "test"}, version: 1}
	k.render = func(context.Context) (json.RawMessage, []target.Fault, error) {
		if strings.Contains(string(k.source.Document), "Bad") {
			return nil, []target.Fault{{Message: "No.", Remedy: "Do."}}, nil
		}
		return json.RawMessage(`{}`), nil, nil
	}
	s := ForKind("test", k, quiet)
	governs, good := governing(t, "content")
	bad := catalog.Parse(good.Path, "", []byte(strings.Replace(string(good.Source()), "title: Board", "title: Bad", 1)))
	if bad.Digest() != good.Digest() {
		t.Fatal("a title has a part in the meaning of an app")
	}
	for range 2 {
		for doc, problems := range map[*catalog.Document]int{good: 0, bad: 1} {
			if _, found, err := artefactOf(t, s, governs, doc, staging); err != nil || len(found) != problems {
				t.Errorf("of %q the problems are %+v, %v", doc.App().Spec.Title, found, err)
			}
		}
	}
	if n := k.calls.Load(); n != 2 {
		t.Errorf("it is rendered %d times", n)
	}
}

// TestKeptIsBounded: many artefacts are rendered side by side, and what is kept of them
// stays within its bytes.
func TestKeptIsBounded(t *testing.T) {
	large := json.RawMessage(`"` + strings.Repeat("a", 1<<20) + `"`)
	k := &kind{reads: target.Reads{Folder: "test"}, version: 1, render: func(context.Context) (json.RawMessage, []target.Fault, error) { return large, nil, nil }}
	s := ForKind("test", k, quiet)
	governs, doc := governing(t, "content")
	var side sync.WaitGroup
	for worker := range 4 {
		side.Go(func() {
			for i := range 20 {
				env := settings.Environment{Name: catalog.Name(fmt.Sprint("e", worker, "-", i))}
				if _, _, err := artefactOf(t, s, governs, doc, env); err != nil {
					t.Error(err)
				}
			}
		})
	}
	side.Wait()
	bytes := 0
	for _, a := range s.kept.Values() {
		bytes += a.size()
	}
	if bytes != s.size || bytes > keepBytes || s.kept.Len() < 20 {
		t.Errorf("%d artefacts of %d bytes are kept, and counted as %d", s.kept.Len(), bytes, s.size)
	}
}

// tree is a catalog in memory.
type tree map[string]string

func (f tree) List(_ context.Context, dir string) ([]catalog.Entry, error) {
	seen := map[string]catalog.Entry{}
	for p := range f {
		rest, below := strings.CutPrefix(p, dir+"/")
		if dir == "" {
			rest, below = p, true
		}
		if !below {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		e := catalog.Entry{Path: strings.TrimPrefix(dir+"/"+name, "/"), Mode: catalog.File}
		if deeper {
			e.Mode = catalog.Folder
		}
		seen[name] = e
	}
	var list []catalog.Entry
	for _, e := range seen {
		list = append(list, e)
	}
	return list, nil
}

func (f tree) Read(_ context.Context, e catalog.Entry, _ int64) ([]byte, error) {
	return []byte(f[e.Path]), nil
}

// TestOptional: a kind that needs no subfolder renders without one where it is known to be the
// kind of the target, reads the setting it names, and tells what is wrong at the app's file.
func TestOptional(t *testing.T) {
	k := &kind{version: 1, reads: target.Reads{Folder: "test", Optional: true, Setting: "limits"}, render: func(context.Context) (json.RawMessage, []target.Fault, error) {
		return nil, []target.Fault{{Message: "No.", Remedy: "Do."}}, nil
	}}
	governs, doc := governing(t)
	known := settings.Environment{Name: "staging", Target: "test"}
	for name, c := range map[string]struct {
		s        *Source
		env      settings.Environment
		problems int
	}{
		"a target of the kind":      {ForTargets(map[string]target.Renderer{"there": k}, quiet), staging, 1},
		"another target":            {ForTargets(map[string]target.Renderer{"elsewhere": k}, quiet), staging, 0},
		"a target called as it is":  {ForKind("test", k, quiet), known, 1},
		"a target called otherwise": {ForKind("test", k, quiet), staging, 0},
	} {
		_, problems, err := artefactOf(t, c.s, governs, doc, c.env)
		if err != nil || len(problems) != c.problems {
			t.Errorf("%s: the problems are %+v, %v", name, problems, err)
		}
		if len(problems) > 0 && problems[0].Path != doc.Path {
			t.Errorf("%s: the problem stands at %s", name, problems[0].Path)
		}
	}
	if len(k.source.Files) != 0 || k.source.Settings != nil {
		t.Errorf("it is given %+v", k.source)
	}
	with, doc := governing(t)
	set, err := catalog.Load(t.Context(), tree{
		"catalog.yaml": "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: UTC, environments: [{name: staging}], limits: {memory: 1Gi}}\n",
		doc.Path:       string(doc.Source()), "blueprints/form/1/blueprint.yaml": string(with.Document("blueprints/form/1/blueprint.yaml").Source()),
	}, "", catalog.Empty())
	if err != nil || set.Settings() == nil {
		t.Fatal(err, set.Document("catalog.yaml").Problems)
	}
	s := ForKind("test", k, quiet)
	before, _, _ := artefactOf(t, s, with, doc, known)
	after, _, err := artefactOf(t, s, set, set.Document(doc.Path), known)
	if err != nil || string(k.source.Settings) == "" || before.Digest == after.Digest {
		t.Errorf("with a setting it is given %s, and the digests are %s and %s, %v", k.source.Settings, before.Digest, after.Digest, err)
	}
}
