package check

import (
	"context"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
)

// scan scans the files that differ from the base, or all where there is none, and has the
// redactor take what is found out of what is reported.
func (c *checking) scan(ctx context.Context, scanner *secretscan.Scanner, asked Asked) (err error) {
	from := c.base
	if from == nil {
		from = catalog.Empty()
	}
	entries := asked.Only.entries(c.proposed, catalog.Touched(from, c.proposed))
	c.secrets, err = policies.FindSecrets(ctx, scanner, &c.redactor, asked.Files, c.proposed, entries)
	return err
}

// withSecrets adds to the paths of apps those in whose folders something was found: beside an
// app that is as it was.
func (c *checking) withSecrets(paths []string) []string {
	for p := range c.secrets {
		if p != "" {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// secretProblems are the problems of the files of governance that follow from the scan, by file.
func (c *checking) secretProblems() map[string][]catalog.Problem {
	found := map[string][]policies.SecretFact{}
	for _, f := range c.secrets[""] {
		found[f.Path] = append(found[f.Path], f)
	}
	byPath := map[string][]catalog.Problem{}
	for p, facts := range found {
		byPath[p] = policies.SecretProblems(c.rules, settings.Traits{}, facts, c.now, nil)
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
		r.Problems = policies.RedactedProblems(r.Problems, text)
		for j := range r.Problems {
			r.Problems[j].Path = text(r.Problems[j].Path)
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
