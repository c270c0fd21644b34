package evidence

import (
	"slices"
	"strings"
)

// Counting is the summary as it counts where nobody signed it who must: it says nothing, and
// why.
func (s Summary) Counting(unsigned, remedy string) Summary {
	return Summary{Name: s.Name, Format: s.Format, Trouble: unsigned, Unsigned: unsigned, Remedy: remedy}
}

// SignedBy is the summary of a file that signers signed, whose certificate names an identity;
// that is empty for a key.
func (s Summary) SignedBy(signers []string, identity string) Summary {
	s.Signers, s.Identity = signers, text(identity)
	return s
}

// Says lists the kinds of what a file says: a list of parts can hold the result of a scan too.
func (s Summary) Says() []Kind {
	kinds := []Kind{s.Kind}
	for kind, said := range map[Kind]bool{
		Parts: s.Parts > 0, Findings: s.Scanned, Answering: len(s.Answers)+s.Answered > 0,
		Tests: s.Passed+s.Failed+s.Skipped > 0, Coverage: s.Code > 0,
	} {
		if said {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// Naming is the summary with further names of what the file is about, as far as there is room.
func (s Summary) Naming(names []string) Summary {
	s.About = slices.Clone(s.About)
	for _, name := range names {
		s.addAbout(name)
	}
	return s
}

// Build is the build of an app that evidence is about.
type Build struct {
	App     string
	Version string
	Image   string // as the manifest names it; empty for none
}

// Digest is the checksum of the image, as sha256:…; empty where the manifest names none.
func (b Build) Digest() string {
	_, sum, _ := strings.Cut(b.Image, "@")
	if hex, ok := strings.CutPrefix(sum, "sha256:"); !ok || !isSum(hex) {
		return ""
	}
	return sum
}

// Named is the app with its version, as evidence names what is no image.
func (b Build) Named() string { return b.App + "@" + b.Version }

// IsAbout reports whether one of the names of what a file is about is the build: its image,
// or where it has none the app's name and version, by themselves or as the end of an address.
func (b Build) IsAbout(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		if sum := b.Digest(); sum != "" {
			return name == sum || strings.HasSuffix(name, "@"+sum)
		}
		return name == b.Named() || strings.HasSuffix(name, "/"+b.Named())
	})
}

// SignCommand is the command by which a signer makes what counts in the place of a file, and
// SignImageCommand the one by which it signs the image. Without a key of its own the signer
// has a certificate, which the program asks for. What is signed already is signed anew from
// the file that is in it.
func (b Build) SignCommand(i Item, byKey bool) string {
	s, predicate := i.Summary, "evidence/"+i.Name
	if i.Signed != nil {
		predicate = "FILE"
	}
	if s.Kind == Provenance && !byKey {
		return "gh attestation download oci://" + b.Image + " --repo OWNER/REPOSITORY"
	}
	words := []string{"cosign attest-blob --predicate " + predicate + " --type " + statementTypeOf(s)}
	if sum := b.Digest(); sum != "" {
		words = append(words, "--hash "+strings.TrimPrefix(sum, "sha256:"))
	}
	return strings.Join(append(words, "--bundle evidence/"+s.Name+".sigstore.json", keyWords(byKey), b.Named()), " ")
}

// SignImageCommand is the command by which a signer signs the image.
func (b Build) SignImageCommand(byKey bool) string {
	return "cosign sign --bundle evidence/image.sigstore.json " + keyWords(byKey) + " " + b.Image
}

func keyWords(byKey bool) string {
	if byKey {
		return "--key cosign.key"
	}
	return "--yes"
}

// statementTypeOf is what cosign calls the type of a statement with the content of a file.
func statementTypeOf(s Summary) string {
	json := strings.HasSuffix(strings.ToLower(s.Name), ".json")
	switch {
	case s.Format == cycloneDX && json:
		return "cyclonedx"
	case s.Format == spdx && json:
		return "spdxjson"
	case s.Format == spdx:
		return "spdx"
	case s.Format == openVEX:
		return "openvex"
	case s.Format == sarif:
		return "https://json.schemastore.org/sarif-2.1.0.json"
	case s.Format == slsaProvenance && s.Version == "v0.2":
		return "slsaprovenance02"
	case s.Format == slsaProvenance:
		return "slsaprovenance1"
	}
	return "custom"
}
