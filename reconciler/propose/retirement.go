package propose

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
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

const askRetirement = "ask for retirement"

// Retirement is the change to a branch that asks whether a batch of apps may be taken down
// that is over the caps.
func Retirement(t lifecycle.Timetable, branch string, over []lifecycle.Candidate) Proposal {
	var names strings.Builder
	var apps []retiredApp
	sum := sha256.New()
	for _, c := range over {
		fmt.Fprintf(sum, "%s %s\n", c.Review.Name(), c.Reason.Epoch)
		apps = append(apps, retiredApp{c.Review.Name(), string(c.Reason.Epoch)})
		fmt.Fprintf(&names, "- %s: %s\n", c.Review.Name(), c.Reason.Text)
	}
	hash := hex.EncodeToString(sum.Sum(nil))[:12]
	id := "due-" + hash
	return Proposal{
		Subject: catalog.Governance, Effect: ledger.NewEffect(askRetirement, hash),
		Sentence: fmt.Sprintf("Ask whether %d apps may be taken down at once", len(over)),
		Change: forge.Proposal{
			Key: id, Base: branch, Title: fmt.Sprintf("Take %d apps down", len(over)),
			Text:  fmt.Sprintf("On %s more apps were due than the caps in catalog.yaml allow, so none of them was taken down. Approving this change takes these down, and no others:\n\n%s", t.Day(t.Run()), names.String()),
			Files: map[string][]byte{path.Join("retirements", id+".yaml"): retirementFile(id, apps)},
		},
	}
}

type retiredApp struct {
	App   string `json:"app"`
	Epoch string `json:"epoch"`
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

// LastRetirement is the change that was last opened for a batch; empty for none. same
// reports whether one was opened for this very batch: what was asked for once and not
// agreed to is not asked for again.
func LastRetirement(ctx context.Context, v *chain.View, batch Proposal) (last string, same bool, err error) {
	records, err := v.Records(ctx, ledger.KindReceipt, catalog.Governance)
	if err != nil {
		return "", false, err
	}
	for _, r := range records {
		body, err := r.Read()
		if err != nil {
			return "", false, err
		}
		b := body.(ledger.Receipt)
		if !strings.HasPrefix(string(b.Effect), askRetirement) || b.Outcome == ledger.OutcomeFailed {
			continue
		}
		if b.Effect == batch.Effect {
			return "", true, nil
		}
		last = openedBy(b)
	}
	return last, false, nil
}
