package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/overlay"
	"github.com/levee-gitops/levee/policies"
)

// HasRules reports whether rules are among the documents of a report.
func HasRules(report convert.Report) bool { return slices.ContainsFunc(report.Documents, isRule) }

func isRule(d *convert.Document) bool { return d.Kind == catalog.KindPolicy }

// Prove tries the rules of a report, beside what is in the folder of the catalog that they are
// for; dir is empty for none. What would not be in force there is taken out of the report, with
// why as a problem of the file that it came from.
func Prove(ctx context.Context, engine *policies.Engine, dir string, report *convert.Report) error {
	under := catalog.Files(nothing{})
	if dir != "" {
		switch disk, err := folder.Open(dir); {
		case err == nil:
			under = disk
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	for HasRules(*report) {
		problems, err := tried(ctx, engine, under, report.Documents)
		if err != nil {
			return fmt.Errorf("try the rules: %w", err)
		}
		if !refuse(report, problems) {
			return nil
		}
	}
	return nil
}

// tried is what is wrong with the rules of a catalog with some documents laid over it. Where it
// has no settings that can be read, plain ones are used.
func tried(ctx context.Context, engine *policies.Engine, under catalog.Files, documents []*convert.Document) ([]catalog.Problem, error) {
	laid := map[string][]byte{}
	for _, d := range documents {
		if isRule(d) {
			laid[d.Path] = []byte(d.Text)
		}
	}
	snapshot, err := catalog.Load(ctx, overlay.New(under, laid), "", catalog.Empty())
	if err == nil && snapshot.Settings() == nil {
		laid["catalog.yaml"] = []byte(plainSettings)
		snapshot, err = catalog.Load(ctx, overlay.New(under, laid), "", catalog.Empty())
	}
	if err != nil {
		return nil, err
	}
	trial, err := engine.Try(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	defer trial.Close()
	if trial.Rules() == nil { // they ended the process, and which of them did is not known
		var all []catalog.Problem
		for _, d := range documents {
			for _, p := range trial.Problems() {
				if p.Path = d.Path; isRule(d) {
					all = append(all, p)
				}
			}
		}
		return all, nil
	}
	return append(slices.Clone(trial.Problems()), trial.Rules().NoEffect()...), nil
}

const plainSettings = "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: plain}\nspec: {timeZone: UTC, environments: [{name: production}]}\n"

// refuse takes documents with problems out of a report; it reports whether there were any.
func refuse(report *convert.Report, problems []catalog.Problem) bool {
	refused := map[string]bool{}
	for _, p := range problems {
		i := slices.IndexFunc(report.Documents, func(d *convert.Document) bool { return isRule(d) && d.Path == p.Path })
		if i < 0 {
			continue // of a file that was there before
		}
		refused[p.Path] = true
		if lines := strings.Split(report.Documents[i].Text, "\n"); p.Line > 1 && p.Line <= len(lines) {
			p.Message += fmt.Sprintf(" Rewritten, the line is `%s`.", strings.TrimSpace(lines[p.Line-1]))
		}
		p.Remedy = "The rule is not written: change the old one so that it asks what rules can tell, and convert it again."
		for _, f := range report.Files {
			if slices.Contains(f.Becomes, p.Path) {
				f.Problems = append(f.Problems, p)
			}
		}
	}
	if len(refused) == 0 {
		return false
	}
	report.Documents = slices.DeleteFunc(report.Documents, func(d *convert.Document) bool { return refused[d.Path] })
	for _, f := range report.Files {
		f.Becomes = slices.DeleteFunc(f.Becomes, func(path string) bool { return refused[path] })
		f.Taken = slices.DeleteFunc(f.Taken, func(t convert.Taken) bool { return refused[t.Document] })
	}
	return true
}

// nothing is a catalog without files.
type nothing struct{}

func (nothing) List(context.Context, string) ([]catalog.Entry, error) { return nil, nil }

func (nothing) Read(_ context.Context, file catalog.Entry, _ int64) ([]byte, error) {
	return nil, fmt.Errorf("read %s: %w", file.Path, fs.ErrNotExist)
}
