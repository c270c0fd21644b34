package reconciler

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
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
	var past []string // the check, in words, beside what is held
	for _, e := range catalog.FolderEdits(from, to) {
		if !e.IsApp() {
			continue
		}
		record.Apps = append(record.Apps, e.Name)
		state, _ := p.view.App(e.Name)
		switch holder := b.documentOf(to, state, e.Name); {
		case e.To == nil:
			reason, err := p.landRemoval(ctx, b, from, e, l, change)
			if err != nil {
				return err
			}
			past = append(past, reason...)
			continue
		case holder != e.To:
			past = append(past, fmt.Sprintf("%s (the name is taken by %s)", path.Dir(e.To.Path), path.Dir(holder.Path)))
			continue
		}
		var c considered
		err := p.r.guard("deciding an app that landed", e.Name, func() (err error) {
			c, err = p.landApp(ctx, b, from, e, l, change)
			return err
		})
		if errors.As(err, new(panicked)) {
			c, err = b.brokeOff(ctx, e.To, l.to), nil
		}
		if err != nil {
			return err
		}
		decided = append(decided, c.entries...)
		if c.held != nil {
			held = append(held, *c.held)
		}
		if c.past != "" {
			past = append(past, c.past)
		}
	}
	slices.Sort(record.Apps)
	record.Apps = slices.Compact(record.Apps)
	record.Bypass = bypass(l, record.Apps, len(entries) > 0, held, past)
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
	p.landings++
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

// landApp decides the content of one app that landed.
func (p *pass) landApp(ctx context.Context, b *bench, base *catalog.Snapshot, e catalog.FolderEdit, l landing, change *forge.Change) (considered, error) {
	doc := e.To
	state, _ := p.view.App(doc.Name)
	newest, ok := state.Admitted[string(b.first().Name)]
	var admitted *catalog.Document
	if ok {
		var err error
		if admitted, err = admittedDocument(ctx, p.view, string(b.first().Name), doc.Name, newest.Path); err != nil {
			return considered{}, err
		}
	}
	from, withdrawals, err := p.originOf(ctx, b, base, e, state, l, change)
	if err != nil {
		return considered{}, err
	}
	var c considered
	if ok && doc.Digest() != "" && newest.Digest == doc.Digest() {
		// Nothing changed in meaning, or it was taken back.
		c = b.settle(ctx, base, state, e, admitted, newest, from)
	} else {
		c = b.land(ctx, state, doc, admitted.App(), from)
	}
	c.entries = append(withdrawals, c.entries...)
	for i, entry := range c.entries {
		if entry.Kind == ledger.KindAdmission {
			folder, err := p.folderAt(ctx, l.to, path.Dir(doc.Path))
			if err != nil {
				return considered{}, err
			}
			c.entries[i].Keep = keepFolder(entry, folder)
		}
	}
	return c, nil
}

// originOf gathers where what landed of one app came from, and what was withdrawn of it
// meanwhile.
func (p *pass) originOf(ctx context.Context, b *bench, base *catalog.Snapshot, e catalog.FolderEdit, state ledger.App, l landing, change *forge.Change) (origin, []ledger.Entry, error) {
	from := origin{commit: l.to}
	if e.From != nil {
		from.stood = e.From.App()
	}
	if change == nil {
		return from, nil, nil
	}
	held, err := p.contributorsToHeld(ctx, state, state.Admitted[string(b.first().Name)].Commit, e.Dirs()...)
	if err != nil {
		return from, nil, err
	}
	own, err := p.ownChange(ctx, b, e.Name, *change)
	if err != nil {
		return from, nil, err
	}
	if !own {
		from.files, from.filers = paths(e.Files), b.people.ChangeFacts(*change, nil, e.Dirs()...).Contributors
	}
	file := e.From
	if e.To != nil {
		file = e.To
	}
	from.change = b.people.ChangeFacts(*change, held, e.Dirs()...)
	from.problems = b.people.Problems(*change, held, file.Path, e.Dirs()...)
	s := subject{name: e.Name, doc: e.To, edit: e, state: state, digest: policies.RemovalDigest(e.Name, file.Digest())}
	if e.To != nil {
		s.digest = e.To.Digest()
	}
	var withdrawals []ledger.Entry
	from.reviews, withdrawals, err = p.withdrawn(ctx, b, *change, s)
	return from, withdrawals, err
}

// landRemoval says what has to be reported of an app whose folder is gone. What runs
// goes on running: absence is never a reason to do anything to it.
func (p *pass) landRemoval(ctx context.Context, b *bench, base *catalog.Snapshot, e catalog.FolderEdit, l landing, change *forge.Change) ([]string, error) {
	state, _ := p.view.App(e.Name)
	if change == nil {
		return []string{e.Name + " (its folder was taken away)"}, nil
	}
	before, err := admittedDocument(ctx, p.view, string(b.first().Name), e.Name, e.From.Path)
	if err != nil {
		return nil, err
	}
	from, _, err := p.originOf(ctx, b, base, e, state, l, change)
	if err != nil {
		return nil, err
	}
	q := b.removal(base, state, e, before.App())
	q.Now, q.Approvals, q.Facts = b.now, from.reviews, policies.Facts{Change: from.change, Problems: from.problems}
	d := b.rules.Decide(ctx, policies.NewRemovalBrief(q, b.rules))
	if d.Verdict == policies.Allow {
		return nil, nil
	}
	return []string{fmt.Sprintf("%s (its folder was taken away: %s)", e.Name, d.Verdict)}, nil
}

// settle records what a landing means that leaves the content of an app as it is
// admitted: that it stands on the branch again, where something else was held; that it
// lies in another folder now. Who did that, and what lies beside it, is decided too.
func (b *bench) settle(ctx context.Context, base *catalog.Snapshot, state ledger.App, e catalog.FolderEdit, admitted *catalog.Document, standing ledger.Admitted, from origin) considered {
	doc := e.To
	c := considered{app: doc.Name}
	q := policies.Question{
		Governing: b.governing, Proposed: b.main, Path: doc.Path, Admitted: doc.App(), Now: b.now, Home: true,
		Stood: from.stood, Files: from.files, By: from.filers, Approvals: from.reviews,
		Facts: policies.Facts{Admission: admissionFacts(standing.Admission, standing.At), Since: state.Since},
	}
	if from.change != nil {
		q.Facts.Before = b.beforeChange(ctx, base, e.From, admitted, q.Facts)
		q.Facts.Change, q.Facts.Problems = from.change, from.problems
	}
	brief := policies.NewBrief(q, b.rules)
	d := b.rules.Decide(ctx, brief)
	if from.change != nil && d.Verdict != policies.Allow {
		c.past = fmt.Sprintf("%s (files beside it: %s)", doc.Name, d.Verdict)
	}
	if state.Held != nil {
		c.entries = append(c.entries, decisionEntry(d, brief, "", from.commit, ""))
	}
	for _, env := range b.rules.Settings().Environments {
		there, ok := state.Admitted[string(env.Name)]
		if ok && there.Path != doc.Path && there.Digest == doc.Digest() {
			moved := there.Admission
			moved.Path, moved.Commit, moved.Cause, moved.Adopted = doc.Path, from.commit, "moved", there.TakenOver()
			c.entries = append(c.entries, admissionEntry(doc, moved))
		}
	}
	return c
}

// bypass says why a landing is an incident, if it is one.
func bypass(l landing, apps []string, governance bool, held []policies.Decision, past []string) string {
	var waiting []string
	for _, d := range held {
		name := d.Subject
		if name == catalog.Strays {
			name = d.Path
		}
		waiting = append(waiting, fmt.Sprintf("%s (%s)", name, d.Verdict))
	}
	var said []string
	if len(waiting) > 0 {
		said = append(said, "held: "+strings.Join(waiting, ", "))
	}
	if len(past) > 0 {
		said = append(said, "not agreed to: "+strings.Join(past, ", "))
	}
	switch {
	case l.change == "" && len(apps) == 0 && !governance && len(held) == 0:
		return ""
	case l.change == "" && len(said) == 0:
		return fmt.Sprintf("%s was pushed directly; all of it is allowed", l.to.Short())
	case l.change == "":
		return fmt.Sprintf("%s was pushed directly; %s", l.to.Short(), strings.Join(said, "; "))
	case len(said) > 0:
		return fmt.Sprintf("change %s was merged past the check; %s", l.change, strings.Join(said, "; "))
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
