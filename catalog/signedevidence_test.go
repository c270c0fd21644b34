package catalog

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/evidence"
)

// statementOf is an envelope around a list of so many parts, which compresses badly.
func statementOf(parts int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var names []string
	for range parts {
		names = append(names, fmt.Sprintf(`{"name":"%x%x%x%x"}`, random.Uint64(), random.Uint64(), random.Uint64(), random.Uint64()))
	}
	statement := `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a"}],"predicateType":"https://cyclonedx.org/bom","predicate":{"bomFormat":"CycloneDX","components":[` + strings.Join(names, ",") + `]}}`
	return fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":[{"sig":"c2ln"}]}`, base64.StdEncoding.EncodeToString([]byte(statement)))
}

// TestSignedEvidence: each line of a file is evidence by itself, with the checksum of the
// file, and is not read again while the file stays as it is.
func TestSignedEvidence(t *testing.T) {
	files := countingFiles{&memory{files: map[string]string{"e/a.intoto.jsonl": statementOf(1) + "\n" + statementOf(2), "e/b.sarif": ""}}, map[string]int{}}
	entries := []Entry{{Path: "e/a.intoto.jsonl", Mode: File, ID: "1"}, {Path: "e/b.sarif", Mode: File, ID: "2"}}
	var d Document
	for range 2 {
		if err := d.ReadEvidence(t.Context(), files, entries); err != nil {
			t.Fatal(err)
		}
		if len(d.Evidence) != 3 || d.Evidence[0].Parts != 1 || d.Evidence[1].Parts != 2 || d.Evidence[1].Line != 1 || d.Evidence[1].Size != 0 {
			t.Fatalf("evidence: %+v", d.Evidence)
		}
		if a, b := d.Evidence[0], d.Evidence[1]; a.Sum != b.Sum || !strings.HasPrefix(a.Sum, "sha256:") || a.Statement() == b.Statement() || a.Signed == nil {
			t.Errorf("%s and %s of %s and %s", a.Statement(), b.Statement(), a.Sum, b.Sum)
		}
	}
	for p, n := range files.reads {
		if n != 1 {
			t.Errorf("%s is read %d times", p, n)
		}
	}
	if len(files.reads) != 2 {
		t.Errorf("%d files are read", len(files.reads))
	}
}

// TestSignedEvidenceKept: of what signatures are verified with no more is kept than so much,
// and what was left out for it is read once there is room.
func TestSignedEvidenceKept(t *testing.T) {
	files := &memory{files: map[string]string{}}
	var entries []Entry
	for i := range 12 {
		p := fmt.Sprintf("e/%02d.dsse.json", i)
		files.files[p] = statementOf(3000 + i)
		entries = append(entries, Entry{Path: p, Mode: File, ID: p})
	}
	var d Document
	if err := d.ReadEvidence(t.Context(), files, entries); err != nil {
		t.Fatal(err)
	}
	last := d.Evidence[len(d.Evidence)-1]
	kept := 0
	for _, e := range d.Evidence {
		kept += e.Signed.Kept()
	}
	if last.Trouble != evidence.Unread("").Trouble || len(d.Evidence) < 4 || len(d.Evidence) > 11 || kept > maxSignedSize {
		t.Fatalf("%d are read, of %d bytes; the last: %q", len(d.Evidence), kept, last.Trouble)
	}
	out := last.Name
	if err := d.ReadEvidence(t.Context(), files, entries[len(d.Evidence)-1:]); err != nil {
		t.Fatal(err)
	}
	if first := d.Evidence[0]; first.Name != out || first.Trouble != "" || first.Parts == 0 {
		t.Errorf("once there is room: %+v", first.Summary)
	}
}

// TestTrustedRoot: the trusted root is governance, by which every app is judged anew when it
// changes, and no more of it is read than so much.
func TestTrustedRoot(t *testing.T) {
	m := &memory{files: map[string]string{"apps/ops/board/app.yaml": appSource("board"), TrustedRoot: "{}"}}
	before := load(t, m, "1", Empty())
	m.files[TrustedRoot] = "{} "
	after := load(t, m, "2", before)
	if d := after.Document(TrustedRoot); d == nil || d.Kind != KindTrustedRoot || !d.Valid() || string(d.Source()) != "{} " {
		t.Errorf("the trusted root: %+v", d)
	}
	if a, b := before.GovernanceObjects()[TrustedRoot], after.GovernanceObjects()[TrustedRoot]; a == b || a == "" || b == "" {
		t.Errorf("digest %q, then %q", a, b)
	}
	if apps, all := Affected(before, after); !all || len(apps) != 1 {
		t.Errorf("affected: %v, all %v", apps, all)
	}
	m.files[TrustedRoot] = strings.Repeat(" ", maxTrustedRoot+1)
	if d := load(t, m, "3", after).Document(TrustedRoot); d.Valid() || d.Problems[0].Rule != "schema.limit" {
		t.Errorf("one that is too large: %+v", d.Problems)
	}
}

// TestPublicKey: with a key of SSH other signatures are verified too, but for one that its
// owner has to touch.
func TestPublicKey(t *testing.T) {
	for line, ok := range map[string]bool{
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5e0UzgJrKfxlzVwGjzX0bGHEmoJ8Jd7FL2xQkX1pWe ci": true,
		"ssh-ed25519 nonsense": false, "": false,
	} {
		if got := PublicKey(line); (got != nil) != ok {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// TestSignersAffect: with the keys of somebody who signs evidence every app is judged anew,
// and with those of others only what refers to them.
func TestSignersAffect(t *testing.T) {
	const settings = "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec:\n  timeZone: UTC\n  environments: [{name: production}]\n  evidence: {signers: {ci: {person: bot, kinds: [parts]}}}\n"
	roles := func(bot, other string) string {
		return "apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: r}\nspec: {people: {ana: {name: Ana}, other: {name: " + other + "}, bot: {name: Bot, bot: true, keys: [" + bot + "]}}, teams: {ops: {members: [ana]}}, roles: {dpo: [{person: ana}]}}\n"
	}
	m := &memory{files: map[string]string{"apps/ops/board/app.yaml": appSource("board"), "catalog.yaml": settings, "roles.yaml": roles("a", "x")}}
	before := load(t, m, "1", Empty())
	for _, p := range []string{"catalog.yaml", "roles.yaml"} {
		if d := before.Document(p); !d.Valid() {
			t.Fatal(d.Problems)
		}
	}
	for name, c := range map[string]struct {
		roles string
		all   bool
	}{
		"somebody else": {roles("a", "y"), false}, "a signer": {roles("b", "x"), true}, "nothing": {roles("a", "x") + "# note\n", false},
	} {
		m.files["roles.yaml"] = c.roles
		if _, all := Affected(before, load(t, m, "2", before)); all != c.all {
			t.Errorf("%s: all are affected: %v", name, all)
		}
	}
}
