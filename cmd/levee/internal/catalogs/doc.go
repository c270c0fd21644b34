// Package catalogs opens the catalog that a command is about: the files of a folder as they lie there, a
// repository at a revision, or the mirror of the configured repository, which one daemon has for
// itself and commands borrow or clone.
package catalogs
