package identity_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

func people() identity.Directory {
	return identity.NewDirectory(&catalog.RolesSpec{People: map[catalog.Name]catalog.Person{
		"ana":   {GitHub: "Ana-GH", Email: "ana@example.com"},
		"ben":   {GitHub: "ben", Email: "ben@example.com"},
		"carl":  {GitHub: "shared"},
		"dana":  {GitHub: "Shared"},
		"robot": {GitHub: "robot", Bot: true},
		"gone":  {GitHub: "gone", Left: true},
	}}, identity.ByAccount)
}

func account(login string) forge.Identity { return forge.Identity{Login: login} }

func TestDirectory(t *testing.T) {
	d := people()
	for login, want := range map[string]catalog.Name{"ana-gh": "ana", "BEN": "ben", "shared": "", "nobody": "", "": "", "gone": "gone"} {
		if got := d.Person(account(login)); got != want {
			t.Errorf("%q is %q, not %q", login, got, want)
		}
	}
	for name, want := range map[catalog.Name]bool{"ana": true, "carl": false, "dana": false, "robot": false, "gone": false, "nobody": false} {
		if got := d.CanProve(name); got != want {
			t.Errorf("%s can prove who they are: %t", name, got)
		}
	}
	if got := d.Accounts([]catalog.Name{"ana", "nobody"}); !slices.Equal(got, []forge.Identity{account("Ana-GH")}) {
		t.Errorf("the accounts are %v", got)
	}
	var empty identity.Directory
	if empty.Person(account("ben")) != "" || empty.CanProve("ben") || len(empty.ChangeFacts(forge.Change{}, nil).Contributors) != 0 {
		t.Error("an empty directory knows somebody")
	}
}

// TestChangeFacts: who contributed is told by folder; what has no paths touches all.
func TestChangeFacts(t *testing.T) {
	c := forge.Change{ID: "7", Author: account("ana-gh"), Contributors: []forge.Contributor{
		{Identity: account("ben"), Paths: []string{"apps/x/app.yaml"}},
		{Identity: account("robot"), Paths: []string{"apps/xy/app.yaml"}},
		{Email: "BEN@example.com", Paths: []string{"apps/y/note.md"}},
	}}
	held := []forge.Contributor{{Identity: account("gone")}}
	for folder, want := range map[string]string{"apps/x": "ana ben gone", "apps/y": "ana ben gone", "apps/xy": "ana gone robot", "apps/z": "ana gone"} {
		var got []string
		for _, name := range people().ChangeFacts(c, held, folder).Contributors {
			got = append(got, string(name))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v contributed, not %s", folder, got, want)
		}
	}
	c.Author = account("robot")
	if !people().ChangeFacts(c, nil).Bot {
		t.Error("a change by a listed bot is no bot's")
	}
}

// TestProblems: whoever is not known may be the one who approves.
func TestProblems(t *testing.T) {
	in := func(id forge.Identity, email string, paths ...string) []forge.Contributor {
		return []forge.Contributor{{Identity: id, Email: email, Paths: paths}}
	}
	const author, pusher = "change.unknown-author", "change.unknown-pusher"
	for name, c := range map[string]struct {
		change forge.Change
		held   []forge.Contributor
		want   string
	}{
		"known":                      {forge.Change{Author: account("ben")}, nil, ""},
		"unknown author":             {forge.Change{Author: account("eve")}, nil, author},
		"nobody":                     {forge.Change{}, nil, author},
		"the daemon's":               {forge.Change{Author: account("levee"), Bot: true, Contributors: in(account("levee"), "")}, nil, ""},
		"a stranger beside a bot":    {forge.Change{Author: account("levee"), Bot: true, Contributors: in(account("eve"), "")}, nil, author},
		"unknown contributor":        {forge.Change{Author: account("ben"), Contributors: in(account("eve"), "", "apps/x/app.yaml")}, nil, author},
		"unsigned":                   {forge.Change{Author: account("ben"), Contributors: in(forge.Identity{}, "", "apps/x/app.yaml")}, nil, author},
		"in another folder":          {forge.Change{Author: account("ben"), Contributors: in(account("eve"), "", "apps/y/app.yaml")}, nil, ""},
		"named by address only":      {forge.Change{Author: account("ben"), Contributors: in(forge.Identity{}, "eve@example.com")}, nil, ""},
		"shared account":             {forge.Change{Author: account("shared")}, nil, author},
		"held by somebody known":     {forge.Change{Author: account("ben")}, in(account("ana-gh"), ""), ""},
		"held by a stranger":         {forge.Change{Author: account("ben")}, in(account("eve"), ""), pusher},
		"held by nobody can tell":    {forge.Change{Author: account("ben")}, []forge.Contributor{{}}, pusher},
		"both":                       {forge.Change{}, []forge.Contributor{{}}, author + " " + pusher},
		"a name and a wrong address": {forge.Change{Author: account("ben"), Contributors: in(account("ana-gh"), "eve@example.com")}, nil, ""},
	} {
		var got []string
		for _, p := range people().Problems(c.change, c.held, "apps/x/app.yaml", "apps/x") {
			got = append(got, p.Rule)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, not %q", name, got, c.want)
		}
	}
}
