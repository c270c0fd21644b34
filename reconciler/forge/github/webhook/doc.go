// Package webhook takes the deliveries of GitHub's webhooks.
//
//	a delivery, signed and not known yet (webhook.go)
//	→ the payload of a review, captured before it is acknowledged (capture.go)
//	→ the keys of what to look at (payload.go)
package webhook
