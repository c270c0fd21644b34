package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// Trust is what the operator pins outside the repository.
type Trust struct {
	Branch  string            // of the ledger; DefaultBranch if empty
	Genesis catalog.Commit    // the first commit of the ledger
	Root    gitrepo.PublicKey // the key that founded it
}

// DefaultBranch is where the ledger is, unless the operator says otherwise.
const DefaultBranch = "levee/ledger"

func (t Trust) branch() string {
	if t.Branch == "" {
		return DefaultBranch
	}
	return t.Branch
}

func (t Trust) check() error {
	if t.Genesis == "" || t.Root.Fingerprint() == "" {
		return errors.New("open the ledger: the genesis commit and the root key have to be pinned in the configuration")
	}
	return nil
}

// valid reports whether a key may sign a record.
func (k Key) valid(seq int64) bool { return k.From <= seq && (k.To == 0 || seq <= k.To) }

// sameKey compares keys as they are written, whatever their comments say.
func sameKey(a, b string) bool { return bareKey(a) == bareKey(b) }

func bareKey(line string) string {
	f := strings.Fields(line)
	return strings.Join(f[:min(len(f), 2)], " ")
}

// signers are the keys that may sign a record: those valid then, and the root key.
func signers(root Root, seq int64) ([]gitrepo.PublicKey, error) {
	var list []gitrepo.PublicKey
	for _, k := range root.Keys {
		if !k.valid(seq) {
			continue
		}
		p, err := gitrepo.ParsePublicKey(k.Public)
		if err != nil {
			return nil, fmt.Errorf("%w: a key that may sign: %v", ErrInvalid, err)
		}
		list = append(list, p)
	}
	p, err := gitrepo.ParsePublicKey(root.Root)
	if err != nil {
		return nil, fmt.Errorf("%w: the root key: %v", ErrInvalid, err)
	}
	return append(list, p), nil
}

// purposeOf keeps signatures on bodies apart from each other and from all else.
func purposeOf(kind Kind) string { return "levee-ledger-" + string(kind) + "@levee.dev" }

// unsigned is a body as it is signed: canonical, without the signature.
func unsigned(body any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	delete(fields, "signature")
	return canonical(fields)
}

// signBody signs a body for its kind.
func signBody(kind Kind, body any, by *gitrepo.Signer) (string, error) {
	raw, err := unsigned(body)
	if err != nil {
		return "", err
	}
	return by.SignFor(purposeOf(kind), raw)
}

func verifyBody(kind Kind, body any, signature string, keys []gitrepo.PublicKey) (gitrepo.PublicKey, error) {
	raw, err := unsigned(body)
	if err != nil {
		return gitrepo.PublicKey{}, err
	}
	return gitrepo.VerifyFor(purposeOf(kind), raw, signature, keys)
}

// authorise checks the signature within a body, where the kind has one, on top of
// the state before the record. The root key is the one that founded the ledger.
func authorise(root Root, r Record, body any) error {
	pinned, err := gitrepo.ParsePublicKey(root.Root)
	if err != nil && r.Kind != KindGenesis {
		return fmt.Errorf("%w: the root key: %v", ErrInvalid, err)
	}
	switch b := body.(type) {
	case Genesis:
		if pinned, err = gitrepo.ParsePublicKey(b.Root); err == nil {
			_, err = gitrepo.ParsePublicKey(b.Key)
		}
		if err == nil {
			_, err = verifyBody(r.Kind, b, b.Signature, []gitrepo.PublicKey{pinned})
		}
		if err != nil {
			return fmt.Errorf("the genesis: %w", err)
		}
	case KeyChange:
		return authoriseKey(root, r, b, pinned)
	case Adoption:
		if b.After != r.Prev {
			return fmt.Errorf("%w: the adoption was signed for another place in the ledger", ErrInvalid)
		}
		if _, err := verifyBody(r.Kind, b, b.Signature, []gitrepo.PublicKey{pinned}); err != nil {
			return fmt.Errorf("the adoption: %w", err)
		}
	}
	return nil
}

func authoriseKey(root Root, r Record, b KeyChange, pinned gitrepo.PublicKey) error {
	if b.After != r.Prev {
		return fmt.Errorf("%w: the change of keys was signed for another place in the ledger", ErrInvalid)
	}
	keys := []gitrepo.PublicKey{pinned}
	if b.Revoke == "" {
		var err error
		if keys, err = signers(root, r.Seq); err != nil {
			return err
		}
	}
	key, err := verifyBody(r.Kind, b, b.Signature, keys)
	if err != nil {
		return fmt.Errorf("the change of keys (only the root key revokes): %w", err)
	}
	if b.By != key.Fingerprint() {
		return fmt.Errorf("%w: the change of keys names another key than the one that signed it", ErrInvalid)
	}
	if b.Add != "" {
		if _, err := gitrepo.ParsePublicKey(b.Add); err != nil {
			return fmt.Errorf("%w: the key to add: %v", ErrInvalid, err)
		}
	}
	return nil
}

// faultOf says which fault a failed signature is.
func faultOf(err error, root Root, signer gitrepo.PublicKey) Fault {
	switch {
	case errors.Is(err, gitrepo.ErrUnsigned), errors.Is(err, gitrepo.ErrNotSSH), errors.Is(err, gitrepo.ErrMalformed):
		return FaultUnsigned
	case !errors.Is(err, gitrepo.ErrUnknownKey):
		return FaultSignature
	case slices.ContainsFunc(root.Keys, func(k Key) bool { return sameKey(k.Public, signer.String()) }):
		return FaultRevoked
	}
	return FaultKey
}
