package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/attest"
	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/catalog/settings"
)

// named are the files with the checksums that their signatures are about among what they are
// about, but for those of other files beside the app.
func named(files []catalog.Evidence) []catalog.Evidence {
	sums := map[string]bool{}
	for _, e := range files {
		sums[e.Sum] = true
	}
	files = slices.Clone(files)
	for i, e := range files {
		if e.Signed == nil {
			continue
		}
		var others []string
		for _, sum := range e.Signed.Subjects {
			if !sums[sum] {
				others = append(others, sum)
			}
		}
		files[i].Summary = e.Naming(others)
	}
	return files
}

// besideApp is what lies beside one app.
type besideApp struct {
	g        *Signing
	build    evidence.Build
	files    []catalog.Evidence
	verdicts []attest.Verdict // on the signature of each file that has one
}

// signersOf are those whose signature holds on a file and who may sign all kinds of what it
// says, for this app; and where there are none why not, as the end of a sentence, which is
// empty where nothing is signed. A file is signed around what it says, or by another that is
// about its checksum.
func (b besideApp) signersOf(i int) (signers []string, identity, why string) {
	e, kinds := b.files[i], b.files[i].Says()
	for j, other := range b.files {
		if other.Signed == nil || i != j && !other.Signed.IsAbout(e.Sum) {
			continue
		}
		verdict := b.verdicts[j]
		allowed := slices.DeleteFunc(slices.Clone(verdict.Signers), func(name string) bool { return !b.g.mayAll(name, kinds) })
		switch {
		case len(verdict.Signers) == 0:
			why = verdict.Why
		case len(allowed) == 0:
			why = fmt.Sprintf("is by %s, who may not sign that", orOf(verdict.Signers))
		case !b.build.IsAbout(slices.Concat(e.About, other.About)):
			why = fmt.Sprintf("is by %s, and is not about this app: it does not name `%s`", orOf(allowed), b.wanted())
		default:
			signers, identity = append(signers, allowed...), cmp.Or(identity, verdict.Identity)
		}
	}
	slices.Sort(signers)
	return slices.Compact(signers), identity, why
}

// wanted is what a signature has to name.
func (b besideApp) wanted() string {
	if sum := b.build.Digest(); sum != "" {
		return sum
	}
	return b.build.Named()
}

// unsigned says that a file of a kind does not count.
func (b besideApp) unsigned(kind evidence.Kind, why string) string {
	names, _ := b.g.mayBy(kind)
	switch {
	case len(names) == 0:
		return fmt.Sprintf("It is of the kind `%s`, which counts only if it is signed, and no signer of the settings may sign it.", kind)
	case why == "":
		return fmt.Sprintf("It is of the kind `%s`, which counts only if it is signed by %s, and it is not signed.", kind, orOf(names))
	}
	return fmt.Sprintf("It is of the kind `%s`, which counts only if it is signed by %s, and its signature %s.", kind, orOf(names), why)
}

// remedy says how a file is signed.
func (b besideApp) remedy(i evidence.Item) string {
	names, byKey := b.g.mayBy(i.Kind)
	if len(names) == 0 {
		return askForSigner
	}
	return fmt.Sprintf("Let the build sign it: `%s`. Keep what that writes in `evidence/`, in the place of `%s`.", b.build.SignCommand(i, byKey), i.Name)
}

// buildOf is what evidence beside an app has to be about.
func buildOf(app *catalog.App) evidence.Build {
	return evidence.Build{App: string(app.Metadata.Name), Version: string(app.Spec.Version), Image: app.Spec.Runtime.Image}
}

// traitsOf are what settings tell an app apart by.
func traitsOf(app *catalog.App) settings.Traits {
	blueprint, _, _ := strings.Cut(string(app.Spec.Blueprint), "@")
	return settings.Traits{
		Team: string(app.Spec.Owner.Team), Stage: app.Spec.Lifecycle.Stage,
		Classification: app.Spec.Classification, Blueprint: blueprint,
	}
}

// orOf writes names as alternatives.
func orOf(names []string) string { return "`" + strings.Join(names, "` or `") + "`" }
