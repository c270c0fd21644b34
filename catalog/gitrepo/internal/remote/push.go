package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
)

// Push sends a pack and moves refs, all of them from where the commands expect them. The
// pack is nil if refs are only deleted. Several refs move together if the server can do
// that. ErrStale, ErrRejected and ErrUnauthorized mean that nothing changed.
func (r *Remote) Push(ctx context.Context, commands []*packp.Command, pack []byte) error {
	x, err := r.exchange("push to")
	if err != nil {
		return err
	}
	session, err := r.client.NewReceivePackSession(x.ep, x.auth)
	if err != nil {
		return x.fail(err)
	}
	defer session.Close()
	refs, err := x.advertised(ctx, session)
	if err != nil {
		return err
	}
	if err := x.stale(commands, refs.References); err != nil {
		return err
	}
	var notes note
	req := pushRequest(refs.Capabilities, commands, pack)
	req.Progress = &notes
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
	return x.judge(ctx, commands, report, &notes)
}

// stale compares what the server has with what the commands expect.
func (x *exchange) stale(commands []*packp.Command, now map[string]plumbing.Hash) error {
	for _, c := range commands {
		if got := now[string(c.Name)]; got != c.Old {
			return fmt.Errorf("push to %s: %s is at %s, not at %s: %w", x.r.Name, c.Name, orNothing(got), orNothing(c.Old), ErrStale)
		}
	}
	return nil
}

func orNothing(h plumbing.Hash) string {
	if h.IsZero() {
		return "nothing"
	}
	return h.String()
}

func pushRequest(can *capability.List, commands []*packp.Command, pack []byte) *packp.ReferenceUpdateRequest {
	req := packp.NewReferenceUpdateRequestFromCapabilities(can)
	req.Commands = commands
	if pack != nil {
		req.Packfile = io.NopCloser(bytes.NewReader(pack))
	}
	wish := []capability.Capability{capability.Sideband64k, capability.Quiet}
	if len(commands) > 1 {
		wish = append(wish, capability.Atomic)
	}
	for _, c := range wish {
		if can.Supports(c) {
			_ = req.Capabilities.Set(c) // fails only for capabilities with values
		}
	}
	return req
}

// judge reads what the server says about each ref. Servers word a lost race in many
// ways, so after a refusal the refs themselves are asked.
func (x *exchange) judge(ctx context.Context, commands []*packp.Command, report *packp.ReportStatus, notes *note) error {
	said := map[plumbing.ReferenceName]string{}
	for _, c := range report.CommandStatuses {
		said[c.ReferenceName] = c.Status
	}
	var reason string
	done := 0
	for _, c := range commands {
		switch status, ok := said[c.Name]; {
		case !ok:
			return x.fail(fmt.Errorf("it does not say what became of %s", c.Name))
		case status == "ok":
			done++
		default:
			reason += fmt.Sprintf("%s: %s. ", c.Name, status)
		}
	}
	if done == len(commands) {
		return nil
	}
	if done > 0 {
		return x.fail(fmt.Errorf("it took only a part: %s", reason))
	}
	now, err := x.r.List(ctx)
	if err != nil {
		return x.fail(fmt.Errorf("%s (and it cannot be asked why)", reason))
	}
	if err := x.stale(commands, now.Tips); err != nil {
		return err
	}
	return &remoteError{
		text: fmt.Sprintf("push to %s: %s", x.r.Name, x.clean(reason+string(notes.text))),
		kind: ErrRejected,
	}
}

// A note keeps the start of what a server's programs and hooks print.
type note struct{ text []byte }

func (n *note) Write(b []byte) (int, error) {
	if room := 2048 - len(n.text); room > 0 {
		n.text = append(n.text, b[:min(room, len(b))]...)
	}
	return len(b), nil
}
