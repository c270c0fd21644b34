// Package api answers programs over HTTP: which apps there are and how they stand, and what would be
// decided of a proposal. It writes nothing, and stores nothing that it is sent.
//
//	a request → who calls, how often, with how much (guard.go, package auth)
//	the ledger and the catalog as passes saw them last → State; no lock of theirs is taken (state.go)
//	GET /v1/apps → one line an app, by name, a page at a time (apps.go)
//	GET /v1/apps/{name} → the app: decision, environments, deadlines (app.go)
//	POST /v1/decide → files laid over the catalog in memory → what `levee check` would say
//	  (files.go, decide.go)
//	an answer → JSON without the secrets that were found; what went wrong → a problem as RFC 9457
//	  has it, which says what to do (answer.go)
//
// openapi.json describes all of it, is served itself, and tests hold requests and answers against it.
package api
