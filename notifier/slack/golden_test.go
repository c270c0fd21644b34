package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier"
)

var update = flag.Bool("update", false, "write what is sent to testdata")

// believable are three notices as owners get them; their messages are in testdata.
var believable = map[string]notifier.Notice{
	"renew": {
		Key: "expense-submit/3/due-14/jdoe", Recipient: jane,
		Title: "expense-submit will be switched off on 1 July 2026",
		Text:  "You own this app. It was last renewed on 2 April 2026, for 90 days, and nobody has said since that it is still needed.\n\nIf it is, renew it: a colleague of your team approves that in a minute. If it is not, there is nothing to do. It is switched off, and can be switched on again for 30 days.",
		Facts: []notifier.Fact{{Name: "App", Value: "expense-submit"}, {Name: "Team", Value: "finance"}, {Name: "Used last", Value: "today, by 14 people"}, {Name: "Needed by", Value: "month-end-report"}},
		Actions: []notifier.Action{
			{Label: "Renew it: set renewed to today", URL: "https://github.com/acme/catalog/edit/main/apps/finance/expense-submit/app.yaml"},
			{Label: "See what it waits for", Command: "levee status expense-submit"},
		},
	},
	"approve": {
		Key: "publish/rates-feed/7f3a9c1/review/security", Recipient: ops,
		Title: "rates-feed waits for an approval by security",
		Text:  "Ada Park wants to publish version 2.1.0. It reads exchange rates from a vendor that rates-feed has not used before, so somebody with the role security looks at it first. Everything else is fine.",
		Facts: []notifier.Fact{{Name: "Risk", Value: "high: new vendor, personal data (<2,000 records)"}, {Name: "Content", Value: "7f3a9c1"}, {Name: "Approved by", Value: "Bob Roe, product owner"}, {Name: "Still missing", Value: "security (1 person)"}},
		Actions: []notifier.Action{
			{Label: "Read the change", URL: "https://github.com/acme/catalog/pull/42"},
			{Label: "Approve it", Command: "levee approve publish/rates-feed"},
		},
	},
	"contained": {
		Key: "rogue-bot/1/contained/jdoe", Recipient: jane,
		Title: "invoice-bot was stopped at 03:12",
		Text:  "It sent requests to an address that is not in its manifest, and was cut off at once. Nobody else's app is touched, and none of its data was deleted.\n\nFind out why it did that before you bring it back. The person on duty knows of it.",
		Facts: []notifier.Fact{{Name: "Stopped by", Value: "the rule egress.vendor-approved"}, {Name: "Address", Value: "203.0.113.7:443"}, {Name: "On duty", Value: "Bob Roe"}},
		Actions: []notifier.Action{
			{Label: "See what happened", Command: "levee status invoice-bot"},
			{Label: "Bring it back when it is mended", Command: `levee release invoice-bot --reason "…"`},
		},
	},
}

func TestBelievable(t *testing.T) {
	for name, n := range believable {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.send(n)
			at := n.Recipient.Email + n.Recipient.Channel
			m := w.messages(at)[0]
			var blocks, meta any
			if err := json.Unmarshal([]byte(m.Blocks), &blocks); err != nil {
				t.Fatal(err)
			}
			_ = json.Unmarshal(m.Metadata, &meta)
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(map[string]any{"text": strings.Split(m.Text, "\n"), "blocks": blocks, "metadata": meta}); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("it is not what %s says:\n%s", file, got.String())
			}
		})
	}
}
