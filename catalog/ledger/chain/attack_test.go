package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// An attacker can push anything, and has the keys that the test gives him.
type attacker struct {
	*bench
	repo *gitrepo.Repo
	tip  catalog.Commit
}

func newAttacker(b *bench) *attacker {
	b.t.Helper()
	repo := gitrepotest.Open(b.t, b.remote)
	return &attacker{b, repo, catalog.Commit(must(repo.Tip(gitrepo.Branch(DefaultBranch))))}
}

// batch starts on a commit of the ledger.
func (a *attacker) batch(on catalog.Commit) *gitrepo.Batch {
	a.t.Helper()
	return must(a.repo.Batch(a.t.Context(), on))
}

// writer writes records that are right in themselves, signed by any key.
func (a *attacker) writer(on catalog.Commit, by *gitrepotest.Key) *writer {
	a.t.Helper()
	files := must(a.repo.Files(a.t.Context(), on))
	v := &View{
		Tip: on, root: must(RootOf(a.t.Context(), files)), apps: must(loadStates(a.t.Context(), files)),
		files: files,
	}
	return must(newWriter(a.t.Context(), a.repo, v, nil, by.Signer, Options{Trust: a.trust, Author: orLevee(gitrepo.Person{}), Engine: "levee test"}))
}

func (a *attacker) write(w *writer, entries ...ledger.Entry) {
	a.t.Helper()
	if err := w.writeAll(a.t.Context(), a.now.Add(time.Hour), entries); err != nil {
		a.t.Fatal(err)
	}
}

// again commits the files as they stand in a batch under the message of a commit.
func (a *attacker) again(b *gitrepo.Batch, like catalog.Commit, by *gitrepotest.Key) {
	a.t.Helper()
	info := must(a.repo.Commit(a.t.Context(), like))
	d := gitrepo.Draft{Message: info.Message, Author: info.Author, Committer: info.Committer}
	if by != nil {
		d.Signer = by.Signer
	}
	must(b.Commit(a.t.Context(), d))
}

func (a *attacker) push(b *gitrepo.Batch) {
	a.t.Helper()
	if err := a.repo.Push(a.t.Context(), b, gitrepo.Advance(DefaultBranch, a.tip, b.Tip())); err != nil {
		a.t.Fatal(err)
	}
}

func (a *attacker) put(b *gitrepo.Batch, path string, content []byte) {
	a.t.Helper()
	if err := b.Put(path, catalog.File, content); err != nil {
		a.t.Fatal(err)
	}
}

// squash pushes as one commit what is right as one commit each.
func (a *attacker) squash(entries ...ledger.Entry) {
	a.t.Helper()
	w := a.writer(a.tip, a.daemon)
	for _, e := range entries {
		a.write(w, e)
	}
	message := "Record\n\nSeq: " + fmt.Sprint(w.records[0].Seq, "-", w.root.Seq) + "\nKind: " + string(entries[0].Kind) + "\n"
	for _, e := range entries {
		message += "App: " + e.Subject + "\n"
	}
	a.recommit(w, func(string) string { return message })
}

// recommit pushes what was written as one commit, with another message and other files.
func (a *attacker) recommit(w *writer, message func(string) string, edits ...func(*gitrepo.Batch) error) {
	a.t.Helper()
	b, info := must(w.batch.Beside(a.t.Context(), a.tip)), must(w.batch.Info(a.t.Context(), w.batch.Tip()))
	b.UseTree(info.Tree)
	for _, edit := range edits {
		if err := edit(b); err != nil {
			a.t.Fatal(err)
		}
	}
	must(b.Commit(a.t.Context(), gitrepo.Draft{Message: message(info.Message), Author: info.Author, Signer: a.daemon.Signer}))
	a.push(b)
}

// asWritten leaves a message as it is.
func asWritten(message string) string { return message }

func (a *attacker) parents(of catalog.Commit, n int) catalog.Commit {
	a.t.Helper()
	for range n {
		of = must(a.repo.Commit(a.t.Context(), of)).Parents[0]
	}
	return of
}

var incident = ledger.Entry{Kind: ledger.KindIncident, Subject: "expense", Body: ledger.Incident{What: "bypass", Message: "x"}}

// attacks are done to a ledger with a story in it. Each names the fault that a
// daemon which watched, one that starts cold, and the verification have to report;
// an empty one is what a cold start cannot see.
var attacks = map[string]struct {
	do                   func(t *testing.T, a *attacker)
	warm, cold, verified Fault
}{
	"the last commits are dropped": {
		func(t *testing.T, a *attacker) {
			a.remote.SetRef("refs/heads/"+DefaultBranch, string(a.parents(a.tip, 2)))
		}, FaultWitness, "", FaultWitness,
	},
	"a commit in the middle is dropped": {
		func(t *testing.T, a *attacker) {
			b := a.batch(a.parents(a.tip, 2))
			b.UseTree(must(a.repo.Commit(t.Context(), a.tip)).Tree)
			a.again(b, a.tip, nil)
			a.push(b)
		}, FaultUnsigned, FaultUnsigned, FaultUnsigned,
	},
	"the branch is deleted": {
		func(t *testing.T, a *attacker) { a.remote.SetRef("refs/heads/"+DefaultBranch, "") },
		FaultMissing, FaultMissing, FaultMissing,
	},
	"the branch is rewritten with a valid key": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.parents(a.tip, 3), a.daemon)
			a.write(w, incident)
			a.push(w.batch)
		}, FaultWitness, "", FaultWitness,
	},
	"a commit is not signed": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			w.by = nil
			a.write(w, incident)
			a.push(w.batch)
		}, FaultUnsigned, FaultUnsigned, FaultUnsigned,
	},
	"a signature is copied from another commit": {
		func(t *testing.T, a *attacker) {
			raw := a.remote.Git("cat-file", "commit", string(a.tip))
			forged := bytes.Replace([]byte(raw), []byte("Seq: "), []byte("Seq:  "), 1)
			id := a.remote.GitInput(string(forged), "hash-object", "-t", "commit", "-w", "--stdin")
			a.remote.SetRef("refs/heads/"+DefaultBranch, id[:40])
		}, FaultSignature, FaultSignature, FaultSignature,
	},
	"a foreign key signs": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, gitrepotest.NewKey(t, "mallory"))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultKey, FaultKey, FaultKey,
	},
	"a foreign key adds itself to the state": {
		func(t *testing.T, a *attacker) {
			mallory := gitrepotest.NewKey(t, "mallory")
			b := a.batch(a.tip)
			root := must(RootOf(t.Context(), must(a.repo.Files(t.Context(), a.tip))))
			root.Keys = append(root.Keys, ledger.Key{Public: mallory.Public.String(), From: 1})
			a.put(b, rootPath, must(ledger.Encode(root)))
			a.again(b, a.tip, nil)
			a.push(b)
			next := newAttacker(a.bench)
			w := next.writer(b.Tip(), mallory)
			next.write(w, incident)
			next.push(w.batch)
		}, FaultUnsigned, FaultChain, FaultUnsigned,
	},
	"the daemon gives a witness up": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			w.root.GivenUp = []catalog.Commit{a.tip}
			a.write(w, incident)
			a.write(w, incident)
			a.push(w.batch)
		}, FaultState, FaultState, FaultState,
	},
	"a foreign key adds itself with a record": {
		func(t *testing.T, a *attacker) {
			mallory := gitrepotest.NewKey(t, "mallory")
			w := a.writer(a.tip, mallory)
			w.by = nil
			w.root.Keys = append(slices.Clone(w.root.Keys), ledger.Key{Public: mallory.Public.String(), From: 1})
			a.write(w, incident)
			w.by = mallory.Signer
			a.write(w, incident)
			a.push(w.batch)
		}, FaultUnsigned, FaultState, FaultUnsigned,
	},
	"a revoked key goes on": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.root)
			k := ledger.KeyChange{Add: gitrepotest.NewKey(t, "second").Public.String(), Revoke: a.daemon.Public.String(), Reason: "lost", By: a.root.Public.Fingerprint(), After: w.root.Hash}
			k.Signature = must(signBody(ledger.KindKey, k, a.root.Signer))
			a.write(w, ledger.Entry{Kind: ledger.KindKey, Subject: ledger.SubjectLedger, Body: k})
			w.by = a.daemon.Signer
			a.write(w, incident)
			a.push(w.batch)
		}, FaultRevoked, FaultRevoked, FaultRevoked,
	},
	"the daemon revokes a key": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			k := ledger.KeyChange{Revoke: a.daemon.Public.String(), Reason: "x", By: a.daemon.Public.Fingerprint(), After: w.root.Hash}
			k.Signature = must(signBody(ledger.KindKey, k, a.daemon.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindKey, Subject: ledger.SubjectLedger, Body: k})
		}, FaultKey, FaultKey, FaultKey,
	},
	"the daemon adopts": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			x := ledger.Adoption{Main: a.tip, Reason: "x", After: w.root.Hash}
			x.Signature = must(signBody(ledger.KindAdoption, x, a.daemon.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindAdoption, Subject: ledger.SubjectLedger, Body: x})
		}, FaultKey, FaultKey, FaultKey,
	},
	"an adoption is used twice": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			x := ledger.Adoption{Main: a.remote.Branch("main"), Reason: "x", After: ledger.Hash([]byte("elsewhere"))}
			x.Signature = must(signBody(ledger.KindAdoption, x, a.root.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindAdoption, Subject: ledger.SubjectLedger, Body: x})
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"a change of keys is used twice": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			k := ledger.KeyChange{Add: gitrepotest.NewKey(t, "second").Public.String(), Reason: "x", By: a.root.Public.Fingerprint(), After: ledger.Hash([]byte("elsewhere"))}
			k.Signature = must(signBody(ledger.KindKey, k, a.root.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindKey, Subject: ledger.SubjectLedger, Body: k})
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"a change of keys names another signer": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			k := ledger.KeyChange{Add: gitrepotest.NewKey(t, "second").Public.String(), Reason: "x", By: a.root.Public.Fingerprint(), After: w.root.Hash}
			k.Signature = must(signBody(ledger.KindKey, k, a.daemon.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindKey, Subject: ledger.SubjectLedger, Body: k})
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"a signature on a body is used for another kind": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			x := ledger.Adoption{Main: a.remote.Branch("main"), Reason: "x", After: w.root.Hash}
			x.Signature = must(signBody(ledger.KindKey, x, a.root.Signer))
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindAdoption, Subject: ledger.SubjectLedger, Body: x})
		}, FaultSignature, FaultSignature, FaultSignature,
	},
	"a checkpoint names another tip": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.unauthorised(w, ledger.Entry{Kind: ledger.KindCheckpoint, Subject: ledger.SubjectLedger, Body: ledger.Checkpoint{
				Tip: a.remote.Branch("main"), Records: w.root.Seq, Hash: w.root.Hash,
			}})
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"a record lies elsewhere": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, incident)
			info := must(w.batch.Info(t.Context(), w.batch.Tip()))
			b := must(w.batch.Beside(t.Context(), a.tip))
			b.UseTree(info.Tree)
			files := must(w.batch.Files(t.Context(), w.batch.Tip()))
			at := recordPath(ledger.KindIncident, "expense", 0, w.root.Seq)
			e, _, err := files.Entry(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			e.Path = "approvals" + strings.TrimPrefix(at, "incidents")
			if err := errors.Join(b.Delete(at), b.Link(e)); err != nil {
				t.Fatal(err)
			}
			must(b.Commit(t.Context(), gitrepo.Draft{Message: info.Message, Author: info.Author, Signer: a.daemon.Signer}))
			a.push(b)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a record is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			path := recordPath(ledger.KindApproval, "expense", 0, 3)
			a.put(w.batch, path, []byte("{}\n"))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a record is deleted": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			if err := w.batch.Delete(recordPath(ledger.KindApproval, "expense", 0, 3)); err != nil {
				t.Fatal(err)
			}
			a.write(w, incident)
			a.push(w.batch)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a record skips one": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			w.root.Seq++
			a.write(w, incident)
			a.push(w.batch)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a record names another predecessor": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			w.root.Hash = ledger.Hash(nil)
			a.write(w, incident)
			a.push(w.batch)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a commit adds two records": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, incident)
			a.write(w, incident)
			a.recommit(w, asWritten)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a commit adds records of two kinds": {
		func(t *testing.T, a *attacker) {
			a.squash(incident, claims(a.now, "rates")[0])
		}, FaultChain, FaultChain, FaultChain,
	},
	"a commit adds two records about one app": {
		func(t *testing.T, a *attacker) {
			c := ledger.Entry{Kind: ledger.KindClaim, Subject: "rates", Body: ledger.NewClaim(ledger.NewEffect("notify", "k"), "one", a.now, 6*time.Hour)}
			a.squash(append(claims(a.now, "rates"), c)...)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a commit counts as two": {
		func(t *testing.T, a *attacker) {
			a.squash(claims(a.now, "payroll", "rates")...)
		}, FaultState, FaultState, FaultState,
	},
	"one record of several is taken out": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, claims(a.now, "payroll", "rates", "zoo")...)
			a.recommit(w, asWritten, func(b *gitrepo.Batch) error { return b.Delete(recordPath(ledger.KindClaim, "rates", 0, w.root.Seq-1)) })
		}, FaultChain, FaultChain, FaultChain,
	},
	"the message of several leaves one out": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, claims(a.now, "payroll", "rates", "zoo")...)
			a.recommit(w, func(message string) string { return strings.Replace(message, "App: rates\n", "", 1) })
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"a record among several is done without a claim": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			other := receipt(1)
			other.Subject = "rates"
			a.write(w, receipt(1), other)
			a.push(w.batch)
		}, FaultClaim, FaultClaim, FaultClaim,
	},
	"a commit adds no record": {
		func(t *testing.T, a *attacker) {
			b := a.batch(a.tip)
			a.again(b, a.tip, a.daemon)
			a.push(b)
		}, FaultChain, FaultChain, FaultChain,
	},
	"a merge": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, incident)
			b := must(w.batch.Beside(t.Context(), a.tip))
			info := must(w.batch.Info(t.Context(), w.batch.Tip()))
			b.UseTree(info.Tree)
			must(b.Commit(t.Context(), gitrepo.Draft{
				Message: info.Message, Author: info.Author, Signer: a.daemon.Signer,
				Parents: []catalog.Commit{a.remote.Branch("main")},
			}))
			a.push(b)
		}, FaultChain, FaultChain, FaultChain,
	},
	"the state is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			x, _ := w.apps.get("expense")
			x.Stage = ledger.Disabled
			w.apps = w.apps.put(x)
			a.write(w, incident)
			a.push(w.batch)
		}, FaultState, FaultState, FaultState,
	},
	"the state of another app is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.put(w.batch, statePath("other"), must(ledger.Encode(ledger.App{Name: "other", Stage: ledger.Active})))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultState, FaultState, FaultState,
	},
	"the root of the state is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			w.root.Main = a.tip
			a.write(w, incident)
			a.push(w.batch)
		}, FaultState, FaultState, FaultState,
	},
	"a file is added": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.put(w.batch, "hello", []byte("x"))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultTree, FaultTree, FaultTree,
	},
	"the README is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.put(w.batch, readmePath, []byte("x"))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultTree, FaultTree, FaultTree,
	},
	"what is admitted is edited": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.put(w.batch, AdmittedPath("production", "expense")+"/app.yaml", []byte("x"))
			a.write(w, incident)
			a.push(w.batch)
		}, FaultTree, FaultTree, FaultTree,
	},
	"an admission admits for another app": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.put(w.batch, AdmittedPath("production", "other")+"/app.yaml", []byte("x"))
			a.write(w, a.admission("production", digestB))
			a.push(w.batch)
		}, FaultTree, FaultTree, FaultTree,
	},
	"the message tells of another record": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, incident)
			a.recommit(w, func(string) string { return "All is well\n\nKind: claim\n" })
		}, FaultRecord, FaultRecord, FaultRecord,
	},
	"an effect is done without a claim": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, receipt(1))
			a.push(w.batch)
		}, FaultClaim, FaultClaim, FaultClaim,
	},
	"an app is taken down unannounced": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, ledger.Entry{Kind: ledger.KindTransition, Subject: "expense", Body: ledger.Transition{From: ledger.Active, To: ledger.Disabled, Epoch: "2026-07-01"}})
			a.push(w.batch)
		}, FaultNotice, FaultNotice, FaultNotice,
	},
	"a notice is sent without a claim": {
		func(t *testing.T, a *attacker) {
			w := a.writer(a.tip, a.daemon)
			a.write(w, ledger.Entry{Kind: ledger.KindNotice, Subject: "expense", Body: ledger.Notice{Key: "k", Epoch: "e", Delivered: true, At: a.now}})
			a.push(w.batch)
		}, FaultClaim, FaultClaim, FaultClaim,
	},
	"the genesis is swapped": {
		func(t *testing.T, a *attacker) {
			a.remote.SetRef("refs/heads/"+DefaultBranch, "")
			repo := gitrepotest.Open(t, a.remote)
			f := a.founding()
			f.Engine = "another"
			if _, _, err := Init(t.Context(), repo, f, a.root.Signer); err != nil {
				t.Fatal(err)
			}
		}, FaultGenesis, FaultGenesis, FaultGenesis,
	},
	"another root key founds": {
		func(t *testing.T, a *attacker) {
			a.remote.SetRef("refs/heads/"+DefaultBranch, "")
			repo := gitrepotest.Open(t, a.remote)
			if _, _, err := Init(t.Context(), repo, a.founding(), gitrepotest.NewKey(t, "mallory").Signer); err != nil {
				t.Fatal(err)
			}
		}, FaultGenesis, FaultGenesis, FaultGenesis,
	},
}

// unauthorised writes a record whose body was not signed as it must be.
func (a *attacker) unauthorised(w *writer, e ledger.Entry) {
	a.t.Helper()
	if err := w.writeAll(a.t.Context(), a.now, []ledger.Entry{e}); err == nil {
		a.t.Fatal("it was written as if it were right")
	}
	r := ledger.Record{Seq: w.root.Seq + 1, Prev: w.root.Hash, At: ledger.Moment(a.now), Kind: e.Kind, Subject: e.Subject, Body: must(ledger.Canonical(e.Body))}
	raw := must(ledger.Encode(r))
	get := func(name string) (ledger.App, error) { x, _ := w.apps.get(name); return x, nil }
	body := must(r.Read())
	root, apps, err := ledger.FoldRead(w.root, get, r, body, ledger.Hash(raw))
	if err != nil {
		a.t.Fatal(err)
	}
	a.put(w.batch, recordPath(r.Kind, r.Subject, 0, r.Seq), raw)
	if err := w.put(r, apps, nil); err != nil {
		a.t.Fatal(err)
	}
	w.root, w.open = root, together{{r, body, raw, e}}
	if err := w.commit(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	a.push(w.batch)
}

func TestAttacks(t *testing.T) {
	for name, test := range attacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			good := b.story()
			witness := b.refresh().Tip
			test.do(t, newAttacker(b))

			warm := b.refresh()
			if warm.Frozen == nil || warm.Frozen.Fault != test.warm {
				t.Errorf("a daemon that watched says %v, want %s", warm.Frozen, test.warm)
			}
			compare(t, good, warm)
			if _, _, err := b.ledger.Append(t.Context(), warm, b.now, incident); !errors.Is(err, ErrFrozen) {
				t.Errorf("a frozen ledger was written: %v", err)
			}

			repo := gitrepotest.Open(t, b.remote)
			cold := must(b.open(repo).Refresh(t.Context()))
			switch {
			case test.cold == "" && cold.Frozen != nil:
				t.Errorf("a cold start says %v", cold.Frozen)
			case test.cold != "" && (cold.Frozen == nil || cold.Frozen.Fault != test.cold):
				t.Errorf("a cold start says %v, want %s", cold.Frozen, test.cold)
			case test.cold != "" && (len(cold.Apps()) > 0 || cold.Tip != ""):
				t.Errorf("a cold start believes %v at %s", cold.Apps(), cold.Tip)
			}

			report := must(Verify(t.Context(), repo, b.trust, nil, Replay{}, Witness{Where: "a test", Tip: witness}))
			if !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.Fault == test.verified && f.Message != "" }) {
				t.Errorf("the verification says %+v, want %s", report.Findings, test.verified)
			}
		})
	}
}

// TestVerify wants a clean report of a ledger that is right, and every decision
// judged again.
func TestVerify(t *testing.T) {
	b := newBench(t)
	b.story()
	b.append(claimed("two", b.now.Add(time.Minute)))
	judged := 0
	engine := b.ledger.opts.Engine
	replay := Replay{Engine: engine, Again: func(_ ledger.Record, d ledger.Decision) (json.RawMessage, error) {
		judged++
		if d.Change != "" {
			return json.RawMessage(` {"verdict": "needs-approval" }`), nil
		}
		return d.Decision, nil
	}}
	last := 0
	progress := func(done, total int) { last = total - done }
	report, err := Verify(t.Context(), b.repo, b.trust, progress, replay, Witness{Where: "a test", Tip: b.refresh().Tip})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 0 || report.Records != 10 || report.Decisions != 2 || judged != 2 || last != 0 {
		t.Errorf("the report is %+v (%d judged)", report, judged)
	}
	if len(report.Open) != 1 || report.Open[0].Subject != "expense" || report.Open[0].Holder != "two" {
		t.Errorf("open claims are %+v", report.Open)
	}
	replay.Again = func(_ ledger.Record, d ledger.Decision) (json.RawMessage, error) {
		if d.Change == "" {
			return nil, errors.New("no such rule")
		}
		return json.RawMessage(`{"verdict":"deny","risk":1}`), nil
	}
	report = must(Verify(t.Context(), b.repo, b.trust, nil, replay))
	if len(report.Findings) != 2 || report.Findings[0].Fault != FaultReplay || report.Findings[1].Fault != FaultReplay || report.Findings[0].Seq != 2 {
		t.Errorf("the findings are %+v", report.Findings)
	}
	// Another engine comes to another verdict on one, and to the same on the other.
	replay.Engine, replay.Again = "a later release", func(_ ledger.Record, d ledger.Decision) (json.RawMessage, error) {
		if d.Change == "" {
			return json.RawMessage(`{"verdict":"` + d.Verdict + `","risk":1}`), nil
		}
		return json.RawMessage(`{"verdict":"deny","risk":1}`), nil
	}
	report = must(Verify(t.Context(), b.repo, b.trust, nil, replay))
	if len(report.Findings) != 0 || len(report.Otherwise) != 1 {
		t.Fatalf("the report is %+v", report)
	}
	if o := report.Otherwise[0]; o.Engine != engine || o.Verdict != "needs-approval" || o.Today != "deny" || !slices.Equal(o.Fields, []string{"risk", "verdict"}) {
		t.Errorf("decided otherwise: %+v", o)
	}
}

// TestVerifyGoesOn wants everything that is wrong reported, not the first of it.
func TestVerifyGoesOn(t *testing.T) {
	b := newBench(t)
	b.story()
	a := newAttacker(b)
	w := a.writer(a.tip, gitrepotest.NewKey(t, "mallory"))
	a.put(w.batch, "hello", []byte("x"))
	a.write(w, incident)
	w.by = a.daemon.Signer
	a.write(w, incident)
	a.put(w.batch, "hello", []byte("y"))
	a.write(w, incident)
	a.push(w.batch)
	report := must(Verify(t.Context(), gitrepotest.Open(t, b.remote), b.trust, nil, Replay{}))
	var faults []Fault
	for _, f := range report.Findings {
		faults = append(faults, f.Fault)
	}
	if want := []Fault{FaultKey, FaultTree, FaultTree}; !slices.Equal(faults, want) {
		t.Errorf("the findings are %v, want %v", faults, want)
	}
}

// TestVerifyCanceled wants an error, and no report that looks clean.
func TestVerifyCanceled(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, b.repo, b.trust, nil, Replay{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the verification returned %v", err)
	}
}

// TestRestart wants what happened while nobody watched found out by the witness that
// the cache keeps, and by those of others.
func TestRestart(t *testing.T) {
	b := newBench(t)
	good := b.story()
	cache := filepath.Join(t.TempDir(), "tip")
	if v := must(b.openCached(b.repo, cache).Refresh(t.Context())); v.Frozen != nil {
		t.Fatal(v.Frozen)
	}
	again := must(b.openCached(b.repo, cache).Refresh(t.Context()))
	compare(t, good, again)

	a := newAttacker(b)
	b.remote.SetRef("refs/heads/"+DefaultBranch, string(a.parents(a.tip, 2)))
	must(b.repo.Fetch(t.Context()))
	v := must(b.openCached(b.repo, cache).Refresh(t.Context()))
	if v.Frozen == nil || v.Frozen.Fault != FaultWitness {
		t.Errorf("after a restart the view says %v", v.Frozen)
	}
	compare(t, good, v)
	v = must(b.open(b.repo).Refresh(t.Context(), good.Tip))
	if v.Frozen == nil || v.Frozen.Fault != FaultWitness {
		t.Errorf("with the witness of another the view says %v", v.Frozen)
	}
	if v := must(b.open(b.repo).Refresh(t.Context(), a.parents(a.tip, 3))); v.Frozen != nil {
		t.Errorf("with an older witness the view says %v", v.Frozen)
	}
}
