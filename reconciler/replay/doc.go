// Package replay decides again what was recorded. PastRules reads the rules of every governance that was
// ever admitted from the ledger's own tree; Replay asks those that governed, of what was recorded with
// the decision, and nobody else.
package replay
