package check

import (
	"context"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
)

// scan scans the files that differ from the base, or all where there is none. It returns what
// was found by the path of the app that a file belongs to, or of the file itself where that is
// governance, and has the redactor take it out of what is reported.
func (c *checking) scan(ctx context.Context, scanner *secretscan.Scanner, files catalog.Files) error {
	from := c.base
	if from == nil {
		from = catalog.Empty()
	}
	scanned, err := scanner.Files(ctx, files, catalog.Touched(from, c.proposed))
	if err != nil {
		return err
	}
	c.secrets = map[string][]policies.SecretFact{}
	for _, f := range scanned {
		owner := f.Path
		if app := catalog.AppAround(c.proposed, f.Path); app != nil {
			owner = app.Path
		}
		c.redactor.Learn(f.Findings...)
		c.secrets[owner] = append(c.secrets[owner], policies.SecretFacts(f)...)
	}
	return nil
}

// withSecrets adds to the paths of apps those in whose folders something was found: beside an
// app that is as it was.
func (c *checking) withSecrets(paths []string) []string {
	for p := range c.secrets {
		if app := c.proposed.Document(p); app != nil && app.Kind == catalog.KindApp {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// secretProblems are the problems of the files of governance that follow from the scan, by file.
func (c *checking) secretProblems() map[string][]catalog.Problem {
	byPath := map[string][]catalog.Problem{}
	for p, found := range c.secrets {
		if app := c.proposed.Document(p); app == nil || app.Kind != catalog.KindApp {
			byPath[p] = policies.SecretProblems(c.rules, found, c.now, nil)
		}
	}
	return byPath
}

// redact takes out of results what was found.
func (c *checking) redact(results []Result) {
	if c.redactor.Empty() {
		return
	}
	text := c.redactor.Text
	for i := range results {
		r := &results[i]
		r.Name, r.Path, r.Reason, r.After = text(r.Name), text(r.Path), text(r.Reason), text(r.After)
		for j := range r.Problems {
			p := &r.Problems[j]
			p.Message, p.Remedy, p.Path, p.Field = text(p.Message), text(p.Remedy), text(p.Path), text(p.Field)
		}
		for j := range r.Risk.Reasons {
			r.Risk.Reasons[j] = text(r.Risk.Reasons[j])
		}
		for j := range r.Approvals.Required {
			r.Approvals.Required[j].Reason = text(r.Approvals.Required[j].Reason)
		}
		for j := range r.Files {
			r.Files[j] = text(r.Files[j])
		}
	}
}
