// Package dialect tells in which form of other programs a file is written, by what it
// contains and not by its name: manifests of small apps, templates, and the sheets on which
// rules for them are kept. The catalog asks it about files that it cannot read, so that
// whoever has one is told how to take it in; package convert does that.
package dialect
