package policies

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Bounds of what one call of a built-in function may make or go through. A rule about a
// small app comes nowhere near them; without them one expression takes all memory there
// is, in a step that no timeout interrupts. A call beyond them ends the evaluation of
// its rule with an error that names the function.
const (
	mostText   = 1 << 20 // bytes of a text
	mostItems  = 100_000 // members of a list, nodes of a value
	mostDigits = 1_000   // of a number, and its exponent
	mostShift  = 4_096   // bits
	mostCopies = 16      // operations of a patch that copy
)

// boundOnce guards OPA's table of built-in functions, which is the process's.
var boundOnce sync.Once

// boundBuiltins puts the bounds before the functions whose results grow beyond their
// arguments. It is called before anything is evaluated.
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

// bounds are the checks of arguments, by function.
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
	for _, name := range []string{"json.marshal", "json.marshal_with_options", "yaml.marshal", "internal.template_string", "object.union", "object.union_n", "json.filter", "json.remove"} {
		list[name] = nodes
	}
	return list
}

// numeric bounds the digits of numbers, and of those in a list together.
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

// wideVerb is a verb of a format with a width or a precision of five digits.
var wideVerb = regexp.MustCompile(`%[-+ #0\[\].*0-9]*[0-9]{5}`)

// formatted bounds what a format makes of its arguments.
func formatted(args []*ast.Term) error {
	format := string(termText(args[0]))
	if wideVerb.MatchString(format) {
		return fmt.Errorf("a width in the format has more than 4 digits")
	}
	longest := 16.0
	var wrong error
	each(args[1], func(t *ast.Term) {
		if n, ok := t.Value.(ast.Number); ok && strings.Contains(format, "*") {
			if err := atMost("a width is", termNumber(t), 9_999, "characters"); err != nil {
				wrong = err
			}
			longest = max(longest, float64(len(n)))
		}
		longest = max(longest, textLen(t))
	})
	if wrong != nil {
		return wrong
	}
	if err := nodes(args[1:]); err != nil {
		return err
	}
	return textOf(float64(len(format)) + float64(strings.Count(format, "%"))*longest)
}

// nodes bounds the values that arguments consist of, each counted as often as it stands
// in them: a list that holds one list twice, and so on, is short and yet without end.
func nodes(args []*ast.Term) error {
	left, size := mostItems, 0.0
	var visit func(t *ast.Term) bool
	visit = func(t *ast.Term) bool {
		left--
		size += textLen(t)
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
	span := termNumber(to) - termNumber(from)
	return atMost("it would make a list of", max(span, -span)/step, mostItems, "numbers")
}

func atMost(what string, n float64, most int, unit string) error {
	if n <= float64(most) {
		return nil
	}
	return fmt.Errorf("%s %.0f %s; the most is %d", what, n, unit, most)
}

func textOf(bytes float64) error { return atMost("it would make a text of", bytes, mostText, "bytes") }

// termNumber is a number as far as its size goes; zero for what is none.
func termNumber(t *ast.Term) float64 {
	n, _ := t.Value.(ast.Number)
	f, _ := strconv.ParseFloat(string(n), 64) // infinite where it is too large, as is right here
	return f
}

func termText(t *ast.Term) ast.String {
	s, _ := t.Value.(ast.String)
	return s
}

func textLen(t *ast.Term) float64 { return float64(len(termText(t))) }

func length(t *ast.Term) float64 {
	a, ok := t.Value.(*ast.Array)
	if !ok {
		return 0
	}
	return float64(a.Len())
}

// each goes through the members of a list or set, or the values of an object.
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
