// Package plugins makes the plug-ins that a configuration names. Kinds lists them, by the word of the
// configuration; cmd/levee/plugins.go holds the one list there is. Each kind has a file of its own,
// which says how one is made and how levee doctor looks whether it is well.
package plugins
