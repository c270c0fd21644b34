package expand

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Limits of what files become for one app. Configuration of a few pages is far below.
const (
	MaxTemplate = 64 << 10  // bytes of one template
	MaxFile     = 256 << 10 // bytes of one file
	MaxFiles    = 64
	MaxSteps    = 100_000 // parts of loops that are executed for one file
)

// Suffix is how the name of a file ends that is a template. The file is called without it
// in what comes out; all others are taken as they are.
const Suffix = ".tmpl"

// File is one file for an app.
type File struct {
	Path       string
	Executable bool
	Text       string
}

// Check lists what is wrong with the files of a blueprint's subfolder for any app.
func Check(files []catalog.SubfolderFile) []target.Fault {
	_, faults := eachFile(files, func(text string) (string, *target.Fault) {
		_, _, fault := parsed(context.Background(), text)
		return "", fault
	})
	return faults
}

// Files fills in the files of a blueprint's subfolder for an app, by its runtime document.
// Each file that cannot be filled in is a fault. An error is that of ctx, or that the
// document is no JSON.
func Files(ctx context.Context, document json.RawMessage, files []catalog.SubfolderFile) ([]File, []target.Fault, error) {
	data, err := decode(document)
	if err != nil {
		return nil, nil, fmt.Errorf("read the runtime document: %w", err)
	}
	out, faults := eachFile(files, func(text string) (string, *target.Fault) { return fill(ctx, text, data) })
	switch err := ctx.Err(); {
	case err != nil:
		return nil, nil, err
	case len(faults) > 0:
		return nil, faults, nil
	}
	return out, nil, nil
}

// eachFile makes a file of each of a blueprint's: templates by a function, others as they
// are.
func eachFile(files []catalog.SubfolderFile, fill func(text string) (string, *target.Fault)) (out []File, faults []target.Fault) {
	if len(files) > MaxFiles {
		return nil, []target.Fault{{
			Message: fmt.Sprintf("The blueprint has %d files here, and at most %d are filled in.", len(files), MaxFiles),
			Remedy:  "Take out those that no app needs.",
		}}
	}
	from := map[string]string{} // what comes out → the file that it comes from
	for _, f := range files {
		name, isTemplate := strings.CutSuffix(f.Path, Suffix)
		text, fault := string(f.Content), (*target.Fault)(nil)
		switch first, twice := from[name]; {
		case twice:
			fault = &target.Fault{Message: fmt.Sprintf("`%s` becomes the same file.", first), Remedy: "Rename one of the two."}
		case !isTemplate && strings.EqualFold(path.Ext(strings.TrimSpace(f.Path)), Suffix):
			fault = &target.Fault{Message: "The file is called as a template nearly is, and would not be filled in.", Remedy: "Let its name end in `" + Suffix + "`, in small letters and with nothing after it."}
		case !utf8.Valid(f.Content):
			fault = &target.Fault{Message: "The file is no text.", Remedy: "Keep only text here, in UTF-8; put anything else into the image of the app."}
		case isTemplate && len(text) > MaxTemplate:
			fault = &target.Fault{Message: fmt.Sprintf("The template is larger than %d KiB.", MaxTemplate>>10), Remedy: "Take apart what it writes, or leave out what no app needs."}
		case isTemplate:
			text, fault = fill(text)
		case len(text) > MaxFile:
			fault = tooLarge()
		}
		if fault != nil {
			fault.Path = f.Path
			faults = append(faults, *fault)
			continue
		}
		from[name] = f.Path
		out = append(out, File{Path: name, Executable: f.Executable, Text: text})
	}
	for _, f := range out {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if as, file := from[dir]; file {
				faults = append(faults, target.Fault{Path: as, Message: fmt.Sprintf("It becomes a file where `%s` needs a folder.", from[f.Path]), Remedy: "Rename one of the two."})
				break
			}
		}
	}
	return out, faults
}

func tooLarge() *target.Fault {
	return &target.Fault{Message: fmt.Sprintf("The file becomes larger than %d KiB.", MaxFile>>10), Remedy: "Write less into it."}
}

// parsed reads one template, ready to be executed.
func parsed(ctx context.Context, text string) (*template.Template, *execution, *target.Fault) {
	run := &execution{ctx: ctx}
	t, err := template.New(called).Option("missingkey=error").Funcs(run.functions()).Parse(text)
	if err != nil {
		return nil, nil, faultOf(err)
	}
	if fault := check(t); fault != nil {
		return nil, nil, fault
	}
	run.weave(t)
	return t, run, nil
}

// fill executes one template.
func fill(ctx context.Context, text string, data any) (string, *target.Fault) {
	t, run, fault := parsed(ctx, text)
	if fault != nil {
		return "", fault
	}
	err := t.Execute(&run.out, data)
	var long *longLoop
	var wrong *unwritable
	switch {
	case errors.Is(err, errTooLarge):
		return "", tooLarge()
	case errors.As(err, &long):
		return "", &target.Fault{Line: long.line, Message: "This repeats too much.", Remedy: "Repeat less: a loop over a list of the document, and no loop in a loop in a loop."}
	case errors.As(err, &wrong):
		return "", &target.Fault{Line: wrong.line, Message: fmt.Sprintf("`%s`: %s.", oneLine(wrong.value), wrong.is), Remedy: mendTemplate}
	case err != nil:
		return "", faultOf(err)
	}
	return run.out.text.String(), nil
}

const mendTemplate = "Mend the template of the blueprint."

// called is what a template is called in errors.
const called = "file"

var (
	placed = regexp.MustCompile(`^template: ` + called + `:(\d+)(?::\d+)?: (?s:(.*))$`)
	opened = regexp.MustCompile(` started at ` + called + `:(\d+)`)
	inside = regexp.MustCompile(`^executing "` + called + `" at <(?s:(.*?))>: (?:error calling \w+: )?(?s:(.*))$`)
)

// faultOf says what an error of text/template says, in words for who did not write the
// template.
func faultOf(err error) *target.Fault {
	f := &target.Fault{Message: err.Error(), Remedy: mendTemplate}
	if m := placed.FindStringSubmatch(f.Message); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		f.Message = m[2]
	}
	if m := opened.FindStringSubmatch(f.Message); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		f.Message = strings.Replace(f.Message, m[0], "", 1)
	}
	if m := inside.FindStringSubmatch(f.Message); m != nil {
		where, what := m[1], m[2]
		f.Message = fmt.Sprintf("`%s`: %s.", oneLine(where), oneLine(what))
		if strings.HasPrefix(what, "map has no entry for key") {
			f.Message = fmt.Sprintf("`%s` is nothing that this app has.", oneLine(where))
			f.Remedy = "Mend the name in the template; what only some apps have is asked for as `index`, inside `with`."
		}
		return f
	}
	f.Message = fmt.Sprintf("The template cannot be read: %s.", oneLine(f.Message))
	return f
}

// maxWords is how long words of a template may be in a message, in characters.
const maxWords = 200

// oneLine keeps words of a template on one short line, in which nothing is marked up.
func oneLine(s string) string { return target.OneLine(s, maxWords) }

// decode reads a document with whole numbers as such: they are written as people write
// them, and compared as numbers.
func decode(document json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return numbers(v)
}

func numbers(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if v[name], err = numbers(value); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, value := range v {
			if v[i], err = numbers(value); err != nil {
				return nil, err
			}
		}
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return nil, err
		}
		if f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			return int64(f), nil
		}
		return f, nil
	}
	return v, nil
}
