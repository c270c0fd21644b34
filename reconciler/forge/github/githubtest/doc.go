// Package githubtest stands in for GitHub: a server on the loopback that keeps
// state, backed by a real bare repository for heads and merges.
//
// Tests play the people with Open, Push, Review and the like; the forge under test
// talks to the server over HTTP. Every request and every response is held against
// GitHub's own description of its interface, trimmed in fixtures/github. A valid
// shape is not enough, so the server also behaves like GitHub where that hurts: a
// review is stamped with the head at the moment it is submitted, and the stamp may
// move to a later head (MoveStamps); what was written is not there to be read at
// once (Lag); requests are limited (Fail); pages shift while they are read
// (OnRequest); the head of a fork is visible only as refs/pull/N/head; checks are
// only for apps; deliveries of webhooks get lost, doubled, late and out of order
// (Deliveries).
package githubtest
