// Package secretscan finds secrets in files: keys, tokens and passwords that somebody wrote
// where everybody who reads the repository reads them too.
//
//	rules/     what secrets look like, as data: the rules of gitleaks v8.30.1 under the MIT licence
//	rules.go   read when the first file is scanned, each pattern compiled when it is first wanted
//	words.go   where the words of the rules are in a text, in one walk over it
//	window.go  the lines around such a word that the pattern of a rule can reach
//	find.go    what the patterns find there, less what is a placeholder
//	scanner.go files by content: each is scanned once, and none that is too large or no text
//	redact.go  takes what was found out of what leaves the process
//
// The rules are kept as they are published, in rules/gitleaks.toml, and rules/LICENSE is their
// licence. A new release of them takes the place of that file, and nothing else. Their lists of
// paths that are not scanned are not used, nor is anything in the scanned files that asks to be
// left out: whoever writes a secret into a file would choose its name and the comment beside it.
package secretscan
