package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog/scalar"
)

const maxText = 4_096 // characters of one text, unless its field says less

// form is the outer shape of a value.
type form int

const (
	textForm form = iota
	scalarForm
	boolForm
	intForm
	floatForm
	listForm
	mapForm
	objectForm
)

// typeSpec is what the tags of a Go type say, read once per type. It is the one
// source of the strict parse, the JSON Schema, the digests and the value rules
// see.
type typeSpec struct {
	form    form
	goType  reflect.Type // without the pointer
	pointer bool         // absence differs from zero
	elem    *typeSpec    // of lists and maps
	keys    *typeSpec    // of maps
	fields  []fieldSpec  // of objects, in the order they are declared
	byName  map[string]*fieldSpec
}

// fieldSpec is one field of an object with its constraints.
type fieldSpec struct {
	name     string
	index    int
	spec     *typeSpec
	doc      string
	required bool
	prose    bool // no part of the meaning: not in the digest
	lines    bool // a text of several lines, such as a key
	set      bool // a list whose order says nothing
	key      string
	enum     []string
	weak     []string // of enum: what no remedy suggests, since it lowers a control
	pattern  *regexp.Regexp
	like     string   // the pattern in words, with an example after a bar
	word     string   // of an object that may be absent: what says so in its place
	min, max *float64 // of numbers; max is also the length of texts, lists, maps
	def      reflect.Value
	defText  string
}

var (
	scalarType = reflect.TypeFor[scalar.Scalar]()
	specs      sync.Map // reflect.Type → *typeSpec; a cache, never changed once read
)

// specOf reads the tags of a type. The types are the program's own, so a wrong tag
// is a mistake that panics in their first test.
func specOf(t reflect.Type) *typeSpec {
	if cached, ok := specs.Load(t); ok {
		return cached.(*typeSpec)
	}
	spec := readSpec(t)
	specs.Store(t, spec)
	return spec
}

func readSpec(t reflect.Type) *typeSpec {
	if t.Kind() == reflect.Pointer {
		inner := *specOf(t.Elem())
		inner.pointer = true
		return &inner
	}
	spec := &typeSpec{goType: t}
	switch {
	case reflect.PointerTo(t).Implements(scalarType):
		spec.form = scalarForm
	case t.Kind() == reflect.String:
		spec.form = textForm
	case t.Kind() == reflect.Bool:
		spec.form = boolForm
	case t.Kind() == reflect.Int:
		spec.form = intForm
	case t.Kind() == reflect.Float64:
		spec.form = floatForm
	case t.Kind() == reflect.Slice:
		spec.form, spec.elem = listForm, specOf(t.Elem())
	case t.Kind() == reflect.Map:
		spec.form, spec.keys, spec.elem = mapForm, specOf(t.Key()), specOf(t.Elem())
	case t.Kind() == reflect.Struct:
		spec.form = objectForm
		for i := range t.NumField() {
			spec.fields = append(spec.fields, readField(t.Field(i), i))
		}
		spec.byName = map[string]*fieldSpec{}
		for i := range spec.fields {
			spec.byName[spec.fields[i].name] = &spec.fields[i]
		}
	default:
		panic("schema: no form for " + t.String())
	}
	return spec
}

func readField(sf reflect.StructField, index int) fieldSpec {
	f := fieldSpec{name: sf.Tag.Get("json"), index: index, doc: sf.Tag.Get("doc"), spec: specOf(sf.Type), like: sf.Tag.Get("like")}
	if f.name == "" || f.doc == "" {
		panic("schema: field " + sf.Name + " wants json and doc tags")
	}
	for word := range strings.SplitSeq(sf.Tag.Get("levee"), ",") {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "":
		case "required":
			f.required = true
		case "prose":
			f.prose = true
		case "lines":
			f.lines = true
		case "set":
			f.set = true
		case "key":
			f.key = value
		case "enum":
			f.enum = strings.Split(value, "|")
		case "weak":
			f.weak = strings.Split(value, "|")
		case "word":
			f.word = value
		case "pattern":
			f.pattern = regexp.MustCompile(value)
		case "min":
			f.min = number(value)
		case "max":
			f.max = number(value)
		case "default":
			f.defText = value
			f.def = reflect.New(sf.Type).Elem()
			for part := range strings.SplitSeq(value, "|") {
				if err := setDefault(f.def, f.spec, part); err != nil {
					panic(fmt.Sprintf("schema: default of %s: %v", sf.Name, err))
				}
			}
		default:
			panic("schema: unknown tag " + key + " on " + sf.Name)
		}
	}
	if (f.pattern != nil) != (f.like != "") {
		panic("schema: field " + sf.Name + " wants both a pattern and a like tag, or none")
	}
	if f.word != "" && (f.spec.form != objectForm || !f.spec.pointer) {
		panic("schema: field " + sf.Name + " has a word for its absence and is no pointer to an object")
	}
	return f
}

func number(text string) *float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return &n
}

// setDefault writes one default word into v; for a list it appends.
func setDefault(v reflect.Value, spec *typeSpec, text string) (err error) {
	switch spec.form {
	case scalarForm:
		return v.Addr().Interface().(scalar.Scalar).Parse(text)
	case textForm:
		v.SetString(text)
	case boolForm:
		v.SetBool(text == "true")
	case intForm:
		n, perr := strconv.Atoi(text)
		err = perr
		v.SetInt(int64(n))
	case floatForm:
		n, perr := strconv.ParseFloat(text, 64)
		err = perr
		v.SetFloat(n)
	case listForm:
		elem := reflect.New(spec.elem.goType).Elem()
		err = setDefault(elem, spec.elem, text)
		v.Set(reflect.Append(v, elem))
	default:
		err = fmt.Errorf("a %s has no default", spec.goType)
	}
	return err
}

// fillDefaults gives every field of an object its default, nested objects that
// are no pointers included.
func fillDefaults(v reflect.Value, spec *typeSpec) {
	for i := range spec.fields {
		f := &spec.fields[i]
		fv := v.Field(f.index)
		switch {
		case f.def.IsValid() && f.spec.form == listForm:
			fv.Set(reflect.AppendSlice(reflect.MakeSlice(fv.Type(), 0, f.def.Len()), f.def))
		case f.def.IsValid():
			fv.Set(f.def)
		case f.spec.form == objectForm && !f.spec.pointer:
			fillDefaults(fv, f.spec)
		}
	}
}

// isDefault reports whether a field holds what it would hold had nobody written
// it.
func (f *fieldSpec) isDefault(v reflect.Value) bool {
	if !f.def.IsValid() {
		return v.IsZero() || (f.spec.form == listForm || f.spec.form == mapForm) && v.Len() == 0
	}
	if f.spec.form != listForm {
		return v.Equal(f.def)
	}
	if v.Len() != f.def.Len() {
		return false
	}
	for i := range v.Len() {
		if !v.Index(i).Equal(f.def.Index(i)) {
			return false
		}
	}
	return true
}

// names lists an object's fields, required ones first.
func (s *typeSpec) names() []string {
	var required, rest []string
	for _, f := range s.fields {
		if f.required {
			required = append(required, f.name)
		} else {
			rest = append(rest, f.name)
		}
	}
	return slices.Concat(required, rest)
}
