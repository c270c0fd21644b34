package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Page is some of the apps, by name.
type Page struct {
	Commit catalog.Commit `json:"commit"`           // of the catalog
	Ledger catalog.Commit `json:"ledger"`           // its newest record
	Frozen string         `json:"frozen,omitempty"` // why the ledger is not trusted; this is what was known before
	Apps   []Summary      `json:"apps"`
	Next   string         `json:"next,omitempty"` // the name to go on after; empty for the last page
}

// Summary is what is known of an app without judging it. Who owns it and what it asks for is what its
// file on the catalog's branch says, and is left out where that is gone or cannot be read.
type Summary struct {
	Name           string         `json:"name"`
	Path           string         `json:"path,omitempty"` // of its file; empty where that is gone
	Title          string         `json:"title,omitempty"`
	Owner          *catalog.Owner `json:"owner,omitempty"`
	Classification string         `json:"classification,omitempty"`
	Requested      string         `json:"requested,omitempty"` // the stage that its file asks for
	Stage          ledger.Stage   `json:"stage"`               // where it stands
	StageAt        time.Time      `json:"stageAt,omitzero"`
	// Verdict is the last on what stands on the branch or, where that is what runs, on what runs, as
	// recorded; empty where none was recorded.
	Verdict   ledger.Verdict `json:"verdict,omitempty"`
	Held      bool           `json:"held"`      // content landed that may not run
	Contained bool           `json:"contained"` // it is cut off everywhere
	Throttled bool           `json:"throttled"` // it runs on with less
	Runs      []string       `json:"runs"`      // the environments in which something of it is admitted
}

// Bounds of a page.
const (
	pageDefault = 100
	pageMost    = 500
)

// question is what a request for a page asks.
type question struct {
	after, owner, team string
	stage              ledger.Stage
	verdict            ledger.Verdict
	limit              int
}

// apps answers GET /v1/apps.
func (a *API) apps(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuestion(r.URL.Query())
	if err != nil {
		return err
	}
	return within(r.Context(), a.looking, func(ctx context.Context) error {
		s, err := a.look(ctx)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("ETag", s.tag())
		h.Set("Cache-Control", "private, no-cache")
		if r.Header.Get("If-None-Match") == s.tag() {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
		page, err := a.page(ctx, s, q)
		if err != nil {
			return err
		}
		if page.Next != "" {
			next := r.URL.Query()
			next.Set("after", page.Next)
			h.Set("Link", fmt.Sprintf(`</v1/apps?%s>; rel="next"`, next.Encode()))
		}
		a.answer(w, r, http.StatusOK, "application/json", page)
		return nil
	})
}

// page is the next apps that are asked for.
func (a *API) page(ctx context.Context, s *state, q question) (Page, error) {
	page := Page{Commit: s.main.Commit(), Ledger: s.View.Tip, Frozen: s.frozen(), Apps: []Summary{}}
	for i, name := range after(a.names.of(s), q.after) {
		if i%1000 == 999 && ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		one := s.summary(name)
		if !q.takes(one) {
			continue
		}
		if len(page.Apps) == q.limit {
			page.Next = page.Apps[len(page.Apps)-1].Name
			break
		}
		page.Apps = append(page.Apps, one)
	}
	return page, nil
}

// summary is what is known of an app.
func (s *state) summary(name string) Summary {
	state, _ := s.View.App(name)
	one := Summary{
		Name: name, Stage: state.Stage, StageAt: state.StageAt, Verdict: recorded(state),
		Held: state.Held != nil, Contained: state.Quarantine != nil, Throttled: state.Throttle != nil, Runs: []string{},
	}
	for env := range state.Admitted {
		one.Runs = append(one.Runs, env)
	}
	slices.Sort(one.Runs)
	if doc := s.main.AppNamed(catalog.Name(name)); doc != nil {
		one.Path = doc.Path
		if app := doc.App(); app != nil {
			owner := app.Spec.Owner
			one.Title, one.Owner, one.Classification, one.Requested = app.Spec.Title, &owner, app.Spec.Classification, app.Spec.Lifecycle.Stage
		}
	}
	return one
}

// recorded is the last verdict on an app: on what landed, or on what runs where that was judged later.
func recorded(state ledger.App) ledger.Verdict {
	landed, running := state.Landed, state.Running
	switch {
	case landed == nil && running == nil:
		return ""
	case landed == nil || running != nil && state.Held == nil && running.Seq > landed.Seq:
		return running.Verdict
	}
	return landed.Verdict
}

// readQuestion reads what a page is asked for.
func readQuestion(values url.Values) (q question, err error) {
	for key, list := range values {
		if len(list) > 1 {
			return q, problem(http.StatusUnprocessableEntity, "The parameter %q is there more than once. Give it once.", key)
		}
		value := list[0]
		switch key {
		case "after":
			q.after = value
		case "owner":
			q.owner = value
		case "team":
			q.team = value
		case "stage":
			q.stage = ledger.Stage(value)
			err = oneOf(key, q.stage, ledger.Active, ledger.Expiring, ledger.Due, ledger.Disabled, ledger.Archived, ledger.Tombstoned)
		case "verdict":
			q.verdict = ledger.Verdict(value)
			err = oneOf(key, q.verdict, "allow", "needs-approval", "deny", "invalid", "error")
		case "limit":
			if q.limit, err = strconv.Atoi(value); err != nil || q.limit < 1 || q.limit > pageMost {
				err = problem(http.StatusUnprocessableEntity, "limit is %q; give a number from 1 to %d.", value, pageMost)
			}
		default:
			err = problem(http.StatusUnprocessableEntity, "There is no parameter %q here; there are after, limit, owner, team, stage and verdict.", key)
		}
		if err != nil {
			return q, err
		}
	}
	if q.limit == 0 {
		q.limit = pageDefault
	}
	return q, nil
}

func oneOf[T ~string](key string, value T, words ...T) error {
	if slices.Contains(words, value) {
		return nil
	}
	return problem(http.StatusUnprocessableEntity, "%s is %q; choose one of %q.", key, value, words)
}

// takes reports whether an app is asked for.
func (q question) takes(one Summary) bool {
	owner := catalog.Owner{}
	if one.Owner != nil {
		owner = *one.Owner
	}
	return (q.owner == "" || string(owner.Person) == q.owner) && (q.team == "" || string(owner.Team) == q.team) &&
		(q.stage == "" || one.Stage == q.stage) && (q.verdict == "" || one.Verdict == q.verdict)
}
