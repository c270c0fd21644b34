package policies_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/attest/attesttest"
	"github.com/levee-gitops/levee/policies"
)

const (
	imageSum  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	otherSum  = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	partsList = `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-03-09T10:00:00Z"},"components":[{"type":"library","name":"left-pad","version":"1.0","licenses":[{"license":{"id":"MIT"}}]}]}`
	scanFound = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"results":[],"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-09T10:00:00Z"}]}]}`
	beside    = "apps/ops/board/evidence/"
)

// signers are those whose signatures count in tests.
type signers struct {
	t         *testing.T
	ci, robot *attesttest.Key
	authority *attesttest.Authority
}

func newSigners(t *testing.T) signers {
	t.Helper()
	return signers{t, attesttest.NewP256(t), attesttest.NewEd25519(t), attesttest.NewAuthority(t)}
}

// catalog is a catalog with the signers in which board runs an image in production: ci has a
// key, robot that of roles.yaml, and actions has certificates.
func (s signers) catalog(settings string, files map[string]string) *catalog.Snapshot {
	s.t.Helper()
	all := map[string]string{
		"catalog.yaml": base["catalog.yaml"] + `  evidence:
    signers:
      ci:
        kinds: [parts, findings, tests]
        key: |
          ` + strings.ReplaceAll(strings.TrimSpace(s.ci.PEM()), "\n", "\n          ") + `
      robot: {kinds: [parts], person: robot}
      actions: {kinds: [parts, provenance, signature], issuer: ` + attesttest.Issuer + `, subject: "https://github.com/acme/*/.github/workflows/build.yml@refs/heads/main"}
` + settings,
		"roles.yaml":        strings.Replace(base["roles.yaml"], "bot: true}", "bot: true, keys: ["+strings.TrimSpace(s.robot.SSH())+"]}", 1),
		catalog.TrustedRoot: string(s.authority.Root()),
		boardPath:           strings.NewReplacer("stage: prototype", "stage: production", "{type: static}", "{type: container, image: \"registry.example.com/board@sha256:"+imageSum+"\"}").Replace(board),
	}
	maps.Copy(all, files)
	snapshot := with(s.t, all)
	for _, p := range []string{"catalog.yaml", "roles.yaml", boardPath} {
		for _, problem := range snapshot.Document(p).Problems {
			s.t.Fatalf("%s: %s %s", p, problem.Message, problem.Remedy)
		}
	}
	return snapshot
}

func (s signers) list(subjects ...attesttest.Subject) []byte {
	return attesttest.Statement(s.t, attesttest.CycloneDX, partsList, subjects...)
}

func (s signers) attest(statement []byte) string {
	return string(s.authority.Attest(attesttest.Workflow, attesttest.Issuer, statement))
}

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// TestSigned: a file that has to be signed counts only if whoever may sign it did, for the
// image that this app runs; else it is as if it were not there, and a problem says why.
func TestSigned(t *testing.T) {
	s := newSigners(t)
	e := newEngine(t)
	ours, theirs := attesttest.About("board", imageSum), attesttest.About("other", otherSum)
	tampered := func(src []byte) string {
		payload := base64.StdEncoding.EncodeToString(s.list(ours))
		if !bytes.Contains(src, []byte(payload)) {
			t.Fatal("the envelope holds something else")
		}
		fewer := attesttest.Statement(t, attesttest.CycloneDX, strings.Replace(partsList, "left-pad", "right-pad", 1), ours)
		return string(bytes.Replace(src, []byte(payload), []byte(base64.StdEncoding.EncodeToString(fewer)), 1))
	}
	const must = "    signed: [{kinds: [parts], classifications: [internal]}]\n"
	left := strings.Replace(base["roles.yaml"], "bot: true}", "bot: true, left: true, keys: ["+strings.TrimSpace(s.robot.SSH())+"]}", 1)
	named := strings.Replace(partsList, `"metadata":{`, `"metadata":{"component":{"type":"application","name":"board","version":"1.0.0","hashes":[{"alg":"SHA-256","content":"`+imageSum+`"}]},`, 1)
	for name, c := range map[string]struct {
		files    map[string]string
		must     string // by default must
		signers  string // of the list
		why      string // it does not count
		remedy   string
		unsigned int // lists of parts that nobody signed and that need not be
	}{
		"nothing has to be":       {files: map[string]string{"sbom.cdx.json": partsList}, must: "    signed: []\n"},
		"of other apps":           {files: map[string]string{"sbom.cdx.json": partsList}, must: "    signed: [{kinds: [parts], classifications: [restricted]}]\n"},
		"another kind":            {files: map[string]string{"sbom.cdx.json": partsList}, must: "    signed: [{kinds: [tests]}]\n"},
		"of all apps":             {files: map[string]string{"sbom.cdx.json": partsList}, must: "    signed: [{kinds: [parts]}]\n", why: "it is not signed"},
		"a file by hand":          {files: map[string]string{"sbom.cdx.json": partsList}, why: "which counts only if it is signed by `actions` or `ci` or `robot`, and it is not signed.", remedy: "`cosign attest-blob --predicate evidence/sbom.cdx.json --type cyclonedx --hash " + imageSum + " --bundle evidence/sbom.cdx.json.sigstore.json --yes board@1.0.0`"},
		"an envelope":             {files: map[string]string{"sbom.dsse.json": string(s.ci.Envelope(s.list(ours)))}, signers: "ci"},
		"a key of roles.yaml":     {files: map[string]string{"sbom.dsse.json": string(s.robot.Envelope(s.list(ours)))}, signers: "robot"},
		"somebody who left":       {files: map[string]string{"sbom.dsse.json": string(s.robot.Envelope(s.list(ours))), "../../../../roles.yaml": left}, why: "is by no key that the settings name"},
		"about a file beside":     {files: map[string]string{"sbom.cdx.json": named, "sbom.dsse.json": string(s.ci.Envelope(s.list(attesttest.About("sbom.cdx.json", sumOf(named)))))}, must: "    signed: []\n", signers: "ci", unsigned: 1},
		"two signatures":          {files: map[string]string{"sbom.dsse.json": string(s.ci.Envelopes(s.list(ours), s.ci, s.robot))}, signers: "ci robot"},
		"a bundle":                {files: map[string]string{"sbom.sigstore.json": string(s.ci.Bundle(s.list(ours)))}, signers: "ci"},
		"a certificate":           {files: map[string]string{"sbom.sigstore.json": s.attest(s.list(ours))}, signers: "actions"},
		"a file of lines":         {files: map[string]string{"sbom.intoto.jsonl": string(s.ci.Envelope(s.list(ours))) + "\n"}, signers: "ci"},
		"about others too":        {files: map[string]string{"sbom.dsse.json": string(s.ci.Envelope(s.list(theirs, ours)))}, signers: "ci"},
		"of another app":          {files: map[string]string{"sbom.dsse.json": string(s.ci.Envelope(s.list(theirs)))}, why: "its signature is by `ci`, and is not about this app: it does not name `sha256:" + imageSum + "`.", remedy: "--predicate FILE --type cyclonedx"},
		"of another app, by name": {files: map[string]string{"sbom.dsse.json": string(s.ci.Envelope(s.list(attesttest.About("board@1.0.0", otherSum))))}, why: "is not about this app"},
		"a stranger":              {files: map[string]string{"sbom.dsse.json": string(attesttest.NewP256(t).Envelope(s.list(ours)))}, why: "its signature is by no key that the settings name"},
		"tampered with":           {files: map[string]string{"sbom.dsse.json": tampered(s.ci.Envelope(s.list(ours)))}, why: "is of other content"},
		"a bundle, tampered with": {files: map[string]string{"sbom.sigstore.json": tampered([]byte(s.attest(s.list(ours))))}, why: "is in no transparency log"},
		"another workflow":        {files: map[string]string{"sbom.sigstore.json": string(s.authority.Attest(attesttest.Workflow+"x", attesttest.Issuer, s.list(ours)))}, why: "whom the settings do not name"},
		"beside, about the file":  {files: map[string]string{"sbom.cdx.json": partsList, "sbom.cdx.json.dsse.json": string(s.ci.Envelope(attesttest.Statement(t, attesttest.ImageSign, "{}", attesttest.About("sbom.cdx.json", sumOf(partsList)), ours)))}, signers: "ci"},
		"beside, not about this":  {files: map[string]string{"sbom.cdx.json": partsList, "sbom.cdx.json.dsse.json": string(s.ci.Envelope(attesttest.Statement(t, attesttest.ImageSign, "{}", attesttest.About("sbom.cdx.json", sumOf(partsList)))))}, why: "is not about this app"},
		"beside another file":     {files: map[string]string{"sbom.cdx.json": partsList + " ", "sbom.cdx.json.dsse.json": string(s.ci.Envelope(attesttest.Statement(t, attesttest.ImageSign, "{}", attesttest.About("sbom.cdx.json", sumOf(partsList)), ours)))}, why: "it is not signed"},
		"a blob that names it":    {files: map[string]string{"sbom.cdx.json": named, "sbom.cdx.json.sigstore.json": string(s.ci.Blob([]byte(named)))}, signers: "ci"},
		"a blob of the authority": {files: map[string]string{"sbom.cdx.json": named, "sbom.cdx.json.sigstore.json": string(s.authority.Blob(attesttest.Workflow, attesttest.Issuer, []byte(named)))}, signers: "actions"},
		"a blob of something":     {files: map[string]string{"sbom.cdx.json": partsList, "sbom.cdx.json.sigstore.json": string(s.ci.Blob([]byte(partsList)))}, why: "is not about this app"},
		"a scan in the list": {
			files: map[string]string{"sbom.dsse.json": string(s.robot.Envelope(attesttest.Statement(t, attesttest.CycloneDX, strings.Replace(partsList, `"components"`, `"vulnerabilities":[],"components"`, 1), ours)))},
			why:   "its signature is by `robot`, who may not sign that",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for p, content := range c.files {
				files[path.Join(beside, p)] = content
			}
			if c.must == "" {
				c.must = must
			}
			snapshot := s.catalog(c.must, files)
			d := decide(t, e, policies.Question{Governing: snapshot, Proposed: snapshot, Path: boardPath, Now: now})
			said := map[string]catalog.Problem{}
			for _, p := range d.Problems {
				said[p.Rule] = p
			}
			unsigned, denied := said["quality.evidence-signed"]
			if denied != (c.why != "") || !strings.Contains(unsigned.Message, c.why) || !strings.Contains(unsigned.Remedy, c.remedy) {
				t.Errorf("%q, %q; want %q, %q", unsigned.Message, unsigned.Remedy, c.why, c.remedy)
			}
			if denied && (!strings.HasPrefix(unsigned.Path, beside+"sbom.") || unsigned.Line != 1) {
				t.Errorf("the problem is at %s:%d", unsigned.Path, unsigned.Line)
			}
			if _, missing := said["quality.sbom"]; missing != denied {
				t.Errorf("there is a list of parts: %v", !missing)
			}
			for _, rule := range []string{"quality.evidence-readable", "quality.evidence-subject"} {
				if p, ok := said[rule]; ok {
					t.Errorf("beside it: %s", p.Message)
				}
			}
			signing := policies.NewSigning(snapshot)
			for _, file := range policies.Summaries(signing.Evidence(snapshot.Document(boardPath))) {
				if len(file.Signers) == 0 && c.unsigned > 0 {
					c.unsigned--
				} else if file.Kind == "parts" && strings.Join(file.Signers, " ") != c.signers {
					t.Errorf("signed by %q, want %q", file.Signers, c.signers)
				}
			}
			if overview := signing.Overview(snapshot.Document(boardPath), time.UTC); c.signers != "" && !strings.Contains(overview, " signed, by `"+strings.ReplaceAll(c.signers, " ", "`, `")+"`") ||
				c.why != "" && !strings.Contains(overview, "1 file that must be signed and is not") {
				t.Errorf("the overview is %q", overview)
			}
		})
	}
}

// TestSignedByGoverning: whose signatures count is told by what governs, not by what is
// proposed; and who signed stands in what is recorded.
func TestSignedByGoverning(t *testing.T) {
	s, stranger := newSigners(t), newSigners(t)
	const must = "    signed: [{kinds: [parts]}]\n"
	file := map[string]string{beside + "sbom.dsse.json": string(stranger.ci.Envelope(stranger.list(attesttest.About("board", imageSum))))}
	governing, proposed := s.catalog(must, file), stranger.catalog("    signed: []\n", file)
	e := newEngine(t)
	for name, c := range map[string]struct {
		governing *catalog.Snapshot
		denied    bool
		signers   []any
	}{
		"governing": {governing, true, []any{}}, "proposed": {proposed, false, []any{"ci"}},
	} {
		rules := rulesOf(t, e, c.governing)
		brief := policies.NewBrief(policies.Question{Governing: c.governing, Proposed: proposed, Path: boardPath, Now: now}, rules)
		d := rules.Decide(t.Context(), brief)
		denied := slices.ContainsFunc(d.Problems, func(p catalog.Problem) bool { return p.Rule == "quality.evidence-signed" })
		signed := brief.Input["refs"].(map[string]any)["evidence"].([]any)[0].(map[string]any)["signers"].([]any)
		if denied != c.denied || !slices.Equal(signed, c.signers) {
			t.Errorf("%s: denied %v, signed by %v", name, denied, signed)
		}
	}
	rules := rulesOf(t, e, governing)
	root := string(governing.Document(catalog.TrustedRoot).Source())
	for name, files := range map[string]map[string]string{
		"the trusted root": {catalog.TrustedRoot: ""}, "the people": {catalog.TrustedRoot: root, "roles.yaml": base["roles.yaml"]}, "the settings": {catalog.TrustedRoot: root, "catalog.yaml": base["catalog.yaml"]},
	} {
		if other := s.catalog(must, files); rules.Signing(governing) == rules.Signing(other) {
			t.Errorf("%s of another governance count", name)
		}
	}
	if again := s.catalog(must, map[string]string{catalog.TrustedRoot: root, "apps/ops/board/notes.txt": "x"}); again == governing || rules.Signing(governing) != rules.Signing(again) {
		t.Error("who signs is worked out again where governance is the same")
	}
}
