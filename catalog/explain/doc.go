// Package explain makes problems of a file useful to somebody who has the file open.
//
// The parse and the rules name a field and say what to write. Problems finds the line and
// the column of the field, and finishes the remedy for this file: what is to be added gets
// its line and its indentation, what stands at a wrong place gets the right one. Where a
// text cannot be read at all, mend looks for the one line that keeps it from being read:
// it writes a line as it may have been meant, has the file parsed again, and takes the
// attempt of which most can be read. Each attempt costs a parse, so their number and the
// size of the file are bounded, and explanations are made of what is shown only.
package explain
