package chain

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// A check is the verification of one commit against its parent: who signed it, that
// it adds records which go together and nothing else, and that the state is the fold
// of them. It takes the parent's tree for granted, so commits can be checked in any
// order, and when all from the genesis on pass, all of it holds.
type check struct {
	repo   *gitrepo.Repo
	trust  Trust
	id     catalog.Commit
	parent catalog.Commit // empty for the genesis

	records together
	at      int64 // the record that is being checked; 0 for all of the commit
	found   []Finding
}

// checkCommit returns what is wrong with a commit. An error means that it could not
// be told.
func checkCommit(ctx context.Context, repo *gitrepo.Repo, trust Trust, parent, id catalog.Commit) (*check, error) {
	c := &check{repo: repo, trust: trust, id: id, parent: parent}
	if err := c.run(ctx); err != nil {
		if !wrong(err) {
			return nil, fmt.Errorf("check ledger commit %s: %w", id.Short(), err)
		}
		c.add(FaultRecord, "%v", err)
	}
	for i := range c.found {
		if c.found[i].Seq == 0 && len(c.records) > 0 {
			c.found[i].Seq = c.records[0].record.Seq
		}
	}
	return c, nil
}

func (c *check) add(fault Fault, format string, args ...any) {
	c.found = append(c.found, Finding{Fault: fault, Commit: c.id, Seq: c.at, Message: fmt.Sprintf(format, args...)})
}

// A side is a commit with its tree.
type side struct {
	info  *gitrepo.CommitInfo
	files *gitrepo.Files
	root  ledger.Root
}

func (c *check) side(ctx context.Context, id catalog.Commit) (s side, err error) {
	if s.info, err = c.repo.Commit(ctx, id); err != nil {
		return s, err
	}
	s.files, err = c.repo.FilesOf(s.info.Tree)
	return s, err
}

func (c *check) run(ctx context.Context) error {
	this, err := c.side(ctx, c.id)
	if err != nil {
		return err
	}
	before := side{info: &gitrepo.CommitInfo{Tree: gitrepo.EmptyTree}}
	if c.parent == "" {
		before.files, err = c.repo.FilesOf(gitrepo.EmptyTree)
		before.root.Root = c.trust.Root.String()
	} else if before, err = c.side(ctx, c.parent); err == nil {
		before.root, err = RootOf(ctx, before.files)
	}
	if err != nil {
		if wrong(err) {
			c.add(FaultState, "the state before it cannot be read, so nothing about it can be told: %v", err)
			return nil
		}
		return err
	}
	c.ancestry(this)
	if err := c.signature(this, before.root); err != nil {
		return err
	}
	changes, err := c.repo.Diff(ctx, before.info.Tree, this.info.Tree)
	if err != nil {
		return err
	}
	if ok, err := c.read(ctx, this, changes); !ok || err != nil {
		return err
	}
	return c.follow(ctx, before, this, changes)
}

func (c *check) ancestry(this side) {
	switch p := this.info.Parents; {
	case c.parent == "" && len(p) > 0:
		c.add(FaultGenesis, "it is not a first commit")
	case c.parent != "" && (len(p) != 1 || p[0] != c.parent):
		c.add(FaultChain, "it has %d parents; each record follows exactly one", len(p))
	}
}

// signature wants the commit signed by a key that was valid for its record.
func (c *check) signature(this side, before ledger.Root) error {
	keys, err := signers(before, before.Seq+1)
	if err != nil {
		return err
	}
	key, err := this.info.Verify(keys)
	if err == nil {
		return nil
	}
	switch fault := faultOf(err, before, key); fault {
	case FaultRevoked:
		c.add(fault, "it is signed by %s, which could not sign any more, or not yet", key.Fingerprint())
	default:
		c.add(fault, "%v: it was not written by the daemon", err)
	}
	return nil
}

// read reads the records that the commit adds. It is false where they are not what a
// commit may add.
func (c *check) read(ctx context.Context, this side, changes []gitrepo.Change) (bool, error) {
	var records together
	size := 0
	for _, x := range changes {
		if !isRecordPath(x.Path) {
			continue
		}
		if x.OldMode != 0 {
			c.add(FaultChain, "it changes %s, which was recorded before", x.Path)
			continue
		}
		if len(records) > maxTogether || len(records) > 1 && size > ledger.MaxFile {
			break // more than go together
		}
		raw, err := this.files.Read(ctx, catalog.Entry{Path: x.Path, Mode: x.NewMode, ID: string(x.NewID)}, ledger.MaxFile)
		if err != nil {
			return false, err
		}
		r, body, err := ledger.ReadRecord(raw)
		if err != nil {
			c.add(FaultRecord, "its record %s cannot be read: %v", x.Path, err)
			return false, nil
		}
		size += len(raw)
		records = append(records, written{record: r, body: body, raw: raw})
	}
	slices.SortFunc(records, func(a, b written) int { return cmp.Compare(a.record.Seq, b.record.Seq) })
	if why := records.refused(); why != "" {
		c.add(FaultChain, "%s", why)
		return false, nil
	}
	c.records = records
	return true, nil
}

// isRecordPath reports whether a path is in one of the folders of records.
func isRecordPath(path string) bool {
	top, _, deeper := strings.Cut(path, "/")
	if top == string(ledger.KindGenesis) {
		return deeper
	}
	folder, ok := folderOf(ledger.Kind(strings.TrimSuffix(top, "s")))
	return deeper && ok && folder == top
}

// follow folds the records and compares the tree with what they lead to.
func (c *check) follow(ctx context.Context, before, this side, changes []gitrepo.Change) error {
	root := before.root
	if c.parent == "" {
		root = ledger.Root{}
	}
	want := map[string][]byte{}
	for _, w := range c.records {
		c.at = w.record.Seq
		next, err := c.fold(ctx, before, root, w, want)
		if err != nil {
			if !wrong(err) {
				return err
			}
			fault := FaultRecord
			if w.record.Seq != root.Seq+1 || w.record.Prev != root.Hash {
				fault = FaultChain
			}
			c.add(fault, "%v", err)
			return nil
		}
		root = next
		if err := checkTip(w.body, c.parent); err != nil {
			c.add(FaultRecord, "record %d: %v", w.record.Seq, err)
		}
		c.pairing(ctx, before, w)
	}
	c.at = 0
	root.Commits++
	var err error
	if want[rootPath], err = ledger.Encode(root); err != nil {
		return err
	}
	if err := c.files(ctx, this, want); err != nil {
		return err
	}
	c.rest(changes, want)
	if !c.records.named(this.info) {
		c.add(FaultRecord, "its message does not name the records it comes with (Seq, Kind, App)")
	}
	return nil
}

// fold folds one record, and adds the files that it leads to.
func (c *check) fold(ctx context.Context, before side, root ledger.Root, w written, want map[string][]byte) (ledger.Root, error) {
	r := w.record
	signed := root
	if c.parent == "" {
		signed = before.root
	}
	if err := authorise(signed, r, w.body); err != nil {
		c.add(bodyFault(err), "record %d: %v", r.Seq, err)
	}
	next, apps, err := ledger.FoldRead(root, appAt(ctx, before.files), r, w.body, ledger.Hash(w.raw))
	if err != nil {
		return root, err
	}
	page, err := nextPage(ctx, before.files, r.Kind, r.Subject)
	if err != nil {
		return root, err
	}
	want[recordPath(r.Kind, r.Subject, page, r.Seq)] = w.raw
	for _, a := range apps {
		if want[statePath(a.Name)], err = ledger.Encode(a); err != nil {
			return root, err
		}
	}
	return next, nil
}

// checkTip wants records that name the commit before them to name it rightly.
func checkTip(body any, parent catalog.Commit) error {
	var tip catalog.Commit
	switch b := body.(type) {
	case ledger.Adoption:
		tip = b.Tip
	case ledger.Checkpoint:
		tip = b.Tip
	}
	if tip != "" && tip != parent {
		return fmt.Errorf("%w: it follows %s and says that it follows %s", ledger.ErrInvalid, parent.Short(), tip.Short())
	}
	return nil
}

func bodyFault(err error) Fault {
	switch {
	case errors.Is(err, ledger.ErrInvalid):
		return FaultRecord
	case errors.Is(err, sshkey.ErrUnknownKey):
		return FaultKey
	case errors.Is(err, sshkey.ErrUnsigned):
		return FaultUnsigned
	}
	return FaultSignature
}

// files compares the files that the record leads to.
func (c *check) files(ctx context.Context, this side, want map[string][]byte) error {
	for path, content := range want {
		e, ok, err := this.files.Entry(ctx, path)
		if err != nil {
			return err
		}
		var got []byte
		if ok && e.Mode == catalog.File {
			if got, err = this.files.Read(ctx, e, ledger.MaxFile); err != nil {
				return err
			}
		}
		if bytes.Equal(got, content) {
			continue
		}
		if isRecordPath(path) {
			c.add(FaultChain, "its record does not lie at %s, where it belongs", path)
		} else {
			c.add(FaultState, "%s is not what the records lead to: it was edited", path)
		}
	}
	return nil
}

// rest wants nothing else changed but what the records may keep.
func (c *check) rest(changes []gitrepo.Change, want map[string][]byte) {
	for _, x := range changes {
		if want[x.Path] != nil || isRecordPath(x.Path) || c.parent == "" && x.Path == readmePath {
			continue
		}
		switch {
		case c.keeps(x.Path):
		case strings.HasPrefix(x.Path, "state/"):
			c.add(FaultState, "it changes %s, which its records do not touch", x.Path)
		default:
			c.add(FaultTree, "it changes %s, which its records do not cover", x.Path)
		}
	}
}

// keeps reports whether one of the records may change a path of what is admitted.
func (c *check) keeps(path string) bool {
	owner := keptOf(path)
	for _, w := range c.records {
		if (len(c.records) == 1 || w.record.Subject == owner) && mayKeep(w.record, path) {
			return true
		}
	}
	return false
}

// mayKeep reports whether a record may change a path of what is admitted.
func mayKeep(r ledger.Record, path string) bool {
	switch r.Kind {
	case ledger.KindGenesis, ledger.KindAdoption:
		return checkKeep(catalog.Governance, path) == nil
	case ledger.KindAdmission, ledger.KindTransition:
		return checkKeep(r.Subject, path) == nil
	}
	return false
}

// pairing wants an effect to be claimed before it is done, and an app to be taken
// down only after somebody was told.
func (c *check) pairing(ctx context.Context, before side, w written) {
	a, err := appAt(ctx, before.files)(w.record.Subject)
	if err != nil {
		return // reported as a state that cannot be read
	}
	a.Name = w.record.Subject
	switch b := w.body.(type) {
	case ledger.Receipt:
		if b.Outcome != ledger.OutcomeUnchanged {
			c.claimed(ctx, before, a, b.Effect, b.Claim)
		}
	case ledger.Notice:
		if b.Delivered {
			c.claimed(ctx, before, a, ledger.NewEffect("notify", b.Key), b.Claim)
		}
	case ledger.Transition:
		if b.To == ledger.Disabled && !a.Told(b.Epoch) {
			c.add(FaultNotice, "%s was taken down, and nobody had been told of %q before", a.Name, b.Epoch)
		}
	}
}

// claimed wants a claim to an effect before what it did is recorded.
func (c *check) claimed(ctx context.Context, before side, a ledger.App, effect ledger.Effect, claim int64) {
	if _, open := a.Claims[effect]; open {
		return
	}
	if claim != 0 {
		if _, ok, err := findRecord(ctx, before.files, ledger.KindClaim, a.Name, claim); err == nil && ok {
			return
		}
	}
	c.add(FaultClaim, "%q was done without a claim to it", effect)
}
