package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Members implements forge.Teams. A team is named by its slug, of the organisation
// that owns the repository, or as organisation/slug. Who is in a team below it is in
// the team.
func (f *Forge) Members(ctx context.Context, team string) ([]forge.Identity, error) {
	org, slug, ok := strings.Cut(team, "/")
	if !ok {
		org, slug = f.owner, team
	}
	list, err := all(func(at github.ListOptions) ([]*github.User, *github.Response, error) {
		return f.client.Teams.ListTeamMembersBySlug(ctx, org, slug, &github.TeamListTeamMembersOptions{ListOptions: at})
	})
	if status(err) == http.StatusNotFound {
		err = fmt.Errorf("%w: no team of that name, or no right to see it", forge.ErrUnknown)
	}
	if err != nil {
		return nil, f.problem(err, "read the members of team %s", cut(line1(team), maxTitle))
	}
	var members []forge.Identity
	for _, u := range list {
		members = append(members, person(u))
	}
	return members, nil
}
