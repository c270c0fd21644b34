package oldrules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
)

// result writes one result of a module as a rule of a catalog. What of it cannot be taken is
// left; if nothing remains, no rule is written.
func (c *conversion) result(m *module, e entry, all []*definition) {
	var kept []*definition
	for _, d := range all {
		d.used = true
		if d.implied != "" && !e.grants {
			d.sayImplied()
			continue
		}
		if d.implied != "" {
			d.leave(d.rule.Location, d.name, "%s Take the question out.", d.implied)
		}
		if d.role != "" && e.grants {
			d.leave(d.rule.Location, d.name, "%s", reviewed)
		}
		if !e.grants {
			d.asEntry()
		} else if d.rule.Head.Key != nil || len(d.rule.Head.Args) > 0 {
			d.leave(d.rule.Location, d.name, "It allows several things: write `allow` without brackets.")
		}
		if c.usable(m, d) {
			kept = append(kept, d)
		}
	}
	if len(kept) == 0 || e.grants && len(kept) < len(all) {
		if len(kept) > 0 { // what is allowed is not known without the rest
			for _, d := range kept {
				note(m, d, "Another case of `"+d.name+"` is left, and what is allowed is not known without it.")
			}
		}
		return
	}
	needs := c.needs(m, kept)
	var asked []string
	for _, d := range append(slices.Clone(kept), needs.own...) {
		asked = append(asked, d.asked...)
	}
	constraints := c.constraintsOf(m)
	if len(asked) > 0 && len(constraints) == 0 {
		for _, d := range kept {
			note(m, d, "It reads `input.parameters`, which stand in a constraint: give the file of the constraint too.")
		}
		return
	}
	if len(constraints) == 0 {
		constraints = []*constraint{nil}
	}
	for _, k := range constraints {
		name := e.purpose
		if len(constraints) > 1 {
			name = strings.Trim(name+"-"+k.name, "-")
		}
		w := &written{module: m, entry: e, definitions: kept, helpers: needs.own, constraint: k, asked: asked}
		w.id = c.idFor(m, e, name)
		w.level = e.level
		if k != nil {
			k.used = true
			w.level = k.level
		}
		c.documents = append(c.documents, w.document())
	}
	for pkg, list := range needs.others {
		c.library(pkg).add(list)
	}
}

// sayImplied reports, once, a definition that says nothing of any app.
func (d *definition) sayImplied() {
	n := convert.Note{Field: d.name, Line: d.line, Text: d.implied, Comments: said(d.comments)}
	if r := d.module.report; !slices.Contains(r.Implied, n) {
		r.Implied = append(r.Implied, n)
	}
	d.used = true
}

// usable reports whether a definition can be taken, with all that it uses; why not is
// reported.
func (c *conversion) usable(m *module, d *definition) bool {
	needs := c.needs(m, []*definition{d})
	d.format()
	d.report(m.report)
	fine := len(d.left) == 0
	missing := func(text string) {
		if fine {
			note(m, d, text)
		}
		fine = false
	}
	for _, name := range needs.unknown {
		missing(unknownText(name))
	}
	helpers := slices.Clone(needs.own)
	for _, list := range needs.others {
		for _, h := range list {
			if len(h.asked) > 0 {
				h.leave(h.rule.Location, h.name, "It reads `input.parameters` in another package than the rule: hand it what it needs.")
			}
			helpers = append(helpers, h)
		}
	}
	for _, h := range helpers {
		if h.implied != "" && h.alone(c) {
			h.leave(h.rule.Location, h.name, "%s Take the question out.", h.implied)
		}
		if reserved := h.name == problemSet || h.name == approvalSet || h.name == "risk" || h.name == parametersName; reserved && h.module == m {
			h.leave(h.rule.Location, h.name, "Rules of a catalog define `%s` themselves: give it another name.", h.name)
		}
		h.format()
		if h.role != "" {
			h.leave(h.rule.Location, h.name, "%s", reviewed)
		}
		if len(h.left) > 0 {
			h.used = true
			h.report(h.module.report)
			missing(fmt.Sprintf("It uses `%s` (%s:%d), which is left.", h.name, path.Base(h.module.report.Path), h.line))
		}
	}
	for _, h := range helpers {
		h.astray = h.astray || !fine
	}
	return fine
}

func unknownText(name string) string {
	if strings.HasPrefix(name, "data.inventory") {
		return "What else a cluster has is not in the input of rules: ask `input.refs` for what an app refers to."
	}
	return fmt.Sprintf("It uses `%s`, which is in none of the files: give the file that defines it too, or write its values into the rule.", name)
}

// alone reports whether nothing else of its package has the name of a definition.
func (d *definition) alone(c *conversion) bool {
	for _, other := range c.definitions[d.module.parsed.Package.Path.String()+"."+d.name] {
		if other != d && other.implied == "" {
			return false
		}
	}
	return true
}

// needed is what some definitions use.
type needed struct {
	own     []*definition            // of their package
	others  map[string][]*definition // of other packages
	unknown []string
}

// needs finds all that some definitions of a module use, and what that uses.
func (c *conversion) needs(m *module, from []*definition) needed {
	n := needed{others: map[string][]*definition{}}
	seen := map[*definition]bool{}
	for _, d := range from {
		seen[d] = true
	}
	own := m.parsed.Package.Path.String()
	type use struct {
		d     *definition
		local bool // it is copied beside the rule
	}
	open := []use{}
	for _, d := range from {
		open = append(open, use{d, true})
	}
	reach := func(name string, local bool) {
		for _, d := range c.definitions[name] {
			if seen[d] || d.isTest() {
				continue
			}
			seen[d] = true
			if d.implied != "" && !d.alone(c) {
				d.sayImplied()
				continue
			}
			if local {
				n.own = append(n.own, d)
			} else {
				pkg := d.module.parsed.Package.Path.String()
				n.others[pkg] = append(n.others[pkg], d)
			}
			open = append(open, use{d, local})
		}
	}
	for len(open) > 0 {
		u := open[0]
		open = open[1:]
		pkg := own
		if !u.local {
			pkg = u.d.module.parsed.Package.Path.String()
		}
		names, others := u.d.uses()
		for _, name := range names {
			reach(pkg+"."+name, u.local)
		}
		for _, name := range others {
			known := false
			for full := range c.definitions {
				if full == name || strings.HasPrefix(name, full+".") || strings.HasPrefix(name, full+"[") {
					known = true
					reach(full, false)
				}
			}
			if !known && !c.isPackage(name) && !strings.HasPrefix(name, "data.settings") && !slices.Contains(n.unknown, name) {
				n.unknown = append(n.unknown, name)
			}
		}
	}
	line := func(a, b *definition) int {
		if a.module != b.module {
			return strings.Compare(a.module.report.Path, b.module.report.Path)
		}
		return a.line - b.line
	}
	slices.SortFunc(n.own, line)
	for _, list := range n.others {
		slices.SortFunc(list, line)
	}
	slices.Sort(n.unknown)
	return n
}

// isPackage reports whether a name is that of a package that was given.
func (c *conversion) isPackage(name string) bool {
	return slices.ContainsFunc(c.modules, func(m *module) bool { return m.parsed.Package.Path.String() == name })
}

// idFor makes the id of a rule from its package, or from the name of its file where the
// package says nothing.
func (c *conversion) idFor(m *module, e entry, purpose string) string {
	words := strings.Split(m.packageName(), ".")
	if len(words) == 1 && slices.Contains([]string{"main", "policy", "rules", "app", "levee"}, words[0]) {
		words = []string{strings.TrimSuffix(path.Base(m.report.Path), path.Ext(m.report.Path))}
	}
	for i, w := range words {
		words[i] = idWord(w)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	area := func() string { return words[0] }
	if len(words) == 0 {
		words = []string{"rule"}
	}
	if len(words) == 1 || ast.IsKeyword(area()) || slices.Contains(areas(), area()) || slices.Contains(catalog.ProgramAreas, area()+".") {
		words = append([]string{"own"}, words...)
	}
	id := strings.Join(words, ".")
	for _, more := range []string{idWord(purpose), map[bool]string{true: "warn"}[e.level == catalog.Warn], map[bool]string{true: "allow"}[e.grants]} {
		if more != "" && (more == idWord(purpose) || c.ids[id]) {
			id += "-" + more
		}
	}
	for n, first := 2, id; c.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", first, n)
	}
	c.ids[id] = true
	return id
}

// idWord is a word of the source as ids are written.
func idWord(word string) string {
	word = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return '-'
	}, word)
	return strings.TrimLeft(strings.Trim(word, "-"), "0123456789-")
}
