package chain

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Report is what a verification found.
type Report struct {
	Tip       catalog.Commit `json:"tip"`
	Records   int            `json:"records"`   // that were verified
	Decisions int            `json:"decisions"` // that were judged again
	Open      []OpenClaim    `json:"open"`      // claims without a receipt yet
	Findings  []Finding      `json:"findings"`  // in the order of the ledger; empty if all is well
	Otherwise []Otherwise    `json:"otherwise"` // decisions of another engine, in the order of the ledger
	// Witnesses are those it was held against. Without any, nothing tells whether
	// records were cut off at the end.
	Witnesses []Witness `json:"witnesses"`
}

// Otherwise is a decision to which today's engine comes otherwise than the one that
// made it did. That is no fault of the ledger: rules change with releases.
type Otherwise struct {
	Seq     int64          `json:"seq"`
	Subject string         `json:"subject"`
	Engine  string         `json:"engine"` // that decided
	Verdict ledger.Verdict `json:"verdict"`
	Today   ledger.Verdict `json:"today"` // the verdict of today's engine
	Fields  []string       `json:"fields"`
}

// Replay decides again.
type Replay struct {
	// Engine is what decides now. What the same engine decided has to come out the
	// same, to the byte; what another did, with the same verdict, or it is named.
	Engine string
	// Again decides, from several goroutines. Nil leaves it out.
	Again func(ledger.Record, ledger.Decision) (json.RawMessage, error)
}

// OpenClaim is a claim that nobody gave a receipt for: an effect is under way, or
// its doer died.
type OpenClaim struct {
	Subject string `json:"subject"`
	ledger.ClaimState
}

// chunk is how many commits one worker verifies in a row: neighbours share trees.
const chunk = 128

// Verify checks a ledger from its first commit to its tip, as the mirror has it:
// that each commit is signed by a key that was valid then, adds records that name
// their predecessors, carries the state that they lead to and changes nothing else, that effects were claimed, and that it starts with the pinned
// genesis and contains the witnesses. Because each state is compared with the fold
// of the one before, that of the tip is the fold of all.
//
// Each decision is made again by replay. The function progress, if there is one, is
// told how many commits are done.
//
// It does not stop at what it finds. An error means that it could not be told.
func Verify(ctx context.Context, repo *gitrepo.Repo, trust Trust, progress func(done, total int),
	replay Replay, witnesses ...Witness) (Report, error) {
	r := Report{Findings: []Finding{}, Otherwise: []Otherwise{}, Witnesses: append([]Witness{}, witnesses...)}
	if err := trust.check(); err != nil {
		return r, err
	}
	id, err := repo.Tip(gitrepo.Branch(trust.branch()))
	if errors.Is(err, gitrepo.ErrNotFound) {
		r.Findings = []Finding{{Fault: FaultMissing, Message: fmt.Sprintf("there is no branch %s: the ledger was deleted, or never founded", trust.branch())}}
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("verify the ledger: %w", err)
	}
	v := &verification{repo: repo, trust: trust, replay: replay}
	r.Tip = catalog.Commit(id)
	if v.line, err = repo.FirstParents(ctx, "", r.Tip); err == nil {
		v.found, v.last = make([][]Finding, len(v.line)), make([]int64, len(v.line))
		err = v.lines(ctx, progress)
	}
	if err == nil {
		err = v.ends(ctx, &r)
	}
	if err != nil {
		return r, fmt.Errorf("verify the ledger: %w", err)
	}
	r.Records, r.Decisions = v.records, v.decisions
	r.Findings = append(r.Findings, slices.Concat(v.found...)...)
	r.Otherwise = append(r.Otherwise, v.otherwise...)
	slices.SortFunc(r.Otherwise, func(a, b Otherwise) int { return cmp.Compare(a.Seq, b.Seq) })
	return r, nil
}

type verification struct {
	repo   *gitrepo.Repo
	trust  Trust
	replay Replay
	line   []catalog.Commit

	found [][]Finding // by commit; each written by one worker
	last  []int64     // likewise: the number of its last record, zero where it cannot be read

	mu        sync.Mutex
	records   int
	decisions int
	otherwise []Otherwise
	done      int
	err       error
}

// lines verifies all commits against their parents, in parallel.
func (v *verification) lines(ctx context.Context, progress func(done, total int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for from := range work {
				to := min(from+chunk, len(v.line))
				err := v.stretch(ctx, from, to)
				v.mu.Lock()
				if err != nil && v.err == nil {
					v.err = err
					cancel()
				}
				v.done += to - from
				if progress != nil && v.err == nil {
					progress(v.done, len(v.line))
				}
				v.mu.Unlock()
			}
		})
	}
	for from := 0; from < len(v.line); from += chunk {
		work <- from
	}
	close(work)
	wg.Wait()
	return v.err
}

func (v *verification) stretch(ctx context.Context, from, to int) error {
	for i := from; i < to; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		var parent catalog.Commit
		if i > 0 {
			parent = v.line[i-1]
		}
		c, err := checkCommit(ctx, v.repo, v.trust, parent, v.line[i])
		if err != nil {
			return err
		}
		for _, w := range c.records {
			if d, ok := w.body.(ledger.Decision); ok && v.replay.Again != nil {
				v.again(c, w.record, d)
			}
			v.last[i] = w.record.Seq
		}
		v.found[i] = c.found
		v.mu.Lock()
		v.records += len(c.records)
		v.mu.Unlock()
	}
	return nil
}

// again judges a decision again.
func (v *verification) again(c *check, r ledger.Record, d ledger.Decision) {
	v.mu.Lock()
	v.decisions++
	v.mu.Unlock()
	c.at = r.Seq
	raw, err := v.replay.Again(r, d)
	if err == nil {
		raw, err = ledger.Canonical(raw)
	}
	switch {
	case err != nil:
		c.add(FaultReplay, "the decision on %s cannot be judged again: %v", r.Subject, err)
	case r.Engine != v.replay.Engine:
		v.compare(r, d, raw)
	case !bytes.Equal(raw, d.Decision):
		c.add(FaultReplay, "the decision on %s is not what its input leads to today; it differs in %s (it was decided by %q)",
			r.Subject, strings.Join(differences(d.Decision, raw), ", "), r.Engine)
	}
}

// compare notes a decision of another engine to which today's comes otherwise.
func (v *verification) compare(r ledger.Record, d ledger.Decision, raw json.RawMessage) {
	var today struct {
		Verdict ledger.Verdict `json:"verdict"`
	}
	if json.Unmarshal(raw, &today) == nil && today.Verdict == d.Verdict {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.otherwise = append(v.otherwise, Otherwise{r.Seq, r.Subject, r.Engine, d.Verdict, today.Verdict, differences(d.Decision, raw)})
}

// differences names the fields in which two JSON objects differ.
func differences(a, b json.RawMessage) []string {
	var x, y map[string]json.RawMessage
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return []string{"everything"}
	}
	var names []string
	for name := range x {
		if !bytes.Equal(x[name], y[name]) {
			names = append(names, name)
		}
	}
	for name := range y {
		if _, ok := x[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ends verifies what no single commit shows: where the ledger starts, and what it
// has to contain.
func (v *verification) ends(ctx context.Context, r *Report) error {
	if v.line[0] != v.trust.Genesis {
		r.Findings = append(r.Findings, Finding{
			Fault: FaultGenesis, Commit: v.line[0],
			Message: fmt.Sprintf("the ledger starts here, and not with the pinned genesis %s: it is another ledger", v.trust.Genesis.Short()),
		})
	}
	files, err := v.repo.Files(ctx, r.Tip)
	if err != nil {
		return err
	}
	root, err := RootOf(ctx, files)
	if err != nil && !wrong(err) {
		return err
	}
	for i, w := range r.Witnesses {
		if at := slices.Index(v.line, w.Tip); at >= 0 {
			r.Witnesses[i].Seq = v.last[at]
		}
		finding, err := checkWitnesses(ctx, v.repo, root, r.Tip, []catalog.Commit{w.Tip})
		if err != nil {
			return err
		}
		if finding != nil {
			finding.Message += "; " + w.Where + " remembers it"
			r.Findings = append(r.Findings, *finding)
		}
	}
	apps, err := loadStates(ctx, files)
	if err != nil {
		if !wrong(err) {
			return err
		}
		r.Findings = append(r.Findings, Finding{Fault: FaultState, Commit: r.Tip, Message: fmt.Sprintf("the state cannot be read: %v", err)})
		return nil
	}
	for _, name := range apps.names() {
		a, _ := apps.get(name)
		for _, c := range a.Claims {
			r.Open = append(r.Open, OpenClaim{name, c})
		}
	}
	slices.SortFunc(r.Open, func(a, b OpenClaim) int { return cmp.Compare(a.Seq, b.Seq) })
	return nil
}
