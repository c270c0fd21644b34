package policies

import (
	"crypto"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/attest"
	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Signing tells who signed what lies beside apps, and what of it counts, by one governance:
// the signers of its settings, the keys of its people and its trusted root. Of what a change
// proposes none of these are taken. It is safe for concurrent use.
type Signing struct {
	settings settings.Evidence
	trust    *attest.Trust
}

// NewSigning reads whose signatures count from a governing snapshot. Without valid settings
// nobody's does, and nothing has to be signed.
func NewSigning(governing *catalog.Snapshot) *Signing {
	set := governing.Settings()
	if set == nil {
		return &Signing{trust: attest.New(nil, nil)}
	}
	var signers []attest.Signer
	for _, name := range slices.Sorted(maps.Keys(set.Evidence.Signers)) {
		s := set.Evidence.Signers[name]
		signers = append(signers, attest.Signer{Name: string(name), Keys: keysOf(s, governing.Roles()), Issuer: s.Issuer, Subject: s.Subject})
	}
	var root []byte
	if d := governing.Document(catalog.TrustedRoot); d != nil {
		root = d.Source()
	}
	return &Signing{set.Evidence, attest.New(signers, root)}
}

// keysOf lists the keys of a signer. Those of somebody who left sign nothing any more.
func keysOf(s settings.Signer, roles *catalog.RolesSpec) []crypto.PublicKey {
	var keys []crypto.PublicKey
	if s.Key != "" {
		if key, err := attest.ReadKey(s.Key); err == nil { // else consistency says what is wrong with it
			keys = append(keys, key)
		}
	}
	if s.Person == "" || roles == nil || roles.People[s.Person].Left {
		return keys
	}
	for _, line := range roles.People[s.Person].Keys {
		if key := catalog.PublicKey(line); key != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// signingKey names what a Signing is made from.
type signingKey struct{ settings, roles, root catalog.Digest }

// keptSigning is the Signing of the governing snapshot that was used last.
type keptSigning struct {
	key signingKey
	*Signing
}

// Signing is who signs by a governing snapshot.
func (s *RuleSet) Signing(governing *catalog.Snapshot) *Signing {
	digest := func(p string) catalog.Digest {
		if d := governing.Document(p); d != nil {
			return d.Digest()
		}
		return ""
	}
	key := signingKey{digest("catalog.yaml"), digest("roles.yaml"), digest(catalog.TrustedRoot)}
	if kept := s.signing.Load(); kept != nil && kept.key == key {
		return kept.Signing
	}
	fresh := NewSigning(governing)
	s.signing.Store(&keptSigning{key, fresh})
	return fresh
}

// Evidence is what lies beside an app as it counts: with the signers of each file, without
// what had to be signed and is not, and with what one file answers to what another found.
func (g *Signing) Evidence(doc *catalog.Document) []catalog.Evidence {
	app := doc.App()
	if app == nil || len(doc.Evidence) == 0 {
		return catalog.Answered(doc.Evidence)
	}
	must := g.settings.MustSign(traitsOf(app))
	if len(must) == 0 && !slices.ContainsFunc(doc.Evidence, func(e catalog.Evidence) bool { return e.Signed != nil }) {
		return catalog.Answered(doc.Evidence) // as in a catalog where nothing is signed
	}
	files := named(doc.Evidence)
	beside := besideApp{g, buildOf(app), files, make([]attest.Verdict, len(files))}
	for i := range files {
		if files[i].Signed != nil {
			beside.verdicts[i] = g.trust.Verify(files[i].Statement(), files[i].Signed)
		}
	}
	counting := slices.Clone(files)
	for i, e := range files {
		signers, identity, why := beside.signersOf(i)
		if len(signers) > 0 {
			counting[i].Summary = e.SignedBy(signers, identity)
			continue
		}
		for _, kind := range e.Says() {
			if kind != evidence.Signing && slices.Contains(must, string(kind)) {
				counting[i].Summary = e.Counting(beside.unsigned(kind, why), beside.remedy(e.Item))
				break
			}
		}
	}
	return catalog.Answered(counting)
}

// Summaries are what files say.
func Summaries(files []catalog.Evidence) []evidence.Summary {
	list := make([]evidence.Summary, len(files))
	for i, e := range files {
		list[i] = e.Summary
	}
	return list
}

// Overview is what the files beside an app say together, in one line without any text of
// theirs; empty where there are none. Days are those of a zone.
func (g *Signing) Overview(doc *catalog.Document, zone *time.Location) string {
	return evidence.Overview(Summaries(g.Evidence(doc)), zone)
}

// ImageUnsigned is why the signature of an app's image is not there although it must be, as a
// sentence, with what to do; empty where it is there, or need not be. The files are those of
// Evidence.
func (g *Signing) ImageUnsigned(doc *catalog.Document, files []catalog.Evidence) (unsigned, remedy string) {
	app := doc.App()
	if app == nil || !slices.Contains(g.settings.MustSign(traitsOf(app)), string(evidence.Signing)) {
		return "", ""
	}
	beside := besideApp{g: g, build: buildOf(app)}
	if beside.build.Image == "" {
		return "", ""
	}
	for _, e := range files {
		if e.Kind == evidence.Signing && len(e.Signers) > 0 {
			return "", ""
		}
	}
	names, byKey := g.mayBy(evidence.Signing)
	switch {
	case len(names) == 0:
		return "The image has to be signed, and no signer of the settings may sign it.", askForSigner
	case beside.build.Digest() == "":
		return "The image has to be signed, and is named without its checksum, so no signature is of it.", "Name the image with its checksum: `name@sha256:…`."
	}
	return fmt.Sprintf("The image has to be signed, by %s, and no signature of it beside the app is.", orOf(names)),
		fmt.Sprintf("Let the build sign the image: `%s`.", beside.build.SignImageCommand(byKey))
}

// askForSigner is the remedy where nobody may sign.
const askForSigner = "Ask whoever keeps catalog.yaml for a signer, under `spec.evidence.signers`."

// may reports whether a signer may sign a kind.
func (g *Signing) may(name string, kind evidence.Kind) bool {
	return slices.Contains(g.settings.Signers[catalog.Name(name)].Kinds, string(kind))
}

// mayAll is the same for several kinds.
func (g *Signing) mayAll(name string, kinds []evidence.Kind) bool {
	return !slices.ContainsFunc(kinds, func(kind evidence.Kind) bool { return !g.may(name, kind) })
}

// mayBy lists the signers who may sign a kind, and whether the first of them has a key.
func (g *Signing) mayBy(kind evidence.Kind) (names []string, byKey bool) {
	for _, name := range slices.Sorted(maps.Keys(g.settings.Signers)) {
		if g.may(string(name), kind) {
			names = append(names, string(name))
		}
	}
	return names, len(names) > 0 && g.settings.Signers[catalog.Name(names[0])].Issuer == ""
}
