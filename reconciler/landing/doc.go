// Package landing decides what has landed on the catalog's branch, whoever brought it, by
// what governed before:
//
//	commits since the last accepted tip → one landing → governance, apps → records, incident
//
// Content that is allowed is admitted with the landing; all else is held, and what ran
// before goes on running. A landing that went past the check is an incident on record.
package landing
