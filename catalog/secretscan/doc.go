// Package secretscan finds secrets in files: keys, tokens and passwords that somebody wrote
// where everybody who reads the repository reads them too.
//
//	rules.go   what secrets look like: the rules of gitleaks, read when the first file is
//	           scanned, each pattern compiled when it is first wanted
//	words.go   where the words of the rules are in a text, in one walk over it
//	window.go  the lines around such a word that the pattern of a rule can reach
//	find.go    what the patterns find there, less what is a placeholder
//	scanner.go files by content: each is scanned once, and none that is too large or no text
//	redact.go  takes what was found out of what leaves the process
//
// The rules are those of the configuration that the module gitleaks has by default, and come
// with its releases. Its own scanner is not used: it reads 0.8 MB a second, and all files of a
// catalog are to be read in the few seconds of a check. The lists of paths that the rules leave
// out are not used either, nor is anything in the scanned files that asks to be left out:
// whoever writes a secret into a file would choose its name and the comment beside it.
package secretscan
