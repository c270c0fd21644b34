package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"

	"github.com/levee-gitops/levee/catalog"
)

// Update moves a ref of the remote from what it must be to what it shall be. An
// empty Old makes the ref, an empty New deletes it.
type Update struct {
	Ref Ref
	Old ID
	New ID
}

// Advance is the Update that moves a branch from one commit to another.
func Advance(branch string, from, to catalog.Commit) Update {
	return Update{Branch(branch), ID(from), ID(to)}
}

// Push sends the objects of a batch, exactly those, and moves refs. Nothing moves
// unless every ref is where Old says. Several refs move together if the remote can
// do that, which git and the large forges can. A nil batch sends no objects: refs
// then move to what the remote has, or are deleted.
//
// ErrStale, ErrRejected and ErrUnauthorized mean that nothing changed. After any
// other error the push may have happened or not, and only another look at the
// remote tells. After success the mirror holds the objects and its refs have moved;
// should the disk refuse that, the next Fetch makes up for it.
func (r *Repo) Push(ctx context.Context, b *Batch, updates ...Update) error {
	p := &push{r: r, updates: updates}
	if err := p.prepare(b); err != nil {
		return err
	}
	send := func() error { return p.send(ctx) }
	if around := r.opts.Around; around != nil {
		inner := send
		send = func() error { return around(p.what(), inner) }
	}
	if err := send(); err != nil {
		return err
	}
	r.landPush(ctx, p)
	return nil
}

// what names the refs that move.
func (p *push) what() string {
	names := make([]string, len(p.updates))
	for i, u := range p.updates {
		names[i] = string(u.Ref)
	}
	return "push " + strings.Join(names, " ")
}

type push struct {
	r        *Repo
	updates  []Update
	commands []*packp.Command
	pack     []byte // nil when there are only deletions
	objects  int    // in the pack
	notes    note   // what hooks of the remote say
}

func (p *push) prepare(b *Batch) error {
	if len(p.updates) == 0 {
		return errors.New("push: no ref to move")
	}
	var objects []object
	if b != nil {
		objects = b.objects.all()
	}
	onlyDeletes := true
	for _, u := range p.updates {
		c := &packp.Command{Name: plumbing.ReferenceName(u.Ref)}
		var err error
		if u.Old != "" {
			c.Old, err = hashOf(u.Old)
		}
		if u.New != "" && err == nil {
			c.New, err = hashOf(u.New)
			onlyDeletes = false
		}
		if err == nil && (!validRef(string(u.Ref)) || u.Old == u.New) {
			err = errors.New("it is no change of a ref")
		}
		if err != nil {
			return fmt.Errorf("push %q: %w", cut(string(u.Ref), 200), err)
		}
		p.commands = append(p.commands, c)
	}
	if onlyDeletes {
		return nil
	}
	var err error
	p.objects = len(objects)
	p.pack, err = encodePack(objects)
	return err
}

// send runs one receive-pack exchange.
func (p *push) send(ctx context.Context) error {
	x, err := p.r.remote.exchange("push to")
	if err != nil {
		return err
	}
	session, err := p.r.remote.client.NewReceivePackSession(x.ep, x.auth)
	if err != nil {
		return x.fail(err)
	}
	defer session.Close()
	refs, err := x.advertised(ctx, session)
	if err != nil {
		return err
	}
	if err := p.stale(x, tableOf(refs, p.touches)); err != nil {
		return err
	}
	req := p.request(refs)
	report, err := session.ReceivePack(ctx, req)
	if report == nil {
		if err == nil {
			err = errors.New("it does not say what became of the push")
		}
		return x.fail(err)
	}
	if report.UnpackStatus != "ok" {
		return x.fail(fmt.Errorf("it could not store the objects: %s", report.UnpackStatus))
	}
	return p.judge(ctx, x, report)
}

func (p *push) touches(name Ref) bool {
	return slices.ContainsFunc(p.updates, func(u Update) bool { return u.Ref == name })
}

// stale compares what the remote has with what the caller expects.
func (p *push) stale(x *exchange, now *refTable) error {
	for _, u := range p.updates {
		if got := now.get(u.Ref); got != u.Old {
			return fmt.Errorf("push to %s: %s is at %s, not at %s: %w", x.r.name, u.Ref, orNone(got), orNone(u.Old), ErrStale)
		}
	}
	return nil
}

func orNone(id ID) string {
	if id == "" {
		return "nothing"
	}
	return string(id)
}

func (p *push) request(refs *packp.AdvRefs) *packp.ReferenceUpdateRequest {
	req := packp.NewReferenceUpdateRequestFromCapabilities(refs.Capabilities)
	req.Commands = p.commands
	if p.pack != nil {
		req.Packfile = io.NopCloser(bytes.NewReader(p.pack))
	}
	wish := []capability.Capability{capability.Sideband64k, capability.Quiet}
	if len(p.commands) > 1 {
		wish = append(wish, capability.Atomic)
	}
	for _, c := range wish {
		if refs.Capabilities.Supports(c) {
			_ = req.Capabilities.Set(c) // fails only for capabilities with values
		}
	}
	req.Progress = &p.notes
	return req
}

// judge reads what the remote says about each ref. Servers word a lost race in
// many ways, so after a refusal the refs themselves are asked.
func (p *push) judge(ctx context.Context, x *exchange, report *packp.ReportStatus) error {
	said := map[plumbing.ReferenceName]string{}
	for _, c := range report.CommandStatuses {
		said[c.ReferenceName] = c.Status
	}
	var reason string
	done := 0
	for _, c := range p.commands {
		switch status, ok := said[c.Name]; {
		case !ok:
			return x.fail(fmt.Errorf("it does not say what became of %s", c.Name))
		case status == "ok":
			done++
		default:
			reason += fmt.Sprintf("%s: %s. ", c.Name, status)
		}
	}
	if done == len(p.commands) {
		return nil
	}
	if done > 0 {
		return x.fail(fmt.Errorf("it took only a part: %s", reason))
	}
	now, err := p.r.RemoteTips(ctx, "refs/")
	if err != nil {
		return x.fail(fmt.Errorf("%s (and it cannot be asked why)", reason))
	}
	if err := p.stale(x, &refTable{tips: now}); err != nil {
		return err
	}
	return &remoteError{
		text: fmt.Sprintf("push to %s: %s", x.r.name, x.clean(reason+string(p.notes.text))),
		kind: ErrRejected,
	}
}

// landPush lets the mirror follow a push that succeeded. A failure is left to the
// next Fetch, which finds the refs elsewhere and brings the objects.
func (r *Repo) landPush(ctx context.Context, p *push) {
	ctx = context.WithoutCancel(ctx) // it happened; what is left is local and short
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.store.Load()
	if p.objects > 0 {
		if err := s.landBytes(ctx, p.pack); err != nil {
			return
		}
		if r.rebuilding {
			r.landed = append(r.landed, p.pack)
		}
	}
	moved := map[Ref]ID{}
	r.pushes++
	for _, u := range p.updates {
		if r.opts.mirrors(u.Ref) {
			moved[u.Ref] = u.New
			r.pushed[u.Ref] = r.pushes
		}
	}
	next := r.refs.Load().with(moved)
	if err := s.writeRefs(next, false); err != nil {
		return
	}
	r.refs.Store(next)
	_ = s.fold(ctx) // tidying; the next one tries again
}

// A note keeps the start of what a remote's hooks print.
type note struct{ text []byte }

func (n *note) Write(b []byte) (int, error) {
	if room := 2048 - len(n.text); room > 0 {
		n.text = append(n.text, b[:min(room, len(b))]...)
	}
	return len(b), nil
}
