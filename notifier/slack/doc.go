// Package slack sends notices by Slack.
//
// A person is looked up by e-mail address and written to directly; a recipient
// without one, or whom Slack does not know, gets the notice in their channel. The
// notice is a message of blocks, and the texts of a notice cannot contain markup: all
// mentions, links and formatting come from this package.
//
// The key of a notice is in the message's metadata. Slack cannot search metadata, so a
// notice that may have been sent before is looked for in the recent history of the
// conversation. Only messages of this app count, because anybody can write metadata. A
// notice that replaces a message edits it, if that message is still there and in the same
// conversation.
//
// Slack allows about one message a second in each channel; writes wait for that. A longer
// rate limit is returned to the caller as notifier.Later. docs/slack.md says what an
// operator has to set up.
package slack
