package chain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// A check is the verification of one commit against its parent: who signed it, that
// it adds one record and nothing else, and that the state is the fold of it. It
// takes the parent's tree for granted, so commits can be checked in any order, and
// when all from the genesis on pass, all of it holds.
type check struct {
	repo   *gitrepo.Repo
	trust  Trust
	id     catalog.Commit
	parent catalog.Commit // empty for the genesis

	record ledger.Record
	body   any
	found  []Finding
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
		c.found[i].Seq = c.record.Seq
	}
	return c, nil
}

func (c *check) add(fault Fault, format string, args ...any) {
	c.found = append(c.found, Finding{Fault: fault, Commit: c.id, Message: fmt.Sprintf(format, args...)})
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
		before.root, err = readRoot(ctx, before.files)
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
	raw, err := c.findRecord(ctx, this, changes)
	if err != nil || raw == nil {
		return err
	}
	if c.record, c.body, err = ledger.ReadRecord(raw); err != nil {
		c.add(FaultRecord, "its record cannot be read: %v", err)
		return nil
	}
	return c.follow(ctx, before, this, changes, raw)
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

// findRecord reads the one record that the commit adds.
func (c *check) findRecord(ctx context.Context, this side, changes []gitrepo.Change) ([]byte, error) {
	var records []gitrepo.Change
	for _, x := range changes {
		if !isRecordPath(x.Path) {
			continue
		}
		if x.OldMode != 0 {
			c.add(FaultChain, "it changes %s, which was recorded before", x.Path)
			continue
		}
		records = append(records, x)
	}
	if len(records) != 1 {
		c.add(FaultChain, "it adds %d records; each commit adds one", len(records))
		return nil, nil
	}
	return this.files.Read(ctx, catalog.Entry{Path: records[0].Path, Mode: records[0].NewMode, ID: string(records[0].NewID)}, ledger.MaxFile)
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

// follow folds the record and compares the tree with what it leads to.
func (c *check) follow(ctx context.Context, before, this side, changes []gitrepo.Change, raw []byte) error {
	r := c.record
	start := before.root
	if c.parent == "" {
		start = ledger.Root{}
	}
	if err := authorise(before.root, r, c.body); err != nil {
		c.add(bodyFault(err), "record %d: %v", r.Seq, err)
	}
	root, apps, err := ledger.FoldRead(start, appAt(ctx, before.files), r, c.body, ledger.Hash(raw))
	if err != nil {
		if !wrong(err) {
			return err
		}
		fault := FaultRecord
		if r.Seq != start.Seq+1 || r.Prev != start.Hash {
			fault = FaultChain
		}
		c.add(fault, "%v", err)
		return nil
	}
	page, err := nextPage(ctx, before.files, r.Kind, r.Subject)
	if err != nil {
		return err
	}
	want := map[string][]byte{recordPath(r.Kind, r.Subject, page, r.Seq): raw}
	if want[rootPath], err = ledger.Encode(root); err != nil {
		return err
	}
	for _, a := range apps {
		if want[statePath(a.Name)], err = ledger.Encode(a); err != nil {
			return err
		}
	}
	if err := c.files(ctx, this, want); err != nil {
		return err
	}
	c.rest(changes, want)
	c.trailers(this.info)
	if err := checkTip(c.body, c.parent); err != nil {
		c.add(FaultRecord, "record %d: %v", r.Seq, err)
	}
	c.pairing(ctx, before)
	return nil
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

// rest wants nothing else changed but what the record may keep.
func (c *check) rest(changes []gitrepo.Change, want map[string][]byte) {
	for _, x := range changes {
		if want[x.Path] != nil || isRecordPath(x.Path) || c.parent == "" && x.Path == readmePath {
			continue
		}
		switch {
		case mayKeep(c.record, x.Path):
		case strings.HasPrefix(x.Path, "state/"):
			c.add(FaultState, "it changes %s, which its record does not touch", x.Path)
		default:
			c.add(FaultTree, "it changes %s, which its record does not cover", x.Path)
		}
	}
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

// trailers wants the message to name the record it comes with.
func (c *check) trailers(info *gitrepo.CommitInfo) {
	want := map[string]string{"Seq": strconv.FormatInt(c.record.Seq, 10), "Kind": string(c.record.Kind), "App": c.record.Subject}
	seen := map[string]int{}
	for _, t := range info.Trailers {
		if value, ok := want[t.Key]; ok && t.Value == value {
			seen[t.Key]++
		} else if ok {
			seen[t.Key] = 2
		}
	}
	for key := range want {
		if seen[key] != 1 {
			c.add(FaultRecord, "its message does not name the record it comes with (%s)", key)
			return
		}
	}
}

// pairing wants an effect to be claimed before it is done, and an app to be taken
// down only after somebody was told.
func (c *check) pairing(ctx context.Context, before side) {
	a, err := appAt(ctx, before.files)(c.record.Subject)
	if err != nil {
		return // reported as a state that cannot be read
	}
	switch b := c.body.(type) {
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
		if _, ok, err := findRecord(ctx, before.files, ledger.KindClaim, c.record.Subject, claim); err == nil && ok {
			return
		}
	}
	c.add(FaultClaim, "%q was done without a claim to it", effect)
}
