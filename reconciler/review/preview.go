package review

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Preview is a change as it stands now, in the words that a comment beside it would
// have. Where a forge shows no comments, this is where people read them.
type Preview struct {
	Reviewed
	Title   string `json:"title"`
	Text    string `json:"text"`    // what is wrong, what to do, who is asked, what happens then
	Meaning string `json:"meaning"` // what of it changes for each app
}

// ErrNotOpen reports a change that is not open: it landed, was given up, or never was.
var ErrNotOpen = errors.New("there is no such open change")

// Preview decides one change and does nothing: no record, no word to anybody. A change
// that is not open is ErrNotOpen; any other error means that it could not be told.
func (r *Reviewer) Preview(ctx context.Context, id string) (Preview, error) {
	v, err := r.preview(ctx, id)
	if err != nil {
		return Preview{Reviewed: v.out}, err
	}
	return v.previewed(ctx), nil
}

func (r *Reviewer) preview(ctx context.Context, id string) (*review, error) {
	v := r.begin(id)
	err := v.Look(ctx)
	if err == nil && v.Tip == "" {
		err = errors.New(v.Frozen)
	}
	if err == nil {
		v.change, err = r.Forge.Change(ctx, id)
		if unusable(err) && v.change.Open {
			v.cannot, err = err, nil
		}
		if errors.Is(err, forge.ErrUnknown) || err == nil && !v.change.Open {
			err = ErrNotOpen
		}
	}
	if err == nil {
		v.out.Head = v.change.Head
		err = v.snapshots(ctx)
	}
	if err == nil {
		_, err = v.captured(ctx)
	}
	if err == nil {
		err = v.decide(ctx)
	}
	if err != nil {
		return v, fmt.Errorf("look at change %s: %w", id, err)
	}
	return v, nil
}

func (v *review) previewed(ctx context.Context) Preview {
	v.patience = againWait
	page := v.pageOf(ctx)
	v.out.Stuck = page.Stuck()
	title, text := page.Text()
	hide := v.judge.Redactor.Text
	return Preview{Reviewed: v.out, Title: hide(title), Text: hide(text), Meaning: hide(page.Meaning())}
}

// FileDiff is a file that a change makes different.
type FileDiff struct {
	Path   string `json:"path"`
	Before string `json:"before"` // empty where there is no such file
	After  string `json:"after"`
	Left   string `json:"left,omitempty"` // why the text is left out; empty where it is there
}

// The most that is read of a change to show it: files, and bytes of one.
const (
	maxShownFiles = 200
	maxShownBytes = 256 << 10
)

// Diff is Preview with the files that the change makes different, by path: at most 200,
// and the text of none that is larger than 256 KiB or is no text.
func (r *Reviewer) Diff(ctx context.Context, id string) (Preview, []FileDiff, error) {
	v, err := r.preview(ctx, id)
	if err != nil {
		return Preview{Reviewed: v.out}, nil, err
	}
	if v.cannot != nil {
		return v.previewed(ctx), nil, nil // nobody can read it, and the preview says so
	}
	list, err := diffs(ctx, v.Repo, v.Tip, v.proposal)
	if err != nil {
		return Preview{Reviewed: v.out}, nil, fmt.Errorf("read what change %s makes different: %w", id, err)
	}
	for i := range list {
		list[i].Before, list[i].After = v.judge.Redactor.Text(list[i].Before), v.judge.Redactor.Text(list[i].After)
	}
	return v.previewed(ctx), list, nil
}

// diffs lists the files that a proposal makes different from the tip of a branch.
func diffs(ctx context.Context, repo *gitrepo.Repo, tip catalog.Commit, proposal *gitrepo.Proposal) ([]FileDiff, error) {
	base, err := repo.Commit(ctx, tip)
	if err != nil {
		return nil, err
	}
	changes, err := proposal.Diff(ctx, base.Tree)
	if err != nil {
		return nil, err
	}
	before, err := repo.Files(ctx, tip)
	if err != nil {
		return nil, err
	}
	after, err := proposal.Files()
	if err != nil {
		return nil, err
	}
	var list []FileDiff
	for i, c := range changes {
		if i == maxShownFiles {
			list = append(list, FileDiff{Path: fmt.Sprintf("and %d more", len(changes)-i), Left: "too many files to show"})
			break
		}
		d := FileDiff{Path: c.Path}
		for _, side := range []struct {
			files catalog.Files
			entry catalog.Entry
			into  *string
		}{
			{before, catalog.Entry{Path: c.Path, Mode: c.OldMode, ID: string(c.OldID)}, &d.Before},
			{after, catalog.Entry{Path: c.Path, Mode: c.NewMode, ID: string(c.NewID)}, &d.After},
		} {
			if side.entry.Mode == 0 {
				continue
			}
			if side.entry.Mode != catalog.File && side.entry.Mode != catalog.Executable {
				d.Left = "it is no file"
				continue
			}
			raw, err := side.files.Read(ctx, side.entry, maxShownBytes)
			switch {
			case errors.Is(err, catalog.ErrTooLarge):
				d.Left = fmt.Sprintf("it is larger than %d KiB", maxShownBytes>>10)
			case err != nil:
				return nil, err
			case !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
				d.Left = "it is no text"
			default:
				*side.into = string(raw)
			}
		}
		list = append(list, d)
	}
	return list, nil
}

// Became says what became of a change that is not open any more, by the ledger: that it
// landed, or was given up. It is empty for one that the ledger never heard of.
func (r *Reviewer) Became(ctx context.Context, id string) (string, error) {
	view, err := r.Sessions.Ledger.Refresh(ctx)
	if err != nil {
		return "", err
	}
	var said string
	var at time.Time
	for _, kind := range []ledger.Kind{ledger.KindLanding, ledger.KindClosure} {
		records, err := view.Records(ctx, kind, ledger.SubjectLedger)
		if err != nil {
			return "", err
		}
		for _, record := range records {
			body, err := record.Read()
			if err != nil {
				return "", err
			}
			switch b := body.(type) {
			case ledger.Landing:
				if b.Change == id && record.At.After(at) {
					said, at = fmt.Sprintf("landed as %s", b.To.Short()), record.At
				}
			case ledger.Closure:
				if b.Change == id && !b.Landed && record.At.After(at) {
					said, at = "was given up", record.At
				}
			}
		}
	}
	if said == "" {
		return "", nil
	}
	return fmt.Sprintf("change %s %s on %s", id, said, at.Format(time.DateOnly)), nil
}
