// Package githubtest is a fake GitHub: a server on localhost that keeps state, with a real
// bare repository for heads and merges.
//
// Tests act as people with Open, Push, Review and the like; the forge under test talks to
// the server over HTTP. Every request and response is validated against GitHub's OpenAPI
// description, trimmed in fixtures/github. The server also models behaviour of GitHub that
// causes trouble: a review has the head at the moment it is submitted, and that may change
// to a later head (MoveStamps); lists show new objects with a delay (Lag); requests are
// limited (Fail); pages shift while they are read (OnRequest); the head of a fork is
// visible only as refs/pull/N/head; only apps can write check runs; deliveries of webhooks
// get lost, doubled, late and out of order (Deliveries).
package githubtest
