// Package evidence reads the files that lie in the folder evidence/ beside an app: lists
// of parts, results of scans and what was found out about them, results of tests and how
// much of the code these ran. Read takes the bytes of one file and returns a Summary of
// what it says, as much as rules need and no more; Answered applies what one file answers
// to what another found.
//
// The files come from whoever proposes a change, so nothing about them is trusted. Size,
// nesting and the number of values are bounded before a decoder sees the file, every text
// that is kept is shortened and made safe to quote, and a file that says nothing, for
// whatever reason, has a Trouble, which says why in a sentence. Read returns no error and
// does not panic, and the same bytes give the same Summary.
package evidence
