package gate

import (
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// lineOf is the line of a template that most likely writes a field of a resource: of what the
// template has between the resource's `kind:` and the next one's, the first that names the
// last of the field's names; that of `kind:` itself where none does, as when another template
// is included there. It is 0 where there is no such file.
func lineOf(files []catalog.SubfolderFile, r resource.Resource, field []string) int {
	var text string
	for _, f := range files {
		if f.Path == r.Path {
			text = string(f.Content)
		}
	}
	if text == "" {
		return 0
	}
	lines := strings.Split(text, "\n")
	begin, end := part(lines, r)
	for _, name := range field[max(0, len(field)-1):] {
		names := regexp.MustCompile(`(?:^|[\s{,"'-])` + regexp.QuoteMeta(name) + `["']?\s*:`)
		named := regexp.MustCompile(`\bname:\s*["']?` + regexp.QuoteMeta(name) + `["']?\s*(?:$|[,}])`)
		for i := begin; i < end; i++ {
			if names.MatchString(lines[i]) || named.MatchString(lines[i]) {
				return i + 1
			}
		}
	}
	return kindLine(lines, begin, end)
}

var kindField = regexp.MustCompile(`^\s*["']?kind["']?\s*:`)

// part is what a template has for one of its resources: the part between two lines `---` with
// that number, of those that have a kind; all of it where there are fewer, as when a loop
// writes them.
func part(lines []string, r resource.Resource) (begin, end int) {
	n := 0
	for i := 0; i <= len(lines); i++ {
		if i < len(lines) && !strings.HasPrefix(lines[i], "---") {
			continue
		}
		if hasKind(lines[begin:i]) {
			if n == r.Index {
				return begin, i
			}
			n++
		}
		begin = i
	}
	return 0, len(lines)
}

func hasKind(lines []string) bool {
	for _, line := range lines {
		if kindField.MatchString(line) {
			return true
		}
	}
	return false
}

func kindLine(lines []string, begin, end int) int {
	for i := begin; i < end; i++ {
		if kindField.MatchString(lines[i]) {
			return i + 1
		}
	}
	return begin + 1
}

var quotedField = regexp.MustCompile(`field "([^"]+)"`)

// fieldOf is the field that an error of the decoder names.
func fieldOf(err error) []string {
	if m := quotedField.FindStringSubmatch(err.Error()); m != nil {
		at := strings.Split(m[1], ".")
		last := at[len(at)-1]
		if i := strings.IndexByte(last, '['); i >= 0 {
			last = last[:i]
		}
		return []string{last}
	}
	return []string{"kind"}
}
