package expand

import (
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Functions lists what a template may call, in the order of the documentation. Of those
// that text/template has besides, each can make text longer without end, or is for code.
var Functions = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "json", "lower", "upper"}

// check refuses what a template may not do.
func check(t *template.Template) *target.Fault {
	c := &checker{}
	c.node(t.Root)
	return c.fault
}

// checker walks a template up to the first thing that is refused.
type checker struct{ fault *target.Fault }

func (c *checker) refuse(n parse.Node, message, remedy string) {
	if c.fault == nil {
		c.fault = &target.Fault{Line: lineOf(n), Message: message, Remedy: remedy}
	}
}

// lineOf is the line of a node that is known by it; 0 for others.
func lineOf(n parse.Node) int {
	switch n := n.(type) {
	case *parse.ActionNode:
		return n.Line
	case *parse.TemplateNode:
		return n.Line
	case *parse.RangeNode:
		return n.Line
	case *parse.IfNode:
		return n.Line
	case *parse.WithNode:
		return n.Line
	case *parse.PipeNode:
		return n.Line
	}
	return 0
}

func (c *checker) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, one := range n.Nodes {
			c.node(one)
		}
	case *parse.ActionNode:
		c.pipe(n.Pipe)
	case *parse.IfNode:
		c.branch(n.BranchNode)
	case *parse.WithNode:
		c.branch(n.BranchNode)
	case *parse.RangeNode:
		c.branch(n.BranchNode)
	case *parse.TemplateNode:
		c.refuse(n, "A template calls another one here.", "Write out what it says.")
	}
}

func (c *checker) branch(n parse.BranchNode) {
	c.pipe(n.Pipe)
	c.node(n.List)
	c.node(n.ElseList)
}

func (c *checker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, command := range p.Cmds {
		for _, arg := range command.Args {
			switch arg := arg.(type) {
			case *parse.PipeNode:
				c.pipe(arg)
			case *parse.ChainNode:
				if inner, ok := arg.Node.(*parse.PipeNode); ok {
					c.pipe(inner)
				}
			case *parse.IdentifierNode:
				if !slices.Contains(Functions, arg.Ident) {
					c.refuse(p, fmt.Sprintf("`%s` is no function that a blueprint may call.", arg.Ident), "There are `"+strings.Join(Functions, "`, `")+"`.")
				}
			}
		}
	}
}
