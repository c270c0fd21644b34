// Package slack sends notices by Slack.
//
// A person is looked up by e-mail address and written to directly; a recipient
// without one, or whom Slack does not know, gets the notice in their channel. The
// notice is a message of blocks in which no text of ours or of others is markup:
// nothing in it mentions, links or formats but what this package puts there.
//
// The key of a notice travels in the message's metadata. Slack does not search
// metadata, so a notice that may have been sent before is looked for in the recent
// history of where it would go; only what this very app wrote counts, as anybody
// can write metadata. A notice that replaces a message edits it, where that message
// is still there and in the same conversation.
//
// Slack takes about one message a second in each channel: writes wait for their
// turn. When Slack asks for more patience than that, the sender asks it of its
// caller. docs/slack.md says what an operator has to set up.
package slack
