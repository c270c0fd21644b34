package rego

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Bounds of the arguments and results of built-in functions. Without them one expression
// could allocate all memory, in a step that no timeout interrupts. A call beyond a bound
// ends the evaluation of its rule with an error that names the function.
const (
	mostText   = 1 << 20 // bytes of a text
	mostItems  = 100_000 // members of a list, nodes of a value
	mostDigits = 1_000   // of a number, and its exponent
	mostShift  = 4_096   // bits
	mostCopies = 16      // "copy" operations of a JSON patch
	mostWidth  = 9_999   // characters of a width in a format
	mostRanged = 1 << 53 // the largest number in a range
)

// boundOnce guards OPA's table of built-in functions, which is global.
var boundOnce sync.Once

// boundBuiltins replaces the built-in functions whose results can be larger than their
// arguments by ones that check the bounds first. NewEngine calls it, before anything is
// evaluated.
func boundBuiltins() {
	boundOnce.Do(func() {
		for name, check := range bounds() {
			original := topdown.GetBuiltin(name)
			if original == nil {
				panic("policies: OPA has no built-in function " + name)
			}
			topdown.RegisterBuiltinFunc(name, func(bctx topdown.BuiltinContext, args []*ast.Term, iter func(*ast.Term) error) error {
				if err := check(args); err != nil {
					return topdown.Halt{Err: fmt.Errorf("%s: %w", name, err)}
				}
				return original(bctx, args, iter)
			})
		}
		walk := topdown.GetBuiltin(ast.WalkBuiltin.Name)
		topdown.RegisterBuiltinFunc(ast.WalkBuiltin.Name, func(bctx topdown.BuiltinContext, args []*ast.Term, iter func(*ast.Term) error) error {
			steps := 0
			return walk(bctx, args, func(t *ast.Term) error {
				if steps++; steps > mostItems {
					return topdown.Halt{Err: fmt.Errorf("walk: it would visit more than %d values", mostItems)}
				}
				return iter(t)
			})
		})
	})
}

// bounds returns the check of the arguments of each bounded function.
func bounds() map[string]func([]*ast.Term) error {
	list := map[string]func([]*ast.Term) error{
		"bits.lsh":      func(a []*ast.Term) error { return atMost("it would shift by", termNumber(a[1]), mostShift, "bits") },
		"numbers.range": func(a []*ast.Term) error { return ranged(a[0], a[1], 1) },
		"numbers.range_step": func(a []*ast.Term) error {
			return ranged(a[0], a[1], max(termNumber(a[2]), 1))
		},
		"concat": func(a []*ast.Term) error {
			total, n := 0.0, 0
			each(a[1], func(t *ast.Term) { total, n = total+textLen(t), n+1 })
			return textOf(total + textLen(a[0])*float64(n))
		},
		"replace": func(a []*ast.Term) error {
			s, old := string(termText(a[0])), string(termText(a[1]))
			return textOf(float64(len(s)) + float64(strings.Count(s, old))*textLen(a[2]))
		},
		"strings.replace_n": func(a []*ast.Term) error {
			longest := 1.0
			each(a[0], func(t *ast.Term) { longest = max(longest, textLen(t)) })
			return textOf((textLen(a[1]) + 1) * longest)
		},
		"regex.replace": func(a []*ast.Term) error { return textOf((textLen(a[0]) + 1) * (textLen(a[2]) + 1) / 4) },
		"sprintf":       formatted,
		"array.concat": func(a []*ast.Term) error {
			return atMost("it would make a list of", length(a[0])+length(a[1]), mostItems, "members")
		},
		"array.flatten": func(a []*ast.Term) error {
			n := 0.0
			each(a[0], func(t *ast.Term) { n += max(length(t), 1) })
			return atMost("it would make a list of", n, mostItems, "members")
		},
		"split": func(a []*ast.Term) error {
			n := strings.Count(string(termText(a[0])), string(termText(a[1])))
			return atMost("it would make a list of", float64(n), mostItems, "members")
		},
		"yaml.unmarshal": func(a []*ast.Term) error {
			if text := string(termText(a[0])); yamlAnchor.MatchString(text) && yamlAlias.MatchString(text) {
				return fmt.Errorf("the text repeats parts of itself (`&name`, `*name`), which is not read")
			}
			return readText(a)
		},
		"net.cidr_expand": func(a []*ast.Term) error {
			_, bits, _ := strings.Cut(string(termText(a[0])), "/")
			n, err := strconv.Atoi(bits)
			least := 16
			if strings.Contains(string(termText(a[0])), ":") {
				least = 112
			}
			if err == nil && n < least {
				return fmt.Errorf("a network of /%d has more than %d addresses", n, mostItems)
			}
			return nil
		},
		"json.patch": func(a []*ast.Term) error {
			copies := 0
			each(a[1], func(t *ast.Term) {
				if o, ok := t.Value.(ast.Object); ok {
					if op := o.Get(ast.StringTerm("op")); op != nil && string(termText(op)) == "copy" {
						copies++
					}
				}
			})
			if copies > mostCopies {
				return fmt.Errorf("a patch may copy %d times, not %d", mostCopies, copies)
			}
			return nodes(a)
		},
	}
	for _, name := range []string{"plus", "minus", "mul", "div", "rem", "abs", "round", "ceil", "floor", "bits.and", "bits.or", "bits.xor", "bits.negate", "bits.rsh", "format_int", "sum", "product"} {
		list[name] = numeric
	}
	shift := list["bits.lsh"]
	list["bits.lsh"] = func(a []*ast.Term) error {
		if err := numeric(a); err != nil {
			return err
		}
		return shift(a)
	}
	for _, name := range []string{"json.marshal", "json.marshal_with_options", "yaml.marshal", "internal.template_string", "object.union", "object.union_n", "json.filter", "json.remove", "urlquery.encode_object"} {
		list[name] = nodes
	}
	for _, name := range []string{"base64.encode", "base64url.encode", "base64url.encode_no_pad", "hex.encode", "urlquery.encode", "glob.quote_meta"} {
		list[name] = func(a []*ast.Term) error { return textOf(3 * textLen(a[0])) } // they make at most three bytes of one
	}
	for _, name := range []string{"json.unmarshal", "regex.split", "regex.find_n", "regex.find_all_string_submatch_n", "indexof_n"} {
		list[name] = readText
	}
	return list
}

// numeric bounds the digits of all numbers among arguments together, and each exponent.
func numeric(args []*ast.Term) error {
	digits := 0
	count := func(t *ast.Term) error {
		n, ok := t.Value.(ast.Number)
		if !ok {
			return nil
		}
		whole, exponent, _ := strings.Cut(strings.ToLower(string(n)), "e")
		digits += len(whole)
		if e, err := strconv.Atoi(exponent); exponent != "" && (err != nil || e > mostDigits || e < -mostDigits) {
			return fmt.Errorf("a number has an exponent beyond %d", mostDigits)
		}
		return nil
	}
	for _, a := range args {
		err := count(a)
		each(a, func(t *ast.Term) {
			if err == nil {
				err = count(t)
			}
		})
		if err != nil {
			return err
		}
	}
	if digits > mostDigits*8 {
		return fmt.Errorf("its numbers have more than %d digits", mostDigits*8)
	}
	return nil
}

// A width or precision in a format: of three digits or more, of five or more, and one that
// is given as an argument.
var (
	wideVerb    = regexp.MustCompile(`%[-+ #0\[\].*0-9]*[1-9][0-9]{2}`)
	tooWideVerb = regexp.MustCompile(`%[-+ #0\[\].*0-9]*[1-9][0-9]{4}`)
	givenWidth  = regexp.MustCompile(`%[-+ #0\[\].*0-9]*\*`)
)

// Anchors and aliases in YAML.
var (
	yamlAnchor = regexp.MustCompile(`(?m)(^|[\s\[\]{},:-])&\S`)
	yamlAlias  = regexp.MustCompile(`(?m)(^|[\s\[\]{},:-])\*\S`)
)

// formatted bounds the result of sprintf.
func formatted(args []*ast.Term) error {
	format := string(termText(args[0]))
	if tooWideVerb.MatchString(format) {
		return fmt.Errorf("a width in the format is more than %d", mostWidth)
	}
	if err := nodes(args[1:]); err != nil {
		return err
	}
	longest, total, verbs := 16.0, 0.0, float64(strings.Count(format, "%"))
	var wrong error
	given := givenWidth.MatchString(format)
	each(args[1], func(t *ast.Term) {
		if _, ok := t.Value.(ast.Number); ok && given && wrong == nil {
			wrong = atMost("a width is", termNumber(t), mostWidth, "characters")
		}
		size := printed(t)
		longest, total = max(longest, size), total+size
	})
	if wrong != nil {
		return wrong
	}
	if strings.Contains(format, "[") { // any of its verbs can print the longest
		total = verbs * longest
	}
	if given || wideVerb.MatchString(format) {
		total += verbs * mostWidth
	}
	return textOf(float64(len(format)) + 16*verbs + total)
}

// printed estimates the length of a value when it is printed.
func printed(t *ast.Term) float64 {
	size := weight(t) + 2
	eachPair(t, func(member *ast.Term) { size += printed(member) })
	return size
}

// nodes bounds the number of values in arguments. A value that is referred to several times
// counts as often: lists that hold one list twice, nested, are small in memory and become
// huge when they are written out.
func nodes(args []*ast.Term) error {
	left, size := mostItems, 0.0
	var visit func(t *ast.Term) bool
	visit = func(t *ast.Term) bool {
		left--
		size += weight(t)
		if left < 0 || size > 4*mostText {
			return false
		}
		ok := true
		eachPair(t, func(member *ast.Term) { ok = ok && visit(member) })
		return ok
	}
	for _, a := range args {
		if !visit(a) {
			return fmt.Errorf("its argument has more than %d values, or more than %d MiB of text", mostItems, 4*mostText>>20)
		}
	}
	return nil
}

func ranged(from, to *ast.Term, step float64) error {
	for _, end := range []*ast.Term{from, to} { // beyond it float64 is not exact
		if err := atMost("it would reach to", max(termNumber(end), -termNumber(end)), mostRanged, ""); err != nil {
			return err
		}
	}
	span := termNumber(to) - termNumber(from)
	return atMost("it would make a list of", max(span, -span)/step, mostItems, "numbers")
}

func atMost(what string, n float64, most int, unit string) error {
	if n <= float64(most) {
		return nil
	}
	return fmt.Errorf("%s; the most is %d", strings.TrimSpace(fmt.Sprintf("%s %.0f %s", what, n, unit)), most)
}

func textOf(bytes float64) error { return atMost("it would make a text of", bytes, mostText, "bytes") }

// readText bounds the length of the texts among arguments.
func readText(args []*ast.Term) error {
	size := 0.0
	for _, a := range args {
		size += textLen(a)
	}
	return atMost("it would read a text of", size, mostText, "bytes")
}

// termNumber is a number as float64; zero for other terms.
func termNumber(t *ast.Term) float64 {
	n, _ := t.Value.(ast.Number)
	f, _ := strconv.ParseFloat(string(n), 64) // infinite if it is too large, which exceeds every bound
	return f
}

func termText(t *ast.Term) ast.String {
	s, _ := t.Value.(ast.String)
	return s
}

func textLen(t *ast.Term) float64 { return float64(len(termText(t))) }

// weight is the length of a text or number; zero for other terms.
func weight(t *ast.Term) float64 {
	n, _ := t.Value.(ast.Number)
	return textLen(t) + float64(len(n))
}

func length(t *ast.Term) float64 {
	a, ok := t.Value.(*ast.Array)
	if !ok {
		return 0
	}
	return float64(a.Len())
}

// each visits the members of a list or set, or the values of an object.
func each(t *ast.Term, visit func(*ast.Term)) {
	switch v := t.Value.(type) {
	case *ast.Array:
		v.Foreach(visit)
	case ast.Set:
		v.Foreach(visit)
	case ast.Object:
		v.Foreach(func(_, value *ast.Term) { visit(value) })
	}
}

// eachPair is each, with the keys of an object.
func eachPair(t *ast.Term, visit func(*ast.Term)) {
	if o, ok := t.Value.(ast.Object); ok {
		o.Foreach(func(key, value *ast.Term) { visit(key); visit(value) })
		return
	}
	each(t, visit)
}
