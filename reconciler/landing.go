package reconciler

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// landing is what one push brought to the catalog's branch: all commits of one
// change, or a run of commits that no change brought.
type landing struct {
	from, to catalog.Commit
	change   string // empty for a direct push
}

// nextLanding finds the oldest landing that was not decided; nil if there is none.
func (p *pass) nextLanding(ctx context.Context) (*landing, error) {
	accepted := p.view.Root().Main
	if accepted == p.tip {
		return nil, nil
	}
	commits, err := p.r.Repo.FirstParents(ctx, accepted, p.tip)
	if errors.Is(err, gitrepo.ErrUnrelated) {
		// The tip contains it, or all of this were frozen: somebody merged it into their
		// own work and pushed that, as `git pull` and `git push` do. That is one push.
		return &landing{from: accepted, to: p.tip}, nil
	}
	if err != nil {
		return nil, err
	}
	l := &landing{from: accepted}
	for i, commit := range commits {
		id, err := p.r.Forge.Landed(ctx, commit)
		if err != nil {
			return nil, fmt.Errorf("find out which change brought %s: %w", commit.Short(), err)
		}
		if i > 0 && id != l.change {
			break
		}
		l.change, l.to = id, commit
	}
	return l, nil
}

// land decides one landing and records it: governance first, since it may judge
// from now on, then every app whose content it changed.
func (p *pass) land(ctx context.Context, l landing, change *forge.Change) error {
	from, err := p.r.snapshot(ctx, l.from)
	if err != nil {
		return err
	}
	to, err := p.r.snapshot(ctx, l.to)
	if err != nil {
		return err
	}
	b, err := p.benchAt(ctx, l.to)
	if err != nil {
		return err
	}
	record := ledger.Landing{From: l.from, To: l.to, Change: l.change, Apps: []string{}}
	var decided []ledger.Entry
	var held []policies.Decision
	entries, heldGovernance, err := p.landGovernance(ctx, b, from, to, l, change)
	if err != nil {
		return err
	}
	decided = append(decided, entries...)
	if heldGovernance != nil {
		held = append(held, *heldGovernance)
	}
	if strays := strayProblems(from, to); len(strays) > 0 {
		held = append(held, policies.Decision{Subject: catalog.Strays, Path: strays[0].Path, Verdict: policies.Invalid})
		for _, problem := range strays {
			p.r.Log.Warn("what landed is no app's", "commit", l.to.Short(), "file", problem.Path, "problem", problem.Message, "remedy", problem.Remedy)
		}
	}
	for _, doc := range changedApps(from, to) {
		record.Apps = append(record.Apps, doc.Name)
		var c considered
		err := p.r.guard("deciding an app that landed", doc.Name, func() (err error) {
			c, err = p.landApp(ctx, b, doc, l, change)
			return err
		})
		if errors.As(err, new(panicked)) {
			c, err = b.brokeOff(ctx, doc, l.to), nil
		}
		if err != nil {
			return err
		}
		decided = append(decided, c.entries...)
		if c.held != nil {
			held = append(held, *c.held)
		}
	}
	record.Bypass = bypass(l, record.Apps, len(entries) > 0, held)
	all := append([]ledger.Entry{landingEntry(l, record)}, decided...)
	if record.Bypass != "" {
		all = append(all, incidentEntry(subjectOf(held), "bypass", record.Bypass, l.to))
		p.r.Log.Warn("content landed past the check", "commit", l.to.Short(), "reason", record.Bypass)
	}
	if l.change != "" {
		touching := p.view.Touching(l.change)
		all = append(all, ledger.Entry{
			Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Sentence: "Close change " + l.change + ", which landed",
			Body:     ledger.Closure{Change: l.change, Landed: true, Apps: touching},
			Trailers: []ledger.Trailer{{Key: "Change", Value: l.change}},
		})
	}
	p.out.Landings++
	return p.note(ctx, all)
}

// changeOf asks the forge for the facts of a change that landed. A forge that has
// forgotten it attests nobody: no approval of the change counts then.
func (p *pass) changeOf(ctx context.Context, id string) (*forge.Change, error) {
	if id == "" {
		return nil, nil
	}
	c, err := p.r.Forge.Change(ctx, id)
	if errors.Is(err, forge.ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read change %s: %w", id, err)
	}
	return &c, nil
}

// changedApps lists the apps of a landing whose files differ, as they are now.
// What is gone is not among them: absence is never a reason to do anything.
func changedApps(from, to *catalog.Snapshot) []*catalog.Document {
	var docs []*catalog.Document
	for _, p := range catalog.Changed(from, to) {
		if kind, _, ok := catalog.Address(p); ok && kind == catalog.KindApp {
			if doc := to.Document(p); doc != nil && doc.IsApp() && to.AppNamed(catalog.Name(doc.Name)) == doc {
				docs = append(docs, doc)
			}
		}
	}
	return docs
}

// landApp decides the content of one app that landed.
func (p *pass) landApp(ctx context.Context, b *bench, doc *catalog.Document, l landing, change *forge.Change) (considered, error) {
	state, _ := p.view.App(doc.Name)
	newest, ok := state.Admitted[string(b.first().Name)]
	if ok && doc.Digest() != "" && newest.Digest == doc.Digest() {
		return b.settle(ctx, state, doc, newest, l.to), nil // nothing changed in meaning, or it was taken back
	}
	var admitted *catalog.App
	if ok {
		before, err := admittedDocument(ctx, p.view, string(b.first().Name), doc.Name, newest.Path)
		if err != nil {
			return considered{}, err
		}
		admitted = before.App()
	}
	from := origin{commit: l.to}
	var withdrawals []ledger.Entry
	if change != nil {
		withHands, err := p.withHands(ctx, *change, state, newest.Commit, path.Dir(doc.Path))
		if err != nil {
			return considered{}, err
		}
		from.change = b.who.changeFacts(withHands, path.Dir(doc.Path))
		from.problems = b.who.strangers(withHands, path.Dir(doc.Path), doc.Path)
		from.reviews, withdrawals, err = p.withdrawn(ctx, b, *change, subject{name: doc.Name, doc: doc, digest: doc.Digest(), state: state})
		if err != nil {
			return considered{}, err
		}
	}
	c := b.land(ctx, state, doc, admitted, from)
	c.entries = append(withdrawals, c.entries...)
	for i, e := range c.entries {
		if e.Kind == ledger.KindAdmission {
			folder, err := p.folderAt(ctx, l.to, path.Dir(doc.Path))
			if err != nil {
				return considered{}, err
			}
			c.entries[i].Keep = keepFolder(e, folder)
		}
	}
	return c, nil
}

// settle records that content which is admitted stands on the branch again, where
// something else was held.
func (b *bench) settle(ctx context.Context, state ledger.App, doc *catalog.Document, standing ledger.Admitted, commit catalog.Commit) considered {
	c := considered{app: doc.Name}
	if state.Held == nil {
		return c
	}
	q := policies.Question{
		Governing: b.governing, Proposed: b.main, Path: doc.Path, Admitted: doc.App(), Now: b.now,
		Facts: policies.Facts{Admission: admissionFacts(standing.Admission, standing.At)},
	}
	brief := policies.NewBrief(q, b.rules)
	c.entries = []ledger.Entry{decisionEntry(b.rules.Decide(ctx, brief), brief, "", commit, "")}
	return c
}

// bypass says why a landing is an incident, if it is one.
func bypass(l landing, apps []string, governance bool, held []policies.Decision) string {
	var waiting []string
	for _, d := range held {
		name := d.Subject
		if name == catalog.Strays {
			name = d.Path
		}
		waiting = append(waiting, fmt.Sprintf("%s (%s)", name, d.Verdict))
	}
	switch {
	case l.change == "" && len(apps) == 0 && !governance && len(held) == 0:
		return ""
	case l.change == "" && len(held) == 0:
		return fmt.Sprintf("%s was pushed directly; all of it is allowed", l.to.Short())
	case l.change == "":
		return fmt.Sprintf("%s was pushed directly; held: %s", l.to.Short(), strings.Join(waiting, ", "))
	case len(held) > 0:
		return fmt.Sprintf("change %s was merged past the check; held: %s", l.change, strings.Join(waiting, ", "))
	}
	return ""
}

func subjectOf(held []policies.Decision) string {
	if len(held) == 1 {
		return held[0].Subject
	}
	return ledger.SubjectLedger
}

func landingEntry(l landing, record ledger.Landing) ledger.Entry {
	e := ledger.Entry{Kind: ledger.KindLanding, Subject: ledger.SubjectLedger, Body: record}
	if l.change == "" {
		e.Sentence = fmt.Sprintf("Accept %s, pushed directly", l.to.Short())
		return e
	}
	e.Sentence = fmt.Sprintf("Accept %s, change %s", l.to.Short(), l.change)
	e.Trailers = []ledger.Trailer{{Key: "Change", Value: l.change}}
	return e
}

func incidentEntry(subject, what, message string, commit catalog.Commit) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindIncident, Subject: subject, Sentence: "Report: " + message,
		Body: ledger.Incident{What: what, Message: message, Commit: commit},
	}
}

// keepFolder says where in the ledger's tree the files of an admission lie.
func keepFolder(e ledger.Entry, folder catalog.Entry) []catalog.Entry {
	if folder.ID == "" {
		return nil
	}
	a := e.Body.(ledger.Admission)
	folder.Path = ledger.AdmittedPath(a.Environment, e.Subject)
	return []catalog.Entry{folder}
}

// folderAt is a folder of the catalog at a commit, which an admission is about to keep:
// what cannot be read must not be admitted without it.
func (p *pass) folderAt(ctx context.Context, commit catalog.Commit, dir string) (catalog.Entry, error) {
	files, err := p.r.Repo.Files(ctx, commit)
	if err != nil {
		return catalog.Entry{}, err
	}
	e, ok, err := files.Entry(ctx, dir)
	if err == nil && !ok {
		err = fmt.Errorf("%w: there is no folder %s at %s", gitrepo.ErrNotFound, dir, commit.Short())
	}
	return e, err
}
