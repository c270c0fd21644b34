// Package formats writes the report of a check as other programs read it: code scanning (SARIF),
// test reports (JUnit), annotations of a GitHub workflow, and GitLab's code quality.
//
//	report → findings: a problem each, with the file, how grave it is and who covers it (finding.go)
//	findings → sarif.go, github.go, gitlab.go; files → junit.go
//
// What an app is denied for only because of another file is said once, at that file. What needs
// an approval is no finding of the file, and is a notice where the format has such. An app that
// could not be judged is an error in each format that knows errors, and a failure in the others.
// All is the same from run to run.
package formats
