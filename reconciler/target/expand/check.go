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

// check refuses what a template may not do; the first of it is said.
func check(t *template.Template) *target.Fault {
	for _, n := range nodes(t.Root) {
		var pipe *parse.PipeNode
		switch n := n.(type) {
		case *parse.TemplateNode:
			return &target.Fault{Line: n.Line, Message: "A template calls another one here.", Remedy: "Write out what it says."}
		case *parse.ActionNode:
			pipe = n.Pipe
		default:
			if branch := branchOf(n); branch != nil {
				pipe = branch.Pipe
			}
		}
		if fault := checkPipe(pipe); fault != nil {
			return fault
		}
	}
	return nil
}

// nodes lists the nodes of a list and of all lists in it, itself included, each before what
// it holds. It has none of what stands in braces.
func nodes(l *parse.ListNode) []parse.Node {
	if l == nil {
		return nil
	}
	all := []parse.Node{l}
	for _, n := range l.Nodes {
		all = append(all, n)
		if branch := branchOf(n); branch != nil {
			all = append(append(all, nodes(branch.List)...), nodes(branch.ElseList)...)
		}
	}
	return all
}

// branchOf is what an if, a with and a range have in common; nil for other nodes.
func branchOf(n parse.Node) *parse.BranchNode {
	switch n := n.(type) {
	case *parse.IfNode:
		return &n.BranchNode
	case *parse.WithNode:
		return &n.BranchNode
	case *parse.RangeNode:
		return &n.BranchNode
	}
	return nil
}

func checkPipe(p *parse.PipeNode) *target.Fault {
	if p == nil {
		return nil
	}
	for _, command := range p.Cmds {
		for _, arg := range command.Args {
			var inner *parse.PipeNode
			switch arg := arg.(type) {
			case *parse.PipeNode:
				inner = arg
			case *parse.ChainNode:
				inner, _ = arg.Node.(*parse.PipeNode)
			case *parse.IdentifierNode:
				if !slices.Contains(Functions, arg.Ident) {
					return &target.Fault{
						Line: p.Line, Message: fmt.Sprintf("`%s` is no function that a blueprint may call.", arg.Ident),
						Remedy: "There are `" + strings.Join(Functions, "`, `") + "`.",
					}
				}
			}
			if fault := checkPipe(inner); fault != nil {
				return fault
			}
		}
	}
	return nil
}
