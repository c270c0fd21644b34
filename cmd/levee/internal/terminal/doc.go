// Package terminal is what a command talks through. IO says what it reads and writes, and by which
// clock it waits; Ask puts a question to whoever sits there. All that is written goes through a
// CleanWriter, which writes out what would do something to a terminal.
package terminal
