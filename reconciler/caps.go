package reconciler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// askFor claims to open the one change that asks for what is over the caps. While
// it is open no other is; what it asked for once and did not get is not asked for
// again.
func (p *pass) askFor(ctx context.Context, t lifecycle.Timetable, over []lifecycle.Candidate) error {
	if len(over) == 0 {
		return nil
	}
	x := retirementProposal(t, p.r.Branch, over)
	asked, err := p.asked(ctx, x.effect)
	if err != nil {
		return err
	}
	if asked || p.r.jobs.Busy(x.effect, 0) || !p.View.Claimable(catalog.Governance, x.effect, p.Now) {
		return nil
	}
	p.r.Log.Warn("more apps than the caps allow are due; asking for approval", "apps", len(over))
	p.proposals = append(p.proposals, x)
	return p.Note(ctx, []ledger.Entry{{
		Kind: ledger.KindClaim, Subject: catalog.Governance, Body: ledger.NewClaim(x.effect, p.r.Holder, p.Now, p.r.ClaimFor),
		Sentence: fmt.Sprintf("Claim to ask whether %d apps may be taken down at once", len(over)),
	}})
}

const askRetirement = "ask for retirement"

// asked reports whether a batch was asked for before, or another one still is.
func (p *pass) asked(ctx context.Context, effect string) (bool, error) {
	records, err := p.View.Records(ctx, ledger.KindReceipt, catalog.Governance)
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
func retirementProposal(t lifecycle.Timetable, base string, over []lifecycle.Candidate) proposal {
	var names strings.Builder
	var apps []retiredApp
	sum := sha256.New()
	for _, c := range over {
		fmt.Fprintf(sum, "%s %s\n", c.Review.Name(), c.Reason.Epoch)
		apps = append(apps, retiredApp{c.Review.Name(), c.Reason.Epoch})
		fmt.Fprintf(&names, "- %s: %s\n", c.Review.Name(), c.Reason.Text)
	}
	hash := hex.EncodeToString(sum.Sum(nil))[:12]
	id := "due-" + hash
	return proposal{
		app: catalog.Governance, effect: ledger.Effect(askRetirement, hash),
		sentence: fmt.Sprintf("Ask whether %d apps may be taken down at once", len(over)),
		change: forge.Proposal{
			Key: id, Base: base, Title: fmt.Sprintf("Take %d apps down", len(over)),
			Text:  fmt.Sprintf("On %s more apps were due than the caps in catalog.yaml allow, so none of them was taken down. Approving this change takes these down, and no others:\n\n%s", t.Day(t.Run()), names.String()),
			Files: map[string][]byte{path.Join("retirements", id+".yaml"): retirementFile(id, apps)},
		},
	}
}
