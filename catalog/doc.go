// Package catalog knows what a catalog repository says: its kinds, how a file
// becomes a value with positions and problems, how all files of one commit make
// a Snapshot, and which digests name the meaning of what was written.
//
// Data flows one way. A Files (one version of the repository, see gitrepo for
// the Git one) is listed and read; every manifest is parsed once, strictly, into
// a Document that holds the typed value, the positions of its fields and the
// Problems found; Documents make an immutable Snapshot, built from the previous
// Snapshot so that the work is proportional to what changed. Everything that
// judges, lands or applies starts from a Snapshot.
//
// A manifest that is wrong is a value, a Problem, and never an error: errors mean
// that something could not be read. No file's problem hides another file.
package catalog
