// Package output writes what commands answer. A command takes its format by Flag, and is answered as
// JSON, which is the value itself, or as text for people: as a table, or in the words that this
// package has for each kind of answer, one file a kind.
package output
