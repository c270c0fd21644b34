package github

import (
	"net/http"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/webhook"
)

// Handler returns the HTTP handler of the repository's webhooks. It fails without a secret;
// a payload that is not signed with the secret is answered 401 and has no effect.
//
// For each event nudge is called with the key of what to look at, and must not block.
// Comments nudge only if they are commands, pushes only if they are to the base branch. The payload of a submitted review with a verdict or a
// confirmation is evidence as well: before it is acknowledged, capture is called, which
// returns once the payload is stored. If it fails the delivery is answered 500, or 503 if it
// fails with forge.ErrFull, and can be delivered again.
//
// Events that the forge caused itself, deliveries that came before, and events of other
// repositories are acknowledged without effect.
func (f *Forge) Handler(secret []byte, nudge func(forge.Key), capture func(forge.Evidence) error) (http.Handler, error) {
	return webhook.Handler(f.known(), secret, nudge, capture)
}

// Capture remembers the head for which a review was submitted, from the payload of a
// pull_request_review webhook whose signature Handler checked. Later GitHub may show
// another head for the same review. Only the first payload of a review counts, and only
// one with the action "submitted"; payloads of other actions and other repositories are
// ignored. The daemon calls it again with the payloads in its spool when it starts. A
// payload that cannot be read is an error, and one that is no evidence gives none.
func (f *Forge) Capture(body []byte) (forge.Evidence, error) {
	return webhook.Capture(f.known(), body)
}

// known is what a delivery is compared with.
func (f *Forge) known() webhook.Known {
	return webhook.Known{Repository: f.repository, Account: f.account, Pulls: f.pulls, Captured: f.captured}
}
