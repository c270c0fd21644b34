// Package expand fills in text files for an app: templates of Go's text/template over the
// app's runtime document. It is for kinds of targets whose blueprints hold such files.
//
// What a template can do is bounded, because a blueprint's author must not be able to
// hold up the daemon, nor an app's author to write into a file what its blueprint did not
// mean to be there:
//
//	parse the file → refuse what could grow without end (check.go)
//	count the steps of loops, end each value in a check (weave.go)
//	execute over the document, into a limited buffer (expand.go)
//
// A value that is written as it is has no control characters, line breaks above all: it
// could end the line it stands in. The function json writes any value, quoted. A field that the
// document does not have is a fault; what is optional is asked for with index, as in
// {{ with index . "runbook" }}.
package expand
