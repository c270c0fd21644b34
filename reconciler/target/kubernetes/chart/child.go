package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Job is the job of a child in which charts are rendered; see Serve.
const Job = "charts"

// The messages between parent and child: for each request one answer.
type (
	request struct {
		Files   []catalog.SubfolderFile `json:"files"`
		Release Release                 `json:"release"`
	}
	answer struct {
		Resources []resource.Resource `json:"resources"`
		Faults    []target.Fault      `json:"faults"`
	}
)

// Serve is the main function of the child that a Renderer starts. The program's main calls
// it.
func Serve(in io.Reader, out io.Writer) error {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // Helm's library says much
	time.Local = time.UTC                          // dates are read in it
	return sandbox.Serve(maxMemory, in, out, func(requests *json.Decoder, answers *json.Encoder) error {
		for {
			var q request
			if err := requests.Decode(&q); err != nil {
				return err
			}
			resources, faults, err := render(q)
			if err != nil {
				return err
			}
			if err := answers.Encode(answer{resources, faults}); err != nil {
				return err
			}
		}
	})
}

// render is Renderer.Render in the child. An error is one of the request.
func render(q request) ([]resource.Resource, []target.Fault, error) {
	given, err := decodeValues(q.Release.Values)
	if err != nil {
		return nil, nil, fmt.Errorf("read the values: %w", err)
	}
	c, fault := load(q.Files)
	if fault != nil {
		return nil, []target.Fault{*fault}, nil
	}
	options := common.ReleaseOptions{Name: q.Release.Name, Namespace: q.Release.Namespace, Revision: 1, IsInstall: true}
	values, err := util.ToRenderValuesWithSchemaValidation(c, given, options, common.DefaultCapabilities.Copy(), true)
	if err != nil {
		return nil, []target.Fault{faultOf(c.Name(), err)}, nil
	}
	if faults := checkValues(c, values); len(faults) > 0 {
		return nil, faults, nil
	}
	rendered, err := engine.Engine{CustomTemplateFuncs: functions}.RenderWithContext(context.Background(), c, values) // the parent ends what takes too long
	if err != nil {
		return nil, []target.Fault{faultOf(c.Name(), err)}, nil
	}
	return resourcesOf(c.Name(), rendered)
}

// load reads a chart with the charts that lie in it.
func load(files []catalog.SubfolderFile) (*helm.Chart, *target.Fault) {
	var all []*archive.BufferedFile
	for _, f := range files {
		switch first, _, _ := strings.Cut(f.Path, "/"); {
		case path.Ext(f.Path) == ".tgz" && first == "charts":
			return nil, &target.Fault{Path: f.Path, Message: "A chart in an archive cannot be reviewed.", Remedy: "Unpack it into a folder in charts/."}
		case first == "crds":
			return nil, &target.Fault{Path: f.Path, Message: "A chart for apps may not bring kinds of its own.", Remedy: "Have the cluster's operators install them, and remove crds/."}
		}
		all = append(all, &archive.BufferedFile{Name: f.Path, Data: f.Content})
	}
	c, err := loader.LoadFiles(all)
	if err != nil {
		f := target.Fault{Message: fmt.Sprintf("The chart cannot be read: %s.", oneLine(err.Error())), Remedy: "Mend the chart; `helm lint` says more."}
		for words, name := range map[string]string{"Chart.yaml": "Chart.yaml", "chart.metadata": "Chart.yaml", "values.yaml": "values.yaml"} {
			if strings.Contains(err.Error(), words) && slices.ContainsFunc(files, func(f catalog.SubfolderFile) bool { return f.Path == name }) {
				f.Path = name
			}
		}
		return nil, &f
	}
	for _, d := range c.Metadata.Dependencies {
		if !slices.ContainsFunc(c.Dependencies(), func(have *helm.Chart) bool { return have.Name() == d.Name }) {
			return nil, &target.Fault{Path: "Chart.yaml", Message: fmt.Sprintf("The chart `%s` that it depends on is not there; nothing is fetched.", oneLine(d.Name)), Remedy: "Put its files into a folder in charts/."}
		}
	}
	return c, nil
}

// decodeValues reads values with whole numbers as such: Helm writes others with an exponent.
func decodeValues(raw json.RawMessage) (map[string]any, error) {
	values := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	for name, v := range values {
		values[name] = numbers(v)
	}
	return values, nil
}

func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = numbers(value)
		}
	case []any:
		for i, value := range v {
			v[i] = numbers(value)
		}
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		f, _ := v.Float64() // beyond all bounds it is infinite
		if f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			return int64(f)
		}
		return f
	}
	return v
}

// documents are where one YAML document ends and the next begins.
var documents = regexp.MustCompile(`(?m)^---[ \t]*(?:#.*)?\r?$`)

// resourcesOf reads what templates became: each YAML document is a resource, those without
// content and notes for people are none. They are sorted by template.
func resourcesOf(name string, rendered map[string]string) ([]resource.Resource, []target.Fault, error) {
	var resources []resource.Resource
	var faults []target.Fault
	size := 0
	for _, file := range slices.Sorted(maps.Keys(rendered)) {
		at := strings.TrimPrefix(file, name+"/")
		if path.Base(at) == "NOTES.txt" {
			continue
		}
		if size += len(rendered[file]); size > maxOutput {
			return nil, []target.Fault{{Path: at, Message: fmt.Sprintf("The chart renders to more than %d MiB.", maxOutput>>20), Remedy: "Write less with its templates."}}, nil
		}
		index := 0
		for _, text := range documents.Split(rendered[file], -1) {
			var content map[string]any
			if err := yaml.UnmarshalStrict([]byte(text), &content); err != nil {
				faults = append(faults, target.Fault{
					Path: at, Message: fmt.Sprintf("What the template renders to is no object in YAML: %s.", oneLine(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "))),
					Remedy: "Mend the template; values that are text are safe with quote, and nested ones with toYaml and nindent.",
				})
				break
			}
			if len(content) == 0 {
				continue
			}
			resources = append(resources, resource.Resource{Path: at, Index: index, Content: content})
			index++
		}
	}
	switch {
	case len(faults) > 0:
		return nil, faults, nil
	case len(resources) > MaxResources:
		return nil, []target.Fault{{Message: fmt.Sprintf("The chart renders to %d resources, and at most %d are applied.", len(resources), MaxResources), Remedy: "Write fewer."}}, nil
	}
	return resources, nil, nil
}
