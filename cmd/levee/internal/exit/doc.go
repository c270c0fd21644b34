// Package exit is how a command ends: with an error of one of a few kinds, which Say turns into a code
// for scripts and a line for people. No is an answer, Usagef a command line or a configuration that
// cannot be understood, Unwitnessed an audit that nothing could be held against; every other error
// means that something could not be told.
package exit
