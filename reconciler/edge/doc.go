// Package edge is put around the plug-ins, where what a reconciler does leaves the process. An
// Intercept stands in place of every effect, and numbers or stops it in tests; a redactor takes the
// secrets that were found out of what people are told, and out of the log.
package edge
