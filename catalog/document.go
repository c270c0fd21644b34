package catalog

import (
	"cmp"
	"fmt"
	"log/slog"
	"path"
	"reflect"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/schema"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Kind is the kind of a manifest.
type Kind string

// The kinds.
const (
	KindCatalog   Kind = "Catalog"
	KindRoles     Kind = "Roles"
	KindApp       Kind = "App"
	KindBlueprint Kind = "Blueprint"
	KindVendor    Kind = "Vendor"
	KindDataSet   Kind = "DataSet"
	KindWaiver    Kind = "Waiver"
	KindGrant     Kind = "Grant"
	// KindRetirement lifts the caps for the apps it lists.
	KindRetirement Kind = "Retirement"
	// KindPolicy is a Rego file: it is judged as a file, but is no manifest.
	KindPolicy Kind = "Policy"
	// KindTrustedRoot is the sigstore trusted root, by which certificates of signers are
	// verified. It is no manifest either.
	KindTrustedRoot Kind = "TrustedRoot"
)

// TrustedRoot is the file of a catalog by which certificates of signers are verified.
const TrustedRoot = "trusted_root.json"

// Kinds lists the kinds of manifests, in the order of the documentation.
var Kinds = []Kind{KindCatalog, KindRoles, KindApp, KindBlueprint, KindVendor, KindDataSet, KindWaiver, KindGrant, KindRetirement}

func newObject(k Kind) any {
	switch k {
	case KindCatalog:
		return new(Catalog)
	case KindRoles:
		return new(Roles)
	case KindApp:
		return new(App)
	case KindBlueprint:
		return new(Blueprint)
	case KindVendor:
		return new(Vendor)
	case KindDataSet:
		return new(DataSet)
	case KindWaiver:
		return new(Waiver)
	case KindRetirement:
		return new(Retirement)
	default:
		return new(Grant)
	}
}

const maxProblems = 50 // shown of one file

// Document is one file of a catalog, read once. It is immutable.
type Document struct {
	Path string
	ID   string // the Git object id of the content
	Kind Kind
	// Name is the object's identity, taken from where the file lies, so that a
	// file that cannot be read still is somebody's. For a blueprint it is
	// "form@2".
	Name     string
	Problems []Problem  // what is wrong with the file, in the order of its lines
	Evidence []Evidence // of an app: the files in evidence/ beside it, by name
	Folder   Digest     // of a blueprint: every file of its folder, byte by byte
	// Subfolders are, of a blueprint, the folders in its folder but scaffold/, by name:
	// what kinds of targets make of an app is read there.
	Subfolders map[string]Subfolder

	called string // the name inside an app's file, where it can be one; for what its folder should be called
	known  int    // fields in the file that there are
	object any    // *App, *Vendor, …; nil if the file cannot be read
	src    []byte // kept so that a place can be looked up when it is wanted
	digest Digest
}

// Valid reports whether the file says what it must in a form that can be judged.
func (d *Document) Valid() bool { return len(d.Problems) == 0 }

// Object returns the typed value, or nil unless the document is valid and of
// the type asked for. The value must not be changed.
func Object[T any](d *Document) *T {
	if d == nil || !d.Valid() {
		return nil
	}
	object, _ := d.object.(*T)
	return object
}

// App returns the app, or nil unless the document is a valid one.
func (d *Document) App() *App { return Object[App](d) }

// Digest names the meaning of the document: two with equal digests say the same
// whatever their layout and comments. It is empty while the file is not valid.
func (d *Document) Digest() Digest { return d.digest }

// Known counts the fields in the file that there are, whatever is wrong with them.
func (d *Document) Known() int { return d.known }

// Source is the file as it was written. It must not be changed.
func (d *Document) Source() []byte { return d.src }

// Locate returns line and column of field paths, both from 1: of the value, or of
// the nearest object that would hold it where it is not written. It parses the
// file again, since few fields are ever asked for; so ask for all at once.
func (d *Document) Locate(fields ...string) []syntax.Place {
	places := make([]syntax.Place, len(fields))
	root := syntax.Decode(d.src)
	for i, field := range fields {
		places[i] = syntax.Place{Line: 1, Column: 1}
		if root != nil {
			places[i] = syntax.Locate(root, field)
		}
	}
	return places
}

// Word is what stands at a field as it was written; empty where nothing does, or more
// than a word.
func (d *Document) Word(field string) string {
	root := syntax.Decode(d.src)
	if root == nil {
		return ""
	}
	if at, rest := syntax.Walk(root, field); rest == "" && at.Value.Kind == yaml.ScalarNode {
		return at.Value.Value
	}
	return ""
}

// Draft is as much of an app as could be read of a file that is not valid, for advice on
// it and for nothing else; nil where that is nothing.
func (d *Document) Draft() *App {
	app, _ := d.object.(*App)
	return app
}

// Address says what a path in a catalog is: the kind of file and the name of
// the object it holds. ok is false for files that hold none, such as a
// blueprint's chart or an app's evidence.
func Address(p string) (kind Kind, name string, ok bool) {
	dir, base := path.Split(p)
	dir = strings.TrimSuffix(dir, "/")
	top, rest, _ := strings.Cut(dir, "/")
	stem, isYAML := strings.CutSuffix(base, ".yaml")
	switch {
	case p == "catalog.yaml":
		return KindCatalog, "catalog", true
	case p == "roles.yaml":
		return KindRoles, "roles", true
	case p == TrustedRoot:
		return KindTrustedRoot, "trusted-root", true
	case top == "apps" && rest != "" && base == "app.yaml":
		return KindApp, path.Base(dir), true
	case top == "blueprints" && base == "blueprint.yaml" && strings.Count(rest, "/") == 1:
		return KindBlueprint, strings.Replace(rest, "/", "@", 1), true
	case dir == "vendors" && isYAML:
		return KindVendor, stem, true
	case dir == "data" && isYAML:
		return KindDataSet, stem, true
	case dir == "waivers" && isYAML:
		return KindWaiver, stem, true
	case dir == "grants" && isYAML:
		return KindGrant, stem, true
	case dir == "retirements" && isYAML:
		return KindRetirement, stem, true
	case dir == "policies" && strings.HasSuffix(base, ".rego"):
		return KindPolicy, strings.TrimSuffix(base, ".rego"), true
	}
	return "", "", false
}

// Parse reads one manifest. p must be a path that Address knows. Whatever the
// bytes are, the answer is a Document: at worst one without an object and with
// the problem that says why.
func Parse(p, id string, src []byte) (d *Document) {
	kind, name, _ := Address(p)
	defer func() {
		if value := recover(); value != nil { // a mistake of ours, which must not be every other file's
			slog.Error("reading a file broke off", "file", p, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
			d = brokeOff(&Document{Path: p, ID: id, Kind: kind, Name: name, src: src})
		}
	}()
	return parse(&Document{Path: p, ID: id, Kind: kind, Name: name, src: src})
}

func brokeOff(d *Document) *Document {
	d.Problems = []Problem{{
		Rule: "schema.unread", Level: Deny, Path: d.Path, Controls: []string{},
		Message: "Something went wrong on our side while this file was read.",
		Remedy:  "Take back what was last changed in it, and report it with the file to whoever runs Levee.",
	}}
	return d
}

func parse(d *Document) *Document {
	p, src := d.Path, d.src
	dropped := 0
	report := func(line, column int, field, rule, message, remedy string) {
		if len(d.Problems) >= maxProblems {
			dropped++
			return
		}
		d.Problems = append(d.Problems, Problem{
			Rule: rule, Level: Deny, Message: message, Remedy: remedy,
			Path: p, Field: field, Line: line, Column: column, Controls: []string{},
		})
	}
	if root := syntax.Parse(src, "apiVersion: "+APIVersion, report); root != nil {
		d.decode(root, report)
	}
	if dropped > 0 {
		d.Problems = append(d.Problems, Problem{
			Rule: "schema.limit", Level: Deny, Path: p, Controls: []string{},
			Message: fmt.Sprintf("%d more problems are not shown.", dropped), Remedy: "Mend the first ones and look again.",
		})
	}
	SortProblems(d.Problems)
	if isMisnamed(d) { // what it should be called is told where all names are known
		d.Problems = append([]Problem{nameProblem(d, guess.Name(cmp.Or(d.called, d.Name), func(string) bool { return true }))}, d.Problems...)
	}
	if d.Valid() {
		d.digest = hashObject(d.object)
	}
	return d
}

func (d *Document) decode(root *yaml.Node, report syntax.Report) {
	if !d.header(root, "apiVersion", APIVersion, report) || !d.header(root, "kind", string(d.Kind), report) {
		return // of another kind or version: its fields mean nothing here
	}
	d.object = newObject(d.Kind)
	d.known = schema.Decode(root, d.object, report, "apiVersion", "kind")
	d.checkName(root, report)
}

// header checks one of the two fields that say how to read the rest.
func (d *Document) header(root *yaml.Node, field, want string, report syntax.Report) bool {
	at := syntax.Child(root, field)
	if field == "apiVersion" && (at.Value == nil || at.Value.Value != want) && d.foreign(root, report) {
		return false
	}
	blank, line, column := "", 0, 0
	if at.Value == nil {
		blank, line, column = safetext.FindBlank(d.src, 0)
	}
	switch {
	case blank != "":
		report(line, column, field, "schema.syntax", fmt.Sprintf("The file lacks %s, and there is %s in it, which is no part of any name.", safetext.Code(field), blank), "Delete everything before the text on this line, and type it again.")
	case at.Value == nil && misspelt(root, field) != nil:
		key := misspelt(root, field)
		report(key.Line, key.Column, field, "schema.unknown-field", fmt.Sprintf("The file has no field %s.", safetext.Code(key.Value)), schema.DidYouMean(field))
	case at.Value == nil:
		report(root.Line, root.Column, field, "schema.required", fmt.Sprintf("The file lacks %s.", safetext.Code(field)), schema.Write(field+": "+want))
	case at.Value.Value != want:
		report(at.Line, at.Column, field, "schema.kind", fmt.Sprintf("%s is %s; a file at this place must have %s.", safetext.Code(field), safetext.Code(at.Value.Value), safetext.Code(want)), "Write "+safetext.Code(want)+", or move the file to where its kind belongs.")
	default:
		return true
	}
	return false
}

// foreign reports a file that another program reads, and how to take it in. It reports
// whether the file is one.
func (d *Document) foreign(root *yaml.Node, report syntax.Report) bool {
	form := dialect.Of(root)
	if form == "" {
		return false
	}
	report(root.Line, root.Column, "apiVersion", "schema.kind", fmt.Sprintf("The file is not one of a catalog: it looks like %s.", form.Title()), takeIn(d.Path))
	return true
}

// takeIn is the remedy for a file that another program reads.
func takeIn(p string) string {
	if !plainPath.MatchString(p) {
		p = "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
	}
	return "Run " + safetext.FullCode("levee convert "+p) + ", and put what it writes at the places that it names, instead of this file."
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./@-]+$`)

// misspelt is the name in a file that was meant to be one of its first two; nil where
// there is none.
func misspelt(root *yaml.Node, field string) *yaml.Node {
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Value != "apiVersion" && key.Value != "kind" && guess.Closest(key.Value, []string{"apiVersion", "kind", "metadata", "spec"}) == field {
			return key
		}
	}
	return nil
}

// checkName compares the name inside the file with the place of the file: one
// identity, so that neither a rename nor a copy can take over another's history.
func (d *Document) checkName(root *yaml.Node, report syntax.Report) {
	inside := reflect.ValueOf(d.object).Elem().FieldByName("Metadata").FieldByName("Name").String()
	want, major, isBlueprint := strings.Cut(d.Name, "@")
	if isBlueprint {
		if n, err := strconv.Atoi(major); err != nil || n < 1 || strconv.Itoa(n) != major {
			report(0, 0, "", "schema.path", fmt.Sprintf("The folder %s is no major version.", safetext.Code(path.Dir(d.Path))), "Name it by a whole number: blueprints/<name>/<major>/blueprint.yaml.")
		}
	}
	if d.Kind == KindCatalog || d.Kind == KindRoles || inside == "" || inside == want {
		return
	}
	if isMisnamed(d) {
		d.called = inside // the name that it gets is told by nameProblem
		return
	}
	at := syntax.Locate(root, "metadata.name")
	source := "file"
	if d.Kind == KindApp || isBlueprint {
		source = "folder"
	}
	report(at.Line, at.Column, "metadata.name", "schema.path", fmt.Sprintf("The name is %s, but the %s says %s.", safetext.Code(inside), source, safetext.Code(want)), fmt.Sprintf("Write %s here, or rename the %s.", safetext.Code(want), source))
}

// hashObject is the digest of a valid object's meaning. Apps have the canonical
// version that approvals key on; governance objects share one of their own.
func hashObject(object any) Digest {
	prefix := "o1"
	if _, ok := object.(*App); ok {
		prefix = CanonicalVersion
	}
	digest, err := HashOf(prefix, schema.Material(object))
	if err != nil {
		panic("catalog: a parsed object is always writable as JSON: " + err.Error()) // unreachable
	}
	return digest
}
