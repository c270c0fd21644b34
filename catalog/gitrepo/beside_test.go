package gitrepo_test

import (
	"errors"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestBeside lands two branches with one push, the second of which links what the
// first wrote.
func TestBeside(t *testing.T) {
	remote := gitrepotest.New(t, "-- catalog.yaml --\nkind: Catalog\n")
	repo := gitrepotest.Open(t, remote)
	main := remote.Branch("main")
	batch := must(repo.Batch(t.Context(), main))
	if err := batch.Put("apps/hello/app.yaml", catalog.File, []byte("kind: App\n")); err != nil {
		t.Fatal(err)
	}
	landed := must(batch.Commit(t.Context(), gitrepo.Draft{Message: "land", Author: later}))
	files := must(batch.Files(t.Context(), landed))
	entry, ok, err := files.Entry(t.Context(), "apps/hello")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	other := must(batch.Beside(t.Context(), ""))
	entry.Path = "kept/hello"
	if err := other.Link(entry); err != nil {
		t.Fatal(err)
	}
	kept := must(other.Commit(t.Context(), gitrepo.Draft{Message: "keep", Author: later}))
	if batch.Tip() != landed || other.Tip() != kept {
		t.Errorf("the batches are at %s and %s", batch.Tip(), other.Tip())
	}
	err = repo.Push(t.Context(), other, gitrepo.Advance("main", main, landed), gitrepo.Advance("ledger", "", kept))
	if err != nil {
		t.Fatal(err)
	}
	if got := remote.Read("ledger", "kept/hello/app.yaml"); got != "kind: App\n" {
		t.Errorf("the ledger holds %q", got)
	}
	if got := remote.Read("main", "apps/hello/app.yaml"); got != "kind: App\n" {
		t.Errorf("main holds %q", got)
	}
	if _, err := batch.Beside(t.Context(), "0000000000000000000000000000000000000001"); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a parent that is not there: %v", err)
	}
}

// TestSignFor checks that a signature holds for its bytes, key and purpose only.
func TestSignFor(t *testing.T) {
	key, other := gitrepotest.NewKey(t, "root"), gitrepotest.NewKey(t, "other")
	keys := []gitrepo.PublicKey{key.Public}
	data := []byte(`{"a":1}`)
	const purpose = "levee-test@levee.dev"
	signature := must(key.Signer.SignFor(purpose, data))
	if got, err := gitrepo.VerifyFor(purpose, data, signature, keys); err != nil || !got.Equal(key.Public) {
		t.Errorf("a good signature: %v", err)
	}
	for name, test := range map[string]struct {
		purpose, data, signature string
		keys                     []gitrepo.PublicKey
		want                     error
	}{
		"other bytes":   {purpose, `{"a":2}`, signature, keys, gitrepo.ErrBadSignature},
		"other purpose": {"levee-other@levee.dev", string(data), signature, keys, gitrepo.ErrWrongNamespace},
		"other key":     {purpose, string(data), signature, []gitrepo.PublicKey{other.Public}, gitrepo.ErrUnknownKey},
		"no key":        {purpose, string(data), signature, nil, gitrepo.ErrUnknownKey},
		"none":          {purpose, string(data), "", keys, gitrepo.ErrUnsigned},
		"garbage":       {purpose, string(data), "hello", keys, gitrepo.ErrBadSignature},
	} {
		if _, err := gitrepo.VerifyFor(test.purpose, []byte(test.data), test.signature, test.keys); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, purpose := range []string{"", "git"} {
		if _, err := key.Signer.SignFor(purpose, data); err == nil {
			t.Errorf("a signature for %q was made", purpose)
		}
		if _, err := gitrepo.VerifyFor(purpose, data, signature, keys); err == nil {
			t.Errorf("a signature for %q was accepted", purpose)
		}
	}
}
