package policies_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// rooms is a data set of another team, whose data steward is po-hr.
const rooms = `apiVersion: levee.dev/v1
kind: DataSet
metadata: {name: rooms}
spec: {owner: {person: chris, team: hr, fallback: eve}, classification: internal, sandbox: true, retention: 30d}
`

// withRooms is a catalog in which the board reads rooms, with some files replaced.
func withRooms(t *testing.T, more map[string]string) *catalog.Snapshot {
	t.Helper()
	files := map[string]string{
		"data/rooms.yaml": rooms,
		"roles.yaml":      base["roles.yaml"] + "    data-steward: [{person: po-hr, teams: [hr]}, {person: ben, teams: [ops]}]\n",
		boardPath:         strings.Replace(board, "  budget:", "  data: [{dataset: rooms, access: read, purpose: show, retention: 30d}]\n  budget:", 1),
	}
	for p, content := range more {
		files[p] = content
	}
	return with(t, files)
}

// TestDataOwnersApprove checks who can approve that an app comes to use a data set.
func TestDataOwnersApprove(t *testing.T) {
	e := newEngine(t)
	s := withRooms(t, nil)
	digest := s.Document(boardPath).Digest()
	by := func(person catalog.Name, roles ...string) []catalog.Approval {
		return []catalog.Approval{{
			ID: "r1", Change: "42", Base: "main", Subject: "board", Digest: digest, Person: person, Review: catalog.Approve,
			At: now.Add(-time.Minute), Shown: now.Add(-time.Hour), Roles: roles,
		}}
	}
	for name, c := range map[string]struct {
		reviews []catalog.Approval
		verdict policies.Verdict
	}{
		"nobody":                         {nil, policies.NeedsApproval},
		"the data's owner":               {by("chris"), policies.Allow},
		"the data's owner, in that role": {by("chris", "data:rooms"), policies.Allow},
		"the data's owner, in another":   {by("chris", "platform"), policies.NeedsApproval},
		"a fallback who left":            {by("eve"), policies.NeedsApproval},
		"the team's data steward":        {by("po-hr"), policies.Allow},
		"another team's data steward":    {by("ben"), policies.NeedsApproval},
		"somebody in another role":       {by("dana"), policies.NeedsApproval},
	} {
		d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change(), Approvals: c.reviews})
		if d.Verdict != c.verdict || len(d.Approvals.Required) != 1 {
			t.Errorf("%s: verdict %s, approvals %+v; want %s", name, d.Verdict, d.Approvals, c.verdict)
			continue
		}
		need := d.Approvals.Required[0]
		if want := []catalog.Name{"chris", "po-hr"}; need.Role != "data:rooms" || !slices.Equal(need.From, want) {
			t.Errorf("%s: %s can come from %v, want data:rooms from %v", name, need.Role, need.From, want)
		}
	}
	mine := change()
	mine.Change.Author, mine.Change.Contributors = "chris", []catalog.Name{"chris"}
	if d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: mine, Approvals: by("chris")}); !slices.Contains(d.Approvals.Missing, "data:rooms") {
		t.Errorf("the data's owner approves a change of their own: %+v", d.Approvals)
	}
	admitted := s.Document(boardPath).App()
	if d := decide(t, e, policies.Question{Governing: s, Proposed: s, Admitted: admitted, Facts: change()}); len(d.Approvals.Required) != 0 {
		t.Errorf("what was admitted needs %+v", d.Approvals.Required)
	}
}

// TestRolesOfDataOwners checks in which roles a review is given: those for the data that the
// app uses.
func TestRolesOfDataOwners(t *testing.T) {
	s := withRooms(t, map[string]string{"data/desks.yaml": strings.ReplaceAll(rooms, "rooms", "desks")})
	app := s.Document(boardPath).App()
	for person, want := range map[catalog.Name][]string{
		"chris": {"data:rooms", "platform", "security"},
		"po-hr": {"data:rooms", "team:hr"},
		"eve":   {},
		"dana":  {"cost-team", "dpo", "security"},
	} {
		if got := policies.RolesOf(s, nil, app, person); !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", person, got, want)
		}
	}
}

// TestDataSetsOfTheCatalog checks which names of data sets an app may write.
func TestDataSetsOfTheCatalog(t *testing.T) {
	e := newEngine(t)
	strict := map[string]string{"catalog.yaml": base["catalog.yaml"] + "  data: {catalogued: true}\n"}
	broken := strings.Replace(rooms, "classification", "class", 1)
	named := func(name string) string {
		return strings.Replace(board, "  budget:", fmt.Sprintf("  data: [{dataset: %s, access: read, purpose: show, retention: 30d}]\n  budget:", name), 1)
	}
	for name, c := range map[string]struct {
		files map[string]string
		says  string // of dataset.known
	}{
		"there":                     {nil, ""},
		"there, asked for":          {strict, ""},
		"free":                      {map[string]string{boardPath: named("desks")}, ""},
		"not free":                  {map[string]string{boardPath: named("desks"), "catalog.yaml": strict["catalog.yaml"]}, "the file `data/desks.yaml`."},
		"misspelt":                  {map[string]string{boardPath: named("roms"), "catalog.yaml": strict["catalog.yaml"]}, "Did you mean `rooms`?"},
		"no folder, and asked for":  {map[string]string{"data/rooms.yaml": "", "catalog.yaml": strict["catalog.yaml"]}, "the file `data/rooms.yaml`."},
		"no folder":                 {map[string]string{"data/rooms.yaml": ""}, ""},
		"unreadable":                {map[string]string{"data/rooms.yaml": broken}, "Mend the file `data/rooms.yaml` first"},
		"unreadable, and asked for": {map[string]string{"data/rooms.yaml": broken, "catalog.yaml": strict["catalog.yaml"]}, "Mend the file `data/rooms.yaml` first"},
	} {
		s := withRooms(t, c.files)
		d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change()})
		said := ""
		for _, p := range d.Problems {
			if p.Rule == "dataset.known" {
				said += p.Remedy
			}
		}
		if (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: it says %q, want %q", name, said, c.says)
		}
	}
}

// TestRegionsOfDataSets checks that the regions proposed to an app are those of its data, too.
func TestRegionsOfDataSets(t *testing.T) {
	e := newEngine(t)
	s := withRooms(t, map[string]string{
		"data/rooms.yaml": strings.Replace(rooms, "sandbox: true", "sandbox: true, regions: [eu-2, us-1]", 1),
		"catalog.yaml":    base["catalog.yaml"] + "  regions: {internal: [eu-1, eu-2]}\n",
	})
	d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change()})
	for _, p := range d.Problems {
		if strings.Contains(p.Remedy, "Write `regions: [eu-2]`") && p.Rule == "dataset.regions" {
			return
		}
	}
	t.Errorf("nothing proposes eu-2: %+v", d.Problems)
}
