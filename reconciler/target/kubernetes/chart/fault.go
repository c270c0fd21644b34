package chart

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

// faultOf says what an error of Helm's library says of a chart, at the line of the template.
func faultOf(name string, err error) target.Fault {
	f := target.Fault{Remedy: "Mend the template; `helm template` shows what it makes of values."}
	text := err.Error()
	// Errors of templates name the file and the line, the innermost last.
	places := regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`/([^\s:()]+):(\d+)(?::\d+)?\)?:?`).FindAllStringSubmatchIndex(text, -1)
	if len(places) > 0 {
		last := places[len(places)-1]
		f.Path = text[last[2]:last[3]]
		f.Line, _ = strconv.Atoi(text[last[4]:last[5]])
		text = text[last[1]:]
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "executing ")
	f.Message = fmt.Sprintf("The template cannot be filled in: %s.", strings.TrimSuffix(oneLine(text), "."))
	if len(places) == 0 {
		f.Message = fmt.Sprintf("The chart cannot be rendered: %s.", strings.TrimSuffix(oneLine(text), "."))
	}
	return f
}

// maxWords is how long words of a chart may be in a message, in characters.
const maxWords = 200

// oneLine keeps words of a chart on one short line, in which nothing is marked up.
func oneLine(s string) string { return target.OneLine(s, maxWords) }
