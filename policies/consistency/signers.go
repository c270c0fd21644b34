package consistency

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/attest"
	"github.com/levee-gitops/levee/catalog/settings"
)

// signing collects the problems of whose signatures count.
type signing struct{ of *check }

// check looks whether each signer proves somebody, and whether somebody may sign what has to be
// signed.
func (c signing) check(in settings.Evidence) {
	d := c.of.s.Document("catalog.yaml")
	c.trustedRoot()
	byCertificate := false
	for _, name := range slices.Sorted(maps.Keys(in.Signers)) {
		signer, field := in.Signers[name], "spec.evidence.signers."+string(name)
		byCertificate = byCertificate || signer.Issuer != ""
		c.signer(d, field, name, signer)
		if signer.Issuer != "" && c.of.s.Document(catalog.TrustedRoot) == nil {
			c.of.addNoEffect(d, field+".issuer", fmt.Sprintf("The signer `%s` has certificates, and there is no `%s` to verify them by.", name, catalog.TrustedRoot),
				"Write `gh attestation trusted-root` or `cosign trusted-root create` into that file.")
		}
	}
	if root := c.of.s.Document(catalog.TrustedRoot); root != nil && !byCertificate {
		c.of.addNoEffect(root, "", "No signer of the settings has certificates, so nothing is verified by this file.", "Name the issuer and the subject of a signer under `spec.evidence.signers`, or remove the file.")
	}
	for i, signed := range in.Signed {
		field := fmt.Sprintf("spec.evidence.signed[%d]", i)
		if scope := signed.Scope(); !scope.Everything() {
			c.of.scope(d, field, scope)
		}
		for _, kind := range signed.Kinds {
			c.somebodySigns(d, fmt.Sprintf("%s.kinds[%s]", field, kind), kind, in)
		}
	}
	if len(in.Builders) > 0 {
		c.somebodySigns(d, "spec.evidence.builders", "provenance", in)
	}
}

// trustedRoot checks that the trusted root can be used.
func (c signing) trustedRoot() {
	d := c.of.s.Document(catalog.TrustedRoot)
	if d == nil || !d.Valid() {
		return
	}
	roots, err := attest.ReadRoots(d.Source())
	if err == nil && len(roots) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		c.of.add(d, catalog.Deny, "", fmt.Sprintf("No certificate can be verified by this file: %s.", err), "Write it anew, with `gh attestation trusted-root` or `cosign trusted-root create`.")
	}
}

// signer checks that a signer proves somebody, in one way.
func (c signing) signer(d *catalog.Document, field string, name catalog.Name, s settings.Signer) {
	const ways = "Give it a `key`, a `person` of roles.yaml, or an `issuer` with a `subject`; for several, write several signers."
	given := 0
	for _, way := range []bool{s.Key != "", s.Person != "", s.Issuer+s.Subject != ""} {
		if way {
			given++
		}
	}
	switch {
	case given != 1:
		c.of.add(d, catalog.Deny, field, fmt.Sprintf("The signer `%s` is proved in no way, or in more than one.", name), ways)
	case s.Key != "":
		if _, err := attest.ReadKey(s.Key); err != nil {
			c.of.add(d, catalog.Deny, field+".key", fmt.Sprintf("Nothing can be verified with the key of the signer `%s`: %s.", name, err), "Write what `cosign public-key` or `openssl pkey -pubout` says.")
		}
	case s.Person != "":
		c.of.personExists(d, field+".person", s.Person)
		if roles := c.of.s.Roles(); roles != nil && !slices.ContainsFunc(roles.People[s.Person].Keys, func(line string) bool { return catalog.PublicKey(line) != nil }) {
			c.of.addNoEffect(d, field+".person", fmt.Sprintf("`%s` has no key in roles.yaml with which anything but SSH can be verified.", s.Person), "Give them a key there, or name another signer.")
		} else if roles != nil && roles.People[s.Person].Left {
			c.of.addNoEffect(d, field+".person", fmt.Sprintf("`%s` has left, and signs nothing any more.", s.Person), "Name another signer.")
		}
	case s.Issuer == "" || s.Subject == "":
		c.of.add(d, catalog.Deny, field, fmt.Sprintf("The signer `%s` has an issuer or a subject, and not both: anybody else's certificate would count.", name), ways)
	case strings.Trim(s.Subject, "*/") == "":
		c.of.add(d, catalog.Deny, field+".subject", fmt.Sprintf("The subject of the signer `%s` stands for everybody whom the issuer knows.", name), "Write the workflow or the address that signs.")
	}
}

// somebodySigns checks that a kind of evidence can be signed at all.
func (c signing) somebodySigns(d *catalog.Document, field, kind string, in settings.Evidence) {
	for _, s := range in.Signers {
		if slices.Contains(s.Kinds, kind) {
			return
		}
	}
	c.of.add(d, catalog.Deny, field, fmt.Sprintf("Evidence of the kind `%s` has to be signed, and no signer may sign it.", kind), "Name a signer under `spec.evidence.signers` that may.")
}
