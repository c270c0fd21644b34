package identity

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Proof is what proves who somebody is where changes are reviewed.
type Proof string

// The proofs. The zero one stands for a place where that does not matter.
const (
	ByKey     Proof = "key"
	ByAccount Proof = "account"
)

// Directory finds out who somebody on the forge is, by the governing roles. Nobody who is
// not listed is anybody. The zero Directory knows nobody. It is immutable.
type Directory struct {
	roles *catalog.RolesSpec
	ids   *catalog.Identities
	proof Proof
}

// NewDirectory reads roles, which may be nil.
func NewDirectory(roles *catalog.RolesSpec, proof Proof) Directory {
	return Directory{roles: roles, ids: catalog.NewIdentities(roles), proof: proof}
}

// Roles are the roles it reads; nil where there are none.
func (d Directory) Roles() *catalog.RolesSpec { return d.roles }

// Proof is what proves who somebody is.
func (d Directory) Proof() Proof { return d.proof }

// Person is the person behind an identity; empty for a stranger.
func (d Directory) Person(id forge.Identity) catalog.Name {
	switch {
	case d.ids == nil:
		return ""
	case id.Key != "":
		return d.ids.ByKey(id.Key)
	}
	return d.ids.ByLogin(id.Login)
}

// byEmail is the person behind an address; empty for a stranger.
func (d Directory) byEmail(email string) catalog.Name {
	if d.ids == nil {
		return ""
	}
	return d.ids.ByEmail(email)
}

// Listed is what the roles say of a person.
func (d Directory) Listed(name catalog.Name) (catalog.Person, bool) {
	if d.roles == nil {
		return catalog.Person{}, false
	}
	person, ok := d.roles.People[name]
	return person, ok
}

// Accounts is how a forge with accounts knows people. Who has none there is left out.
func (d Directory) Accounts(people []catalog.Name) []forge.Identity {
	var list []forge.Identity
	for _, name := range people {
		if person, _ := d.Listed(name); person.GitHub != "" {
			list = append(list, forge.Identity{Login: person.GitHub})
		}
	}
	return list
}

// CanProve reports whether somebody works here and can prove who they are where changes
// are reviewed.
func (d Directory) CanProve(name catalog.Name) bool {
	person, listed := d.Listed(name)
	if !listed || person.Left || person.Bot {
		return false
	}
	switch d.proof {
	case ByAccount:
		return d.ids.HasAccount(name, person)
	case ByKey:
		return d.ids.HasKey(name, person)
	}
	return true
}
