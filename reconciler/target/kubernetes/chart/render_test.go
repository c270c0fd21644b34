package chart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
)

// TestMain serves as the child that a Renderer under test starts.
func TestMain(m *testing.M) {
	sandbox.Dispatch(sandbox.Jobs{Job: Serve})
	os.Exit(m.Run())
}

var shared Renderer

const metadata = "apiVersion: v2\nname: form\nversion: 1.0.0\n"

// files is a chart of files, by path; Chart.yaml is added where it is not given.
func files(given map[string]string) []catalog.SubfolderFile {
	if _, ok := given["Chart.yaml"]; !ok {
		given["Chart.yaml"] = metadata
	}
	var list []catalog.SubfolderFile
	for _, p := range slices.Sorted(maps.Keys(given)) {
		list = append(list, catalog.SubfolderFile{Path: p, Content: []byte(given[p])})
	}
	return list
}

var release = Release{Name: "board", Namespace: "staging-board", Values: json.RawMessage(`{"title":"Board","memory":268435456,"cpu":0.25,"labels":{"b":"2","a":"1"},"list":["x","y"]}`)}

// rendered is what a template becomes: the text of the field x of its object, or what is
// wrong with it.
func rendered(t *testing.T, given map[string]string) string {
	t.Helper()
	resources, faults, err := shared.Render(t.Context(), files(given), release)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range faults {
		if !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Remedy, ".") {
			t.Errorf("no sentences: %+v", f)
		}
		words = append(words, fmt.Sprintf("%s:%d %s", f.Path, f.Line, f.Message))
	}
	for _, o := range resources {
		words = append(words, fmt.Sprint(o.Content["x"]))
	}
	return strings.Join(words, " | ")
}

func TestRenders(t *testing.T) {
	for template, want := range map[string]string{
		"x: {{ .Values.title }}":                               "Board",
		"x: {{ .Values.memory }} {{ .Values.cpu }}":            "268435456 0.25",
		"x: {{ .Release.Name }} in {{ .Release.Namespace }}":   "board in staging-board",
		"x: {{ keys .Values.labels | join \",\" }}":            "a,b",
		"x: {{ values .Values.labels | join \",\" }}":          "1,2",
		"x: {{ .Values.title | quote }}\n---\n---\nx: 2\n":     "Board | 2",
		"x: |\n  ---\n  y":                                     "---\ny",
		"{{ if .Values.none }}x: 1{{ end }}":                   "",
		"# only a comment":                                     "",
		`x: {{ .Files.Get "text.txt" }}`:                       "from a file",
		`x: {{ .Values.own }}`:                                 "by the chart",
		`x: {{ include "part" . }}`:                            "part of Board",
		`x: {{ .Capabilities.APIVersions.Has "apps/v1" }}`:     "true",
		`x: {{ "2026-01-10" | toDate "2006-01-02" | toJson }}`: "2026-01-10T00:00:00Z",
	} {
		got := rendered(t, map[string]string{"templates/a.yaml": template, "text.txt": "from a file", "values.yaml": "own: by the chart\ntitle: other\n", "templates/_p.tpl": `{{ define "part" }}part of {{ .Values.title }}{{ end }}`})
		if got != want {
			t.Errorf("%s becomes %q, want %q", template, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no name":        {map[string]string{"Chart.yaml": "apiVersion: v2\n"}, "Chart.yaml:0 The chart cannot be read"},
		"no metadata":    {map[string]string{"Chart.yaml": ": ["}, "Chart.yaml:0 The chart cannot be read"},
		"unknown":        {map[string]string{"templates/a.yaml": "x: 1\ny: {{ nope }}"}, "templates/a.yaml:2 The template cannot be filled in: function \"nope\" not defined."},
		"unclosed":       {map[string]string{"templates/a.yaml": "x: {{ .Values.title"}, "templates/a.yaml:1 The template cannot be filled in: unclosed action."},
		"nil":            {map[string]string{"templates/a.yaml": "\n\nx: {{ .Values.a.b }}"}, "templates/a.yaml:3 The template cannot be filled in"},
		"required":       {map[string]string{"templates/a.yaml": "x: {{ required \"a contact is needed\" .Values.contact }}"}, "templates/a.yaml:1 The template cannot be filled in: a contact is needed."},
		"in a part":      {map[string]string{"templates/a.yaml": `x: {{ include "p" . }}`, "templates/_p.tpl": "{{ define \"p\" }}\n\n{{ fail \"no\" }}{{ end }}"}, "templates/a.yaml:1 The template cannot be filled in: no."},
		"no YAML":        {map[string]string{"templates/a.yaml": "x: {{ .Values.list }}: ["}, "templates/a.yaml:0 What the template renders to is no object in YAML"},
		"twice":          {map[string]string{"templates/a.yaml": "x: 1\nx: 2"}, "templates/a.yaml:0 What the template renders to is no object in YAML"},
		"a list":         {map[string]string{"templates/a.yaml": "- x"}, "templates/a.yaml:0 What the template renders to is no object in YAML"},
		"time":           {map[string]string{"templates/a.yaml": "x: {{ now }}"}, "now may not be used, since it tells the time."},
		"lots":           {map[string]string{"templates/a.yaml": "x: {{ randAlphaNum 8 }}"}, "randAlphaNum may not be used, since it draws by lot."},
		"outside":        {map[string]string{"templates/a.yaml": `x: {{ lookup "v1" "Secret" "a" "b" }}`}, "lookup may not be used, since it looks outside of the chart."},
		"crds":           {map[string]string{"crds/a.yaml": "x: 1"}, "crds/a.yaml:0 A chart for apps may not bring kinds of its own."},
		"archive":        {map[string]string{"charts/a.tgz": "x"}, "charts/a.tgz:0 A chart in an archive cannot be reviewed."},
		"dependency":     {map[string]string{"Chart.yaml": metadata + "dependencies: [{name: other, version: 1.0.0, repository: \"https://example.com\"}]\n"}, "Chart.yaml:0 The chart `other` that it depends on is not there"},
		"many resources": {map[string]string{"templates/a.yaml": "{{ range until 101 }}\n---\nx: 1\n{{ end }}"}, ":0 The chart renders to 101 resources, and at most 100 are applied."},
		"schema":         {map[string]string{"values.schema.json": `{"properties":{"title":{"type":"integer"}}}`}, "values.schema.json:0 The chart does not take the values of this app: `title`, got string, want integer."},
		"far schema":     {map[string]string{"values.schema.json": `{"$ref":"http://127.0.0.1:1/x.json"}`}, "values.schema.json:0 The schema of the chart's values cannot be used"},
		"file schema":    {map[string]string{"values.schema.json": `{"$ref":"file:///etc/hostname"}`}, "values.schema.json:0 The schema of the chart's values cannot be used"},
		"deep schema": {map[string]string{"charts/sub/Chart.yaml": strings.Replace(metadata, "form", "sub", 1), "values.yaml": "sub: {size: text}\n",
			"charts/sub/values.schema.json": `{"properties":{"size":{"type":"integer"}}}`}, "charts/sub/values.schema.json:0 The chart does not take the values of this app: `size`"},
		"without end": {map[string]string{"templates/a.yaml": "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}"}, ":0 Rendering the chart "},
		"memory":      {map[string]string{"templates/a.yaml": `{{ $s := "0123456789" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}`}, ":0 Rendering the chart "},
		"a long text": {map[string]string{"templates/a.yaml": `x: {{ repeat 5000000 "a" }}`}, "templates/a.yaml:0 The chart renders to more than 4 MiB."},
		"recursion":   {map[string]string{"templates/a.yaml": `{{ define "r" }}{{ template "r" . }}{{ end }}x: {{ template "r" . }}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rendered(t, c.files); !strings.Contains(got, c.want) || got == "" {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

// TestFunctionsAreKnown: whoever brings a newer library looks at what is new in it: each
// function gives the same each time, or is listed as one that does not.
func TestFunctionsAreKnown(t *testing.T) {
	for name := range sprig.TxtFuncMap() {
		if _, own := functions[name]; !own && !slices.Contains(pure, name) {
			t.Errorf("the function %s is new: does it give the same each time?", name)
		}
	}
}

// pure are the functions of the library that give the same each time.
var pure = strings.Fields(`abbrev abbrevboth add add1 add1f addf adler32sum all any append atoi b32dec b32enc b64dec b64enc base biggest
buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains dateModify date_modify decryptAES deepCopy deepEqual
default derivePassword dict dig dir div divf duration empty ext fail first float64 floor fromJson get has hasKey hasPrefix hasSuffix
hello indent initial initials int int64 isAbs join kebabcase kindIs kindOf last list lower max maxf merge mergeOverwrite min minf mod
mul mulf mustAppend mustChunk mustCompact mustDateModify must_date_modify mustDeepCopy mustFirst mustFromJson mustHas mustInitial
mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll
mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson
mustUniq mustWithout nindent nospace omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push quote regexFind
regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver
semverCompare seq set sha1sum sha256sum sha512sum slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase
ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix trimSuffix trimall trunc tuple
typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse without wrap wrapWith`)

// TestAfterADeath: a chart that ends its child keeps nobody else from rendering, and many
// render side by side.
func TestAfterADeath(t *testing.T) {
	var r Renderer
	bad := files(map[string]string{"templates/a.yaml": `{{ $s := "0123456789" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}`})
	good := files(map[string]string{"templates/a.yaml": "x: {{ .Values.title }}"})
	var side sync.WaitGroup
	for i := range 12 {
		side.Go(func() {
			chart, want := good, 0
			if i%4 == 0 {
				chart, want = bad, 1
			}
			resources, faults, err := r.Render(t.Context(), chart, release)
			if err != nil || len(faults) != want || len(resources) != 1-want {
				t.Errorf("it gives %v, %+v, %v", resources, faults, err)
			}
		})
	}
	side.Wait()
}

func TestCannotTell(t *testing.T) {
	good := files(map[string]string{"templates/a.yaml": "x: 1"})
	missing := Renderer{Program: t.TempDir() + "/none"}
	if _, faults, err := missing.Render(t.Context(), good, release); err == nil {
		t.Errorf("without a child it says %+v", faults)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	endless := files(map[string]string{"templates/a.yaml": "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}"})
	var r Renderer
	if _, faults, err := r.Render(ctx, endless, release); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("when there is no time it says %+v, %v", faults, err)
	}
	if _, faults, err := r.Render(t.Context(), good, Release{Name: "a", Namespace: "b", Values: json.RawMessage(`[]`)}); err == nil && len(faults) == 0 {
		t.Error("it renders with values that are no object")
	}
}
