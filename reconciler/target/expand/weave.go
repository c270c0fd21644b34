package expand

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode"
)

// execution is one execution of one template.
type execution struct {
	ctx   context.Context
	out   limited
	steps int
}

// The functions that are woven into a template. No template can call them by itself.
const (
	plainName = "levee_plain"
	stepName  = "levee_step"
)

func (x *execution) functions() template.FuncMap {
	return template.FuncMap{
		plainName: plain, stepName: x.step, "json": x.quoted,
		"lower": func(s string) (string, error) { return strings.ToLower(s), x.count(len(s)) },
		"upper": func(s string) (string, error) { return strings.ToUpper(s), x.count(len(s)) },
	}
}

// weave has each loop count what it does, and each value checked that is written. It goes
// from the end, so that a loop is measured with what was woven into those inside it.
func (x *execution) weave(t *template.Template) {
	for _, n := range slices.Backward(nodes(t.Root)) {
		switch n := n.(type) {
		case *parse.RangeNode:
			n.List.Nodes = append([]parse.Node{call(stepName, n.Line, len(nodes(n.List)))}, n.List.Nodes...)
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, call(plainName, n.Line, n.Pipe.String()).Pipe.Cmds[0])
			}
		}
	}
}

// call is an action that calls a function.
func call(function string, args ...any) *parse.ActionNode {
	text := "{{" + function
	for _, arg := range args {
		text += fmt.Sprintf(" %#v", arg)
	}
	trees, err := parse.Parse(called, text+"}}", "", "", map[string]any{function: call})
	if err != nil {
		panic("expand: a call of numbers and quoted text can be parsed: " + err.Error()) // unreachable
	}
	return trees[called].Root.Nodes[0].(*parse.ActionNode)
}

// longLoop says that a loop goes on for too long.
type longLoop struct{ line int }

func (*longLoop) Error() string { return "it repeats too much" }

// step counts one turn of a loop, of as many nodes as it has. It writes nothing.
func (x *execution) step(line, nodes int) (string, error) {
	if x.steps += nodes; x.steps > MaxSteps {
		return "", &longLoop{line}
	}
	return "", x.ctx.Err()
}

// count counts what a function does with as many bytes.
func (x *execution) count(bytes int) error {
	if x.steps += bytes / bytesAStep; x.steps > MaxSteps {
		return errors.New("too much is written with functions")
	}
	return nil
}

// bytesAStep is how many bytes a function goes through in about the time of a step.
const bytesAStep = 64

// unwritable says that a value cannot be written as it is.
type unwritable struct {
	line      int
	value, is string
}

func (e *unwritable) Error() string { return e.value + ": " + e.is }

// plain is a value as it is written, where that cannot end the line it stands in. The text
// of the action says which value it is.
func plain(line int, action string, v any) (any, error) {
	refuse := func(is string) (any, error) { return nil, &unwritable{line, action, is} }
	switch v := v.(type) {
	case quotedText:
		return string(v), nil
	case string:
		if strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
			return refuse("the text has a line break or another control character; write it with json")
		}
		return v, nil
	case bool, int, int64, float64:
		return v, nil
	case nil:
		return refuse("there is nothing to write; ask for it with if or with")
	}
	return refuse("a list or a group cannot be written as it is; go through it with range, or write it with json")
}

// quotedText is text that json made.
type quotedText string

// maxQuoted is how long it may be: a value that is quoted again and again grows each time.
const maxQuoted = 64 << 10

// quoted is a value as JSON, on one line.
func (x *execution) quoted(v any) (quotedText, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	if b.Len() > maxQuoted {
		return "", fmt.Errorf("that is more than %d KiB as JSON", maxQuoted>>10)
	}
	return quotedText(strings.TrimSuffix(b.String(), "\n")), x.count(b.Len())
}

var errTooLarge = errors.New("it becomes too large")

// limited takes as much as a file may have.
type limited struct{ text bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.text.Len()+len(p) > MaxFile {
		return 0, errTooLarge
	}
	return l.text.Write(p)
}
