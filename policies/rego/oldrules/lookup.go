package oldrules

import (
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// meaning is what a reference of an old rule is about.
type meaning int

const (
	elsewhere meaning = iota // it is not about the input, or in the shape of ours already
	mapped                   // a line of the table says what takes its place
	group                    // lines of the table speak of what is in it
	parameter                // it is about the parameters of a constraint
	homeless                 // nothing takes its place
)

// found is what a reference was found to mean.
type found struct {
	meaning meaning
	shape   Shape
	path    *Path       // of mapped, and of homeless where the table says more
	places  []*ast.Term // what stands at each [] of the path
	rest    []*ast.Term // what follows the path
	asked   string      // the path that was asked for, for people
}

// tableLine is a line of the table, taken apart.
type tableLine struct {
	path  *Path
	steps []step
}

var tableLines = sync.OnceValue(func() []tableLine {
	var lines []tableLine
	for i := range Paths {
		p := &Paths[i]
		lines = append(lines, tableLine{p, stepsOf(p.From)})
		if below, ok := strings.CutPrefix(p.From, "spec."); ok && p.Shape == Kubernetes {
			for _, template := range templates {
				lines = append(lines, tableLine{p, stepsOf(template + below)})
			}
		}
	}
	return lines
})

// ours are the names at the top of the input of rules, and of an app in it.
var (
	ours    = []string{"admitted", "refs", "facts", "today"}
	ourApp  = []string{"apiVersion", "kind", "metadata", "spec"}
	atShape = map[string]Shape{"manifest": Manifest, "app": Manifest}
)

// lookUp finds what a reference to the input means, by what follows `input` in it.
func lookUp(operands []*ast.Term) found {
	names := make([]string, len(operands))
	for i, o := range operands {
		if s, ok := o.Value.(ast.String); ok {
			names[i] = string(s)
		} else {
			names[i] = string(anyPlace)
		}
	}
	asked := strings.ReplaceAll(strings.Join(append([]string{"input"}, names...), "."), ".[]", "[]")
	at := func(i int) string { return append(names, "", "", "")[i] }
	inShapes := func(skip int, shapes ...Shape) found {
		for _, shape := range shapes {
			if f := inTable(shape, operands[skip:], names[skip:]); f.meaning != homeless || f.path != nil {
				f.asked, f.shape = asked, shape
				return f
			}
		}
		return found{meaning: homeless, asked: asked}
	}
	switch first := at(0); {
	case len(operands) == 0:
		return found{meaning: group, asked: asked}
	case slices.Contains(ours, first), first == "app" && slices.Contains(ourApp, at(1)):
		return found{meaning: elsewhere}
	case first == "parameters":
		return found{meaning: parameter, rest: operands[1:], asked: asked}
	case atShape[first] != "":
		return inShapes(1, Manifest)
	case (first == "review" || first == "request") && at(1) == "object":
		return inShapes(2, Kubernetes)
	case (first == "review" || first == "request") && at(1) == "kind" && at(2) == "kind":
		return inShapes(2, Kubernetes)
	case first == "review":
		f := found{meaning: homeless, asked: asked}
		if len(operands) == 1 {
			f.meaning = group
		}
		return f
	case first == "request":
		return inShapes(1, Manifest)
	}
	return inShapes(0, Manifest, Kubernetes)
}

// inTable looks for the longest line of a shape that a path begins with.
func inTable(shape Shape, operands []*ast.Term, names []string) found {
	best := found{meaning: homeless}
	longest, inGroup := -1, len(names) == 0
	for _, line := range tableLines() {
		if line.path.Shape != shape {
			continue
		}
		n := line.matches(names)
		if n < len(line.steps) && n == len(names) {
			inGroup = true // the path ends within the line
		}
		whole := len(line.steps)
		if last := whole - 1; line.steps[last] == anyPlace && n == last && n == len(names) {
			whole = last // the list as such
		}
		if n < whole || whole <= longest {
			continue
		}
		longest = whole
		best = found{meaning: homeless, path: line.path, rest: operands[whole:]}
		for i := range whole {
			if line.steps[i] == anyPlace {
				best.places = append(best.places, operands[i])
			}
		}
		if line.path.To != "" || line.path.Is != nil || line.path.Never {
			best.meaning = mapped
		}
	}
	switch {
	case best.meaning == mapped && len(best.rest) > 0 && !best.path.Never:
		best.meaning, best.path = homeless, nil // deeper than the line, and nothing is known of it
	case best.meaning == homeless && inGroup:
		best.meaning = group
	}
	return best
}

// matches is how many names at the beginning of a path are those of the line.
func (l tableLine) matches(names []string) int {
	n := 0
	for n < min(len(names), len(l.steps)) && (names[n] == string(l.steps[n]) || l.steps[n] == anyPlace) {
		n++
	}
	return n
}
