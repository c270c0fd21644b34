package reconciler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// candidate is an app whose time is up.
type candidate struct {
	life  life
	cause cause
}

// within bounds how many apps are taken down: in one run, and within any 24 hours.
// Over the cap nothing of the batch is, because half of a batch that nobody looked
// at is no safer than all of it; people are asked. What they approved goes down
// whatever the caps say. Zero means zero.
func within(b *bench, t timetable, disabled []time.Time, batch []candidate) (allowed, over []candidate) {
	var rest []candidate
	for _, c := range batch {
		if b.governing.Retires(c.life.state.Name, c.cause.epoch) {
			allowed = append(allowed, c)
		} else {
			rest = append(rest, c)
		}
	}
	run := countSince(disabled, t.run) + len(rest)
	day := countSince(disabled, t.now.Add(-24*time.Hour)) + len(rest)
	caps := b.rules.Settings().Lifecycle.Caps
	if len(rest) > 0 && (run > caps.Run() || day > caps.Day()) {
		return allowed, rest
	}
	return append(allowed, rest...), nil
}

func countSince(list []time.Time, since time.Time) int {
	n := 0
	for _, at := range list {
		if !at.Before(since) {
			n++
		}
	}
	return n
}

// askFor claims to open the one change that asks for what is over the caps. While
// it is open no other is; what it asked for once and did not get is not asked for
// again.
func (p *pass) askFor(ctx context.Context, t timetable, over []candidate) error {
	if len(over) == 0 {
		return nil
	}
	x := retirementProposal(t, p.r.Branch, over)
	asked, err := p.asked(ctx, x.effect)
	if err != nil {
		return err
	}
	if asked || !p.view.Claimable(catalog.Governance, x.effect, p.now) {
		return nil
	}
	p.r.Log.Warn("more apps than the caps allow are due; asking for approval", "apps", len(over))
	p.proposals = append(p.proposals, x)
	return p.note(ctx, []ledger.Entry{{
		Kind: ledger.KindClaim, Subject: catalog.Governance, Body: ledger.NewClaim(x.effect, p.r.Holder, p.now, p.r.ClaimFor),
		Sentence: fmt.Sprintf("Claim to ask whether %d apps may be taken down at once", len(over)),
	}})
}

const askRetirement = "ask for retirement"

// asked reports whether a batch was asked for before, or another one still is.
func (p *pass) asked(ctx context.Context, effect string) (bool, error) {
	records, err := p.view.Records(ctx, ledger.KindReceipt, catalog.Governance)
	if err != nil {
		return false, err
	}
	var last string
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return false, err
		}
		b := body.(ledger.Receipt)
		if !strings.HasPrefix(b.Effect, askRetirement) || b.Outcome == "failed" {
			continue
		}
		if b.Effect == effect {
			return true, nil
		}
		last = openedBy(b)
	}
	if last == "" {
		return false, nil
	}
	change, err := p.r.Forge.Change(ctx, last)
	if err != nil {
		return false, fmt.Errorf("find out whether %s is open: %w", last, err)
	}
	return change.Open, nil
}

// retirementFile is a file of retirements/ that lists apps.
func retirementFile(id string, apps []retiredApp) []byte {
	file := map[string]any{
		"apiVersion": catalog.APIVersion, "kind": catalog.KindRetirement, "metadata": map[string]any{"name": id},
		"spec": map[string]any{"reason": "more apps are due than the caps allow", "apps": apps},
	}
	raw, err := yaml.Marshal(file)
	if err != nil {
		panic(err) // texts and lists always marshal
	}
	return raw
}

type retiredApp struct {
	App   string `json:"app"`
	Epoch string `json:"epoch"`
}

// retirementProposal is the change that asks for a batch.
func retirementProposal(t timetable, base string, over []candidate) proposal {
	var names strings.Builder
	var apps []retiredApp
	sum := sha256.New()
	for _, c := range over {
		fmt.Fprintf(sum, "%s %s\n", c.life.state.Name, c.cause.epoch)
		apps = append(apps, retiredApp{c.life.state.Name, c.cause.epoch})
		fmt.Fprintf(&names, "- %s: %s\n", c.life.state.Name, c.cause.reason)
	}
	hash := hex.EncodeToString(sum.Sum(nil))[:12]
	id := "due-" + hash
	return proposal{
		app: catalog.Governance, effect: ledger.Effect(askRetirement, hash),
		sentence: fmt.Sprintf("Ask whether %d apps may be taken down at once", len(over)),
		change: forge.Proposal{
			Key: id, Base: base, Title: fmt.Sprintf("Take %d apps down", len(over)),
			Text:  fmt.Sprintf("On %s more apps were due than the caps in catalog.yaml allow, so none of them was taken down. Approving this change takes these down, and no others:\n\n%s", t.day(t.run), names.String()),
			Files: map[string][]byte{path.Join("retirements", id+".yaml"): retirementFile(id, apps)},
		},
	}
}
