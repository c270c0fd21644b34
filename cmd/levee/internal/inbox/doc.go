// Package inbox keeps what a webhook received: on disk before it is acknowledged, and until what it
// says was recorded. A kind of payload says what it is about and which part of that it tells;
// reviews.go is the kind that there is.
package inbox
