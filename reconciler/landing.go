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
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// landing is what one push brought to the catalog's branch: all commits of one
// change, or a run of commits that no change brought.
type landing struct {
	from, to catalog.Commit
	change   string // empty for a direct push
}

// nextLanding finds the oldest landing that was not decided; nil if there is none.
func (p *pass) nextLanding(ctx context.Context) (*landing, error) {
	accepted := p.View.Root().Main
	if accepted == p.Tip {
		return nil, nil
	}
	commits, err := p.r.Repo.FirstParents(ctx, accepted, p.Tip)
	if errors.Is(err, gitrepo.ErrUnrelated) {
		// The tip contains it, or all of this were frozen: somebody merged it into their
		// own work and pushed that, as `git pull` and `git push` do. That is one push.
		return &landing{from: accepted, to: p.Tip}, nil
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
	from, err := p.Snapshot(ctx, l.from)
	if err != nil {
		return err
	}
	to, err := p.Snapshot(ctx, l.to)
	if err != nil {
		return err
	}
	b, err := p.judgeAt(ctx, l.to)
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
		state, _ := p.View.App(e.Name)
		switch holder := b.DocumentOf(to, state, e.Name); {
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
		var c judge.Outcome
		err := parallel.Guard(p.r.Log, "deciding an app that landed", e.Name, func() (err error) {
			c, err = p.landApp(ctx, b, from, e, l, change)
			return err
		})
		if parallel.IsPanic(err) {
			c, err = b.BrokeOff(ctx, e.To, l.to), nil
		}
		if err != nil {
			return err
		}
		decided = append(decided, c.Entries...)
		if c.Held != nil {
			held = append(held, *c.Held)
		}
		if c.Bypassed != "" {
			past = append(past, c.Bypassed)
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
		touching := p.View.Touching(l.change)
		all = append(all, ledger.Entry{
			Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Sentence: "Close change " + l.change + ", which landed",
			Body:     ledger.Closure{Change: l.change, Landed: true, Apps: touching},
			Trailers: []ledger.Trailer{{Key: "Change", Value: l.change}},
		})
	}
	p.landings++
	return p.Note(ctx, all)
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
func (p *pass) landApp(ctx context.Context, b *judge.Judge, base *catalog.Snapshot, e catalog.FolderEdit, l landing, change *forge.Change) (judge.Outcome, error) {
	doc := e.To
	state, _ := p.View.App(doc.Name)
	newest, ok := state.Admitted[string(b.First().Name)]
	var admitted *catalog.Document
	if ok {
		var err error
		if admitted, err = judge.AdmittedDocument(ctx, p.View, string(b.First().Name), doc.Name, newest.Path); err != nil {
			return judge.Outcome{}, err
		}
	}
	from, withdrawals, err := p.originOf(ctx, b, base, e, state, l, change)
	if err != nil {
		return judge.Outcome{}, err
	}
	var c judge.Outcome
	if ok && doc.Digest() != "" && newest.Digest == doc.Digest() {
		// Nothing changed in meaning, or it was taken back.
		c = b.Settle(ctx, base, state, e, admitted, newest, from)
	} else {
		c = b.Land(ctx, state, doc, admitted.App(), from)
	}
	c.Entries = append(withdrawals, c.Entries...)
	for i, entry := range c.Entries {
		if entry.Kind == ledger.KindAdmission {
			folder, err := p.folderAt(ctx, l.to, path.Dir(doc.Path))
			if err != nil {
				return judge.Outcome{}, err
			}
			c.Entries[i].Keep = judge.KeepFolder(entry, folder)
		}
	}
	return c, nil
}

// originOf gathers where what landed of one app came from, and what was withdrawn of it
// meanwhile.
func (p *pass) originOf(ctx context.Context, b *judge.Judge, base *catalog.Snapshot, e catalog.FolderEdit, state ledger.App, l landing, change *forge.Change) (judge.Origin, []ledger.Entry, error) {
	from := judge.Origin{Commit: l.to}
	if e.From != nil {
		from.Stood = e.From.App()
	}
	if change == nil {
		return from, nil, nil
	}
	held, err := p.contributorsToHeld(ctx, state, state.Admitted[string(b.First().Name)].Commit, e.Dirs()...)
	if err != nil {
		return from, nil, err
	}
	own, err := p.ownChange(ctx, b, e.Name, *change)
	if err != nil {
		return from, nil, err
	}
	if !own {
		from.Files, from.Filers = paths(e.Files), b.People.ChangeFacts(*change, nil, e.Dirs()...).Contributors
	}
	file := e.From
	if e.To != nil {
		file = e.To
	}
	from.Change = b.People.ChangeFacts(*change, held, e.Dirs()...)
	from.Problems = b.People.Problems(*change, held, file.Path, e.Dirs()...)
	s := subject{name: e.Name, doc: e.To, edit: e, state: state, digest: policies.RemovalDigest(e.Name, file.Digest())}
	if e.To != nil {
		s.digest = e.To.Digest()
	}
	var withdrawals []ledger.Entry
	from.Reviews, withdrawals, err = p.withdrawn(ctx, b, *change, s)
	return from, withdrawals, err
}

// landRemoval says what has to be reported of an app whose folder is gone. What runs
// goes on running: absence is never a reason to do anything to it.
func (p *pass) landRemoval(ctx context.Context, b *judge.Judge, base *catalog.Snapshot, e catalog.FolderEdit, l landing, change *forge.Change) ([]string, error) {
	state, _ := p.View.App(e.Name)
	if change == nil {
		return []string{e.Name + " (its folder was taken away)"}, nil
	}
	before, err := judge.AdmittedDocument(ctx, p.View, string(b.First().Name), e.Name, e.From.Path)
	if err != nil {
		return nil, err
	}
	from, _, err := p.originOf(ctx, b, base, e, state, l, change)
	if err != nil {
		return nil, err
	}
	q := b.Removal(base, state, e, before.App())
	q.Now, q.Approvals, q.Facts = b.Now, from.Reviews, policies.Facts{Change: from.Change, Problems: from.Problems}
	d := b.Rules.Decide(ctx, policies.NewRemovalBrief(q, b.Rules))
	if d.Verdict == policies.Allow {
		return nil, nil
	}
	return []string{fmt.Sprintf("%s (its folder was taken away: %s)", e.Name, d.Verdict)}, nil
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
