package landing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/propose"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Landing is what one push brought to the catalog's branch: all commits of one
// change, or a run of commits that no change brought.
type Landing struct {
	From, To catalog.Commit
	ID       string // of the change; empty for a direct push
	// Change is what the forge says of it. A forge that has forgotten it attests nobody:
	// no approval of the change counts then.
	Change *forge.Change
}

// Decider decides what landed. Read asks the forge, and may take as long as that does; Next
// and Decide, which passes call, do not ask it about anything that was read.
type Decider struct {
	Judges  *judge.Source
	Forge   forge.Forge
	History *identity.History // who brought held content
	Log     *slog.Logger

	mu   sync.Mutex
	read read
}

// ErrUnread says that a landing waits for Read.
var ErrUnread = errors.New("what landed was not read yet")

// Next finds the oldest landing that was not decided; nil if there is none. It is ErrUnread
// where the forge was not asked about it yet.
func (d *Decider) Next(ctx context.Context, s *session.Session) (*Landing, error) {
	commits, _, err := undecided(ctx, s)
	if err != nil || len(commits) == 0 {
		return nil, err
	}
	d.mu.Lock()
	known := d.read
	d.mu.Unlock()
	n := slices.Index(commits, known.until)
	if n < 0 {
		return nil, ErrUnread
	}
	l := &Landing{From: s.View.Root().Main}
	for i, commit := range commits[:n+1] {
		id := known.brought[commit]
		if i > 0 && id != l.ID {
			break
		}
		l.ID, l.To = id, commit
	}
	l.Change = known.changes[l.ID]
	return l, nil
}

// undecided lists the commits after the one that was accepted last, oldest first. merged
// says that this is no first parent of the tip, which then is one push that no change
// brought: it contains what was accepted, or all of this were frozen, so somebody merged that
// into their own work, as `git pull` and `git push` do.
func undecided(ctx context.Context, s *session.Session) (commits []catalog.Commit, merged bool, err error) {
	accepted := s.View.Root().Main
	if accepted == s.Tip {
		return nil, false, nil
	}
	commits, err = s.Repo.FirstParents(ctx, accepted, s.Tip)
	if errors.Is(err, gitrepo.ErrUnrelated) {
		return []catalog.Commit{s.Tip}, true, nil
	}
	return commits, false, err
}

// Decide decides one landing: governance first, since it may judge from now on, then every
// app whose content it changed. It returns what is to be recorded. An error means that it
// could not be told.
func (d *Decider) Decide(ctx context.Context, s *session.Session, l Landing) ([]ledger.Entry, error) {
	c, err := d.begin(ctx, s, l)
	if err != nil {
		return nil, err
	}
	governance, err := c.governance(ctx)
	if err != nil {
		return nil, err
	}
	c.strays()
	apps, err := c.apps(ctx)
	if err != nil {
		return nil, err
	}
	record := ledger.Landing{From: l.From, To: l.To, Change: l.ID, Apps: apps}
	record.Bypass = c.bypass(apps, len(governance) > 0)
	all := slices.Concat([]ledger.Entry{landingEntry(l, record)}, governance, c.decided)
	if record.Bypass != "" {
		all = append(all, incidentEntry(c.subject(), ledger.IncidentBypass, record.Bypass, l.To))
		d.Log.Warn("content landed past the check", "commit", l.To.Short(), "reason", record.Bypass)
	}
	if l.ID != "" {
		all = append(all, ledger.Entry{
			Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Sentence: "Close change " + l.ID + ", which landed",
			Body:     ledger.Closure{Change: l.ID, Landed: true, Apps: s.View.Touching(l.ID)},
			Trailers: []ledger.Trailer{{Key: "Change", Value: l.ID}},
		})
	}
	return all, nil
}

// deciding is one landing while it is decided.
type deciding struct {
	*Decider
	*session.Session
	landing  Landing
	judge    *judge.Judge
	from, to *catalog.Snapshot
	found    judge.Found // in the files that differ

	decided []ledger.Entry
	held    []policies.Decision
	past    []string // the check, in words, beside what is held
}

// begin reads what one landing is decided by.
func (d *Decider) begin(ctx context.Context, s *session.Session, l Landing) (*deciding, error) {
	from, err := s.Snapshot(ctx, l.From)
	if err != nil {
		return nil, err
	}
	to, err := s.Snapshot(ctx, l.To)
	if err != nil {
		return nil, err
	}
	b, err := d.Judges.At(ctx, s, l.To)
	if err != nil {
		return nil, err
	}
	files, err := s.Repo.Files(ctx, l.To)
	if err != nil {
		return nil, err
	}
	found, err := d.Judges.Scan(ctx, files, from, to)
	if err != nil {
		return nil, err
	}
	return &deciding{Decider: d, Session: s, landing: l, judge: b, from: from, to: to, found: found}, nil
}

// strays holds what is no app's, and wrong.
func (c *deciding) strays() {
	strays := judge.StrayProblems(c.from, c.to)
	if len(strays) == 0 {
		return
	}
	c.held = append(c.held, policies.Decision{Subject: catalog.Strays, Path: strays[0].Path, Verdict: policies.Invalid})
	for _, problem := range strays {
		c.Log.Warn("what landed is no app's", "commit", c.landing.To.Short(), "file", problem.Path, "problem", problem.Message, "remedy", problem.Remedy)
	}
}

// apps decides every app that differs, and lists them. One that fails the program is held
// and stops no other.
func (c *deciding) apps(ctx context.Context) ([]string, error) {
	names := []string{}
	for _, e := range catalog.FolderEdits(c.from, c.to) {
		if !e.IsApp() {
			continue
		}
		names = append(names, e.Name)
		state, _ := c.View.App(e.Name)
		switch holder := c.judge.Environments().DocumentOf(c.to, state, e.Name); {
		case e.To == nil:
			if err := c.removal(ctx, e); err != nil {
				return nil, err
			}
			continue
		case holder != e.To:
			c.past = append(c.past, fmt.Sprintf("%s (the name is taken by %s)", path.Dir(e.To.Path), path.Dir(holder.Path)))
			continue
		}
		var o judge.Outcome
		err := parallel.Guard(c.Log, "deciding an app that landed", e.Name, func() (err error) {
			o, err = c.app(ctx, e)
			return err
		})
		if parallel.IsPanic(err) {
			o, err = c.judge.BrokeOff(ctx, e.To, c.landing.To), nil
		}
		if err != nil {
			return nil, err
		}
		c.decided = append(c.decided, o.Entries...)
		if o.Held != nil {
			c.held = append(c.held, *o.Held)
		}
		if o.Bypassed != "" {
			c.past = append(c.past, o.Bypassed)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// app decides the content of one app that landed.
func (c *deciding) app(ctx context.Context, e catalog.FolderEdit) (judge.Outcome, error) {
	b, doc := c.judge, e.To
	state, _ := c.View.App(doc.Name)
	newest, ok := state.Admitted[string(b.Environments().First().Name)]
	var admitted *catalog.Document
	if ok {
		var err error
		if admitted, err = judge.AdmittedDocument(ctx, c.View, string(b.Environments().First().Name), doc.Name, newest.Path); err != nil {
			return judge.Outcome{}, err
		}
	}
	from, withdrawals, err := c.origin(ctx, e, state)
	if err != nil {
		return judge.Outcome{}, err
	}
	var o judge.Outcome
	if ok && doc.Digest() != "" && newest.Digest == doc.Digest() {
		// Nothing changed in meaning, or it was taken back.
		o = b.Settle(ctx, c.from, state, e, admitted, newest, from)
	} else {
		o = b.Land(ctx, state, doc, admitted.App(), from)
	}
	o.Entries = append(withdrawals, o.Entries...)
	for i, entry := range o.Entries {
		if entry.Kind == ledger.KindAdmission {
			folder, err := c.Folder(ctx, c.landing.To, path.Dir(doc.Path))
			if err != nil {
				return judge.Outcome{}, err
			}
			o.Entries[i].Keep = judge.KeepFolder(entry, folder)
		}
	}
	return o, nil
}

// origin gathers where what landed of one app came from, and what was withdrawn of it
// meanwhile.
func (c *deciding) origin(ctx context.Context, e catalog.FolderEdit, state ledger.App) (judge.Origin, []ledger.Entry, error) {
	b, change := c.judge, c.landing.Change
	from := judge.Origin{Commit: c.landing.To}
	if e.To != nil {
		from.Secrets = c.found[e.To.Path]
	}
	if e.From != nil {
		from.Stood = e.From.App()
	}
	if change == nil {
		return from, nil, nil
	}
	held, err := approval.ContributorsToHeld(ctx, c.History, state, state.Admitted[string(b.Environments().First().Name)].Commit, e.Dirs()...)
	if err != nil {
		return from, nil, err
	}
	own, err := propose.Own(ctx, c.View, b.People, e.Name, *change)
	if err != nil {
		return from, nil, err
	}
	if !own {
		from.Files, from.Filers = e.FilePaths(), b.People.ChangeFacts(*change, nil, e.Dirs()...).Contributors
	}
	file := e.From
	if e.To != nil {
		file = e.To
	}
	from.Change = b.People.ChangeFacts(*change, held, e.Dirs()...)
	from.Problems = b.People.Problems(*change, held, file.Path, e.Dirs()...)
	subject := approval.Subject{Name: e.Name, Document: e.To, Edit: e, State: state, Digest: policies.RemovalDigest(e.Name, file.Digest())}
	if e.To != nil {
		subject.Digest = e.To.Digest()
	}
	withdrawn, err := c.withdrawn(ctx, subject)
	from.Reviews = withdrawn.Reviews
	return from, withdrawn.Entries, err
}

// withdrawn is what was taken back of a subject of the change meanwhile.
func (c *deciding) withdrawn(ctx context.Context, s approval.Subject) (approval.Captured, error) {
	capture := approval.Capture{Session: c.Session, Judge: c.judge, Change: *c.landing.Change}
	return capture.Withdrawn(ctx, s)
}

// removal says what has to be reported of an app whose folder is gone. What runs goes on
// running: absence is never a reason to do anything to it.
func (c *deciding) removal(ctx context.Context, e catalog.FolderEdit) error {
	b := c.judge
	state, _ := c.View.App(e.Name)
	if c.landing.Change == nil {
		c.past = append(c.past, e.Name+" (its folder was taken away)")
		return nil
	}
	before, err := judge.AdmittedDocument(ctx, c.View, string(b.Environments().First().Name), e.Name, e.From.Path)
	if err != nil {
		return err
	}
	from, _, err := c.origin(ctx, e, state)
	if err != nil {
		return err
	}
	q := b.Removal(c.from, state, e, before.App())
	q.Now, q.Approvals, q.Facts = b.Now, from.Reviews, policies.Facts{Change: from.Change, Problems: from.Problems}
	if d := b.Rules.Decide(ctx, b.Redact(policies.NewRemovalBrief(q, b.Rules))); d.Verdict != policies.Allow {
		c.past = append(c.past, fmt.Sprintf("%s (its folder was taken away: %s)", e.Name, d.Verdict))
	}
	return nil
}

// bypass says why the landing is an incident, if it is one.
func (c *deciding) bypass(apps []string, governance bool) string {
	l := c.landing
	var waiting []string
	for _, d := range c.held {
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
	if len(c.past) > 0 {
		said = append(said, "not agreed to: "+strings.Join(c.past, ", "))
	}
	switch {
	case l.ID == "" && len(apps) == 0 && !governance && len(said) == 0:
		return ""
	case l.ID == "" && len(said) == 0:
		return fmt.Sprintf("%s was pushed directly; all of it is allowed", l.To.Short())
	case l.ID == "":
		return fmt.Sprintf("%s was pushed directly; %s", l.To.Short(), strings.Join(said, "; "))
	case len(said) > 0:
		return fmt.Sprintf("change %s was merged past the check; %s", l.ID, strings.Join(said, "; "))
	}
	return ""
}

// subject is what the incident is about.
func (c *deciding) subject() string {
	if len(c.held) == 1 {
		return c.held[0].Subject
	}
	return ledger.SubjectLedger
}

func landingEntry(l Landing, record ledger.Landing) ledger.Entry {
	e := ledger.Entry{Kind: ledger.KindLanding, Subject: ledger.SubjectLedger, Body: record}
	if l.ID == "" {
		e.Sentence = fmt.Sprintf("Accept %s, pushed directly", l.To.Short())
		return e
	}
	e.Sentence = fmt.Sprintf("Accept %s, change %s", l.To.Short(), l.ID)
	e.Trailers = []ledger.Trailer{{Key: "Change", Value: l.ID}}
	return e
}

func incidentEntry(subject string, what ledger.IncidentKind, message string, commit catalog.Commit) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindIncident, Subject: subject, Sentence: "Report: " + message,
		Body: ledger.Incident{What: what, Message: message, Commit: commit},
	}
}
