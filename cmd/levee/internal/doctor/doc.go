// Package doctor looks at all that the daemon needs. Examine goes through it in the order in which a
// daemon starts: files, repository, ledger, forge, notices, targets; what it found are Findings, each
// with what to do about it. What one part needs of an earlier one that failed is unknown, and never well.
package doctor
