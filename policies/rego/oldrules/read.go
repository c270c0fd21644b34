package oldrules

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/dialect"
)

// module is what one file says of one package.
type module struct {
	report  *convert.FileReport
	parsed  *ast.Module
	imports map[ast.Var]ast.Ref // what names of imports stand for: input.… or data.…
	rules   []*definition
	words   map[string]bool   // fields of an app whose words some rule of it looks at
	lists   map[string]string // definitions that a field of an app is looked for in, and that field
	cluster bool              // it speaks of objects of Kubernetes
	remarks []*ast.Comment    // comments that stand at no rule
}

// maxRules is how many definitions a file may have: what one of them uses is looked for among all.
const maxRules = 1_000

var packageLine = regexp.MustCompile(`^package\s+[A-Za-z_][\w.\[\]"-]*\s*(#.*)?$`)

// IsRego reports whether a file is one of Rego: its first line that is no comment names a
// package.
func IsRego(src []byte) bool {
	for line := range bytes.Lines(src) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return packageLine.Match(line)
		}
	}
	return false
}

// readModule parses a file, in today's syntax or the older one. Of a file that is neither,
// the rules are read one by one, and those that nobody can read are reported.
func readModule(report *convert.FileReport, src string) *module {
	if !nestsWithin(src, maxNesting) {
		report.Problems = append(report.Problems, unread(report.Path, 1, fmt.Sprintf("It is nested more than %d levels deep.", maxNesting)))
		return nil
	}
	parsed, err := parse(report.Path, src)
	if err != nil {
		parsed = readPieces(report, src, err)
	}
	if parsed == nil {
		return nil
	}
	if len(parsed.Rules) > maxRules {
		report.Problems = append(report.Problems, unread(report.Path, 1, fmt.Sprintf("It has more than %d definitions.", maxRules)))
		return nil
	}
	m := &module{report: report, parsed: parsed, imports: map[ast.Var]ast.Ref{}, words: map[string]bool{}, lists: map[string]string{}, cluster: clusterInput.MatchString(src)}
	for _, imported := range parsed.Imports {
		if ref, ok := imported.Path.Value.(ast.Ref); ok && (ref.HasPrefix(ast.DefaultRootRef) || ref.HasPrefix(ast.InputRootRef)) && len(ref) > 1 {
			m.imports[imported.Name()] = ref
		}
	}
	for _, r := range parsed.Rules {
		m.rules = append(m.rules, &definition{module: m, name: nameOf(r), rule: r.Copy(), line: r.Location.Row})
	}
	m.giveComments()
	return m
}

var clusterInput = regexp.MustCompile(`\binput\.(review|request)\.object\b|\binput\.spec\b`)

// nameOf is the name under which a rule is known in its package.
func nameOf(r *ast.Rule) string {
	if name, ok := r.Head.Ref()[0].Value.(ast.Var); ok {
		return string(name)
	}
	return string(r.Head.Name)
}

// parse reads a file in the syntax of today, or in the older one.
func parse(file, src string) (*ast.Module, error) {
	var first error
	for _, version := range []ast.RegoVersion{ast.RegoV1, ast.RegoV0} {
		m, err := ast.ParseModuleWithOpts(file, src, ast.ParserOptions{RegoVersion: version, ProcessAnnotation: true})
		if err == nil {
			return m, nil
		}
		first = err // that of the older syntax is what its author can follow
	}
	return nil, first
}

// readPieces reads the rules of a file one by one. Nothing is read of a file whose package
// or imports are wrong.
func readPieces(report *convert.FileReport, src string, whole error) *ast.Module {
	var all *ast.Module
	head := ""
	for _, piece := range pieces(src) {
		if p := strings.TrimSpace(piece.text); strings.HasPrefix(p, "package ") || strings.HasPrefix(p, "import ") {
			head += strings.Repeat("\n", max(0, piece.line-1-strings.Count(head+piece.comments, "\n"))) + piece.comments + piece.text
			continue
		}
		above := head + piece.comments
		padding := strings.Repeat("\n", max(0, piece.line-1-strings.Count(above, "\n")))
		m, err := parse(report.Path, head+padding+piece.comments+piece.text)
		switch {
		case err != nil && isSecretScan(piece.text):
			report.Implied = append(report.Implied, convert.Note{Field: piece.name(), Line: piece.line, Text: scanned, Comments: strings.TrimSpace(piece.comments)})
		case err != nil:
			report.Left = append(report.Left, convert.Note{
				Field: piece.name(), Line: piece.line, Comments: strings.TrimSpace(piece.comments),
				Text: "It is no Rego: " + firstLine(err) + ". Write what it is to find as a rule of a catalog; `levee init` makes an example.",
			})
		case all == nil:
			all = m
		default:
			all.Rules, all.Comments = append(all.Rules, m.Rules...), append(all.Comments, m.Comments...)
		}
	}
	if all == nil && len(report.Implied)+len(report.Left) == 0 {
		report.Problems = append(report.Problems, unread(report.Path, lineOf(whole), "It is no Rego: "+firstLine(whole)+"."))
	}
	return all
}

const scanned = "Every change is searched for secrets, and one that brings any is denied."

var secretScan = regexp.MustCompile(`\bcontains\s+secrets?\b`)

// isSecretScan reports whether a rule that nobody can read asks for secrets in files, as
// playbooks write it.
func isSecretScan(text string) bool { return secretScan.MatchString(text) }

// firstLine is what an error of the parser says, without the place, which is reported beside it.
func firstLine(err error) string {
	if list := (ast.Errors)(nil); errors.As(err, &list) && len(list) > 0 {
		text, _, _ := strings.Cut(list[0].Message, "\n")
		return text
	}
	return "it cannot be read"
}

func lineOf(err error) int {
	if list := (ast.Errors)(nil); errors.As(err, &list) && len(list) > 0 && list[0].Location != nil {
		return max(1, list[0].Location.Row)
	}
	return 1
}

// Unread is the rule of the program that a file breaks which is no rule.
const Unread = "schema.policy"

func unread(file string, line int, message string) catalog.Problem {
	return catalog.Problem{
		Rule: Unread, Level: catalog.Deny, Path: file, Line: line, Controls: []string{}, Message: message,
		Remedy: "Correct it at its place, or write it anew as a rule of a catalog; `levee init` makes an example.",
	}
}

func newReport(path string) *convert.FileReport {
	return &convert.FileReport{
		Path: path, Dialects: []dialect.Dialect{}, Becomes: []string{}, Taken: []convert.Taken{},
		Implied: []convert.Note{}, Left: []convert.Note{}, Fill: []convert.Fill{}, Problems: []catalog.Problem{},
	}
}
