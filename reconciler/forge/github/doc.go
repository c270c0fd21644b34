// Package github implements forge.Forge on GitHub's REST API. A change is a pull request,
// a review is a pull-request review, and a verdict is a check on the head commit and one
// comment on the pull request.
//
// It is connected here (options.go, connect.go; package transport), asked what its credentials may do
// (access.go), and answers the contract by what has packages of its own, in the order of the data:
//
//	what GitHub has on the repository (api)
//	→ the open pull requests (pulls), who contributed what (history), and what reviews say (reviews):
//	the facts of a change (change.go), and of commits that landed (commits.go)
//	an action → a check and a comment (verdict), or a pull request that is asked about, landed or
//	opened (pulls), by do.go
//	a webhook → what to look at, and evidence (webhook)
//
// Contributors of a change are the accounts that GitHub lists as pushers to its branch,
// and the people its commits name, by e-mail address and by the account that GitHub
// assigns the address to. Anybody can write any name into a commit, so these names only
// exclude people from approving. A merge of the base branch has no contributors if it
// adds nothing, which is found out by comparing the trees of the merge, its parents and
// their merge base.
//
// GitHub does not say what a reviewer looked at: a review carries the head at the moment
// it was submitted, and GitHub may change that to a later head. So a review is Witnessed
// only if the payload of its webhook was captured when it arrived (Handler, Capture), or
// if by the list of pushes and by the timeline the head did not move since the review was
// submitted. The commit of a witnessed review is remembered. Any other review has to be
// given again.
//
// With an app a verdict is a check run named "levee: <base>" with annotations, with a
// token it is a commit status of that name. The comment is found by a marker in its first
// line, and only among comments of the forge's own account: a marker that others write, or
// that is quoted further down, does not count. Nothing is written that is there already.
//
// A look at an open change that has nothing new sends one request to each address: Change
// keeps the pull request for the actions that follow and for the next look, and reads it
// again after all other facts. Before an action writes it is read once more.
//
// Writes are sent one at a time and a second apart. A rate limit that ends soon is waited
// for; during a longer one no request is sent and every call fails at once. Requests are
// conditional (package transport): what did not change is answered 304, which does not count against the
// limit. Lists of several pages are read until two readings are equal. GitHub's lists show
// new objects with a delay, so the forge remembers what it created.
//
// Webhooks are nudges, and name the pull request or the branch that they are about: a lost
// one is made up for by the next poll, whose list of open pull requests carries stamps
// (Changes), and one that comes twice or late does no harm. The payload of a review is evidence as well,
// and is kept by the caller before it is acknowledged (forge.Evidence).
//
// Limits: a pull request with more than 250 commits cannot be read, as GitHub lists no
// more. Two pull requests for one base with the same head share one check. Where the pushes
// to a fork cannot be listed, its owner counts as the pusher if the owner is a person and
// nobody else can push to it. Merge queues and suggestions are not supported.
package github
