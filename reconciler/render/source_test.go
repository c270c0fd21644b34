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
	version int
	calls   atomic.Int64
	render  func(ctx context.Context) (json.RawMessage, []target.Fault, error)
}

func (*kind) Reads() string  { return "test" }
func (k *kind) Version() int { return k.version }
func (k *kind) Check([]catalog.SubfolderFile) []target.Fault {
	return []target.Fault{{Path: "0", Line: 1, Message: "Wrong.", Remedy: "Mend it."}}
}

func (k *kind) Render(ctx context.Context, _ json.RawMessage, _ []catalog.SubfolderFile) (json.RawMessage, []target.Fault, error) {
	k.calls.Add(1)
	return k.render(ctx)
}

var (
	quiet   = slog.New(slog.DiscardHandler)
	staging = catalog.Environment{Name: "staging", Target: "there"}
)

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
			k := &kind{version: 1, render: c.render}
			s := ForTargets(map[string]target.Renderer{"there": k}, quiet)
			governs, doc := governing(t, "content")
			for range 2 {
				r, problems, err := s.Artefact(t.Context(), governs, doc, staging)
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
	by := func(version int) *Source { return ForKind(&kind{version: version}, quiet) }
	elsewhere := ForTargets(map[string]target.Renderer{"elsewhere": &kind{version: 1}}, quiet)
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
	k := &kind{version: 1}
	s := ForKind(k, quiet)
	governs, doc := governing(t, strings.Repeat("a", catalog.MaxSubfolder), "b")
	_, problems, err := s.Artefact(t.Context(), governs, doc, staging)
	if err != nil || len(problems) != 1 || problems[0].Path != at || k.calls.Load() != 0 {
		t.Errorf("the problems are %+v, %v", problems, err)
	}
	if wrong := s.Blueprints(governs, nil); len(wrong) != 1 || wrong[0].Path != at {
		t.Errorf("of the blueprint this is wrong: %+v", wrong)
	}
}

func TestBlueprints(t *testing.T) {
	s := ForKind(&kind{version: 1}, quiet)
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
		if wrong := ForKind(&kind{version: 1}, quiet).Blueprints(s, nil); len(wrong) != 1 || wrong[0].Path != "blueprints/form/1/"+name {
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

// TestKeptIsBounded: many artefacts are rendered side by side, and what is kept of them
// stays within its bytes.
func TestKeptIsBounded(t *testing.T) {
	large := json.RawMessage(`"` + strings.Repeat("a", 1<<20) + `"`)
	k := &kind{version: 1, render: func(context.Context) (json.RawMessage, []target.Fault, error) { return large, nil, nil }}
	s := ForKind(k, quiet)
	governs, doc := governing(t, "content")
	var side sync.WaitGroup
	for worker := range 4 {
		side.Go(func() {
			for i := range 20 {
				env := catalog.Environment{Name: catalog.Name(fmt.Sprint("e", worker, "-", i))}
				if _, _, err := s.Artefact(t.Context(), governs, doc, env); err != nil {
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
