package rego

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/version"
	"golang.org/x/sync/singleflight"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/bundle"
)

// Engine compiles rules and caches their findings. It is safe for concurrent use.
type Engine struct {
	library       map[string]*ast.Module
	libraryDigest catalog.Digest
	caches        *lru.Cache[catalog.Digest, *findingCache] // by digest of the rule
	evaluated     atomic.Int64                              // evaluations of one rule over one input

	sets      *lru.Cache[catalog.Digest, *compiled] // by digest of the rules and settings
	compiling singleflight.Group                    // by the same digest: others are compiled meanwhile
}

// compiled is the result of compiling the rules of one governance.
type compiled struct {
	set      *Set
	problems []catalog.Problem
}

const (
	maxSets     = 8       // the governing rules, and those of changes under review
	maxCaches   = 1_000   // a few versions of each rule
	maxFindings = 100_000 // of one rule; many apps have the same values where a rule looks
)

// New reads the embedded library. An error means that the library is broken.
func New() (*Engine, error) {
	boundBuiltins()
	e := &Engine{library: map[string]*ast.Module{}}
	e.caches, _ = lru.New[catalog.Digest, *findingCache](maxCaches)
	e.sets, _ = lru.New[catalog.Digest, *compiled](maxSets)
	sources := map[string]any{}
	err := fs.WalkDir(bundle.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".rego") || isTest(p) {
			return err
		}
		src, err := fs.ReadFile(bundle.FS, p)
		if err != nil {
			return err
		}
		module, err := parseModule("library/"+p, src)
		e.library["library/"+p] = module
		sources[p] = string(src)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the rule library: %w", err)
	}
	e.libraryDigest, err = catalog.HashOf("l1", sources)
	return e, err
}

// Name identifies the engine: OPA's version and the library. It is recorded with every
// decision, since the same engine must give the same bytes again.
func (e *Engine) Name() string {
	return "opa " + version.Version + ", library " + e.libraryDigest.Short()
}

// cacheOf returns the cache of a rule's findings.
func (e *Engine) cacheOf(rule catalog.Digest) *findingCache {
	if m, ok := e.caches.Get(rule); ok {
		return m
	}
	m := &findingCache{}
	if before, ok, _ := e.caches.PeekOrAdd(rule, m); ok {
		return before
	}
	return m
}

// Evaluated counts the evaluations of one rule over one input since the engine was made,
// without those answered from the cache.
func (e *Engine) Evaluated() int64 { return e.evaluated.Load() }

func parseModule(file string, src []byte) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(file, string(src), ast.ParserOptions{
		ProcessAnnotation: true, Capabilities: capabilities(), RegoVersion: ast.RegoV1,
	})
}

// Rules compiles the library together with the organisation's rules, under the settings of
// a governing snapshot, and runs the organisation's tests. A file of the organisation's
// that does not compile is a problem of that file, and the set is compiled without it. The
// set is nil only if the snapshot has no valid settings.
func (e *Engine) Rules(ctx context.Context, governing *catalog.Snapshot) (*Set, []catalog.Problem, error) {
	settings := governing.Settings()
	if settings == nil {
		return nil, nil, nil
	}
	digest, err := e.RulesDigest(governing)
	if err != nil {
		return nil, nil, err
	}
	// Whoever asks for these rules while they are compiled waits and gets the same set, which
	// therefore must not depend on the context of the first caller.
	result, err, _ := e.compiling.Do(string(digest), func() (any, error) {
		if c, ok := e.sets.Get(digest); ok {
			return c, nil
		}
		own, problems := parseOwn(governing)
		c, err := e.compile(context.WithoutCancel(ctx), settings, settings.Value(), own, problems)
		if err != nil {
			return nil, err
		}
		c.set.digest = digest
		e.sets.Add(digest, c)
		return c, nil
	})
	if err != nil {
		return nil, nil, err
	}
	c := result.(*compiled)
	return c.set, c.problems, nil
}

// Compiled returns the rules of a digest, with what is wrong with them, if they are compiled.
func (e *Engine) Compiled(digest catalog.Digest) (set *Set, problems []catalog.Problem, ok bool) {
	c, ok := e.sets.Get(digest)
	if !ok {
		return nil, nil, false
	}
	return c.set, c.problems, true
}

// Describe makes a set that describes rules which were compiled and tested elsewhere, and
// cannot evaluate them.
func (e *Engine) Describe(ctx context.Context, settings *settings.Settings, digest catalog.Digest, own []Rule, noEffect []catalog.Problem, tests []TestOutcome) (*Set, error) {
	c, err := e.compile(ctx, settings, settings.Value(), map[string]*ast.Module{}, nil)
	if err != nil {
		return nil, err
	}
	c.set.digest, c.set.noEffect, c.set.tests, c.set.describesOnly = digest, noEffect, tests, true
	for _, r := range own {
		c.set.rules = append(c.set.rules, &r)
	}
	slices.SortFunc(c.set.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return c.set, nil
}

// RulesDigest is the digest of the rules of a governance and its settings.
func (e *Engine) RulesDigest(governing *catalog.Snapshot) (catalog.Digest, error) {
	files := map[string]any{}
	for d := range governing.Policies() {
		files[d.Path] = string(d.Digest())
	}
	return catalog.HashOf("sha256", map[string]any{
		"engine": e.Name(), "library": string(e.libraryDigest), "files": files, "settings": governing.Settings().Value(),
	})
}

// compile compiles the library with the organisation's files and runs their tests. It
// leaves out files that do not compile, and adds to problems what is wrong with them.
func (e *Engine) compile(ctx context.Context, settings *settings.Settings, value map[string]any, own map[string]*ast.Module, problems []catalog.Problem) (*compiled, error) {
	for {
		modules := map[string]*ast.Module{}
		for file, m := range e.library {
			modules[file] = m.Copy()
		}
		for file, m := range own {
			if !isTest(file) {
				modules[file] = m.Copy()
			}
		}
		compiler := ast.NewCompiler().WithCapabilities(capabilities()).WithSchemas(inputSchemas()).
			WithEnablePrintStatements(false).WithKeepModules(true)
		compiler.Compile(modules)
		if compiler.Failed() {
			bad := blame(compiler.Errors, own)
			if len(bad) == 0 {
				return nil, fmt.Errorf("compile the rule library: %w", compiler.Errors)
			}
			problems = append(problems, bad...)
			continue
		}
		rules, bad := e.collect(compiler.ParsedModules(), own)
		problems = append(problems, bad...)
		if len(bad) > 0 {
			continue
		}
		set := &Set{engine: e, settings: settings, zone: settings.Location(), rules: rules, compiler: compiler, store: inmem.NewFromObjectWithOpts(map[string]any{"settings": value}, inmem.OptReturnASTValuesOnRead(true))}
		under, err := catalog.HashOf("s1", value)
		if err != nil {
			return nil, err
		}
		used, texts := newDependencies(compiler.Modules), map[string]string{}
		for file, m := range compiler.ParsedModules() {
			texts[file] = m.String()
		}
		for i, r := range rules {
			for _, at := range used.inputPaths(r.definitions()...) {
				r.inputs = append(r.inputs, set.paths.add(at))
			}
			if r.digest, err = catalog.HashOf("r1", map[string]any{"settings": string(under), "sources": used.sources(texts, r.definitions()...), "rule": r.File}); err != nil {
				return nil, err
			}
			r.cache = e.cacheOf(r.digest)
			if err = r.compileQuery(compiler, i); err != nil {
				return nil, err
			}
		}
		set.paths.sort()
		outcomes, failing := set.runTests(ctx, own)
		set.tests, set.noEffect = outcomes, noEffectFiles(own)
		problems = append(problems, failing...)
		catalog.SortProblems(problems)
		return &compiled{set, problems}, nil
	}
}

// collect reads the rules of all modules. Files of the organisation's with a wrong
// annotation become problems and are removed from own.
func (e *Engine) collect(modules map[string]*ast.Module, own map[string]*ast.Module) ([]*Rule, []catalog.Problem) {
	var rules []*Rule
	var problems []catalog.Problem
	byID := map[string]*Rule{}
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		rule, err := readRule(modules[file], own[file] != nil)
		if err == nil && rule != nil && byID[rule.ID] != nil {
			err = fmt.Errorf("rule %s stands also in %s", rule.ID, byID[rule.ID].File)
		}
		if err != nil {
			problems = append(problems, Problem(file, modules[file].Package.Location.Row, 1, "This file "+err.Error()+"."))
			delete(own, file)
			continue
		}
		if rule != nil {
			byID[rule.ID] = rule
			rules = append(rules, rule)
		}
	}
	slices.SortFunc(rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules, problems
}

func regoProblem(err *ast.Error, file string) catalog.Problem {
	line, column := 1, 1
	if err.Location != nil {
		line, column = err.Location.Row, max(err.Location.Col, 1)
	}
	return Problem(file, line, column, "The rule does not compile: "+err.Message+".")
}

// Unreadable is the rule of the program that files of rules break.
const Unreadable = "schema.policy"

// Problem is what is wrong with a file of rules.
func Problem(file string, line, column int, message string) catalog.Problem {
	return catalog.Problem{
		Rule: Unreadable, Level: catalog.Deny, Message: message,
		Remedy: "Correct the file; `levee test` runs its tests. Until then the rule is not in force.",
		Path:   file, Line: line, Column: column, Controls: []string{},
	}
}

// Library lists the rules of the embedded library by id, without the settings of any
// catalog.
func (e *Engine) Library() ([]Rule, error) {
	rules, problems := e.collect(e.library, nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read the rule library: %s: %s", problems[0].Path, problems[0].Message)
	}
	return described(rules, settings.Default()), nil
}
