package directory

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestRenderer(t *testing.T) {
	targettest.TestRenderer(t, Renderer{},
		map[string]targettest.Blueprint{
			"nothing":       {},
			"a file":        {"run.sh": "#!/bin/sh\n"},
			"a template":    {"app.conf.tmpl": "name = {{.app}}\n{{range $host, $vendor := .egress}}allow = {{$host}}\n{{end}}"},
			"what may lack": {"app.conf.tmpl": `{{with index . "slo"}}{{json .}}{{end}}`},
		},
		map[string]targettest.Blueprint{
			"no end":         {"a.tmpl": "\n{{range 1000000000}}{{end}}"},
			"too large":      {"a": strings.Repeat("a", 1<<20)},
			"grows":          {"a.tmpl": "{{range 100000}}0123456789{{end}}"},
			"cannot be read": {"a.tmpl": "\n\n{{if}}", "b.tmpl": "fine"},
			"calls":          {"a.tmpl": `{{printf "%1000000000d" 1}}`},
			"twice":          {"a.tmpl": "a", "a": "b"},
			"no text":        {"a": "\xff\xfe"},
		},
		map[string]targettest.Blueprint{
			"lacks a field": {"a.tmpl": "one\n{{.runbook}}"},
			"a list":        {"a.tmpl": "{{.access.groups}}"},
		})
}

// TestRendered: what is rendered is applied, seen, told and put right as the one file that
// it comes in.
func TestRendered(t *testing.T) {
	root := t.TempDir()
	dir, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	object := func(version, template string) target.Object {
		o := targettest.Object("board", version, 1)
		document, faults, err := Renderer{}.Render(t.Context(), target.Source{Document: o.Document, Files: []catalog.SubfolderFile{
			{Path: "app.conf.tmpl", Content: []byte(template)}, {Path: "start", Executable: true, Content: []byte("#!/bin/sh\nexec app\n")},
		}})
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		o.Document = document
		return o
	}
	first, second := object("1.0.0", "version = {{.version}}\nsame\n"), object("1.1.0", "version = {{.version}}\nsame\n")
	if _, err := dir.Apply(t.Context(), "production", target.Step{Verb: target.Create, App: "board", Object: first}); err != nil {
		t.Fatal(err)
	}
	inventory, err := dir.Observe(t.Context(), "production")
	if o := inventory.Apps["board"]; err != nil || o.Drift != "" {
		t.Fatalf("what was applied is seen as %+v, %v", o, err)
	}
	steps := dir.Plan([]target.Object{second}, inventory)
	if len(steps) != 1 || !strings.Contains(steps[0].Reason, "files ~app.conf") {
		t.Errorf("the plan is %+v", steps)
	}
	preview, err := dir.Preview(t.Context(), "production", second)
	if err != nil || len(preview.Items) != 1 {
		t.Fatalf("the preview is %+v, %v", preview, err)
	}
	for _, line := range []string{"-version = 1.0.0", "+version = 1.1.0", " same"} {
		if !strings.Contains(preview.Items[0].Diff, "\n"+line+"\n") {
			t.Errorf("the difference lacks %q:\n%s", line, preview.Items[0].Diff)
		}
	}
}

func TestRenderNoDocument(t *testing.T) {
	_, _, err := Renderer{}.Render(t.Context(), target.Source{Document: json.RawMessage(`[`), Files: nil})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("no document renders: %v", err)
	}
}
