package scalar

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// Scalar is a field written as one word. Parsing normalises, so that two ways of
// writing one amount are one value with one digest: "0.25" and "250m", "720h"
// and "30d". The error of parse completes the sentence "… must be".
type Scalar interface {
	Parse(text string) error
	Canonical() any // a string, float64 or bool, as rules and digests see it
	Shape() Shape   // for the JSON Schema
}

// Shape is how a scalar is described to an editor.
type Shape struct {
	Types   []string // JSON types that may be written
	Pattern string   // of what is written as text
	Example string
	Format  string  // of JSON Schema, where the pattern cannot say all; "" for none
	Most    float64 // of what is written as a number, which is above zero
}

// text is the shape of a scalar that is always written as text.
func text(pattern, example string) Shape {
	return Shape{Types: []string{"string"}, Pattern: pattern, Example: example}
}

// wanted is the error of a scalar: what was expected instead.
type wanted string

func (w wanted) Error() string { return string(w) }

// Name identifies an app, team, person, vendor or other object: a DNS label,
// because targets use it as one (RFC 1123, section 2.1).
type Name string

const namePattern = `^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`

var nameExpr = regexp.MustCompile(namePattern)

func (n *Name) Parse(text string) error {
	if !IsName(text) {
		return wanted("a short name of lower-case letters, digits and dashes that starts with a letter, such as expense-submit")
	}
	*n = Name(text)
	return nil
}
func (n *Name) Canonical() any { return string(*n) }
func (n *Name) Shape() Shape   { return text(namePattern, "expense-submit") }

// IsName reports whether a text can be a Name.
func IsName(text string) bool { return nameExpr.MatchString(text) }

// Approver is who must approve: one role, or any one of several, such as "dpo or legal".
// The roles stand in their order.
type Approver string

const approverPattern = `^[a-z]([-a-z0-9]{0,61}[a-z0-9])?( or [a-z]([-a-z0-9]{0,61}[a-z0-9])?){0,3}$`

func (a *Approver) Parse(text string) error {
	roles := Approver(text).Roles()
	if len(roles) > 4 || slices.ContainsFunc(roles, func(role string) bool { return !IsName(role) }) {
		return wanted("a role such as dpo, or up to four of which one is enough, such as dpo or legal")
	}
	slices.Sort(roles)
	*a = Approver(strings.Join(slices.Compact(roles), anyOf))
	return nil
}
func (a *Approver) Canonical() any { return string(*a) }
func (a *Approver) Shape() Shape   { return text(approverPattern, "dpo or legal") }

// anyOf stands between roles of which one is enough.
const anyOf = " or "

// Roles lists the roles, one of which must approve. Roles of the program's own, such as
// team:finance, are no names and stand alone.
func (a Approver) Roles() []string { return strings.Split(string(a), anyOf) }

// Domain is a host name without scheme, port or path, in lower case. A leading
// "*." stands for one or more labels.
type Domain string

const domainPattern = `^(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]{0,61}[a-z0-9]$`

var domainExpr = regexp.MustCompile(domainPattern)

func (d *Domain) Parse(text string) error {
	if _, err := netip.ParseAddr(text); err == nil || len(text) > 253 || !domainExpr.MatchString(text) {
		return wanted("a host name without https:// or a path, such as maps.example.com")
	}
	*d = Domain(text)
	return nil
}
func (d *Domain) Canonical() any { return string(*d) }
func (d *Domain) Shape() Shape   { return text(domainPattern, "maps.example.com") }

// CPU is a share of processors, in thousandths of a core; less than a million cores.
type CPU int64

const maxCPU = 1_000_000*1000 - 1

func (c *CPU) Parse(text string) error {
	const want = wanted(`an amount of processor such as 250m or 0.25`)
	digits, milli := strings.CutSuffix(text, "m")
	if milli {
		n, ok := Decimal(digits, 0)
		if !ok || n <= 0 || n > maxCPU {
			return want
		}
		*c = CPU(n)
		return nil
	}
	n, ok := Decimal(text, 3)
	if !ok || n <= 0 || n > maxCPU {
		return want
	}
	*c = CPU(n)
	return nil
}
func (c *CPU) Canonical() any { return float64(*c) / 1000 }
func (c *CPU) Shape() Shape {
	return Shape{
		Types: []string{"string", "number"}, Example: "250m", Most: maxCPU / 1000.0,
		Pattern: "^(" + someOf(9, "", "") + "m|" + someOf(6, "[0-9]{1,3}", fraction) + ")$",
	}
}

// Bytes is an amount of memory or storage: less than a thousand tebibytes, which every
// reader of JSON takes for an integer.
type Bytes int64

var byteUnits = []struct {
	suffix string
	factor int64
	digits int // before the point
}{
	{"Ki", 1 << 10, 12}, {"Mi", 1 << 20, 9}, {"Gi", 1 << 30, 6}, {"Ti", 1 << 40, 3},
	{"k", 1e3, 12}, {"M", 1e6, 9}, {"G", 1e9, 6}, {"T", 1e12, 3}, {"", 1, 15},
}

func (b *Bytes) Parse(text string) error {
	const want = wanted("an amount of memory such as 256Mi or 1Gi")
	factor, digits := int64(1), 0
	for _, unit := range byteUnits {
		if rest, ok := strings.CutSuffix(text, unit.suffix); ok {
			text, factor, digits = rest, unit.factor, unit.digits
			break
		}
	}
	n, ok := Decimal(text, 3)
	if !ok || n <= 0 || len(strconv.FormatInt(n/1000, 10)) > digits {
		return want
	}
	product := n / 1000 * factor
	rest := n % 1000 * factor
	if rest%1000 != 0 {
		return want
	}
	*b = Bytes(product + rest/1000)
	return nil
}

// Human writes b in the largest binary unit that divides it and leaves less than 1024 of
// them: "256Mi".
func (b Bytes) Human() string {
	for _, unit := range byteUnits[:4] {
		if n := int64(b); n%unit.factor == 0 && n/unit.factor < 1024 {
			return strconv.FormatInt(n/unit.factor, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}
func (b *Bytes) Canonical() any { return float64(*b) }
func (b *Bytes) Shape() Shape {
	var forms []string
	for _, unit := range byteUnits {
		form := someOf(unit.digits, "[0-9]{1,3}", fraction)
		switch {
		case unit.suffix == "": // no part of a byte
			form = someOf(unit.digits, "0{1,3}", "")
		case unit.factor%1000 != 0: // eighths are whole bytes
			form = someOf(unit.digits, "(0{1,3}|"+eighths+")", eighths)
		}
		forms = append(forms, form+unit.suffix)
	}
	return Shape{
		Types: []string{"string", "integer"}, Example: "256Mi", Most: 1e15 - 1,
		Pattern: "^(" + strings.Join(forms, "|") + ")$",
	}
}

// eighths is the pattern of the eighths of one, but for zero.
const eighths = "(125|250?|375|50{0,2}|625|750?|875)"

// Decimal reads a plain decimal number with at most `places` digits after the
// point, scaled by 10^places. No sign, no exponent, no surprise.
func Decimal(text string, places int) (int64, bool) {
	whole, frac, point := strings.Cut(text, ".")
	if len(whole) > 1 {
		whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	}
	if whole == "" || len(whole) > 15 || point && (frac == "" || len(frac) > places) {
		return 0, false
	}
	n := int64(0)
	for _, r := range whole + frac + strings.Repeat("0", places-len(frac)) {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	return n, true
}

// Version is a semantic version (semver.org 2.0.0) without build metadata.
type Version string

const versionPattern = `^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z-]{1,32}(\.[0-9A-Za-z-]{1,32}){0,8})?$`

var versionExpr = regexp.MustCompile(versionPattern)

func (v *Version) Parse(text string) error {
	if !versionExpr.MatchString(text) {
		return wanted("three numbers with dots between them, such as 1.4.0")
	}
	*v = Version(text)
	return nil
}
func (v *Version) Canonical() any { return string(*v) }
func (v *Version) Shape() Shape   { return text(versionPattern, "1.4.0") }

// Rate is a number of events in a unit of time: "60/min".
type Rate string

const ratePattern = `^[1-9][0-9]{0,8}/(s|min|h|d)$`

var rateExpr = regexp.MustCompile(ratePattern)

func (r *Rate) Parse(text string) error {
	if !rateExpr.MatchString(text) {
		return wanted("a number per s, min, h or d, such as 60/min")
	}
	*r = Rate(text)
	return nil
}
func (r *Rate) Canonical() any { return string(*r) }
func (r *Rate) Shape() Shape   { return text(ratePattern, "60/min") }

// BlueprintRef names a blueprint and its major version: "form@2".
type BlueprintRef string

const blueprintPattern = `^[a-z]([-a-z0-9]{0,61}[a-z0-9])?@[1-9][0-9]{0,3}$`

var blueprintExpr = regexp.MustCompile(blueprintPattern)

func (b *BlueprintRef) Parse(text string) error {
	if !blueprintExpr.MatchString(text) {
		return wanted("a blueprint and its version, such as form@2")
	}
	*b = BlueprintRef(text)
	return nil
}
func (b *BlueprintRef) Canonical() any { return string(*b) }
func (b *BlueprintRef) Shape() Shape   { return text(blueprintPattern, "form@2") }

// Variable is the name of an environment variable.
type Variable string

const variablePattern = `^[A-Z][A-Z0-9_]{0,63}$`

var variableExpr = regexp.MustCompile(variablePattern)

func (v *Variable) Parse(text string) error {
	if !variableExpr.MatchString(text) {
		return wanted("a name of capital letters, digits and underscores, such as PAYMENT_API_KEY")
	}
	*v = Variable(text)
	return nil
}
func (v *Variable) Canonical() any { return string(*v) }
func (v *Variable) Shape() Shape {
	return text(variablePattern, "PAYMENT_API_KEY")
}

// Parse reads text into s. The error completes a sentence: "must be …".
func Parse(s Scalar, text string) error {
	if err := s.Parse(text); err != nil {
		return wanted("is " + safetext.Code(text) + "; it must be " + err.Error())
	}
	return nil
}
