package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Trust is what the operator pins outside the repository.
type Trust struct {
	Branch  string           // of the ledger; DefaultBranch if empty
	Genesis catalog.Commit   // the first commit of the ledger
	Root    sshkey.PublicKey // the key that founded it
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

// signers are the keys that may sign a record: those valid then, and the root key.
func signers(root ledger.Root, seq int64) ([]sshkey.PublicKey, error) {
	var list []sshkey.PublicKey
	for _, k := range root.Keys {
		if !k.Valid(seq) {
			continue
		}
		p, err := sshkey.ParsePublicKey(k.Public)
		if err != nil {
			return nil, fmt.Errorf("%w: a key that may sign: %v", ledger.ErrInvalid, err)
		}
		list = append(list, p)
	}
	p, err := sshkey.ParsePublicKey(root.Root)
	if err != nil {
		return nil, fmt.Errorf("%w: the root key: %v", ledger.ErrInvalid, err)
	}
	return append(list, p), nil
}

// purposeOf keeps signatures on bodies apart from each other and from all else.
func purposeOf(kind ledger.Kind) string { return "levee-ledger-" + string(kind) + "@levee.dev" }

// unsigned is a body as it is signed: canonical, without the signature.
func unsigned(body any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ledger.ErrInvalid, err)
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("%w: %v", ledger.ErrInvalid, err)
	}
	delete(fields, "signature")
	return ledger.Canonical(fields)
}

// signBody signs a body for its kind.
func signBody(kind ledger.Kind, body any, by *sshkey.Signer) (string, error) {
	raw, err := unsigned(body)
	if err != nil {
		return "", err
	}
	return by.SignFor(purposeOf(kind), raw)
}

func verifyBody(kind ledger.Kind, body any, signature string, keys []sshkey.PublicKey) (sshkey.PublicKey, error) {
	raw, err := unsigned(body)
	if err != nil {
		return sshkey.PublicKey{}, err
	}
	return sshkey.VerifyFor(purposeOf(kind), raw, signature, keys)
}

// authorise checks the signature within a body, where the kind has one, on top of
// the state before the record. The root key is the one that founded the ledger.
func authorise(root ledger.Root, r ledger.Record, body any) error {
	pinned, err := sshkey.ParsePublicKey(root.Root)
	if err != nil && r.Kind != ledger.KindGenesis {
		return fmt.Errorf("%w: the root key: %v", ledger.ErrInvalid, err)
	}
	switch b := body.(type) {
	case ledger.Genesis:
		if pinned, err = sshkey.ParsePublicKey(b.Root); err == nil {
			_, err = sshkey.ParsePublicKey(b.Key)
		}
		if err == nil {
			_, err = verifyBody(r.Kind, b, b.Signature, []sshkey.PublicKey{pinned})
		}
		if err != nil {
			return fmt.Errorf("the genesis: %w", err)
		}
	case ledger.KeyChange:
		return authoriseKey(root, r, b, pinned)
	case ledger.Adoption:
		if b.After != r.Prev {
			return fmt.Errorf("%w: the adoption was signed for another place in the ledger", ledger.ErrInvalid)
		}
		if _, err := verifyBody(r.Kind, b, b.Signature, []sshkey.PublicKey{pinned}); err != nil {
			return fmt.Errorf("the adoption: %w", err)
		}
	}
	return nil
}

func authoriseKey(root ledger.Root, r ledger.Record, b ledger.KeyChange, pinned sshkey.PublicKey) error {
	if b.After != r.Prev {
		return fmt.Errorf("%w: the change of keys was signed for another place in the ledger", ledger.ErrInvalid)
	}
	keys := []sshkey.PublicKey{pinned}
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
		return fmt.Errorf("%w: the change of keys names another key than the one that signed it", ledger.ErrInvalid)
	}
	if b.Add != "" {
		if _, err := sshkey.ParsePublicKey(b.Add); err != nil {
			return fmt.Errorf("%w: the key to add: %v", ledger.ErrInvalid, err)
		}
	}
	return nil
}

// faultOf says which fault a failed signature is.
func faultOf(err error, root ledger.Root, signer sshkey.PublicKey) Fault {
	switch {
	case errors.Is(err, sshkey.ErrUnsigned), errors.Is(err, sshkey.ErrNotSSH), errors.Is(err, gitrepo.ErrMalformed):
		return FaultUnsigned
	case !errors.Is(err, sshkey.ErrUnknownKey):
		return FaultSignature
	case slices.ContainsFunc(root.Keys, func(k ledger.Key) bool { return ledger.SameKey(k.Public, signer.String()) }):
		return FaultRevoked
	}
	return FaultKey
}
