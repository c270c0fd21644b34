package settings

import (
	"slices"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Signer is somebody whose signatures on evidence count: by one key, by the keys that a
// person of roles.yaml has, or by what a certificate says.
type Signer struct {
	Key     string      `json:"key" levee:"lines,max=4096" doc:"A public key, as cosign public-key or openssl pkey -pubout write it."`
	Person  scalar.Name `json:"person" doc:"Somebody of roles.yaml, mostly a bot, whose keys there sign evidence too."`
	Issuer  string      `json:"issuer" levee:"max=400" doc:"Who tells the certificate authority who is signing, such as https://token.actions.githubusercontent.com. trusted_root.json says which authorities count."`
	Subject string      `json:"subject" levee:"max=400" doc:"Whom the certificate names, such as https://github.com/acme/*/.github/workflows/build.yml@refs/heads/main: a star stands for anything but a slash, two stars for anything."`
	Kinds   []string    `json:"kinds" levee:"required,set,max=7,enum=parts|findings|answers|tests|coverage|provenance|signature" doc:"What it may sign; signature is that of the image that an app runs."`
}

// SignedEvidence is what counts only if it is signed, beside the apps that each list it gives
// has; beside all where it gives none.
type SignedEvidence struct {
	Kinds           []string      `json:"kinds" levee:"required,set,max=7,enum=parts|findings|answers|tests|coverage|provenance|signature" doc:"Kinds of evidence that count only if one of the signers signed them, for this app."`
	Teams           []scalar.Name `json:"teams" levee:"set,max=1000" doc:"Apps of these teams."`
	Stages          []string      `json:"stages" levee:"set,max=4,enum=prototype|approved|production|retired" doc:"Apps of these stages."`
	Classifications []string      `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Apps of these classifications."`
	Blueprints      []scalar.Name `json:"blueprints" levee:"set,max=64" doc:"Apps built from these blueprints, of any version."`
}

// Scope are the apps that it is for, as the scope of a rule.
func (e SignedEvidence) Scope() ScopedRule {
	return ScopedRule{Teams: e.Teams, Stages: e.Stages, Classifications: e.Classifications, Blueprints: e.Blueprints}
}

// Builder is what may build apps, and from where.
type Builder struct {
	ID      string   `json:"id" levee:"required,max=400" doc:"What built the app, as its provenance names it; an entry that ends in a star stands for all that begin like it."`
	Sources []string `json:"sources" levee:"required,set,max=64" doc:"Repositories that it may build from, such as https://github.com/acme/*, written like the id."`
}

// MustSign lists the kinds of evidence that count beside an app only if they are signed,
// sorted.
func (s Evidence) MustSign(app Traits) []string {
	var kinds []string
	for _, e := range s.Signed {
		if scope := e.Scope(); scope.Everything() || scope.fits(app) {
			kinds = append(kinds, e.Kinds...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
