package chain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// RotateKey records a change of the keys that may sign. A key is added by a valid
// key or the root key, and may sign from the next record on; only the root key
// revokes. By, After and Signature of the change are filled in. The commit is signed
// by the same key. The errors are those of Append.
func (l *Ledger) RotateKey(ctx context.Context, v *View, now time.Time, k ledger.KeyChange, by *sshkey.Signer) (*View, error) {
	if v.Frozen != nil {
		return nil, fmt.Errorf("change the keys of the ledger: %w: %w", ErrFrozen, v.Frozen)
	}
	if k.Reason == "" {
		return nil, errors.New("change the keys of the ledger: a reason is needed")
	}
	k.By, k.After = by.Public().Fingerprint(), v.root.Hash
	var err error
	if k.Signature, err = signBody(ledger.KindKey, k, by); err != nil {
		return nil, fmt.Errorf("change the keys of the ledger: %w", err)
	}
	e := ledger.Entry{Kind: ledger.KindKey, Subject: ledger.SubjectLedger, Body: k, Trailers: []ledger.Trailer{{Key: "Reason", Value: k.Reason}, {Key: "By", Value: k.By}}}
	for _, part := range []struct{ verb, line string }{{"Revoke", k.Revoke}, {"Add", k.Add}} {
		if part.line == "" {
			continue
		}
		key, err := sshkey.ParsePublicKey(part.line)
		if err != nil {
			return nil, fmt.Errorf("change the keys of the ledger: %w", err)
		}
		e.Sentence = fmt.Sprintf("%s the signing key %s", part.verb, key.Fingerprint())
		e.Trailers = append(e.Trailers, ledger.Trailer{Key: part.verb, Value: key.Fingerprint()})
	}
	next, _, err := l.append(ctx, v, gitrepo.ID(v.Tip), by, now, Push{}, []ledger.Entry{e})
	return next, err
}

// Adopt settles with the root key what nobody else can, on the record. After and
// Signature are filled in.
//
// With an empty Tip it goes on from the ledger as it is, which must not be frozen:
// Main is a tip of the catalog that is accepted from now on although it does not
// descend from the last, Governance is admitted, from Main or else the last accepted
// tip, with the files in keep.
//
// With a Tip the ledger starts again from that commit of its history, the present
// one or a better one, wherever the branch is now. GivenUp has to name the witnesses
// that it does not contain, or every reader who knows one stays frozen.
func (l *Ledger) Adopt(ctx context.Context, now time.Time, a ledger.Adoption, root *sshkey.Signer, keep ...catalog.Entry) (*View, error) {
	fail := func(err error) (*View, error) { return nil, fmt.Errorf("adopt: %w", err) }
	if !root.Public().Equal(l.opts.Root) {
		return fail(errors.New("only the pinned root key adopts"))
	}
	if a.Reason == "" {
		return fail(errors.New("a reason is needed"))
	}
	l.mu.Lock()
	v, old, err := l.ground(ctx, a)
	l.mu.Unlock()
	if err != nil {
		return fail(err)
	}
	a.After = v.root.Hash
	if a.Signature, err = signBody(ledger.KindAdoption, a, root); err != nil {
		return fail(err)
	}
	e := ledger.Entry{
		Kind: ledger.KindAdoption, Subject: ledger.SubjectLedger, Body: a, Sentence: "Adopt by the root key: " + a.Reason, Keep: keep,
		Trailers: []ledger.Trailer{{Key: "Main", Value: string(a.Main)}, {Key: "Tip", Value: string(a.Tip)}, {Key: "Digest", Value: string(a.Governance)}},
	}
	next, _, err := l.append(ctx, v, old, root, now, Push{}, []ledger.Entry{e})
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return next, l.remember(next) // also where it is shorter than what was given up
}

// ground is the view that an adoption goes on from, and where the branch is now.
func (l *Ledger) ground(ctx context.Context, a ledger.Adoption) (*View, gitrepo.ID, error) {
	old, err := l.repo.Tip(gitrepo.Branch(l.opts.branch()))
	if err != nil && !errors.Is(err, gitrepo.ErrNotFound) {
		return nil, "", err
	}
	var v *View
	var finding *Finding
	if a.Tip != "" {
		v, finding, err = l.at(ctx, a.Tip)
	} else {
		v, finding, err = l.read(ctx, nil)
	}
	if err == nil && finding != nil {
		err = fmt.Errorf("%w: %w", ErrFrozen, finding)
	}
	return v, old, err
}

// Main tells whether a tip of the catalog's branch continues the last accepted one.
// If it does not, the finding says so, and nothing new may be admitted until the root
// key adopts the tip, or the branch is put back.
func (l *Ledger) Main(ctx context.Context, v *View, tip catalog.Commit) (*Finding, error) {
	ok, err := contains(ctx, l.repo, tip, v.root.Main)
	if err != nil {
		return nil, fmt.Errorf("compare the catalog with its last accepted tip: %w", err)
	}
	if ok {
		return nil, nil
	}
	return &Finding{
		Fault: FaultMain, Commit: tip,
		Message: fmt.Sprintf("the catalog's branch %s does not contain %s, its last accepted tip: it was rewritten", v.root.Branch, v.root.Main.Short()),
	}, nil
}
