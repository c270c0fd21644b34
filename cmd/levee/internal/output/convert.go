package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/safetext"
)

// Converted is what became of the files of a conversion.
type Converted struct {
	convert.Report
	Others []string            `json:"others"` // files in folders that are of no dialect
	Kept   []*convert.Document `json:"kept"`   // not written, since a file is there
}

// Conversion writes documents on out, and on errs what became of each value. Where documents
// went into a folder, those given are the ones that it kept another file of.
func Conversion(out, errs io.Writer, c Converted, documents []*convert.Document, dir string) error {
	var b strings.Builder
	for i, d := range documents {
		switch {
		case d.Kind != catalog.KindPolicy:
			fmt.Fprintf(&b, "---\n# %s\n%s", d.Path, d.Text)
		case i == 0:
			fmt.Fprintf(&b, "# %s\n\n%s", d.Path, d.Text) // Rego has no line between documents
		default:
			fmt.Fprintf(&b, "\n# %s\n\n%s", d.Path, d.Text)
		}
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return err
	}
	b.Reset()
	for _, f := range c.Files {
		writeConverted(&b, f)
	}
	kept := map[string]bool{}
	for _, d := range c.Kept {
		kept[d.Path] = true
	}
	for _, d := range c.Documents {
		switch {
		case kept[d.Path]:
			fmt.Fprintf(&b, "kept   %s, which is there already; what was to be written is on standard output\n", d.Path)
		case dir != "":
			fmt.Fprintf(&b, "wrote  %s\n", d.Path)
		}
	}
	writeConvertedSum(&b, c)
	_, err := io.WriteString(errs, b.String())
	return err
}

// writeConverted says what became of one file.
func writeConverted(b *strings.Builder, f *convert.FileReport) {
	fmt.Fprintf(b, "%s: %s", safetext.Shown(f.Path, false), titles(f))
	if len(f.Becomes) > 0 {
		fmt.Fprintf(b, ", becomes %s", strings.Join(f.Becomes, ", "))
	}
	fmt.Fprintf(b, "\n  %s taken\n", Plural(taken(f), "value"))
	for _, t := range f.Taken {
		if t.Remark != "" {
			fmt.Fprintf(b, "  %-5d %s is %s of %s: %s\n", t.Line, safetext.Shown(t.Field, false), t.To, t.Document, t.Remark)
		}
	}
	if len(f.Implied) > 0 {
		fields := make([]string, len(f.Implied))
		for i, n := range f.Implied {
			fields[i] = safetext.Shown(n.Field, false)
		}
		fmt.Fprintf(b, "  implied by what a catalog asks of every app: %s\n", strings.Join(fields, ", "))
	}
	if len(f.Left) > 0 {
		b.WriteString("  left:\n")
	}
	for _, n := range f.Left {
		writeNote(b, n)
	}
	if len(f.Fill) > 0 {
		b.WriteString("  to be filled in:\n")
	}
	for _, fill := range f.Fill {
		line := ""
		if fill.From != "" {
			line = fmt.Sprint(fill.Line)
		}
		fmt.Fprintf(b, "  %-5s %s of %s: %s\n", line, fill.Field, fill.Document, fill.Text)
	}
	for _, p := range f.Problems {
		fmt.Fprintf(b, "  %-5s %s\n        %s\n", Place(p, f.Path), inDocument(p, f), p.Remedy)
	}
	b.WriteString("\n")
}

func writeNote(b *strings.Builder, n convert.Note) {
	fmt.Fprintf(b, "  %-5d %s\n        %s\n", n.Line, safetext.Shown(n.Field, false), n.Text)
	for line := range strings.Lines(n.Comments) {
		fmt.Fprintf(b, "        beside it: %s\n", strings.TrimSpace(line))
	}
}

// inDocument is the message of a problem, with the document of the file that it is about.
func inDocument(p catalog.Problem, f *convert.FileReport) string {
	if p.Path == f.Path && strings.HasPrefix(p.Field, "document ") {
		return p.Field + ": " + p.Message
	}
	return p.Message
}

// titles are what a file is.
func titles(f *convert.FileReport) string {
	var list []string
	for _, d := range f.Dialects {
		list = append(list, d.Title())
	}
	if len(list) == 0 {
		return "not taken in"
	}
	return strings.Join(list, ", ")
}

// taken is how many values of a file were taken, whose homes may be several each.
func taken(f *convert.FileReport) int {
	fields := map[string]bool{}
	for _, t := range f.Taken {
		fields[t.Field] = true
	}
	return len(fields)
}

// ConvertedTable says in a table what would become of each file.
func ConvertedTable(w io.Writer, c Converted) error {
	rows := [][]string{{"FILE", "DIALECT", "BECOMES", "TAKEN", "IMPLIED", "LEFT", "TO FILL IN"}}
	for _, f := range c.Files {
		var dialects []string
		for _, d := range f.Dialects {
			dialects = append(dialects, string(d))
		}
		row := []string{
			safetext.Shown(f.Path, false), strings.Join(dialects, ","), strings.Join(f.Becomes, ","),
			fmt.Sprint(taken(f)), fmt.Sprint(len(f.Implied)), fmt.Sprint(len(f.Left)), fmt.Sprint(len(f.Fill)),
		}
		for i, cell := range row {
			if cell == "" {
				row[i] = "-"
			}
		}
		rows = append(rows, row)
	}
	Table(w, rows)
	var b strings.Builder
	for _, f := range c.Files {
		for _, p := range f.Problems {
			fmt.Fprintf(&b, "%s:%s %s %s\n", safetext.Shown(f.Path, false), Place(p, f.Path), inDocument(p, f), p.Remedy)
		}
	}
	writeConvertedSum(&b, c)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeConvertedSum counts.
func writeConvertedSum(b *strings.Builder, c Converted) {
	values, left, fill, problems := 0, 0, 0, 0
	for _, f := range c.Files {
		values, left, fill, problems = values+taken(f), left+len(f.Left), fill+len(f.Fill), problems+len(f.Problems)
	}
	fmt.Fprintf(b, "%s: %s taken, %d left, %d to be filled in", Plural(len(c.Files), "file"), Plural(values, "value"), left, fill)
	if problems > 0 {
		fmt.Fprintf(b, ", %s", Plural(problems, "problem"))
	}
	b.WriteString("\n")
	if len(c.Others) > 0 {
		fmt.Fprintf(b, "%s of no form that is known: manifests, templates or sheets (-o json lists them)\n", Plural(len(c.Others), "other file"))
	}
}
