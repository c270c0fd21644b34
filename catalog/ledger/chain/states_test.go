package chain

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// TestLoadStates reads states only where they belong, and as they are written.
func TestLoadStates(t *testing.T) {
	repo := gitrepotest.Open(t, gitrepotest.New(t, smallCatalog))
	good := must(ledger.Encode(ledger.App{Name: "a", Stage: ledger.Due}))
	for name, test := range map[string]struct {
		path    string
		content []byte
		want    error
	}{
		"a state":           {statePath("a"), good, nil},
		"another's place":   {statePath("b"), good, ledger.ErrInvalid},
		"no place":          {"state/0/0/0/a.json", good, ledger.ErrInvalid},
		"no name":           {statePath("a") + ".txt", good, ledger.ErrInvalid},
		"two in one":        {statePath("a"), append(good[:len(good):len(good)], good...), ledger.ErrInvalid},
		"an unknown field":  {statePath("a"), []byte(`{"name":"a","stage":"due","wish":1}`), ledger.ErrInvalid},
		"no state":          {statePath("a"), []byte("hello"), ledger.ErrInvalid},
		"more than a state": {statePath("a"), make([]byte, ledger.MaxFile+1), catalog.ErrTooLarge},
	} {
		b := must(repo.Batch(t.Context(), ""))
		if err := b.Put(test.path, catalog.File, test.content); err != nil {
			t.Fatal(err)
		}
		id := must(b.Commit(t.Context(), gitrepo.Draft{Message: "x", Author: gitrepo.Person{Name: "Ada", When: start}}))
		s, err := loadStates(t.Context(), must(b.Files(t.Context(), id)))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if test.want == nil {
			if a, ok := s.get("a"); !ok || a.Stage != ledger.Due {
				t.Errorf("%s is read as %+v", name, a)
			}
		}
	}
}

// TestStates wants a version to stay as it is when the next one is made.
func TestStates(t *testing.T) {
	first := newStates().put(ledger.App{Name: "a", Stage: ledger.Due}, ledger.App{Name: "b", Stage: ledger.Due})
	var many []ledger.App
	for i := range 10_000 {
		many = append(many, ledger.App{Name: fmt.Sprint("app-", i), Stage: ledger.Active})
	}
	second := first.put(append(many, ledger.App{Name: "a", Stage: ledger.Disabled})...)
	if a, _ := first.get("a"); a.Stage != ledger.Due || len(first.names()) != 2 {
		t.Errorf("the first version changed: %+v", first.names())
	}
	if a, _ := second.get("a"); a.Stage != ledger.Disabled || len(second.names()) != 10_002 {
		t.Errorf("the second version has %d names", len(second.names()))
	}
	v := &View{apps: first.put(ledger.App{Name: "c"}, ledger.App{Name: ledger.SubjectLedger}, ledger.App{Name: "a-b"}, ledger.App{Name: catalog.Governance})}
	var names []string
	for state := range v.States() {
		names = append(names, state.Name)
	}
	if want := []string{"a", "a-b", "b", "c"}; !slices.Equal(names, want) || !slices.Equal(v.Apps(), want) || v.Len() != len(want) {
		t.Errorf("the apps are %v, %v, %d; want %v", names, v.Apps(), v.Len(), want)
	}
	if a, ok := v.App("nobody"); ok || a.Name != "nobody" || a.Stage != ledger.Active {
		t.Errorf("an app that was never recorded is %+v", a)
	}
}
