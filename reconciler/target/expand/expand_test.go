package expand

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

const document = `{"app":"board","title":"Bo\"ard","note":"one\ntwo","cpu":0.25,"memory":268435456,"on":true,"gone":null,
"egress":{"b.example.com":"b","a.example.com":"a"},"groups":["x","y"],"labels":{"levee.dev/team":"ops"}}`

func files(t *testing.T, list map[string]string) ([]File, []string) {
	t.Helper()
	var in []catalog.SubfolderFile
	for p, text := range list {
		in = append(in, catalog.SubfolderFile{Path: p, Content: []byte(text)})
	}
	out, faults, err := Files(t.Context(), json.RawMessage(document), in)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range faults {
		if f.Remedy == "" || f.Message == "" || !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Remedy, ".") {
			t.Errorf("no sentences: %+v", f)
		}
		words = append(words, strings.Join([]string{f.Path, string(rune('0' + f.Line)), f.Message}, " "))
	}
	return out, words
}

func TestFilled(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                        "plain",
		"{{.app}}":                     "board",
		"{{.cpu}} {{.memory}} {{.on}}": "0.25 268435456 true",
		"{{json .title}}":              `"Bo\"ard"`,
		"{{json .note}}":               `"one\ntwo"`,
		"{{json .groups}}":             `["x","y"]`,
		"{{range $h, $v := .egress}}{{$h}}={{$v}};{{end}}": "a.example.com=a;b.example.com=b;",
		"{{range .groups}}{{upper .}}{{else}}no{{end}}":    "XY",
		`{{with index . "runbook"}}{{.}}{{else}}-{{end}}`:  "-",
		`{{index .labels "levee.dev/team"}}`:               "ops",
		"{{if gt .memory 1000}}big{{end}}":                 "big",
		"{{if and .on (eq (len .groups) 2)}}two{{end}}":    "two",
		"{{$x := .app}}{{$x}}":                             "board",
		"{{range 3}}{{.}}{{end}}":                          "012",
		"{{/* nothing */}}":                                "",
	} {
		out, faults := files(t, map[string]string{"f.tmpl": text})
		if len(faults) > 0 || len(out) != 1 || out[0].Path != "f" || out[0].Text != want {
			t.Errorf("%s becomes %+v, %q", text, out, faults)
		}
	}
	if out, faults := files(t, map[string]string{"sub/run.sh": "echo {{"}); len(faults) > 0 || out[0].Text != "echo {{" || out[0].Path != "sub/run.sh" {
		t.Errorf("what is no template becomes %+v, %q", out, faults)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"one\n{{.slo}}":                          "2 `.slo` is nothing that this app has.",
		"{{.app.name}}":                          "1 `.app.name`: can't evaluate",
		"one\ntwo\n{{if}}":                       "3 The template cannot be read: missing value for if.",
		"{{.app":                                 "1 The template cannot be read: unclosed action.",
		"\n{{.app\n\n":                           "2 The template cannot be read: unclosed action.",
		"{{nosuch}}":                             "1 The template cannot be read: function",
		"{{printf \"%100d\" 1}}":                 "1 `printf` is no function that a blueprint may call.",
		"{{if (print .app)}}{{end}}":             "1 `print` is no function",
		"{{(html .app)}}":                        "1 `html` is no function",
		"{{with .app}}{{call .}}{{end}}":         "1 `call` is no function",
		"{{if false}}{{else}}{{js .app}}{{end}}": "1 `js` is no function",
		"{{levee_step 1 1}}":                     "1 `levee_step` is no function",
		"{{template \"x\"}}":                     "1 A template calls another one here.",
		"{{define \"x\"}}a{{end}}{{block \"y\" .}}{{end}}": "1 A template calls another one here.",
		"{{.note}}":                    "line break",
		"Title={{.title}}\n{{.note}}":  "2 `.note`: the text has a line break",
		"{{.groups}}":                  "a list or a group cannot be written",
		"{{.gone}}":                    "there is nothing to write",
		"\n{{range 100000000}}{{end}}": "2 This repeats too much.",
		"{{range 1000}}{{range 1000}}{{end}}{{end}}":          "1 This repeats too much.",
		"{{range .memory}}{{end}}":                            "1 This repeats too much.",
		"{{range 20000}}0123456789abcdef{{end}}":              "becomes larger than 256 KiB",
		"{{$x := .title}}{{range 30}}{{$x = json $x}}{{end}}": "KiB as JSON",
		"{{range 30000}}{{lower $.note}}{{end}}":              "",
		"{{index .groups 7}}":                                 "index out of range",
		strings.Repeat("a", MaxTemplate+1):                    "0 The template is larger than 64 KiB.",
		"\xff":                                                "0 The file is no text.",
	} {
		out, faults := files(t, map[string]string{"f.tmpl": text})
		if len(faults) != 1 || out != nil || !strings.HasPrefix(faults[0], "f.tmpl ") || !strings.Contains(faults[0], want) {
			t.Errorf("%.60q: the faults are %q, want %q", text, faults, want)
		}
	}
	if _, faults := files(t, map[string]string{"f.tmpl": "a", "f": "b"}); len(faults) != 1 {
		t.Errorf("two files of one name: %q", faults)
	}
	if _, faults := files(t, map[string]string{"a.tmpl": "x", "a/b": "y"}); len(faults) != 1 || !strings.HasPrefix(faults[0], "a.tmpl ") {
		t.Errorf("a file in the place of a folder: %q", faults)
	}
	for _, name := range []string{"a.TMPL", "a.tmpl ", "b/a.Tmpl"} {
		if _, faults := files(t, map[string]string{name: "x"}); len(faults) != 1 {
			t.Errorf("%q: %q", name, faults)
		}
	}
	many := map[string]string{}
	for i := range MaxFiles + 1 {
		many[strings.Repeat("f", i+1)] = "x"
	}
	if _, faults := files(t, many); len(faults) != 1 {
		t.Errorf("too many files: %q", faults)
	}
	if _, faults := files(t, map[string]string{"big": strings.Repeat("a", MaxFile+1), "bad.tmpl": "{{"}); len(faults) != 2 {
		t.Errorf("of two wrong files %q are told", faults)
	}
}

func TestTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Files(ctx, json.RawMessage(document), []catalog.SubfolderFile{{Path: "f"}}); err == nil {
		t.Error("files are filled in after the time is over")
	}
	if _, _, err := Files(t.Context(), json.RawMessage("{"), nil); err == nil {
		t.Error("what is no document is taken")
	}
}

func FuzzFiles(f *testing.F) {
	for _, seed := range []string{"{{.app}}", "{{range $i, $x := .groups}}{{break}}{{end}}", "{{with $x := .app}}{{json $x}}{{end}}", "{{if}}", "{{- .cpu -}}", "{{define \"x\"}}{{end}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in := []catalog.SubfolderFile{{Path: "f.tmpl", Content: []byte(text)}}
		once, faults, err := Files(t.Context(), json.RawMessage(document), in)
		if err != nil || len(once)+len(faults) != 1 {
			t.Fatalf("%d files, %d faults, %v", len(once), len(faults), err)
		}
		if len(once) == 1 && len(once[0].Text) > MaxFile {
			t.Fatalf("%d bytes come out", len(once[0].Text))
		}
		again, _, _ := Files(t.Context(), json.RawMessage(document), in)
		if len(once) != len(again) || len(once) == 1 && once[0] != again[0] {
			t.Fatalf("%+v, and then %+v", once, again)
		}
	})
}
