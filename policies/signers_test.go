package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/attest/attesttest"
	"github.com/levee-gitops/levee/policies"
)

// TestImageSigned: where the image has to be signed, a signature of it lies beside the app.
func TestImageSigned(t *testing.T) {
	s := newSigners(t)
	e := newEngine(t)
	sign := func(sum string) string {
		return s.attest(attesttest.Statement(t, attesttest.ImageSign, "{}", attesttest.About("registry.example.com/board", sum)))
	}
	byKey := func(sum string) string {
		return string(s.ci.Bundle(attesttest.Statement(t, attesttest.ImageSign, "{}", attesttest.About("registry.example.com/board", sum))))
	}
	runs := func(manifest string) func(string) string {
		return func(src string) string { return strings.Replace(src, imageSum, sumOf(manifest), 1) }
	}
	const must = "    signed: [{kinds: [signature]}]\n"
	for name, c := range map[string]struct {
		must, src string
		app       func(string) string
		why       string
	}{
		"not asked for":        {must: "    signed: []\n"},
		"there":                {src: sign(imageSum)},
		"there, without more":  {src: string(s.authority.Blob(attesttest.Workflow, attesttest.Issuer, []byte("manifest"))), app: runs("manifest")},
		"of another manifest":  {src: string(s.authority.Blob(attesttest.Workflow, attesttest.Issuer, []byte("other"))), app: runs("manifest"), why: "no signature of it"},
		"none":                 {why: "by `actions`, and no signature of it beside the app is."},
		"of another image":     {src: sign(otherSum), why: "no signature of it"},
		"by who may not":       {src: byKey(imageSum), why: "no signature of it"},
		"an image without sum": {src: sign(imageSum), app: func(src string) string { return strings.Replace(src, "@sha256:"+imageSum, ":1", 1) }, why: "is named without its checksum"},
		"no image": {app: func(src string) string {
			return strings.Replace(src, ", image: \"registry.example.com/board@sha256:"+imageSum+"\"", "", 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			if c.src != "" {
				files[beside+"image.sigstore.json"] = c.src
			}
			if c.must == "" {
				c.must = must
			}
			snapshot := s.catalog(c.must, files)
			if c.app != nil {
				files[boardPath] = c.app(string(snapshot.Document(boardPath).Source()))
				snapshot = s.catalog(c.must, files)
			}
			var said catalog.Problem
			for _, p := range decide(t, e, policies.Question{Governing: snapshot, Proposed: snapshot, Path: boardPath, Now: now}).Problems {
				if p.Rule == "quality.evidence-signed" {
					said = p
				}
			}
			if (said.Rule != "") != (c.why != "") || !strings.Contains(said.Message, c.why) {
				t.Errorf("%q, want %q", said.Message, c.why)
			}
			if name == "none" && !strings.Contains(said.Remedy, "`cosign sign --bundle evidence/image.sigstore.json --yes registry.example.com/board@sha256:"+imageSum+"`") {
				t.Errorf("to be mended by %q", said.Remedy)
			}
		})
	}
}

// TestProvenance: where the settings name builders, only provenance that a signer signed for
// the image counts.
func TestProvenance(t *testing.T) {
	s := newSigners(t)
	e := newEngine(t)
	const builder = "https://github.com/acme/builders/build.yml"
	provenance := func(builder, source, sum string) []byte {
		return attesttest.Statement(t, attesttest.Provenance, attesttest.ProvenanceOf(builder, source), attesttest.About("board", sum))
	}
	right := provenance(builder, "https://github.com/acme/board", imageSum)
	for name, c := range map[string]struct {
		src string
		why string
	}{
		"right":          {s.attest(right), ""},
		"none":           {"", "No provenance"},
		"by who may not": {string(s.ci.Envelope(right)), "is not signed for this app"},
		"by a stranger":  {string(attesttest.NewP256(t).Envelope(right)), "is not signed for this app"},
		"other image":    {s.attest(provenance(builder, "https://github.com/acme/board", otherSum)), "is not signed for this app"},
		"other builder":  {s.attest(provenance("https://example.com", "https://github.com/acme/board", imageSum)), "by the builder `https://example.com`"},
		"other source":   {s.attest(provenance(builder, "https://github.com/acmes/board", imageSum)), "from `https://github.com/acmes/board`"},
	} {
		snapshot := s.catalog("    builders: [{id: "+builder+", sources: [\"https://github.com/acme/*\"]}]\n", map[string]string{beside + "p.intoto.jsonl": c.src})
		said := ""
		for _, p := range decide(t, e, policies.Question{Governing: snapshot, Proposed: snapshot, Path: boardPath, Now: now}).Problems {
			if p.Rule == "quality.provenance" {
				said = p.Message
			}
		}
		if (said == "") != (c.why == "") || !strings.Contains(said, c.why) {
			t.Errorf("%s: %q, want %q", name, said, c.why)
		}
	}
}

// TestSignersConsistent: signers who prove nobody, and what nobody can sign, are problems of
// the settings.
func TestSignersConsistent(t *testing.T) {
	s := newSigners(t)
	valid := s.catalog("    signed: [{kinds: [parts]}]\n", nil)
	e := newEngine(t)
	for name, c := range map[string]struct {
		from, to, root    string
		kinds, path, says string
	}{
		"as it should be":       {},
		"a key that is none":    {from: "BEGIN PUBLIC KEY", to: "BEGIN PUBLIC KEYS", path: "catalog.yaml", says: "Nothing can be verified with the key of the signer `ci`"},
		"a private key":         {from: "BEGIN PUBLIC KEY", to: "BEGIN PRIVATE KEY", path: "catalog.yaml", says: "it is a private key"},
		"nothing":               {from: ", person: robot", path: "catalog.yaml", says: "The signer `robot` is proved in no way"},
		"two ways":              {from: ", person: robot", to: ", person: robot, issuer: x, subject: y", path: "catalog.yaml", says: "in more than one"},
		"nobody":                {from: ", person: robot", to: ", person: robott", path: "catalog.yaml", says: "`robott` is not listed in roles.yaml"},
		"somebody without keys": {from: ", person: robot", to: ", person: ana", path: "catalog.yaml", says: "`ana` has no key"},
		"no subject":            {from: ", subject: \"https://github.com/acme/*/.github/workflows/build.yml@refs/heads/main\"", path: "catalog.yaml", says: "anybody else's certificate would count"},
		"everybody":             {from: "https://github.com/acme/*/.github/workflows/build.yml@refs/heads/main", to: "**", path: "catalog.yaml", says: "stands for everybody"},
		"nobody may sign it":    {from: "kinds: [parts]}]", to: "kinds: [coverage]}]", path: "catalog.yaml", says: "no signer may sign it"},
		"nobody for builders":   {from: "    signed: [{kinds: [parts]}]", to: "    builders: [{id: x, sources: [y]}]", path: "catalog.yaml", kinds: "[parts, signature]", says: "`provenance` has to be signed, and no signer may sign it"},
		"no team":               {from: "[{kinds: [parts]}]", to: "[{kinds: [parts], teams: [opps]}]", path: "catalog.yaml", says: "opps"},
		"no root":               {root: "none", path: "catalog.yaml", says: "there is no `trusted_root.json`"},
		"an empty root":         {root: " ", path: "trusted_root.json", says: "it is empty"},
		"another root":          {root: "{}", path: "trusted_root.json", says: "it is no sigstore trusted root"},
	} {
		settings := string(valid.Document("catalog.yaml").Source())
		if c.from != "" && !strings.Contains(settings, c.from) {
			t.Fatalf("%s: there is no %q in\n%s", name, c.from, settings)
		}
		if c.kinds != "" {
			settings = strings.Replace(settings, "[parts, provenance, signature]", c.kinds, 1)
		}
		files := map[string]string{"catalog.yaml": strings.Replace(settings, c.from, c.to, 1), catalog.TrustedRoot: c.root}
		switch c.root {
		case "":
			delete(files, catalog.TrustedRoot)
		case "none":
			files[catalog.TrustedRoot] = ""
		}
		snapshot := s.catalog("", files)
		var said []string
		for _, p := range policies.CheckGovernance(snapshot, rulesOf(t, e, snapshot), now) {
			if p.Path == c.path && strings.Contains(p.Message, c.says) && p.Remedy != "" {
				said = append(said, p.Message)
			}
			if c.path == "" && (strings.Contains(p.Field, "evidence") || p.Path == catalog.TrustedRoot) {
				t.Errorf("%s: %s: %s", name, p.Path, p.Message)
			}
		}
		if c.path != "" && len(said) != 1 {
			t.Errorf("%s: %q, want one with %q", name, said, c.says)
		}
	}
}
