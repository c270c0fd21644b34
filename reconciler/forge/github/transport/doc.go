// Package transport has the HTTP transports that requests to GitHub pass, each on top of the
// next: RateLimiter, with the Cache of conditional requests; Token, which adds credentials;
// and Redactor, which refuses every other host and remembers the secrets that pass, so that
// they can be taken out of errors. They know HTTP, and nothing of changes or reviews.
package transport
