package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/overlay"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Decided is what would be decided of a proposal: what `levee check -o json` prints, and what it was laid
// over.
type Decided struct {
	Base catalog.Commit `json:"base"`
	check.Report
}

// mostAffected is how many apps a proposal may bear on: a change of settings has all of them judged, for
// which there is `levee impact`.
const mostAffected = 1000

// decide answers POST /v1/decide.
func (a *API) decide(w http.ResponseWriter, r *http.Request) error {
	for key, list := range r.URL.Query() {
		if key != "path" || len(list) > 1 {
			return problem(http.StatusUnprocessableEntity, "There is no parameter %q here, or it is there more than once; there is path, for one manifest.", key)
		}
	}
	laid, manifest, err := a.readProposal(w, r)
	if err != nil {
		return err
	}
	return within(r.Context(), a.deciding, func(ctx context.Context) error {
		s, err := a.look(ctx)
		if err != nil {
			return err
		}
		if manifest != nil {
			at, err := place(r, s.main, manifest)
			if err != nil {
				return err
			}
			laid = map[string][]byte{at: manifest}
		}
		report, err := a.judgeProposal(ctx, s, laid)
		if err != nil {
			return err
		}
		a.answer(w, r, http.StatusOK, "application/json", Decided{s.main.Commit(), report})
		return nil
	})
}

// judgeProposal says what would be decided if files were laid over the catalog. What is admitted is what
// stands on the branch or, of an app with content that is held, what is admitted of it.
func (a *API) judgeProposal(ctx context.Context, s *state, laid map[string][]byte) (check.Report, error) {
	j, err := a.judge(ctx, s)
	if err != nil {
		return check.Report{}, err
	}
	under, err := s.Repo.Files(ctx, s.main.Commit())
	if err != nil {
		return check.Report{}, fmt.Errorf("read the catalog: %w", err)
	}
	base, err := a.admitted(ctx, s, j, under, laid)
	if err != nil {
		return check.Report{}, err
	}
	files := overlay.New(under, laid)
	proposed, err := catalog.Load(ctx, files, "", s.main)
	if err != nil {
		return check.Report{}, fmt.Errorf("lay what is proposed over the catalog: %w", err)
	}
	if affected, _ := catalog.Affected(base, proposed); len(affected) > mostAffected {
		return check.Report{}, problem(http.StatusUnprocessableEntity, "What is proposed bears on %d apps, and at most %d are judged here. `levee impact` says what it does to all of them.", len(affected), mostAffected)
	}
	x := check.Checker{Engine: a.Engine, Kinds: []*render.Source{a.Judges.Render}, Secrets: a.Judges.Secrets}
	return x.Catalog(ctx, check.Asked{Proposed: proposed, Files: files, Base: base, Governing: j.Governing, Now: s.Now})
}

// admitted is the catalog's branch, with what is admitted in place of what is held, of the apps that a
// proposal touches.
func (a *API) admitted(ctx context.Context, s *state, j *judge.Judge, under catalog.Files, laid map[string][]byte) (*catalog.Snapshot, error) {
	runs := map[string][]byte{}
	for at := range laid {
		doc := s.main.Document(at)
		if doc == nil || !doc.IsApp() {
			continue
		}
		if state, _ := s.View.App(doc.Name); state.Held == nil {
			continue
		}
		app, ok, err := j.Admitted(ctx, s.View, doc.Name)
		if err != nil {
			return nil, err
		}
		runs[at] = nil // held, and nothing of it admitted
		if ok {
			runs[at] = app.Document.Source()
		}
	}
	if len(runs) == 0 {
		return s.main, nil
	}
	base, err := catalog.Load(ctx, overlay.New(under, runs), "", s.main)
	if err != nil {
		return nil, fmt.Errorf("read what is admitted: %w", err)
	}
	return base, nil
}
